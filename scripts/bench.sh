#!/usr/bin/env bash
# Runs one benchmark, or lists them. Its figure is the last line: NAME: VALUE UNIT (bar: …).
#
# Measured is the production profile, which takes long to build the first time;
# GRID_PROFILE=release measures what the tests run.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh >&2
source scripts/env.sh
profile=${GRID_PROFILE:-production}
cargo build --profile "$profile" --workspace --locked >&2
exec "${CARGO_TARGET_DIR:-target}/$profile/bench" "$@"
