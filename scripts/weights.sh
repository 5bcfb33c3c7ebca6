#!/usr/bin/env bash
# Measures the calls of pallets and writes their weights into the runtime. For a quiet machine;
# the result is committed.
#
#   scripts/weights.sh            all that the runtime takes from there
#   scripts/weights.sh PALLET…    these, e.g. pallet_validators
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

scripts/setup.sh
source scripts/env.sh
own_target
# As it is packaged: in the release profile the same calls take nearly twice as long.
cargo build --profile production --locked --package grid-stories --features runtime-benchmarks --bin weigh

folder=runtime/src/weights
pallets=("$@")
if ((!${#pallets[@]})); then
	for file in "$folder"/*.rs; do
		pallet=$(basename "$file" .rs)
		[[ $pallet == mod ]] || pallets+=("$pallet")
	done
fi
"${CARGO_TARGET_DIR:-target}/production/weigh" "$folder" "${pallets[@]}"
cargo fmt --all
