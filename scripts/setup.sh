#!/usr/bin/env bash
# Installs what building, running and testing need on Debian or Ubuntu, given git, curl and rustup.
# `setup.sh --help` tells the options.
set -euo pipefail

# what must be there (a command or a file) and the Debian package that brings it
packages=(
	"cc build-essential"
	"c++ build-essential"
	"make build-essential"
	"protoc protobuf-compiler"
	"git git"
	"jq jq"
	"curl curl"
	"/bin/kill procps"
	"sysctl procps"
	"/etc/ssl/certs/ca-certificates.crt ca-certificates"
	# what stories are run by
	"flock util-linux"
	"setpriv util-linux"
	"unshare util-linux"
	"losetup mount"
	# the tests of the agent
	"/bin/busybox busybox-static"
	"docker-registry docker-registry"
	"openssl openssl"
	"skopeo skopeo"
	"umoci umoci"
	"ip iproute2"
	"runc runc"
	"mkfs.ext4 e2fsprogs"
	# the networks of the agent, and their tests
	"nft nftables"
	"wg wireguard-tools"
	"wireguard-go wireguard-go"
	"iperf3 iperf3"
	"ping iputils-ping"
	"arping iputils-arping"
	"nmap nmap"
	"tcpdump tcpdump"
	# the tests of zdb
	"redis-server redis-server"
	"redis-cli redis-tools"
	"/usr/lib/python3/dist-packages/redis python3-redis"
)
node_least=18
nextest_least=0.9.103 nextest_known=0.9.124

usage() {
	cat <<'USAGE'
usage: scripts/setup.sh [--check | --debian-wasm | --help]

Installs the missing ones of: apt packages (C and C++ compiler, protoc, jq, Node.js, and what
the tests of the agent and of zdb run: runc, skopeo, umoci, a registry, ip, openssl, busybox, ext4 tools,
nft, wg, wireguard-go, iperf3, ping, arping, nmap, tcpdump,
redis and its clients), cargo-nextest, the Rust target wasm32v1-none, and the npm packages of tests/js.
Needs root or sudo only for apt.
Removes what stories left that were killed (scripts/clean.sh). Leaves your default Rust toolchain, PATH
and shell files alone. Run it again at any time.

  --check         install nothing; print what is missing, one a line, and exit 1 if anything is
  --debian-wasm   also make the fallback toolchain 'grid-wasm' from Debian's Rust packages, even
                  where rustup has the target
USAGE
}

say() { echo "setup: $*"; }
die() {
	say "$*" >&2
	exit 1
}

have() {
	if [[ $1 == /* ]]; then [[ -e $1 ]]; else command -v "$1" >/dev/null; fi
}

have_node() {
	local version
	have npm && version=$(node --version 2>/dev/null) && version=${version#v} &&
		((${version%%.*} >= node_least))
}

have_nextest() {
	local version
	version=$(cargo nextest --version 2>/dev/null | sed -n '1s/^cargo-nextest \([0-9.]*\).*/\1/p')
	[[ -n $version ]] && printf '%s\n' "$nextest_least" "$version" | sort -VC
}

have_target() { [[ -d $(rustc --print sysroot)/lib/rustlib/wasm32v1-none/lib ]]; }

have_wasm() { have_target || scripts/wasm-toolchain.sh --check; }

have_npm_packages() {
	[[ ! -f tests/js/package-lock.json ]] ||
		[[ -d tests/js/node_modules && ! tests/js/node_modules -ot tests/js/package-lock.json ]]
}

# The sentence about what is wrong with the user's Rust, or nothing.
rust_problem() {
	local version least
	least=$(sed -n '/^\[workspace\.package\]/,/^\[/s/^rust-version *= *"\(.*\)".*/\1/p' Cargo.toml)
	if ! have rustup || ! have cargo; then
		echo "rustup is missing: install it as https://rustup.rs says, then run this again"
	elif ! version=$(rustc --version 2>/dev/null | cut -d' ' -f2) || [[ -z $version ]]; then
		echo "no Rust toolchain is active: run 'rustup default stable', then run this again"
	elif ! printf '%s\n' "$least" "$version" | sort -VC; then
		echo "Rust $least or newer is needed and $version is active: run 'rustup update stable' or 'rustup default stable', then run this again"
	fi
}

missing_packages() {
	local row
	for row in "${packages[@]}"; do
		have "${row% *}" || echo "${row#* }"
	done | sort -u
	# Where there is an npm already, it can bring a newer Node.js itself: see install_node.
	have_node || have npm || printf '%s\n' nodejs npm
}

# Everything that is missing, one a line, as --check prints it.
missing() {
	local row problem
	for row in "${packages[@]}"; do
		have "${row% *}" || echo "${row% *} (package ${row#* })"
	done
	have_node || echo "node $node_least or newer, with npm"
	problem=$(rust_problem)
	if [[ -n $problem ]]; then
		echo "$problem"
	elif ! have_wasm; then
		echo "the Rust target wasm32v1-none"
	fi
	[[ -n $problem ]] || have_nextest || echo "cargo-nextest $nextest_least or newer"
	have_npm_packages || echo "the npm packages of tests/js"
}

install_packages() {
	local sudo=()
	have apt-get || die "$* cannot be installed, as this system has no apt-get: install what these Debian packages bring in its own way, then run this again"
	if ((EUID != 0)); then
		if ! have sudo || ! { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
			die "packages are missing and this user may not install them: run 'apt-get update && apt-get install -y --no-install-recommends $*' as root, then run this again"
		fi
		sudo=(sudo)
	fi
	say "installing $* with apt-get"
	"${sudo[@]}" apt-get update -qq || say "apt-get update failed, trying with the lists at hand"
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
		die "apt-get could not install $*: the lines above say why"
}

# Ubuntu 22.04 packages Node.js 12. Its npm brings a newer one, and an npm that runs on it, into a
# folder of ours, where env.sh finds them.
install_node() {
	say "installing Node.js beside the system's older one, into $grid_data/node"
	mkdir -p "$grid_data/node"
	npm install --loglevel=error --no-audit --no-fund --prefix "$grid_data/node" node@22 npm@10 >/dev/null ||
		die "npm could not fetch Node.js: install Node.js $node_least or newer yourself, then run this again"
	source scripts/env.sh
}

install_wasm() {
	have_target && return
	if ! scripts/wasm-toolchain.sh --check; then
		say "adding the Rust target wasm32v1-none"
		rustup --quiet target add wasm32v1-none && return
		say "rustup could not add it, so its libraries are built here"
	fi
	scripts/wasm-toolchain.sh
}

check=false debian_wasm=false
for argument in "$@"; do
	case $argument in
	--check) check=true ;;
	--debian-wasm) debian_wasm=true ;;
	--help | -h) usage && exit ;;
	*) echo "setup: unknown argument '$argument' (see scripts/setup.sh --help)" >&2 && exit 2 ;;
	esac
done

case $(uname -m) in
x86_64 | aarch64) ;;
*) die "this is a $(uname -m) machine, and Grid builds on x86_64 and aarch64 only: use one of those" ;;
esac

cd "$(dirname "$(realpath "$0")")/.."
source scripts/env.sh

if $check; then
	list=$(missing)
	[[ -z $list ]] && say "OK, nothing is missing" && exit
	echo "$list"
	exit 1
fi

problem=$(rust_problem)
[[ -z $problem ]] || die "$problem"

mapfile -t lacking < <(missing_packages)
((${#lacking[@]} == 0)) || install_packages "${lacking[@]}"
have_node || install_node
install_wasm
if ! have_nextest; then
	say "building cargo-nextest, which takes some minutes"
	cargo install --quiet --locked cargo-nextest --version "$nextest_known" ||
		die "cargo could not install cargo-nextest: the lines above say why"
fi
! $debian_wasm || scripts/wasm-toolchain.sh
if ! have_npm_packages; then
	say "installing the npm packages of tests/js"
	(cd tests/js && npm ci --loglevel=error --no-audit --no-fund >/dev/null && touch node_modules) ||
		die "npm could not install the packages of tests/js: the lines above say why"
fi

scripts/clean.sh
list=$(missing)
[[ -z $list ]] || die "still missing after installing: ${list//$'\n'/, }"
say "OK, nothing is missing"
