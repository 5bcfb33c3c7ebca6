#!/usr/bin/env bash
# Sets up, then checks everything: format, build, lints, unit tests, and the stories with real nodes.
#
#   scripts/test.sh            all of it
#   scripts/test.sh NAME…      builds, and runs only the tests that have one of these in their names
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

for name; do
	case $name in
	'' | -*)
		sed -n '2,/^set/{s/^# \{0,1\}//p}' scripts/test.sh >&2
		exit 2
		;;
	esac
done
if ((EUID != 0)); then
	echo 'scripts/test.sh: stories take root, for machines of their own: run it as root' >&2
	exit 1
fi

scripts/setup.sh
source scripts/env.sh
forget_habits
own_target

log=$(mktemp)
trap 'rm -f "$log"' EXIT
steps=() began=$SECONDS
step() {
	printf '\n=== %s\n' "$1"
	steps+=("$SECONDS $1")
}

if (($# == 0)); then
	step 'shell scripts are well-formed'
	for script in scripts/*.sh scripts/*/*.sh examples/*/*.sh .ci/run; do bash -n "$script"; done

	step 'format'
	cargo fmt --all --check
fi

step 'build'
# Always the whole workspace: what fewer packages need differs in its features, and dependencies
# would be compiled twice.
cargo build --color never --release --workspace --all-targets --locked 2>&1 | tee -i "$log"
# What a build script says has the version of its package.
if grep -qE '^warning: [a-z-]*([^a-z@-]|$)' "$log"; then
	echo 'scripts/test.sh: the build warns; see above' >&2
	exit 1
fi

if (($# == 0)); then
	step 'lints'
	# With all that the runtime can have, which is compiled nowhere else. No WebAssembly is looked at.
	SKIP_WASM_BUILD=1 cargo clippy --release --workspace --all-targets --locked --features \
		grid-runtime/try-runtime,grid-next-runtime/try-runtime,grid-stories/runtime-benchmarks \
		-- -D warnings
fi

step 'unit tests and stories'
code=0
cargo nextest run --color never --profile default --retries 0 --release --workspace --locked "$@" \
	2>&1 7>&- | tee -i "$log" || code=$?

step 'end'
printf '%5s s  %s\n' $((SECONDS - began)) 'in all'
for ((i = 0; i + 1 < ${#steps[@]}; i++)); do
	printf '%5s s  %s\n' $((${steps[i + 1]%% *} - ${steps[i]%% *})) "${steps[i]#* }"
done
sed -n 's/^ *Summary .*tests\{0,1\} run: //p' "$log" | awk -F, '
	{ for (i = 1; i <= NF; i++) { split($i, part, " "); count[part[2]] = part[1] } }
	END {
		if (NR == 0) { print "\nthe tests did not come to their end"; exit 1 }
		printf "\n%d passed, %d failed, %d skipped\n", count["passed"],
			count["failed"] + count["timed"] + count["exec"], count["skipped"]
	}' || code=${code/#0/1}
exit "$code"
