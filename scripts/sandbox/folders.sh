# shellcheck shell=bash
# For scripts/sandbox.sh and scripts/clean.sh: what there is of sandboxes on this machine. Each has a
# folder, which all that runs within holds locked, and control groups of the same name; a file beside
# the folder tells which process keeps it, and for whom.

sandboxes=/var/tmp/grid-sandboxes

# Make $folder, and hold it.
sandbox_make() {
	mkdir -p "$sandboxes"
	# Nobody removes one while another is being made.
	exec 8>"$sandboxes/lock"
	flock 8
	folder=$(mktemp -d "$sandboxes/XXXXXX")
	echo $$ $PPID >"$folder.keeper"
	exec 9<"$folder"
	flock 9
	exec 8>&-
}

# End a sandbox whose keeper lives on without whoever started it.
sandbox_end_orphan() { # FOLDER
	local keeper parent
	read -r keeper parent <"$1.keeper" || return 0
	[[ -r /proc/$keeper/stat && $(tr '\0' ' ' <"/proc/$keeper/cmdline") == *sandbox.sh* ]] || return 0
	# The name of the program may hold anything, but ends at the last parenthesis.
	[[ $(sed 's/.*) //' "/proc/$keeper/stat" | cut -d' ' -f2) == "$parent" ]] && return
	kill -KILL "$keeper"
	flock --timeout 10 "$1" true || true
}

# The folders of control groups of a sandbox, in all hierarchies.
sandbox_groups() { # FOLDER
	local at kind
	while read -r _ at kind _; do
		[[ $kind != cgroup* ]] || echo "$at/grid-sandbox-${1##*/}"
	done </proc/self/mounts
}

sandbox_remove() { # FOLDER
	local group
	for group in $(sandbox_groups "$1"); do
		# Who was killed a moment ago may still be there.
		for _ in {1..100}; do
			[[ -d $group ]] || break
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
		done
	done
	# Mounted ones are gone with their mount. By inode, as their paths were those within.
	losetup --list --noheadings --output NAME,BACK-INO | while read -r device inode; do
		[[ -z $(find "$1" -xdev -inum "$inode" -print -quit) ]] || losetup --detach "$device"
	done
	rm -rf --one-file-system "$1" "$1.keeper"
}
