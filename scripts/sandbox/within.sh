# shellcheck shell=bash
# For scripts/sandbox.sh: makes the machine within, which has $folder.

# What is tested stays where it is, also beneath what is covered, and where it is by a link.
for path in "$(realpath "$here/..")" "${CARGO_TARGET_DIR:-}" \
	"$(cd "$here/.." && realpath "${CARGO_TARGET_DIR:-target}" 2>/dev/null)" \
	"$(realpath "$(dirname "$1")" 2>/dev/null)"; do
	[[ -d $path ]] || continue
	case $path in
	/tmp/*)
		mkdir -p "$folder${path#/tmp}"
		mount --bind "$path" "$folder${path#/tmp}"
		;;
	/run/*)
		echo "scripts/sandbox.sh: $path is in /run, where a sandbox has nothing: move it elsewhere" >&2
		exit 2
		;;
	esac
done
chmod 1777 "$folder"
mount --rbind "$folder" /tmp
mount -t tmpfs -o mode=755 grid /run
export TMPDIR=/tmp
unset XDG_RUNTIME_DIR
ip link set lo up

# Let the groups beneath one have all controllers that it has, where the hierarchy is of version 2.
hand_on() { # GROUP
	local controller
	[[ -e $1/cgroup.subtree_control ]] || return 0
	for controller in $(<"$1/cgroup.controllers"); do
		echo "+$controller" >"$1/cgroup.subtree_control" || true
	done 2>/dev/null
}

# Of each hierarchy of control groups, what is beneath ours.
mapfile -t groups < <(sandbox_groups "$folder" | sort -u)
mkdir /run/groups
for group in "${groups[@]}"; do
	at=${group%/*}
	hand_on "$at"
	mkdir -p "$group"
	# New ones have none of these, and could hold no process.
	for file in cpuset.cpus cpuset.mems; do
		[[ ! -e $at/$file ]] || cat "$at/$file" >"$group/$file"
	done
	hand_on "$group"
	mount --bind "$group" /run/groups
	umount --lazy "$at"
	mount --move /run/groups "$at"
done
rmdir /run/groups

# The folder of network namespaces is made to be seen by all by the first that is added.
ip netns add first
ip netns delete first
