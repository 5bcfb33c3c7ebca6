#!/usr/bin/env bash
# Builds what is packaged and measured: optimised across crates, with a runtime that knows the hash
# of its metadata, by which hardware wallets check what they sign. The last line is the folder.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

scripts/setup.sh >&2
source scripts/env.sh
own_target
cargo build --profile production --workspace --bins --features grid-runtime/metadata-hash --locked >&2
echo "${CARGO_TARGET_DIR:-target}/production"
