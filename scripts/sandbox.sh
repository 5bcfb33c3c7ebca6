#!/usr/bin/env bash
# Runs a command as if on a machine of its own: its network, processes, mounts, control groups and
# temporary files are nobody else's, and are gone when it ends, however it ends. Stories and benchmarks
# are run by it: they meet no neighbour, and leave nothing. Takes root; without, the command is run as
# it is.
#
#   scripts/sandbox.sh COMMAND [ARGUMENT…]
set -euo pipefail

# In functions, so that a shell has read it all before it runs: somebody may edit this meanwhile.
outside() {
	local code=0
	sandbox_make
	trap 'sandbox_remove "$folder"' EXIT
	# Whoever is killed takes along what is within. Ctrl-C means there what it means elsewhere: a shell
	# has what it runs in the background ignore it.
	setpriv --pdeathsig KILL env --default-signal \
		unshare --mount --net --ipc --pid --fork --kill-child --mount-proc \
		"$0" --within "$folder" "$@" &
	trap 'kill -s TERM $!' TERM INT HUP
	wait $! || code=$?
	# After a signal, until it is over.
	while kill -s 0 $! 2>/dev/null; do wait $! || code=$?; done
	exit $code
}

within() { # FOLDER COMMAND [ARGUMENT…]
	local code=0
	folder=$1
	shift
	source "$here/sandbox/within.sh"
	# Not by exec: the first process inherits orphans, and a shell buries them.
	"$@" || code=$?
	exit $code
}

((EUID == 0)) || exec "$@"
here=$(dirname "${BASH_SOURCE[0]}")
source "$here/sandbox/folders.sh"
case ${1:-} in
'' | -h | --help)
	sed -n '2,/^set/{s/^# \{0,1\}//p}' "$0" >&2
	exit 2
	;;
--within) within "${@:2}" ;;
*) outside "$@" ;;
esac
