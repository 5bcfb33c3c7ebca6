#!/usr/bin/env bash
# Runs one benchmark, or lists them. Its figure is the last line: NAME: VALUE UNIT (bar: …).
#
# Measured is what is packaged, which takes long to build the first time; GRID_BUILD=release
# measures what the tests run.
#
#   scripts/bench.sh [NAME]
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

case ${1:-} in
-*)
	sed -n '2,/^set/{s/^# \{0,1\}//p}' scripts/bench.sh >&2
	exit 2
	;;
esac
if (($# > 1)); then
	echo 'scripts/bench.sh: one benchmark at a time' >&2
	exit 2
fi
unknown() {
	echo "scripts/bench.sh: there is no benchmark called '$1'; without a name they are listed" >&2
	exit 2
}
# Before anything is built: each is a line of a table.
if (($#)) && ! grep -qF "\"$1\"," {tests/src/bin/bench,cli/bench/src,zdb/bench/src}/main.rs; then
	unknown "$1"
fi

case ${GRID_BUILD:-production} in
production)
	folder=$(scripts/package.sh)
	;;
release)
	scripts/setup.sh >&2
	source scripts/env.sh
	own_target
	# As scripts/test.sh does, so that dependencies compile once.
	cargo build --release --workspace --all-targets --locked >&2
	folder=${CARGO_TARGET_DIR:-target}/release
	;;
*)
	echo "scripts/bench.sh: GRID_BUILD is production or release, not '$GRID_BUILD'" >&2
	exit 2
	;;
esac

# Whichever knows the name runs it.
programs=("$folder"/{bench,grid-bench,zdb-bench})
if [[ $# -eq 0 ]]; then
	for program in "${programs[@]}"; do "$program"; done
	exit
fi
for program in "${programs[@]}"; do
	names=$("$program")
	if [[ $'\n'$names == *$'\n'"$1 "* ]]; then exec scripts/sandbox.sh "$program" "$@"; fi
done
unknown "$1"
