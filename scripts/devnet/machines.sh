# shellcheck shell=bash
# For scripts/devnet.sh: three machines. Each is a network namespace with a disk and an agent of its own;
# a switch connects them with each other and with the validators, who are at 10.88.0.1. The agents are
# light clients, and reach nothing else.
#
# Takes $programs, $home and what validators.sh made. All that is made is called by $id, or by the names that
# an agent gives.

countries=(BE NL DE)
id=grid$$
# By machine: what runs there, and what the names of all that its agent makes begin with.
agents=() prefixes=() accounts=()

machines_begin() {
	local tool
	for tool in ip nft losetup mkfs.ext4 nsenter runc; do
		command -v $tool >/dev/null || fail "machines take '$tool': scripts/setup.sh tells what is missing"
	done
	# Users of containers pass through it; and who has mounts of its own sees what is mounted here.
	chmod 711 "$home"
	mount --bind "$home" "$home"
	mount --make-shared "$home"

	ip netns add "$id-switch"
	ip -n "$id-switch" link add hub type bridge
	ip -n "$id-switch" link set hub up
	ip -n "$id-switch" link add chain type veth peer name "$id" netns $$
	ip -n "$id-switch" link set chain master hub up
	ip address add 10.88.0.1/24 dev "$id"
	ip link set "$id" up

	jq --arg node "/ip4/10.88.0.1/tcp/30333/p2p/$first" '.bootNodes = [$node]' \
		"$home/local.json" >"$home/spec.json"
	local i
	for i in 0 1 2; do machine_make "$i"; done
}

# A disk as large as the grid wants them, which takes only what is written to it.
disk_make() { # FOLDER
	local device
	truncate -s 300G "$1.img"
	mkfs.ext4 -q -F -E nodiscard "$1.img"
	mkdir "$1"
	device=$(losetup --find --show "$1.img")
	# Virtual disks say that they rotate.
	echo 0 >"/sys/block/${device#/dev/}/queue/rotational"
	mount "$device" "$1"
	# It is gone as soon as it is unmounted.
	losetup --detach "$device"
	chmod 711 "$1"
}

machine_make() { # NUMBER
	local folder=$home/machine-$1 name=$id-$1 ip=10.88.0.$((11 + $1)) key
	ip netns add "$name"
	ip -n "$id-switch" link add "to-$1" type veth peer name eth0 netns "$name"
	ip -n "$id-switch" link set "to-$1" master hub up
	ip -n "$name" address add "$ip/24" dev eth0
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up

	mkdir -m 711 "$folder"
	disk_make "$folder/disk"
	cat >"$folder/agent.toml" <<-END
		state = "$folder/disk/state"
		heartbeat_seconds = 5

		[chain]
		spec = "$home/spec.json"

		[location]
		country = "${countries[$1]}"
		latitude = 51
		longitude = $((4 + $1))

		[networks]
		address = "$ip"

		[images]
		layouts = "$home/images"

		[containers]
		run = "$folder/run"
	END
	accounts[$1]=$(agent "$1" init 2>>"$home/machine-$1.log")
	key=$("$programs/grid-node" key inspect --output-type json "${accounts[$1]}" | jq -r .publicKey)
	prefixes[$1]=zos-${key:2:8}-
}

# What somebody says at a machine.
agent() { # NUMBER WORDS...
	"$programs/zos-agent" --config "$home/machine-$1/agent.toml" "${@:2}"
}

machine_start() { # NUMBER
	start setsid nsenter --net="/run/netns/$id-$1" \
		"$programs/zos-agent" --config "$home/machine-$1/agent.toml" run 2>>"$home/machine-$1.log"
	agents[$1]=$!
}

# Kill all that is in the control groups of a name, and remove them.
groups_end() { # NAME
	local group process
	while read -r group; do
		for _ in {1..50}; do
			rmdir "$group" 2>/dev/null && break
			while read -r process; do kill -KILL "$process" 2>/dev/null || true; done <"$group/cgroup.procs"
			sleep 0.05
		done
	done < <(find /sys/fs/cgroup -depth -path "*/$1*" -type d 2>/dev/null)
}

# Pull the plug: the agent, and all that runs there.
machine_kill() { # NUMBER
	[[ ! ${agents[$1]:-} ]] || silently_end KILL "${agents[$1]}"
	[[ ${prefixes[$1]:-} ]] || return 0
	# What stays with containers first, so that it starts none again.
	groups_end "${prefixes[$1]}shims"
	groups_end "${prefixes[$1]}"
}

machines_end() {
	local i at prefix
	for i in "${!prefixes[@]}"; do
		machine_kill "$i"
		prefix=${prefixes[i]}
		for at in /run/netns/"$prefix"*; do
			[[ ! -e $at ]] || ip netns delete "${at##*/}"
		done
		rm -f /run/wireguard/?"${prefix:4:8}"*
	done
	# What is within goes first.
	while read -r at; do
		umount --lazy "$at" || true
	done < <(awk -v home="$home" 'index($5, home) == 1 { print $5 }' /proc/self/mountinfo | tac)
	for at in /run/netns/"$id"-*; do
		[[ ! -e $at ]] || ip netns delete "${at##*/}"
	done
	for _ in {1..50}; do
		losetup --list --noheadings --output BACK-FILE | grep -q "^$home/" || break
		sleep 0.1
	done
	rm -rf "$home"/machine-*/ "$home/images"
}
