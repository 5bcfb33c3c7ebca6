#!/usr/bin/env bash
# Runs one benchmark, or lists them. Its figure is the last line: NAME: VALUE UNIT (bar: …).
#
# Measured is what is packaged, which takes long to build the first time; GRID_PROFILE=release
# measures what the tests run.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${GRID_PROFILE:-production} in
production)
	folder=$(scripts/package.sh)
	;;
release)
	scripts/setup.sh >&2
	source scripts/env.sh
	# As scripts/test.sh does, so that dependencies compile once.
	cargo build --release --workspace --all-targets --locked >&2
	folder=${CARGO_TARGET_DIR:-target}/release
	;;
*)
	echo "scripts/bench.sh: GRID_PROFILE is production or release, not '$GRID_PROFILE'" >&2
	exit 2
	;;
esac
exec "$folder/bench" "$@"
