# shellcheck shell=bash
# For scripts/devnet.sh: a farm with the three machines, and something to deploy on it. Each command is
# shown as a person would type it.
#
# Takes $programs, $home, and the verbs of the machines.

# grid knows nothing here but what it is told.
unset "${!GRID_@}"
export GRID_HOME=$home/grid GRID_CHAIN=ws://127.0.0.1:9944

# What comes next, in words.
step() {
	printf '\n# %s\n' "$1"
}

# Show a command.
shown() {
	local word line='$'
	for word; do
		[[ $word =~ ^[A-Za-z0-9_./:=@,+-]+$ ]] || word=${word@Q}
		line+=" $word"
	done
	printf '%s\n' "$line"
}

# Show a command of grid, and run it.
grid() {
	shown grid "$@"
	"$programs/grid" "$@"
}

# Ask the chain something, for the script alone.
ask() { # FILTER WORDS...
	"$programs/grid" --output json "${@:2}" | jq -er "$1"
}

eventually() { # SECONDS WHAT COMMAND...
	local end=$((SECONDS + $1))
	until "${@:3}"; do
		if ((SECONDS > end)); then
			echo "scripts/devnet.sh: in vain for $1 s: $2" >&2
			tail -n 5 "$home"/machine-*.log >&2
			exit 1
		fi
		sleep 0.5
	done
}

online() { # NUMBER
	[[ $(ask length node list --online) == "$1" ]]
} 2>/dev/null

farm() {
	cd "$home"
	step 'Governance lets machines be heard more often, so that it shows soon when one is silent'
	grid --account //Alice --by sudo --yes council set heartbeats.min-gap=4 heartbeats.max-gap=30

	step 'A farmer has an identity and a farm, and invites three machines; their agents say their accounts'
	grid --account //Eve --yes twin create
	grid --account //Eve --yes farm create eves-farm
	grid --account //Eve --yes node invite 2 "${accounts[@]}"
	local i
	for i in 0 1 2; do machine_start "$i"; done
	eventually 90 'the machines join' online 3
	grid node list --online
	for i in 0 1 2; do
		echo "machine $i is in ${countries[i]}: agent ${agents[i]}, log $home/machine-$i.log"
	done

	step 'An image, and a manifest that names it'
	shown examples/hello/image.sh "$home/images"
	local image
	image=$("$examples/hello/image.sh" "$home/images")
	echo "$image"
	sed "s#images.example/hello@sha256:0*#$image#" "$examples/hello.yaml" >hello.yaml
	cp "$examples/hello-policy.yaml" .
	echo "hello.yaml and hello-policy.yaml are in $home"
}
