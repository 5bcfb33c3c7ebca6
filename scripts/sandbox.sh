#!/usr/bin/env bash
# Runs a command as if on a machine of its own: its network, processes, mounts, control groups and
# temporary files are nobody else's, and end with it. Stories and benchmarks are run by it: they meet no
# neighbour, and leave nothing. Where the shell that keeps it is killed, a folder and empty control groups
# stay until scripts/clean.sh. Takes root; without, the command is run as it is.
#
#   scripts/sandbox.sh COMMAND [ARGUMENT…]
set -euo pipefail

# In functions, so that a shell has read it all before it runs: somebody may edit this meanwhile.
outside() { # COMMAND [ARGUMENT…]
	local code=0
	sandbox_make
	trap 'sandbox_remove "$folder"' EXIT
	# Whoever is killed takes along what is within, also if that was before the kernel was told so.
	# Ctrl-C means there what it means elsewhere: a shell has what it runs in the background ignore it.
	setpriv --pdeathsig KILL sh -c '[ "$PPID" = "$0" ] && exec "$@"' $$ env --default-signal \
		unshare --mount --net --ipc --pid --fork --kill-child --mount-proc \
		"$self" --within "$folder" "$@" <&0 &
	# The first process of a namespace hears nothing gentler.
	trap 'kill -s KILL $!' TERM INT HUP
	wait $! || code=$?
	while kill -s 0 $! 2>/dev/null; do wait $! || code=$?; done
	exit $code
}

within() { # FOLDER COMMAND [ARGUMENT…]
	local code=0
	folder=$1
	shift
	# Not by hand: it covers what the machine has.
	(($$ == 1)) || exit 2
	source "$here/sandbox/within.sh"
	# Not by exec: the first process inherits orphans, and a shell buries them.
	"$@" || code=$?
	exit $code
}

self=$(realpath "${BASH_SOURCE[0]}")
here=${self%/*}
case ${1:-} in
'' | -h | --help)
	sed -n '2,/^set/{s/^# \{0,1\}//p}' "$self" >&2
	exit 2
	;;
esac
((EUID == 0)) || exec "$@"
source "$here/sandbox/folders.sh"
case $1 in
--within) within "${@:2}" ;;
*) outside "$@" ;;
esac
