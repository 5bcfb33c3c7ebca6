#!/usr/bin/env bash
# Measures the calls of pallets and writes their weights into the runtime. For a quiet machine;
# the result is committed.
#
#   scripts/weights.sh            all that the runtime takes from there
#   scripts/weights.sh PALLET…    these, e.g. pallet_validators
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/env.sh
cargo build --release --locked --package grid-stories --features runtime-benchmarks --bin weigh

folder=runtime/src/weights
pallets=("$@")
if ((!${#pallets[@]})); then
	for file in "$folder"/*.rs; do
		pallet=$(basename "$file" .rs)
		[[ $pallet == mod ]] || pallets+=("$pallet")
	done
fi
"${CARGO_TARGET_DIR:-target}/release/weigh" "$folder" "${pallets[@]}"
cargo fmt --all
