# shellcheck shell=bash
# For scripts/devnet.sh --demo: from a farm to the bill, with a machine that dies on the way.

# The node that has a workload of contract 1.
node_of() { # WORKLOAD
	ask "[.nodes[] | select(.place == \"taken\" and any(.spec.workloads[]; .name == \"$1\")) | .node][0]" \
		deployment show 1
}

# The machine that is a node.
machine_of() { # NODE
	local country i
	country=$(ask ".[] | select(.node == $1).country | if type == \"array\" then implode else . end" node list)
	for i in 0 1 2; do [[ ${countries[i]} != "$country" ]] || echo "$i"; done
}

runs() {
	[[ $(ask .contracts[0].runs --account //Bob status) == true ]]
} 2>/dev/null

moved() { # FROM
	[[ $(node_of web) != "$1" ]] && runs
} 2>/dev/null

greeted() { # MACHINE SINCE
	agent "$1" logs 1/client --since "$2" | grep -q '^hello, visitor'
} 2>/dev/null

# What the client of a machine has read since some time, through the private network.
page_show() {
	if [[ $simulated ]]; then
		echo '(simulated machines run nothing: there is no page to read)'
		return
	fi
	local machine since=$1
	machine=$(machine_of "$(node_of client)")
	eventually 60 'the client reads the page' greeted "$machine" "$since"
	shown zos-agent --config "machine-$machine/agent.toml" logs 1/client --since "$since"
	agent "$machine" logs 1/client --since "$since" | tail -n 3
}

tour() {
	farm

	step 'A user has an identity, and says who has to agree: one of legal, one of security'
	grid --account //Bob --yes twin create
	grid --account //Bob --yes policy create hello-policy.yaml

	step 'What would be made, where, and what it costs'
	export HELLO_PASSWORD=${HELLO_PASSWORD:-between-you-and-the-node}
	shown export "HELLO_PASSWORD=$HELLO_PASSWORD"
	grid --account //Bob plan hello.yaml
	grid --account //Bob --yes --quiet apply hello.yaml

	step 'The stakeholders see exactly what they sign, and agree'
	grid --account //Charlie approvals list
	grid --account //Charlie --yes approvals approve 1
	grid --account //Dave --yes --quiet approvals approve 1

	step 'It runs, on two nodes'
	local since
	since=$(date -u +%FT%TZ)
	grid --account //Bob deployment wait 1
	grid --account //Bob status

	step 'The client reads the page: through the private network, from the volume, counted in the database'
	page_show "$since"

	local node machine watch
	node=$(node_of web)
	machine=$(machine_of "$node")
	step "Somebody pulls the plug of node $node, which runs the web server; Bob's grid watches"
	shown grid --account //Bob --yes watch hello.yaml --heal --after 3
	start "$programs/grid" --account //Bob --yes watch hello.yaml --heal --after 3
	watch=$!
	machine_kill "$machine"
	eventually 90 'the web server moves to another node' moved "$node"
	# What was read before may have been of the one that died.
	since=$(date -u +%FT%TZ)
	silently_end TERM "$watch"
	grid --account //Bob status

	step 'The page is served by the other node: its volume is new, the count in the database goes on'
	page_show "$since"

	step 'The bill: seconds that a node has proven, and nothing for the one that is silent'
	grid --account //Bob --yes bill settle 1
	grid bill show 1
	grid bill statement 1

	step 'The end'
	grid --account //Bob --yes destroy hello.yaml
	grid --account //Bob status
}
