#!/usr/bin/env bash
# A local network: sets up, builds, and runs validators until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

names=(alice bob charlie dave)
validators=${#names[@]}

usage() {
	cat <<-END
		usage: scripts/devnet.sh [--validators N]

		  --validators N   how many validators run, 1 to ${#names[@]} (default: ${#names[@]})
		                   finality needs three of the four
	END
}

fail() {
	echo "scripts/devnet.sh: $1" >&2
	exit 2
}

while (($#)); do
	case $1 in
	--validators)
		[[ ${2:-} =~ ^[1-4]$ ]] || fail "--validators takes a number from 1 to ${#names[@]}"
		validators=$2
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

scripts/setup.sh
source scripts/env.sh
# As scripts/test.sh does, so that dependencies compile once.
cargo build --release --workspace --all-targets --locked
node=${CARGO_TARGET_DIR:-target}/release/grid-node

home=$(mktemp -d -t grid-devnet.XXXXXX)
processes=()
stop() {
	trap - EXIT INT TERM
	((${#processes[@]})) && kill "${processes[@]}" 2>/dev/null
	wait
	echo "stopped; the logs are in $home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The keys by which the nodes know each other are the same every time, so that the first can be
# named to the others.
network_key() {
	printf '%064x' $(($1 + 1))
}
first=$("$node" key inspect-node-key --file <(network_key 0))

for ((i = 0; i < validators; i++)); do
	name=${names[i]}
	args=(
		--chain local "--$name" --base-path "$home/$name" --no-telemetry --no-mdns
		--rpc-port $((9944 + i)) --port $((30333 + i)) --prometheus-port $((9615 + i))
		--rpc-cors all --node-key "$(network_key "$i")"
	)
	((i > 0)) && args+=(--bootnodes "/ip4/127.0.0.1/tcp/30333/p2p/$first")
	"$node" "${args[@]}" >"$home/$name.log" 2>&1 &
	processes+=($!)
done

answers() {
	curl -sf -H 'Content-Type: application/json' "http://127.0.0.1:$1" \
		-d '{"id":1,"jsonrpc":"2.0","method":"chain_getHeader"}' | jq -r '.result.number'
}

for ((i = 0; i < validators; i++)); do
	until answers $((9944 + i)) >/dev/null 2>&1; do
		if ! kill -0 "${processes[i]}" 2>/dev/null; then
			tail -n 5 "$home/${names[i]}.log" >&2
			exit 1
		fi
		sleep 0.2
	done
	printf '%-8s ws://127.0.0.1:%d   log: %s\n' "${names[i]}" $((9944 + i)) "$home/${names[i]}.log"
done
echo 'The network runs. Ctrl-C stops it.'
wait -n
echo 'A validator has ended; its log says why:' >&2
tail -n 3 "$home"/*.log >&2
exit 1
