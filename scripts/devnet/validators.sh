# shellcheck shell=bash
# For scripts/devnet.sh: the validators. Takes $programs, $home, $names and $validators.

# The keys by which the nodes know each other are the same every time, so that the first can be
# named to the others.
network_key() {
	printf '%064x' $(($1 + 1))
}

answers() {
	curl -sf -H 'Content-Type: application/json' "http://127.0.0.1:$1" \
		-d '{"id":1,"jsonrpc":"2.0","method":"chain_getHeader"}' | jq -r '.result.number'
}

# Start them, and wait until they answer.
validators_start() {
	local node=$programs/grid-node i args
	# Both are worked out once, and not by each of them.
	local runtimes=${XDG_CACHE_HOME:-${HOME:-$home}/.cache}/grid/runtimes
	if ! "$node" export-chain-spec --chain local --raw >"$home/local.json" 2>"$home/spec.log"; then
		tail -n 5 "$home/spec.log" >&2
		exit 1
	fi
	first=$("$node" key inspect-node-key --file <(network_key 0))
	for ((i = 0; i < validators; i++)); do
		args=(
			--chain "$home/local.json" --runtime-cache "$runtimes" "--${names[i]}"
			--base-path "$home/${names[i]}" --no-telemetry --no-mdns
			--rpc-port $((9944 + i)) --port $((30333 + i)) --prometheus-port $((9615 + i))
			--rpc-cors all --node-key "$(network_key "$i")"
		)
		((i > 0)) && args+=(--bootnodes "/ip4/127.0.0.1/tcp/30333/p2p/$first")
		# Ctrl-C is for whoever is in front. These end after that, by us.
		start setsid "$node" "${args[@]}" >"$home/${names[i]}.log" 2>&1
	done
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
}
