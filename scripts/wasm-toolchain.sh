#!/usr/bin/env bash
# Makes the rustup toolchain "grid-wasm", which can compile the runtime to wasm32v1-none, out of
# Debian's Rust packages: the fallback for machines where `rustup target add` finds no server.
# docs/adr/0004-wasm-toolchain.md says why and how.
#
# usage: scripts/wasm-toolchain.sh [--check]     --check: only tell whether it is there and works
set -euo pipefail

name=grid-wasm
target=wasm32v1-none
data=${XDG_DATA_HOME:-$HOME/.local/share}/grid
toolchain=$data/wasm-toolchain

say() { echo "wasm-toolchain: $*"; }
die() {
	say "$*" >&2
	exit 1
}

# A fat LTO over core and alloc is what the runtime's build ends in, and what fails first when
# the libraries carry no bitcode or the linker is missing.
works() {
	rustup run "$name" cargo --version &>/dev/null &&
		rustup run "$name" rustc --crate-type cdylib --target "$target" \
			-O -C lto=fat -C panic=abort -o "$work/check.wasm" - &>/dev/null <<'RUST'
#![no_std]
extern crate alloc;
use core::alloc::{GlobalAlloc, Layout};
struct Nothing;
unsafe impl GlobalAlloc for Nothing {
	unsafe fn alloc(&self, _: Layout) -> *mut u8 { core::ptr::null_mut() }
	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static ALLOCATOR: Nothing = Nothing;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
pub extern "C" fn check(n: usize) -> usize { alloc::format!("{n}").len() }
RUST
}

# Apt with lists of its own: needs no root, and never asks for a file that the archive has
# replaced since the system's lists were fetched.
own_lists() {
	local tool=$1
	shift
	"$tool" -qq -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
		-o APT::Sandbox::User=root "$@"
}

# Unpacks Debian's toolchain, and the shared libraries it needs that this system lacks, into
# $work/unpacked. Not installed, because /usr/bin/rustc would then compete with the user's own, and
# because these packages conflict with Debian's rustup.
unpack() {
	local wanted=(rustc-web cargo-web rust-web-src libstd-rust-web-dev) driver missing
	mkdir -p "$work"/{lists,cache}/partial "$work"/{debs,unpacked}

	say "fetching Debian's Rust packages"
	own_lists apt-get update >/dev/null || say "some apt sources did not answer"
	# Named, so that apt lists them even where they are installed: what lies in /usr is no part of
	# this toolchain.
	if ! driver=$(own_lists apt-cache depends libstd-rust-web-dev 2>/dev/null |
		sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p') ||
		! missing=$(own_lists apt-get install -s --reinstall --no-install-recommends \
			"${wanted[@]}" "$driver" 2>/dev/null | awk '/^Inst /{print $2}'); then
		die "this system's apt sources lack ${wanted[*]} (Debian 12 with its security suite has them): make 'rustup target add $target' work instead"
	fi
	mapfile -t missing <<<"$missing"
	(cd "$work/debs" && own_lists apt-get download "${missing[@]}" >/dev/null) ||
		die "could not download ${missing[*]}: check the connection to the apt sources, then run this again"
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$work/unpacked"
	done

	# rustup points the loader at <toolchain>/lib, and rustc finds its sysroot from there too.
	mv "$work"/unpacked/usr/lib/*-linux-gnu*/* "$work/unpacked/usr/lib/"
}

# Builds core and alloc for the target: with bitcode because the runtime is linked with LTO, and
# with the source path that rustup's builds carry, because panic locations end up in the runtime.
build() {
	local usr=$work/unpacked/usr commit
	say "building core and alloc for $target"
	mkdir -p "$work/empty/src"
	echo '#![no_std]' >"$work/empty/src/lib.rs"
	printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/empty/Cargo.toml"
	(
		cd "$work/empty"
		unset RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER
		export PATH=$usr/bin:$PATH LD_LIBRARY_PATH=$usr/lib CARGO_TARGET_DIR=$work/target
		commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
		export CARGO_ENCODED_RUSTFLAGS=-Cembed-bitcode=yes$'\x1f'--remap-path-prefix=$usr/lib/rustlib/src/rust=/rustc/$commit
		RUSTC_BOOTSTRAP=1 cargo build --quiet --release --target "$target" -Zbuild-std=core,alloc
	) || die "could not build core and alloc: the lines above say why"
	mkdir -p "$usr/lib/rustlib/$target/lib"
	cp "$work/target/$target"/release/deps/lib{core,alloc,compiler_builtins}-*.rlib \
		"$usr/lib/rustlib/$target/lib/"
}

# rustc looks for its linker in its own sysroot before PATH, so a link there is enough. It is set
# on each run, since it breaks when the toolchain it points into is removed.
link_lld() {
	local host lld link
	host=$(rustc -vV | sed -n 's/^host: //p')
	lld=$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld
	[[ -x $lld ]] || die "the active Rust toolchain has no rust-lld: activate one that rustup installed ('rustup default stable'), then run this again"
	link=$1/lib/rustlib/$host/bin/rust-lld
	mkdir -p "${link%/*}"
	[[ $link -ef $lld ]] || ln -sfn "$lld" "$link"
}

case ${1-} in
# Not under /tmp: it takes about 1 GB, and what is built must move into place in one step.
"") mkdir -p "$data" && work=$(mktemp -d "$data/build.XXXXXX") ;;
--check) work=$(mktemp -d) ;;
*) echo "wasm-toolchain: unknown argument '$1' (usage: wasm-toolchain.sh [--check])" >&2 && exit 2 ;;
esac
trap 'rm -rf "$work"' EXIT

if [[ ${1-} == --check ]]; then
	works
	exit
fi

for command in rustup rustc cc; do
	command -v "$command" >/dev/null || die "'$command' is missing: run scripts/setup.sh"
done
[[ ! -d $toolchain ]] || link_lld "$toolchain"
if works; then
	say "toolchain '$name' is there and works"
	exit
fi
for command in apt-get dpkg-deb; do
	command -v "$command" >/dev/null || die "'$command' is missing, and this fallback is made from Debian's packages: make 'rustup target add $target' work instead"
done

unpack
build
rm -rf "$work"/unpacked/usr/{src,share,libexec,lib/rustlib/src}
link_lld "$work/unpacked/usr"
rm -rf "$toolchain"
mv "$work/unpacked/usr" "$toolchain"
rustup toolchain link "$name" "$toolchain"
works || die "toolchain '$name' was made but cannot compile for $target: please report this with the output of 'rustup run $name rustc -vV'"
say "toolchain '$name' made; scripts that source scripts/env.sh use it where rustup's lacks $target"
