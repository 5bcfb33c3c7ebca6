#!/usr/bin/env bash
# The long runs: the same stories as in scripts/test.sh, many more times.
#
#   scripts/soak.sh          storms of lost validators, 100 of them
#   scripts/soak.sh 1000     as many as you like
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-100} in
*[!0-9]* | '')
	echo "usage: scripts/soak.sh [STORMS], a whole number" >&2
	exit 2
	;;
esac

scripts/setup.sh
source scripts/env.sh
GRID_SOAK=${1:-100} cargo test --release --workspace --locked --test stories -- --nocapture losing_validators
