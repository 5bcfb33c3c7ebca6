#!/usr/bin/env bash
# The long runs: the same tests as in scripts/test.sh, many more times. Random calls first, for each
# storm 20 000 of the whole runtime and 1 000 steps of contracts; then ten lives of a store, ten of one
# with a copy, and ten thousand streams of bytes; then the storms of lost validators; then the life of
# an agent, as a light client and with an endpoint, each with a kill for each storm; then whom it
# believes, with minutes of silence and lies; then a gigabyte each way through a private network.
#
#   scripts/soak.sh          100 storms
#   scripts/soak.sh 1000     as many as you like
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

case ${1:-100} in
*[!0-9]* | '')
	echo "usage: scripts/soak.sh [STORMS], a whole number" >&2
	exit 2
	;;
esac
if ((EUID != 0)); then
	echo 'scripts/soak.sh: stories take root, for machines of their own: run it as root' >&2
	exit 1
fi

scripts/setup.sh
source scripts/env.sh
forget_habits
own_target
export GRID_SOAK=${1:-100}
# nextest builds no program but those of packages with tests.
cargo build --release --workspace --all-targets --locked
long() { # FILTER
	cargo nextest run --profile soak --release --workspace --locked -E "$1" 7>&-
}

seed=${GRID_SEED:-$RANDOM}
echo "GRID_SEED=$seed"
GRID_SEED=$seed long 'test(random_calls)'
GRID_SEED=$seed long 'binary(model) | binary(behind) | binary(any_bytes_in_any_pieces)'
long 'binary_id(grid-stories::stories) & test(losing_validators)'
long 'binary_id(grid-stories::agent)'
long 'binary_id(grid-stories::trust)'
long 'binary_id(grid-stories::networks)'
