#!/usr/bin/env bash
# Removes what stories and benchmarks left that were killed together with what was to clean up behind
# them, and ends those whose runner is gone. Nothing else that lives is touched, nor anything that is not
# of a sandbox. What stays is told.
set -euo pipefail

if (($#)); then
	echo 'usage: scripts/clean.sh' >&2
	exit 2
fi
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/sandbox/folders.sh"

[[ -d $sandboxes ]] || exit 0
if ((EUID != 0)); then
	echo "clean: what there is in $sandboxes stays, as removing it takes root"
	exit
fi

# One that is being made is not held yet.
sandboxes_lock
for folder in "$sandboxes"/*/; do
	folder=${folder%/}
	[[ -d $folder ]] || continue
	! is_held "$folder" || sandbox_end_orphan "$folder"
	if is_held "$folder"; then
		echo "clean: the sandbox ${folder##*/} is in use, and stays"
		continue
	fi
	echo "clean: removing what was left of the sandbox ${folder##*/}"
	sandbox_remove "$folder"
done
for keeper in "$sandboxes"/*.keeper; do
	[[ -d ${keeper%.keeper} ]] || rm -f "$keeper"
done
