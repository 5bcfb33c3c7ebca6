//! A chain in memory, that hears what the real one hears and refuses what it refuses.

use async_trait::async_trait;
use grid_primitives::{
	report::Outcome, spec::Spec, BlockNumber, ContractId, FarmId, NodeId, TwinId,
};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, MutexGuard},
	time::Duration,
};
use tokio::{sync::Notify, time::sleep};
use zos_core::{
	desired::Status,
	node::{Clock, Node, Terms},
	ports::{Call, Chain, ChainError, Head, Submitted},
	Desired,
};

/// The time between two blocks.
pub(crate) const BLOCK: Duration = Duration::from_secs(2);
/// The number of the node, once it has joined for the first time.
pub(crate) const NODE: NodeId = 4;
/// The first block.
pub(crate) const GENESIS: [u8; 32] = [6; 32];
/// The twin of who deploys.
pub(crate) const TWIN: TwinId = 5;
/// For how many blocks a node keeps its word.
const REPORT_INTERVAL: u32 = 5;

/// A chain. Clones are the same one.
#[derive(Clone)]
pub(crate) struct FakeChain(Arc<Shared>);

struct Shared {
	state: Mutex<State>,
	news: Notify,
}

#[derive(Default)]
pub(crate) struct State {
	head: BlockNumber,
	is_gone: bool,
	invited: Vec<FarmId>,
	pub(crate) node: Option<Node>,
	/// How often the node was removed.
	removals: NodeId,
	generation: u64,
	contracts: BTreeMap<ContractId, Desired>,
	said: BTreeMap<ContractId, BlockNumber>,
	reports: Vec<(ContractId, u32, Outcome)>,
	pub(crate) calls: Vec<Call>,
}

impl State {
	fn time(&self) -> u64 {
		1_000_000 + u64::from(self.head) * BLOCK.as_secs()
	}

	/// The number that the node has, or gets next.
	fn number(&self) -> NodeId {
		NODE + self.removals
	}

	/// Whether somebody asks for the node that there is.
	fn knows(&self, node: NodeId) -> bool {
		self.node.as_ref().is_some_and(|it| it.id == node)
	}

	fn at(&self) -> Head {
		let mut hash = [0; 32];
		hash[..4].copy_from_slice(&self.head.to_le_bytes());
		Head { number: self.head, hash }
	}
}

fn gone<T>() -> Result<T, ChainError> {
	Err(ChainError::Unreachable("nobody answers".into()))
}

impl FakeChain {
	/// A chain that makes blocks for as long as the runtime lives.
	pub(crate) fn new() -> Self {
		let shared = Shared { state: Mutex::default(), news: Notify::new() };
		let chain = Self(Arc::new(shared));
		let blocks = Arc::downgrade(&chain.0);
		tokio::spawn(async move {
			loop {
				sleep(BLOCK).await;
				let Some(shared) = blocks.upgrade() else { break };
				let mut state = shared.state.lock().expect("nobody panics");
				state.head += u32::from(!state.is_gone);
				drop(state);
				shared.news.notify_waiters();
			}
		});
		chain
	}

	pub(crate) fn state(&self) -> MutexGuard<'_, State> {
		self.0.state.lock().expect("nobody panics")
	}

	/// A farmer invites the node.
	pub(crate) fn invite(&self, farm: FarmId) {
		self.state().invited.push(farm);
	}

	/// Nobody invites it.
	pub(crate) fn uninvite(&self) {
		self.state().invited.clear();
	}

	/// The farmer removes the node, with all that it was to run. If it joins again, as it may at
	/// once, it is another.
	pub(crate) fn remove(&self, joins: bool) {
		self.change(|state| {
			state.contracts.clear();
			state.removals += 1;
			let id = state.number();
			state.node = state.node.take().filter(|_| joins).map(|node| Node { id, ..node });
		});
	}

	/// The connection breaks, or comes back.
	pub(crate) fn set_gone(&self, is_gone: bool) {
		self.state().is_gone = is_gone;
		self.0.news.notify_waiters();
	}

	/// What the node is to run.
	pub(crate) fn contracts(&self) -> BTreeMap<ContractId, Desired> {
		self.state().contracts.clone()
	}

	/// What was last said of a contract that has not ended.
	pub(crate) fn last_report(&self, contract: ContractId) -> Option<(u32, Outcome)> {
		let state = self.state();
		let desired = state.contracts.get(&contract)?;
		if desired.status == Status::Pending {
			return None;
		}
		let last = state.reports.iter().rev().find(|(it, _, _)| *it == contract);
		last.map(|(_, revision, outcome)| (*revision, outcome.clone()))
	}

	/// All that was said of a contract.
	pub(crate) fn reports(&self, contract: ContractId) -> Vec<(u32, Outcome)> {
		let state = self.state();
		let all = state.reports.iter().filter(|(it, _, _)| *it == contract);
		all.map(|(_, revision, outcome)| (*revision, outcome.clone())).collect()
	}

	fn change(&self, change: impl FnOnce(&mut State)) {
		let mut state = self.state();
		change(&mut state);
		state.generation += 1;
	}

	/// Somebody deploys.
	pub(crate) fn create(&self, contract: ContractId, spec: Spec) {
		let number = self.state().number();
		let desired = Desired {
			contract,
			label: Default::default(),
			twin: TWIN,
			run: true,
			revision: 1,
			plan: vec![(number, spec.hash())],
			spec: Some(spec),
			addresses: vec![],
			elsewhere: vec![],
			status: Status::Pending,
			contract_revision: 1,
			approved: None,
		};
		self.change(|state| drop(state.contracts.insert(contract, desired)));
	}

	/// The owner changes it.
	pub(crate) fn amend(&self, contract: ContractId, spec: Spec) {
		self.edit(contract, |it| {
			it.plan = vec![(NODE, spec.hash())];
			it.spec = Some(spec);
			it.revision += 1;
			it.contract_revision = it.revision;
			it.status = Status::Pending;
		});
	}

	/// Something of it is other than it was.
	pub(crate) fn edit(&self, contract: ContractId, edit: impl FnOnce(&mut Desired)) {
		self.change(|state| edit(state.contracts.get_mut(&contract).expect("it is there")));
	}

	/// There is no money, or there is again.
	pub(crate) fn set_paused(&self, contract: ContractId, is_paused: bool) {
		self.edit(contract, |it| it.run = !is_paused);
	}

	/// The contract goes on on other nodes.
	pub(crate) fn leave(&self, contract: ContractId) {
		self.edit(contract, |it| {
			it.plan = vec![(NODE + 1, [1; 32])];
			it.spec = None;
			it.run = false;
			it.revision += 1;
			it.contract_revision = it.revision;
			it.status = Status::Pending;
		});
	}

	/// It ends.
	pub(crate) fn cancel(&self, contract: ContractId) {
		self.change(|state| drop(state.contracts.remove(&contract)));
	}

	async fn next_block(&self) -> Result<(), ChainError> {
		for _ in 0..3 {
			sleep(BLOCK).await;
			if !self.state().is_gone {
				return Ok(());
			}
		}
		gone()
	}
}

impl State {
	fn hear(&mut self, call: Call) -> Submitted {
		let at = self.at();
		self.calls.push(call.clone());
		let refused = |reason: &str| Submitted::Refused { reason: reason.into() };
		match call {
			Call::Register { farm, machine, boot_id } => {
				if !self.invited.contains(&farm) {
					return refused("NotInvited");
				}
				let now = self.time();
				let clock = Clock { boot_id, uptime: 0, last_beat: now, available_seconds: 0 };
				let state = Default::default();
				let updated = now;
				self.node = Some(Node { id: self.number(), farm, machine, state, updated, clock });
				Submitted::Finalized { at }
			},
			Call::Update { machine } => match &mut self.node {
				Some(node) => {
					node.machine = machine;
					Submitted::Finalized { at }
				},
				None => refused("NoNode"),
			},
			Call::Heartbeat { boot_id, uptime } => {
				let now = self.time();
				let Some(node) = &mut self.node else { return refused("NoNode") };
				if now - node.clock.last_beat < 60 {
					return Submitted::TooEarly;
				}
				let is_same = node.clock.boot_id == boot_id;
				let gap = now - node.clock.last_beat;
				let earned = if is_same && gap <= 300 { gap } else { 0 };
				let available_seconds = node.clock.available_seconds + earned;
				node.clock = Clock { boot_id, uptime, last_beat: now, available_seconds };
				Submitted::Finalized { at }
			},
			Call::Report { contract, revision, outcome } => {
				self.hear_of(contract, revision, outcome)
			},
		}
	}

	fn hear_of(&mut self, contract: ContractId, revision: u32, outcome: Outcome) -> Submitted {
		let at = self.at();
		let refused = |reason: &str| Submitted::Refused { reason: reason.into() };
		let Some(desired) = self.contracts.get_mut(&contract) else { return refused("NoContract") };
		if desired.revision != revision {
			return refused("OtherRevision");
		}
		if desired.run == (outcome == Outcome::Stopped) {
			return refused("NotAsWanted");
		}
		let status = match outcome.clone() {
			Outcome::Running { .. } => Status::Running,
			Outcome::Failed(failure) => Status::Failed(failure),
			Outcome::Stopped => Status::Stopped,
		};
		if desired.status == status {
			return Submitted::Known;
		}
		let answers = outcome == Outcome::Stopped
			|| matches!(desired.status, Status::Pending | Status::Stopped);
		let said = self.said.get(&contract).copied().unwrap_or_default();
		if !answers && self.head < said + REPORT_INTERVAL {
			return Submitted::TooEarly;
		}
		desired.status = status;
		let leaves = desired.spec.is_none();
		self.said.insert(contract, self.head);
		self.reports.push((contract, revision, outcome));
		if leaves {
			self.contracts.remove(&contract);
			self.generation += 1;
		}
		Submitted::Finalized { at }
	}
}

#[async_trait]
impl Chain for FakeChain {
	fn account(&self) -> [u8; 32] {
		[7; 32]
	}

	fn genesis(&self) -> Option<[u8; 32]> {
		Some(GENESIS)
	}

	async fn finalized(&self, newer_than: Option<BlockNumber>) -> Head {
		loop {
			let news = self.0.news.notified();
			{
				let state = self.state();
				if !state.is_gone && newer_than.is_none_or(|it| it < state.head) {
					return state.at();
				}
			}
			news.await;
		}
	}

	async fn node(&self, _: Head) -> Result<Option<Node>, ChainError> {
		let state = self.state();
		if state.is_gone {
			gone()
		} else {
			Ok(state.node.clone())
		}
	}

	async fn invitations(&self, _: Head) -> Result<Vec<FarmId>, ChainError> {
		let state = self.state();
		if state.is_gone {
			gone()
		} else {
			Ok(state.invited.clone())
		}
	}

	async fn terms(&self, _: Head) -> Result<Terms, ChainError> {
		let terms = Terms { min_gap: 60, max_gap: 300, update_interval: 600 };
		if self.state().is_gone {
			gone()
		} else {
			Ok(terms)
		}
	}

	async fn time(&self, _: Head) -> Result<u64, ChainError> {
		let state = self.state();
		if state.is_gone {
			gone()
		} else {
			Ok(state.time())
		}
	}

	async fn generation(&self, node: NodeId, _: Head) -> Result<u64, ChainError> {
		let state = self.state();
		if state.is_gone {
			gone()
		} else {
			Ok(if state.knows(node) { state.generation } else { 0 })
		}
	}

	async fn desired(&self, node: NodeId, _: Head) -> Result<Vec<Desired>, ChainError> {
		let state = self.state();
		if state.is_gone {
			gone()
		} else {
			Ok(state.contracts.values().filter(|_| state.knows(node)).cloned().collect())
		}
	}

	async fn submit(&self, call: Call) -> Result<Submitted, ChainError> {
		self.next_block().await?;
		Ok(self.state().hear(call))
	}
}
