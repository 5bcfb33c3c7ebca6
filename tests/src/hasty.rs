use crate::{Chain, Node, NodeBuilder, Person};
use grid_runtime::{
	configs::parameters::{
		dynamic::{billing, heartbeats},
		RuntimeParameters,
	},
	RuntimeCall,
};

/// The least seconds between two heartbeats, on a hasty chain.
pub const MIN_GAP: u64 = 4;
/// The seconds after which a silent node is offline, on a hasty chain.
pub const MAX_GAP: u64 = 12;

/// A development chain on which heartbeats are due after seconds instead of minutes.
pub fn hasty_chain(name: &str) -> Node {
	let node = NodeBuilder::new(name).args(["--dev"]).start();
	make_hasty(node.chain());
	node
}

/// Let heartbeats of a chain be due after seconds instead of minutes.
pub fn make_hasty(chain: &Chain) {
	set(
		chain,
		[
			RuntimeParameters::Heartbeats(heartbeats::Parameters::MinGap(
				heartbeats::MinGap,
				Some(MIN_GAP),
			)),
			RuntimeParameters::Heartbeats(heartbeats::Parameters::MaxGap(
				heartbeats::MaxGap,
				Some(MAX_GAP),
			)),
		],
	);
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
