# shellcheck shell=bash
# Meant to be sourced by the scripts that build, run or test (`source scripts/env.sh`), so that
# what setup.sh had to put beside the user's own tools is found without touching PATH for good.
# Where the system's own tools do, sourcing this changes nothing else.

# Debian has these folders in root's PATH alone, and something for others in them.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

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

# Have nobody's habits decide what is built and tested.
forget_habits() {
	local seed=${GRID_SEED:-}
	unset "${!CARGO_PROFILE_@}" "${!GRID_@}" "${!NEXTEST_@}" "${!PROPTEST_@}" "${!ZDB_@}" "${!ZOS_@}" \
		CARGO_BUILD_RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTFLAGS SKIP_WASM_BUILD
	[[ ! $seed ]] || export GRID_SEED=$seed
}

# Have the target folder for this clone, until the script ends. Cargo tells packages of a workspace by their
# paths within, and what is new by its time: what another clone built last would pass for ours.
own_target() {
	local target=${CARGO_TARGET_DIR:-target}
	mkdir -p "$target"
	exec 7>>"$target/.clone"
	if ! flock --nonblock 7; then
		echo "$0: waiting for another run, which has the target folder $target" >&2
		flock 7
	fi
	[[ $(<"$target/.clone") != "$PWD" ]] || return 0
	find . \( -name .git -o -name target -o -samefile "$target" \) -prune -o \
		\( -name '*.rs' -o -name '*.toml' \) -exec touch {} +
	echo "$PWD" >"$target/.clone"
}
