#!/usr/bin/env bash
# Makes the raw specification of the public testnet from the preset `production`, and notes the
# hash of its first block. Done once in the life of a testnet: another runtime, or other founders,
# begin another chain.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

node=$(scripts/package.sh)/grid-node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$node" export-chain-spec --chain production |
	jq '.name = "Grid Testnet" | .id = "grid_testnet"' >"$work/plain.json"
"$node" export-chain-spec --chain "$work/plain.json" --raw >"$work/testnet.json"

"$node" --chain "$work/testnet.json" --base-path "$work/base" --no-telemetry --no-prometheus \
	--no-mdns --port 0 --rpc-port 9944 2>"$work/log" &
process=$!
trap 'kill $process; wait; rm -rf "$work"' EXIT
until curl -sf -H 'Content-Type: application/json' http://127.0.0.1:9944 \
	-d '{"id":1,"jsonrpc":"2.0","method":"chain_getBlockHash","params":[0]}' |
	jq -r .result >"$work/testnet.genesis"; do
	kill -0 $process || { tail -n 3 "$work/log" >&2; exit 1; }
	sleep 0.2
done
grep -q '^0x' "$work/testnet.genesis"
mv "$work/testnet.json" "$work/testnet.genesis" chain-specs/
echo "the first block is $(cat chain-specs/testnet.genesis)"
