# shellcheck shell=bash
# For scripts/sandbox.sh: makes the machine within, which has $folder.

chmod 1777 "$folder"
mount --bind "$folder" /tmp
mount -t tmpfs -o mode=755 grid /run
ip link set lo up

# Of each hierarchy of control groups, what is beneath ours.
mapfile -t groups < <(sandbox_groups "$folder")
mkdir /run/groups
for group in "${groups[@]}"; do
	at=${group%/*}
	mkdir "$group"
	# New ones have none of these, and could hold no process.
	for file in cpuset.cpus cpuset.mems; do
		[[ ! -e $at/$file ]] || cat "$at/$file" >"$group/$file"
	done
	if [[ -e $group/cgroup.subtree_control ]]; then
		for controller in $(<"$group/cgroup.controllers"); do
			echo "+$controller" >"$group/cgroup.subtree_control"
		done
	fi
	mount --bind "$group" /run/groups
	umount --lazy "$at"
	mount --move /run/groups "$at"
done
rmdir /run/groups

# The folder of network namespaces is made to be seen by all by the first that is added.
ip netns add first
ip netns delete first
