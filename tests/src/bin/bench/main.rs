//! The benchmarks. Each starts real nodes and prints its figure last.

mod agent_catchup;
mod agent_idle;
mod billing_load;
mod container_start;
mod contracts;
mod deploy_latency;
mod figures;
mod finality;
mod find_nodes;
mod flood;
mod heartbeats;
mod idle;
mod network_up;
mod settle;
mod simulate;
mod simulated;
mod start;
mod transfers;
mod tunnels;
mod wg_latency;
mod wg_throughput;

use grid_benchmarks::Benchmark;
use std::process::ExitCode;

const BENCHMARKS: [Benchmark<()>; 17] = [
	("transfers", "balance transfers a second, in blocks of one development node", transfers::run),
	("contracts", "contracts created a second, as a share of transfers", contracts::run),
	("finality", "from submission to finality, with four validators", finality::run),
	("heartbeats", "the share of all blocks that 10 000 nodes take", heartbeats::run),
	("find-nodes", "a page of nodes out of 10 000", find_nodes::run),
	("settle-100k", "100 000 bills that are due in the same second", settle::run),
	("billing-load", "the share of all blocks that a million bills take", billing_load::run),
	("idle", "memory of an idle development node", idle::run),
	("start", "from the start of a built node to its first block", start::run),
	("deploy-latency", "from submission to a container's first line", deploy_latency::run),
	("container-start", "starting a container, beside the bare runtime", container_start::run),
	("agent-idle", "what an agent with 100 containers takes, and a full node", agent_idle::run),
	("agent-catchup", "500 contracts that changed while the agent was off", agent_catchup::run),
	(
		"wg-throughput",
		"between two containers on two machines, and wireguard-go",
		wg_throughput::run,
	),
	("wg-latency", "what a tunnel adds to a round trip between machines", wg_latency::run),
	("network-up", "from a final contract to a round trip between machines", network_up::run),
	("simulate", "1 000 simulated nodes on one chain", simulate::run),
];

fn main() -> ExitCode {
	grid_benchmarks::run(&BENCHMARKS)
}
