# shellcheck shell=bash
# For scripts/devnet.sh: three machines that are only in memory, with the same agent. Nothing runs on them.
#
# Takes $programs and $home; has the same verbs as machines.sh.

countries=(BE NL DE)
agents=() accounts=()

# By start, or by exec in a shell of its own.
simulate() { # BY NUMBER WORDS...
	"$1" "$programs/zos-agent" simulate --nodes 1 --seed "devnet-$2" --country "${countries[$2]}" "${@:3}"
}

machines_begin() {
	local i
	for i in 0 1 2; do accounts[i]=$(simulate exec "$i" --accounts); done
}

machine_start() { # NUMBER
	simulate start "$1" --heartbeat-seconds 5 2>>"$home/machine-$1.log"
	agents[$1]=$!
}

machine_kill() { # NUMBER
	silently_end KILL "${agents[$1]}"
}

machines_end() {
	rm -rf "$home/images"
}
