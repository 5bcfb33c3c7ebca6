//! An agent, its chain and its machine.

mod chain;
mod specs;

pub(crate) use chain::{FakeChain, GENESIS, TWIN};
pub(crate) use specs::{
	container, image, read, sealed_by, sealed_to, spec, spec_with, volume, SIZE,
};

use crypto_box::SecretKey;
use grid_primitives::{report::Outcome, Capacity, ContractId};
use std::{future::Future, path::Path, sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::Instant};
use zos_agent::{
	agent::{Agent, AgentError, Settings},
	hardware::Boot,
	ledger::{Aim, Ledger},
	metrics::Metrics,
	secrets::Secrets,
	status::View,
};
use zos_core::{
	node::{Location, Machine},
	Backoff, Key,
};
use zos_provision::fakes::FakeHost;

/// How long anything may take, in time that is only counted.
const PATIENCE: Duration = Duration::from_secs(600);
/// A moment.
const TICK: Duration = Duration::from_millis(100);

/// An agent, its chain and its machine.
pub(crate) struct World {
	pub(crate) chain: FakeChain,
	pub(crate) host: FakeHost,
	pub(crate) view: Arc<View>,
	pub(crate) metrics: Arc<Metrics>,
	pub(crate) boot: [u8; 16],
	pub(crate) capacity: Capacity,
	folder: tempfile::TempDir,
	agent: Option<JoinHandle<Result<(), AgentError>>>,
}

/// A story, in time that passes when nothing happens.
pub(crate) fn story<F: Future<Output = ()>>(tell: impl FnOnce(World) -> F) {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	runtime.block_on(async {
		let mut world = World::new();
		world.start();
		tell(world).await;
	});
	runtime.shutdown_background();
}

/// The key to which the secrets of these stories are sealed.
pub(crate) fn encryption_key() -> SecretKey {
	SecretKey::from([7; 32])
}

impl World {
	/// A node that has joined, and has nothing on it. Its agent does not run yet.
	pub(crate) fn new() -> Self {
		let capacity = Capacity { cru: 64_000, mru: 1 << 40, sru: 1 << 44, hru: 1 << 44 };
		let world = Self {
			chain: FakeChain::new(),
			host: FakeHost::new(),
			view: Arc::default(),
			metrics: Arc::default(),
			boot: [1; 16],
			capacity,
			folder: tempfile::tempdir().expect("there is room"),
			agent: None,
		};
		world.chain.invite(1);
		world
	}

	fn machine(&self) -> Machine {
		let location =
			Location { country: *b"BE", city: Default::default(), latitude: 0, longitude: 0 };
		let encryption_key = *encryption_key().public_key().as_bytes();
		Machine { capacity: self.capacity, location, encryption_key }
	}

	/// Start the agent.
	pub(crate) fn start(&mut self) {
		let settings = Settings {
			backoff: Backoff { first: Duration::from_secs(2), most: Duration::from_secs(60) },
			..Settings::default()
		};
		let agent = Agent {
			chain: Arc::new(self.chain.clone()),
			host: self.host.clone().into(),
			ledger: Arc::new(self.ledger()),
			secrets: Arc::new(Secrets::new(encryption_key())),
			machine: self.machine(),
			boot: Boot::now(self.boot),
			farm: None,
			settings,
			view: self.view.clone(),
			metrics: self.metrics.clone(),
		};
		self.agent = Some(tokio::spawn(agent.run()));
	}

	/// Kill the agent, as it is, in the middle of anything.
	pub(crate) async fn kill(&mut self) {
		if let Some(agent) = self.agent.take() {
			agent.abort();
			assert!(agent.await.is_err_and(|it| it.is_cancelled()), "it ended by itself");
		}
	}

	/// Wait until the agent ends by itself, and say why.
	pub(crate) async fn ended(&mut self) -> AgentError {
		let agent = self.agent.take().expect("it was started");
		let ended = tokio::time::timeout(PATIENCE, agent).await.expect("it ends");
		ended.expect("it does not panic").expect_err("it ends for a reason")
	}

	/// Kill the agent and start another.
	pub(crate) async fn restart(&mut self) {
		self.kill().await;
		self.start();
	}

	/// The ledger. What the agent that was killed had begun to write ends first.
	pub(crate) fn ledger(&self) -> Ledger {
		for _ in 0..1_000 {
			if let Ok(ledger) = Ledger::open(self.folder.path()) {
				return ledger;
			}
			std::thread::sleep(Duration::from_millis(2));
		}
		panic!("the ledger stays in use");
	}

	pub(crate) fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// Wait until something is so.
	pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
		let start = Instant::now();
		while !is_so(self) {
			if start.elapsed() > PATIENCE {
				let here: Vec<_> = self.host.actual().keys().map(Key::to_string).collect();
				let chain = self.chain.contracts().into_values();
				let chain: Vec<_> = chain.map(|it| (it.contract, it.revision, it.status)).collect();
				panic!("never: {what}\non the machine: {here:?}\non the chain: {chain:?}");
			}
			self.tick().await;
		}
	}

	/// Let a moment pass. Time does not pass by itself while the machine is busy, and what is held
	/// keeps it busy: then it is pushed.
	async fn tick(&self) {
		if self.host.is_holding() {
			tokio::time::advance(TICK).await;
			std::thread::sleep(Duration::from_millis(1));
		} else {
			tokio::time::sleep(TICK).await;
		}
	}

	/// Let time pass.
	pub(crate) async fn pass(&self, seconds: u64) {
		let end = Instant::now() + Duration::from_secs(seconds);
		while Instant::now() < end {
			self.tick().await;
		}
	}

	/// Wait until the chain knows that a contract runs in a revision.
	pub(crate) async fn runs(&self, contract: ContractId, revision: u32) {
		let what = format!("contract {contract} runs in revision {revision}");
		self.until(&what, |world| {
			let last = world.chain.last_report(contract);
			matches!(last, Some((it, Outcome::Running { .. })) if it == revision)
		})
		.await;
	}

	/// Wait until the chain knows that a contract fails, and say why.
	pub(crate) async fn fails(&self, contract: ContractId) -> grid_primitives::report::Failure {
		let failure = |world: &Self| match world.chain.last_report(contract) {
			Some((_, Outcome::Failed(failure))) => Some(failure),
			_ => None,
		};
		self.until(&format!("contract {contract} fails"), |world| failure(world).is_some()).await;
		failure(self).expect("it was just there")
	}

	/// Wait until the chain knows that a contract has stopped.
	pub(crate) async fn stops(&self, contract: ContractId) {
		self.until(&format!("contract {contract} stops"), |world| {
			matches!(world.chain.last_report(contract), Some((_, Outcome::Stopped)))
		})
		.await;
	}

	/// Wait until nothing of a contract is on the machine.
	pub(crate) async fn is_gone(&self, contract: ContractId) {
		self.until(&format!("contract {contract} is gone"), |world| {
			!world.host.actual().contracts().contains(&contract)
		})
		.await;
	}

	/// Kill the agent, and see that the ledger, the machine and the chain say the same.
	pub(crate) async fn agrees(&mut self) {
		self.kill().await;
		let (actual, wanted) = (self.host.actual(), self.chain.contracts());
		let entries = self.ledger().contracts().expect("it can be read");
		assert_eq!(self.ledger().genesis().expect("it can be read"), Some(GENESIS));
		let contracts: Vec<_> = wanted.keys().copied().collect();
		assert_eq!(entries.keys().copied().collect::<Vec<_>>(), contracts);
		assert!(actual.contracts().iter().all(|it| contracts.contains(it)), "there is a leak");
		for (contract, desired) in wanted {
			let entry = &entries[&contract];
			let (revision, outcome) = self.chain.last_report(contract).expect("it was told");
			let aim = if desired.run { Aim::Run } else { Aim::Pause };
			assert_eq!((entry.revision, entry.aim), (desired.revision, aim), "of {contract}");
			let reported = entry.reported.as_ref().map(|(said, _)| said);
			assert_eq!(reported.map(|it| (it.revision, &it.outcome)), Some((revision, &outcome)));
			let runs = actual.containers.keys().filter(|key| key.contract == contract).count();
			assert_eq!(runs > 0, desired.run, "contract {contract}");
		}
	}
}

/// A workload.
pub(crate) fn key(contract: ContractId, name: &str) -> Key {
	Key::new(contract, name).expect("it is one")
}
