//! What these stories have in common: an agent that runs something.

use grid_primitives::{
	spec::{Image, Spec},
	NodeId,
};
use grid_runtime::Runtime;
use grid_stories::{
	eventually,
	specs::{container_with, spec},
	AgentProcess, Chain, Hears, Images, Person, User,
};
use std::time::Duration;

/// How long anything may take that is to happen.
pub(crate) const LIMIT: Duration = Duration::from_secs(90);

/// How often the long runs do what the gate does once, if this is one.
fn soak() -> bool {
	std::env::var_os("GRID_SOAK").is_some()
}

/// A short time for the gate, or a long one for the long runs.
pub(crate) fn for_so_long(short: u64, long: u64) -> Duration {
	Duration::from_secs(if soak() { long } else { short })
}

/// The ways to hear the chain that a story is tried with: all of them in the long runs.
pub(crate) fn ways(usually: &[Hears]) -> Vec<Hears> {
	if soak() {
		return vec![Hears::Light, Hears::Rpc];
	}
	usually.to_vec()
}

/// An image that says its name and stays.
pub(crate) fn image(images: &Images, name: &str) -> Image {
	images.running(name, &format!("echo I am {name}; trap exit TERM; sleep 100000 & wait"))
}

/// Somebody who deploys on a node, and may have deployed on others.
pub(crate) fn newcomer(chain: &Chain, node: NodeId) -> User<'_> {
	let user = User { chain, who: Person::Bob, node };
	let twin = pallet_twins::TwinIds::<Runtime>::hashed_key_for(Person::Bob.to_account_id());
	match chain.storage::<u32>(&twin, None).expect("the node answers") {
		Some(_) => user,
		None => User::new(chain, Person::Bob, node),
	}
}

/// A container alone.
pub(crate) fn program(image: &Image) -> Spec {
	spec([container_with("web", image, |_| ())])
}

/// Wait until an agent runs so many containers, and say which, with their processes.
#[track_caller]
pub(crate) fn runs(agent: &AgentProcess, count: usize) -> Vec<(String, Vec<i32>)> {
	eventually(&format!("{count} containers run"), LIMIT, || {
		let running = agent.running();
		(running.len() == count).then_some(running)
	})
}

/// Fails unless an agent goes on, with the same programs in the same processes.
pub(crate) fn goes_on(agent: &mut AgentProcess, running: &[(String, Vec<i32>)]) -> bool {
	agent.assert_alive();
	agent.running() == running
}

/// The newest block that an agent has acted on, since it started.
pub(crate) fn acted_on(agent: &AgentProcess) -> Option<u64> {
	agent.status()["head"].as_u64()
}

/// A light client that starts again knows nobody but those that its specification names.
pub(crate) fn forgets_its_peers(agent: &AgentProcess) {
	// It may not have written any down.
	let _ = std::fs::remove_file(agent.state().join("light-client.json"));
}

/// How it goes, as a person at the machine reads it.
pub(crate) fn table(agent: &AgentProcess) -> String {
	String::from_utf8_lossy(&agent.tell(&["status"]).stdout).into_owned()
}
