#!/usr/bin/env bash
# Measures the calls of our own pallets and writes their weights into the runtime. For a quiet
# machine; the result is committed.
#
#   scripts/weights.sh            all of our pallets
#   scripts/weights.sh PALLET…    these, e.g. pallet_validators
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/env.sh
cargo build --release --workspace --locked --features grid-node/runtime-benchmarks
node=${CARGO_TARGET_DIR:-target}/release/grid-node

pallets=("$@")
((${#pallets[@]})) || pallets=(pallet_governance pallet_validators)
for pallet in "${pallets[@]}"; do
	"$node" benchmark pallet --chain dev --pallet "$pallet" --extrinsic '*' \
		--steps 20 --repeat 10 --output "runtime/src/weights/$pallet.rs"
done
cargo fmt --all
