# shellcheck shell=bash
# Meant to be sourced by the scripts that build, run or test (`source scripts/env.sh`), so that
# what setup.sh had to put beside the user's own tools is found without touching PATH for good.
# Where the system's own tools do, sourcing this changes nothing.

grid_data=${XDG_DATA_HOME:-$HOME/.local/share}/grid

# A Node.js of our own exists only where the distribution's is too old for the JS stories.
if [[ -x $grid_data/node/node_modules/.bin/node ]]; then
	export PATH=$grid_data/node/node_modules/.bin:$PATH
fi

# The runtime's build script takes the active toolchain unless told otherwise: it must be told
# where that one has no wasm32v1-none. The fallback carries its own rust-lld.
if [[ -z ${WASM_BUILD_TOOLCHAIN:-} &&
	! -d $(rustc --print sysroot 2>/dev/null)/lib/rustlib/wasm32v1-none/lib ]] &&
	rustup run grid-wasm rustc --version &>/dev/null; then
	export WASM_BUILD_TOOLCHAIN=grid-wasm
fi
