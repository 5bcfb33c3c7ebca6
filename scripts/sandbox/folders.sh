# shellcheck shell=bash
# For scripts/sandbox.sh and scripts/clean.sh: what there is of sandboxes on this machine. Each has a
# folder, which all that runs within holds locked, and control groups of the same name. A file beside the
# folder tells which process keeps it, and which runner of tests started that.

# Nobody but root gets into it.
sandboxes=/var/lib/grid-sandboxes

# Nobody removes one while another is being made.
sandboxes_lock() {
	mkdir -p -m 700 "$sandboxes"
	exec 8>>"$sandboxes/lock"
	flock 8
}

# Make $folder, and hold it.
sandbox_make() {
	sandboxes_lock
	folder=$(mktemp -d "$sandboxes/XXXXXX")
	# Whoever starts one by hand may leave it behind on purpose.
	[[ -z ${NEXTEST_RUN_ID:-} ]] || echo "$$ $(born $$) $PPID $(born "$PPID")" >"$folder.keeper"
	exec 9<"$folder"
	flock 9
	exec 8>&-
}

# When a process began: with its number, that is no other process.
born() { # PROCESS
	# The name of the program may hold anything, but ends at the last parenthesis.
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

is_held() { # FOLDER
	! flock --nonblock "$1" true
}

# End a sandbox that its runner has left alone.
sandbox_end_orphan() { # FOLDER
	local keeper begun runner since
	read -r keeper begun runner since 2>/dev/null <"$1.keeper" || return 0
	[[ $(born "$keeper") == "$begun" ]] || return 0
	# Who was alone before its sandbox was made has no runner, or the first process.
	[[ ! ${since:-} || $runner == 1 || $(born "$runner") != "$since" ]] || return 0
	kill -KILL "$keeper" 2>/dev/null || true
	flock --timeout 10 "$1" true || true
}

# The folders of control groups of a sandbox, in all hierarchies.
sandbox_groups() { # FOLDER
	local at kind
	while read -r _ at kind _; do
		[[ $kind != cgroup* ]] || echo "$at/grid-sandbox-${1##*/}"
	done </proc/self/mounts
}

# Detach the loop devices of a sandbox. Mounted ones are gone with their mount. By inode, as their paths
# were those within.
sandbox_detach() { # FOLDER
	local disk device at inode
	disk=$(stat --format %d "$1")
	disk=$((disk >> 8 & 0xfff)):$((disk & 0xff | disk >> 12 & 0xfff00))
	losetup --list --noheadings --output NAME,BACK-MAJ:MIN,BACK-INO | while read -r device at inode; do
		[[ $at == "$disk" && -n $(find "$1" -xdev -inum "$inode" -print -quit) ]] || continue
		losetup --detach "$device" 2>/dev/null || true
	done
}

sandbox_remove() { # FOLDER
	local group
	# With devices or without, the folder goes.
	sandbox_detach "$1" || true
	for group in $(sandbox_groups "$1"); do
		# Who was killed a moment ago may still be there.
		for _ in {1..100}; do
			[[ -d $group ]] || break
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
		done
		[[ -d $group ]] || continue
		# With its folder, it is found again.
		echo "sandbox ${1##*/}: something lives in $group, so it stays" >&2
		return 0
	done
	rm -rf --one-file-system "$1" "$1.keeper"
}
