#!/usr/bin/env bash
# Removes what stories and benchmarks left that were killed together with what was to clean up behind
# them. Nothing that lives is touched, nor anything that is not of a sandbox.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/sandbox/folders.sh"

((EUID == 0)) && [[ -d $sandboxes ]] || exit 0

# One that is being made is not held yet.
exec 8>"$sandboxes/lock"
flock 8
for folder in "$sandboxes"/*/; do
	folder=${folder%/}
	[[ -d $folder ]] || continue
	sandbox_end_orphan "$folder"
	if flock --nonblock "$folder" true; then
		echo "clean: removing what was left of the sandbox ${folder##*/}"
		sandbox_remove "$folder"
	fi
done
