#!/usr/bin/env bash
# Runs a command as if on a machine of its own: its network, processes, mounts, control groups and
# temporary files are nobody else's, and are gone when it ends, however it ends. Stories and benchmarks
# are run by it: they meet no neighbour, and leave nothing. Takes root; without, the command is run as
# it is.
#
#   scripts/sandbox.sh COMMAND [ARGUMENT…]
set -euo pipefail

((EUID == 0)) || exec "$@"

here=$(dirname "${BASH_SOURCE[0]}")
source "$here/sandbox/folders.sh"

if [[ ${1:-} == --within ]]; then
	folder=$2
	shift 2
	source "$here/sandbox/within.sh"
	# Not by exec: the first process inherits orphans, and a shell buries them.
	code=0
	"$@" || code=$?
	exit $code
fi

sandbox_make
trap 'sandbox_remove "$folder"' EXIT
# Whoever is killed takes along what is within.
setpriv --pdeathsig KILL \
	unshare --mount --net --ipc --pid --fork --kill-child --mount-proc "$0" --within "$folder" "$@" &
trap 'kill -s TERM $!' TERM INT HUP
code=0
wait $! || code=$?
# After a signal, until it is over.
while kill -s 0 $! 2>/dev/null; do wait $! || code=$?; done
exit $code
