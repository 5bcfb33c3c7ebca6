//! What the agent of a node says, on a chain where it is due after seconds instead of minutes.

use grid_primitives::{capacity::bytes::GIB, report::Outcome, Capacity, ContractId};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{Chain, Person};
use pallet_nodes::{Clock, Clocks, Location, Machine};
use sp_core::{sr25519, Pair};
use std::time::{Duration, Instant};

pub(crate) const BOOT: [u8; 16] = [1; 16];

pub(crate) fn machine() -> Machine {
	Machine {
		capacity: Capacity { cru: 8_000, mru: 32 * GIB, sru: 1_000 * GIB, hru: 0 },
		location: Location {
			country: *b"BE",
			city: "Ghent".try_into().expect("it is short"),
			latitude: 51_054_340,
			longitude: 3_717_424,
		},
		encryption_key: [9; 32],
	}
}

/// What an agent does: sign with its own key, without money.
pub(crate) fn say(
	chain: &Chain,
	agent: &sr25519::Pair,
	call: impl Into<RuntimeCall>,
) -> anyhow::Result<()> {
	let nonce = chain.nonce(&AccountId::from(agent.public()));
	let transaction = chain.sign(agent, nonce, call.into())?;
	chain.follow(&transaction).map(|_| ())
}

/// The agent of the demo farm's first node.
pub(crate) struct Agent<'a> {
	chain: &'a Chain,
	pair: sr25519::Pair,
}

impl<'a> Agent<'a> {
	/// Join the demo farm, as its node 1.
	pub(crate) fn join(chain: &'a Chain) -> Self {
		let pair = Person::FerdieStash.pair();
		let register = pallet_nodes::Call::register { farm: 1, machine: machine(), boot_id: BOOT };
		say(chain, &pair, register).expect("it is invited");
		Self { chain, pair }
	}

	/// Show itself whenever it is due, for so many seconds.
	pub(crate) fn beat_for(&self, seconds: u64) {
		let start = Instant::now();
		let mut uptime = self.clock().uptime;
		while start.elapsed() < Duration::from_secs(seconds) {
			let beat = pallet_nodes::Call::heartbeat { boot_id: BOOT, uptime: uptime + 1 };
			match say(self.chain, &self.pair, beat) {
				Ok(()) => uptime += 1,
				Err(_too_early) => std::thread::sleep(Duration::from_millis(500)),
			}
		}
	}

	/// Say what became of the first revision of a contract.
	pub(crate) fn report(&self, contract: ContractId, outcome: Outcome) -> anyhow::Result<()> {
		let report = pallet_deployments::Call::report { contract, revision: 1, outcome };
		say(self.chain, &self.pair, report)
	}

	/// What the chain knows of its availability.
	pub(crate) fn clock(&self) -> Clock {
		let key = Clocks::<Runtime>::hashed_key_for(1);
		self.chain.storage(&key, None).expect("the node answers").expect("it has joined")
	}
}
