//! Many nodes in one process: each is the same agent as on a machine, speaks to the same chain with
//! a key of its own, and has a machine in memory. For load tests, and for people who develop
//! against a chain of their own without being root.

use crate::{
	agent::{Agent, Settings},
	assemble::{account, connect, AssembleError},
	config::ChainConfig,
	hardware::Boot,
	ledger::Ledger,
	metrics::Metrics,
	secrets::Secrets,
	status::View,
};
use crypto_box::SecretKey;
use grid_primitives::{
	capacity::bytes::{GIB, TIB},
	spec::Text,
	Capacity, FarmId,
};
use sp_crypto_hashing::blake2_256;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::sleep};
use zos_chain::{Keypair, NodeChain};
use zos_core::node::{Location, Machine};
use zos_provision::fakes::FakeHost;

/// The pause between the starts of two nodes, so that they do not all speak at once.
const APART: Duration = Duration::from_millis(20);
/// How often it is said how it goes.
const SAY_EVERY: Duration = Duration::from_secs(30);

/// What each simulated machine has.
const CAPACITY: Capacity = Capacity { cru: 64_000, mru: 256 * GIB, sru: 8 * TIB, hru: 64 * TIB };

/// Nodes that are simulated.
#[derive(Clone, Debug)]
pub struct Simulation {
	/// How many.
	pub nodes: u32,
	/// Of what their keys are made: the same text gives the same nodes.
	pub seed: String,
	/// The farm to join, if several have invited them.
	pub farm: Option<FarmId>,
	/// The country that they say they are in.
	pub country: [u8; 2],
	/// How the chain is heard: all of them over one connection.
	pub chain: ChainConfig,
	/// The time between two heartbeats, unless the chain wants more.
	pub heartbeat_every: Duration,
}

impl Simulation {
	fn seed(&self, what: &str, index: u32) -> [u8; 32] {
		blake2_256(format!("{}/{what}/{index}", self.seed).as_bytes())
	}

	fn pair(&self, index: u32) -> Result<(Keypair, String), AssembleError> {
		account(self.seed("account", index))
	}

	/// The accounts of the nodes, as wallets write them: those that a farmer invites.
	pub fn accounts(&self) -> Result<Vec<String>, AssembleError> {
		(0..self.nodes).map(|index| Ok(self.pair(index)?.1)).collect()
	}

	/// Run them all, until one cannot go on.
	pub async fn run(self) -> Result<(), AssembleError> {
		let connection = Arc::new(connect(&self.chain, None, &Ledger::in_memory())?);
		let metrics = Arc::new(Metrics::default());
		let mut agents = JoinSet::new();
		for index in 0..self.nodes {
			let (pair, account) = self.pair(index)?;
			let chain = NodeChain::new(connection.clone(), pair);
			let agent = self.agent(index, chain, account, metrics.clone());
			agents.spawn(agent.run());
			sleep(APART).await;
		}
		log::info!("{} nodes are simulated", self.nodes);
		loop {
			tokio::select! {
				Some(ended) = agents.join_next() => match ended {
					Ok(result) => return Ok(result?),
					Err(error) => log::error!("{error}"),
				},
				() = sleep(SAY_EVERY) => log::info!(
					"{} heartbeats heard, {} not; {} reports heard",
					metrics.heartbeats.get(),
					metrics.heartbeats_missed.get(),
					metrics.reports.get(),
				),
			}
		}
	}

	fn agent(&self, index: u32, chain: NodeChain, account: String, metrics: Arc<Metrics>) -> Agent {
		let key = SecretKey::from(self.seed("encryption", index));
		let mut boot = [0; 16];
		boot.copy_from_slice(&self.seed("boot", index)[..16]);
		let machine = Machine {
			capacity: CAPACITY,
			location: Location {
				country: self.country,
				city: Text::default(),
				latitude: 0,
				longitude: 0,
			},
			encryption_key: *key.public_key().as_bytes(),
		};
		Agent {
			chain: Arc::new(chain),
			host: FakeHost::new().into(),
			ledger: Arc::new(Ledger::in_memory()),
			secrets: Arc::new(Secrets::new(key)),
			machine,
			boot: Boot::now(boot),
			farm: self.farm,
			settings: Settings { heartbeat_every: self.heartbeat_every, ..Settings::default() },
			view: Arc::new(View::of(account)),
			metrics,
		}
	}
}
