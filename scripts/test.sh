#!/usr/bin/env bash
# Sets up, then checks everything: format, lints, unit tests, and the stories with real nodes.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/env.sh

step() {
	printf '\n=== %s\n' "$1"
}

step 'shell scripts are well-formed'
for script in scripts/*.sh .ci/run; do bash -n "$script"; done

step 'format'
cargo fmt --all --check

step 'build'
# Always the whole workspace: what fewer packages need differs in its features, and dependencies
# would be compiled twice.
cargo build --release --workspace --all-targets --locked

step 'lints'
cargo clippy --release --workspace --all-targets --locked -- -D warnings

log=$(mktemp)
trap 'rm -f "$log"' EXIT
step 'unit tests'
cargo test --release --workspace --locked --lib --bins 2>&1 | tee "$log"

step 'stories'
# Most of the time they wait for blocks.
cargo test --release --workspace --locked --test '*' -- --test-threads=4 2>&1 | tee -a "$log"

awk '/^test result: / { passed += $4; failed += $6; skipped += $8 }
	END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$log"
