#!/usr/bin/env bash
# A local network: sets up, builds, and runs validators until Ctrl-C, with machines if they are wanted.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

names=(alice bob charlie dave)
validators=${#names[@]}
machines='' simulated='' demo='' programs=''

usage() {
	cat <<-END
		usage: scripts/devnet.sh [--demo] [--machines] [--simulate] [--validators N] [--programs FOLDER]

		  --demo             a tour with three machines, from a farm to the bill: shows each
		                     command, and cleans up behind itself
		  --machines         three machines, with real agents: this takes root, by sudo if need be
		  --simulate         machines that are only in memory, for who is not root
		  --validators N     how many validators run, 1 to ${#names[@]} (default: ${#names[@]})
		                     finality needs three of the four
		  --programs FOLDER  use the programs in this folder, and build none
	END
}

fail() {
	echo "scripts/devnet.sh: $1" >&2
	exit 2
}

arguments=("$@")
while (($#)); do
	case $1 in
	--demo) demo=yes machines=yes && shift ;;
	--machines) machines=yes && shift ;;
	--simulate) simulated=yes machines=yes && shift ;;
	--validators)
		[[ ${2:-} =~ ^[1-4]$ ]] || fail "--validators takes a number from 1 to ${#names[@]}"
		validators=$2
		shift 2
		;;
	--programs)
		[[ -x ${2:-}/grid-node ]] || fail '--programs takes a folder that has grid-node and the others'
		programs=$(realpath "$2")
		shift 2
		;;
	-h | --help)
		usage
		exit
		;;
	*)
		fail "unknown argument '$1'; see --help"
		;;
	esac
done

if [[ $demo && $validators -lt 3 ]]; then
	fail '--demo takes three validators or four: nothing is done that is not final'
fi
# Those of the validators, for RPC, other nodes, and metrics.
for ((i = 0; i < validators; i++)); do
	for port in $((9944 + i)) $((30333 + i)) $((9615 + i)); do
		! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
			fail "somebody listens on port $port, perhaps a devnet that lives: end that first"
	done
done

if [[ ! $programs ]]; then
	scripts/setup.sh
	source scripts/env.sh
	own_target
	# As scripts/test.sh does, so that dependencies compile once.
	cargo build --release --workspace --all-targets --locked
	programs=$(realpath "${CARGO_TARGET_DIR:-target}/release")
	# A network may run for days, and others build.
	exec 7>&-
fi

# Root is for the machines alone, not for building.
if [[ $machines && ! $simulated && $EUID != 0 ]]; then
	command -v sudo >/dev/null || fail 'machines take root; --simulate has them in memory only'
	exec sudo "$PWD/scripts/devnet.sh" --programs "$programs" "${arguments[@]}"
fi

examples=$PWD/examples
home=$(mktemp -d -t grid-devnet.XXXXXX)
processes=()
# Start what ends with this script, also where that is killed.
start() { # COMMAND...
	setpriv --pdeathsig KILL "$@" &
	processes+=($!)
}

# End a process without the shell's remarks on that.
silently_end() { # SIGNAL PROCESS
	{ kill -s "$1" "$2" && wait "$2"; } 2>/dev/null || true
}

source scripts/devnet/validators.sh
if [[ $machines ]]; then
	source "scripts/devnet/${simulated:+simulated-}machines.sh"
	source scripts/devnet/farm.sh
	source scripts/devnet/tour.sh
fi

stop() {
	local code=$?
	trap - EXIT
	# Who presses Ctrl-C twice still gets all of it cleaned up.
	trap '' INT TERM HUP
	[[ ! $machines ]] || machines_end
	((${#processes[@]} == 0)) || kill "${processes[@]}" 2>/dev/null || true
	wait
	if [[ $demo && $code == 0 ]]; then
		rm -rf "$home"
		echo 'stopped; nothing is left'
	else
		echo "stopped; the logs are in $home"
	fi
	exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

validators_start
[[ ! $machines ]] || machines_begin
if [[ $demo ]]; then
	tour
	exit
fi
if [[ $machines ]]; then
	farm
fi
echo 'The network runs. Ctrl-C stops it.'
wait -n "${processes[@]}"
echo 'Something has ended; its log says why:' >&2
tail -n 3 "$home"/*.log >&2
exit 1
