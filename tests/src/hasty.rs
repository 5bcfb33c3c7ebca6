use crate::{Chain, Node, NodeBuilder, Person};
use grid_runtime::{
	configs::parameters::{
		dynamic::{billing, heartbeats},
		RuntimeParameters,
	},
	RuntimeCall,
};

/// How often nodes of a chain are heard, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Gaps {
	/// The least between two heartbeats.
	pub min: u64,
	/// After so many a silent node is offline.
	pub max: u64,
}

impl Gaps {
	/// For stories in which nodes are heard soon, and none is to be missed: agents beat each 8 to 10
	/// seconds, on a machine with other things to do.
	pub const HASTY: Self = Self { min: 4, max: 40 };
	/// For stories in which somebody falls silent.
	pub const IMPATIENT: Self = Self { min: 4, max: 20 };
}

/// A development chain on which heartbeats are due after seconds instead of minutes.
pub fn hasty_chain(name: &str) -> Node {
	chain_with(name, Gaps::HASTY)
}

/// A development chain with these gaps between heartbeats.
pub fn chain_with(name: &str, Gaps { min, max }: Gaps) -> Node {
	let node = NodeBuilder::new(name).args(["--dev"]).start();
	let gaps = [
		heartbeats::Parameters::MinGap(heartbeats::MinGap, Some(min)),
		heartbeats::Parameters::MaxGap(heartbeats::MaxGap, Some(max)),
	];
	set(node.chain(), gaps.map(RuntimeParameters::Heartbeats));
	node
}

/// Let money be held for so many seconds.
pub fn set_advance(chain: &Chain, seconds: u64) {
	let advance = billing::Parameters::Advance(billing::Advance, Some(seconds));
	set(chain, [RuntimeParameters::Billing(advance)]);
}

fn set(chain: &Chain, parameters: impl IntoIterator<Item = RuntimeParameters>) {
	let calls = parameters.into_iter().map(|key_value| {
		RuntimeCall::Parameters(pallet_parameters::Call::set_parameter { key_value })
	});
	let all = pallet_utility::Call::batch_all { calls: calls.collect() };
	let call = pallet_sudo::Call::sudo { call: Box::new(RuntimeCall::Utility(all)) };
	let set = chain.send(Person::Alice, call).expect("Alice has sudo");
	let failed = |event: &_| {
		matches!(
			event,
			grid_runtime::RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result: Err(_) })
		)
	};
	assert!(!set.caused(failed), "{:?}", set.events);
}
