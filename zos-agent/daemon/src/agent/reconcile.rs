//! The machine is made what the chain wants, again and again.
//!
//! Nothing is remembered of the machine: each look lists what is on it, makes a plan, and carries
//! out the steps of those contracts of which none is being carried out already. So each contract
//! goes at its own pace, and it does not matter when the agent was stopped.

use super::{
	execute::{Done, Job, Workshop},
	failing::with_causes,
	hear::{Hearing, News},
	report::{Known, Reporting, Told},
	tidy::Tidying,
	Agent, AgentError, Heard,
};
use crate::ledger::{Aim, Changes, Entry};
use grid_primitives::{spec::Spec, ContractId, NodeId};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
	time::Duration,
};
use tokio::{
	sync::mpsc,
	task::{spawn_blocking, JoinSet},
	time::{sleep_until, Instant},
};
use zos_core::{
	backoff::Attempts,
	ports::Cancel,
	verify::{verify, Intent, Known as KnownHere, Wanted},
	Actual, Desired, Key, Plan,
};

/// What happened while the agent waited.
pub(super) enum Event {
	/// The chain answered.
	Heard(News),
	/// The steps of a contract are carried out, as far as that was possible.
	JobDone(ContractId),
	/// The chain was told.
	Told(Told),
	/// Images were looked through.
	Tidied,
}

/// A contract of which steps are being carried out.
struct Going {
	/// What they are for.
	wanted: Option<Wanted>,
	cancel: Cancel,
}

/// What is known, and what is going on.
pub(super) struct Reconciler {
	pub(super) agent: Arc<Agent>,
	pub(super) node: NodeId,
	pub(super) tasks: JoinSet<Event>,
	pub(super) wanted: Vec<Wanted>,
	/// What the chain knows of each contract.
	pub(super) known: BTreeMap<ContractId, Known>,
	pub(super) entries: BTreeMap<ContractId, Entry>,
	pub(super) changes: Changes,
	pub(super) attempts: Attempts,
	pub(super) hearing: Hearing,
	pub(super) reporting: Reporting,
	pub(super) tidying: Tidying,
	workshop: Arc<Workshop>,
	going: BTreeMap<ContractId, Going>,
	done: mpsc::UnboundedSender<Done>,
	started: Instant,
}

/// Make the machine what the chain wants, for ever.
pub(super) async fn run(agent: Arc<Agent>, heard: Heard) -> Result<(), AgentError> {
	let mut heard = heard;
	let node = loop {
		if let Some(node) = *heard.node.borrow_and_update() {
			break node;
		}
		if heard.node.changed().await.is_err() {
			std::future::pending::<()>().await;
		}
	};
	let ledger = agent.ledger.clone();
	let entries = ledger.contracts()?;
	let (done, mut finished) = mpsc::unbounded_channel();
	let settings = agent.settings;
	let workshop =
		Workshop::new(agent.host.clone(), agent.secrets.clone(), settings.parallel, settings.pulls);
	let mut reconciler = Reconciler {
		node,
		tasks: JoinSet::new(),
		wanted: Vec::new(),
		known: BTreeMap::new(),
		entries,
		changes: Changes::default(),
		attempts: Attempts::new(settings.backoff),
		hearing: Hearing::default(),
		reporting: Reporting::default(),
		tidying: Tidying::default(),
		workshop: Arc::new(workshop),
		going: BTreeMap::new(),
		done,
		started: Instant::now(),
		agent,
	};
	let mut last_look = Instant::now();
	let mut look_at = last_look;
	loop {
		tokio::select! {
			// What has come in is taken before the machine is looked at.
			biased;
			() = heard.changed() => {},
			Some(event) = reconciler.tasks.join_next() => {
				let is_news = match event {
					Ok(event) => reconciler.take(event),
					Err(error) => {
						log::error!("{}", with_causes(&error));
						true
					},
				};
				if is_news {
					look_at = look_at.min((last_look + settings.look_apart).max(Instant::now()));
				}
			},
			Some(done) = finished.recv() => reconciler.note(done),
			() = sleep_until(look_at) => {
				reconciler.look().await;
				last_look = Instant::now();
				look_at = reconciler.next_look(last_look);
			},
		}
		// Membership says so when the node was removed and has joined again.
		if let Some(node) = *heard.node.borrow() {
			reconciler.be(node);
		}
		let newest = *heard.head.borrow_and_update();
		reconciler.hear(newest);
	}
}

impl Reconciler {
	pub(super) fn now(&self) -> Duration {
		self.started.elapsed()
	}

	/// When to look next, if nothing happens.
	fn next_look(&self, now: Instant) -> Instant {
		let settings = self.agent.settings;
		let later = |at: Duration| self.started + at;
		let retry = self.attempts.next_after(self.now()).map(later);
		let report = self.reporting.next_after(now);
		let regular = now + settings.look_every;
		let next = [retry, report].into_iter().flatten().fold(regular, Instant::min);
		next.max(now + settings.look_apart)
	}

	/// Take in what happened. Says whether the machine is to be looked at.
	fn take(&mut self, event: Event) -> bool {
		match event {
			Event::Heard(news) => self.heard(news),
			Event::JobDone(contract) => self.going.remove(&contract).is_some(),
			Event::Told(told) => self.told(told),
			Event::Tidied => {
				self.tidying.is_going = false;
				false
			},
		}
	}

	/// Remember what became of a step.
	fn note(&mut self, done: Done) {
		let Done { key, aim, is_last, result } = done;
		match result {
			Ok(()) if is_last => self.attempts.succeeded(&key),
			Ok(()) => {},
			Err((failure, is_retryable)) => {
				self.agent.metrics.failures.add(1);
				self.attempts.failed(key, aim, failure, is_retryable, self.now());
			},
		}
	}

	/// The chain wants something else.
	pub(super) fn want(&mut self, desired: Vec<Desired>) {
		self.known = desired.iter().map(|it| (it.contract, Known::of(it))).collect();
		let revisions = self.entries.iter().map(|(it, entry)| (*it, entry.revision)).collect();
		let here = KnownHere {
			node: self.node,
			capacity: self.agent.machine.capacity,
			revisions: &revisions,
		};
		self.wanted = verify(desired, &here);
		for wanted in &self.wanted {
			if let Intent::Keep { why, .. } = &wanted.intent {
				let why = why.detail.as_str().unwrap_or_default();
				log::error!("contract {} is left as it is: {why}", wanted.contract);
			}
			let before = self.entries.get(&wanted.contract);
			let entry = Self::entry(wanted, before);
			if before != Some(&entry) {
				self.changes.contracts.insert(wanted.contract, Some(entry.clone()));
				self.entries.insert(wanted.contract, entry);
			}
		}
		// What is being done for what nobody wants any more ends soon.
		for (contract, going) in &self.going {
			let wanted = self.wanted.iter().find(|it| it.contract == *contract);
			if going.wanted.as_ref() != wanted {
				going.cancel.cancel();
			}
		}
	}

	fn entry(wanted: &Wanted, before: Option<&Entry>) -> Entry {
		let (aim, spec) = match &wanted.intent {
			Intent::Run(spec) => (Aim::Run, Some(spec.hash())),
			Intent::Pause(spec) => (Aim::Pause, Some(spec.hash())),
			Intent::Leave => (Aim::Leave, None),
			Intent::Keep { .. } => (Aim::Keep, before.and_then(|it| it.spec)),
		};
		// What is not believed does not count as having been here.
		let revision = match aim {
			Aim::Keep => before.map_or(0, |it| it.revision),
			_ => wanted.revision,
		};
		let decided = before.and_then(|it| it.decided.clone());
		let reported = before.and_then(|it| it.reported.clone());
		Entry { revision, spec, aim, decided, reported }
	}

	/// Write down what is decided, before anything is done for it.
	async fn flush(&mut self) {
		if self.changes.is_empty() {
			return;
		}
		self.changes.head = self.hearing.head();
		self.changes.genesis = self.agent.chain.genesis();
		let (ledger, changes) = (self.agent.ledger.clone(), self.changes.clone());
		match spawn_blocking(move || ledger.write(&changes)).await {
			Ok(Ok(())) => self.changes = Changes::default(),
			// It is tried again with the next look.
			Ok(Err(error)) => log::error!("{}", with_causes(&error)),
			Err(error) => log::error!("{}", with_causes(&error)),
		}
	}

	/// What is on the machine.
	async fn read(&self) -> Option<Actual> {
		let host = self.agent.host.clone();
		let reading = spawn_blocking(move || {
			Actual::read(&*host.containers, &*host.volumes, &*host.zdbs, &*host.networks)
		});
		match reading.await {
			Ok(Ok(actual)) => return Some(actual),
			Ok(Err(error)) => log::error!("the machine cannot be read: {}", with_causes(&error)),
			Err(error) => log::error!("{}", with_causes(&error)),
		}
		None
	}

	/// Look at the machine, and do what is to be done.
	async fn look(&mut self) {
		self.flush().await;
		// Silence is not a command: before the chain has been heard, nothing is wanted or unwanted.
		if !self.hearing.has_heard() {
			return;
		}
		let Some(actual) = self.read().await else { return };
		let plan = Plan::new(&self.wanted, &actual);
		self.forget(&actual, &plan);
		self.begin(plan, &actual);
		self.say(&actual);
		self.tidy(&actual);
		self.show(&actual);
		self.flush().await;
	}

	/// Begin what is to be done.
	fn begin(&mut self, plan: Plan, actual: &Actual) {
		for (contract, steps) in plan.into_contracts() {
			if self.going.contains_key(&contract) {
				continue;
			}
			let due = Plan::due(&steps, &self.attempts, self.now());
			if !due.contains(&true) {
				continue;
			}
			let wanted = self.wanted.iter().find(|it| it.contract == contract).cloned();
			let cancel = Cancel::default();
			let job = Job {
				contract,
				twin: wanted.as_ref().map(|it| it.twin),
				steps,
				due,
				volumes: actual
					.volumes
					.values()
					.filter(|it| it.key.contract == contract)
					.filter_map(|it| Some((it.key.name.clone(), it.ready.clone()?)))
					.collect(),
				cancel: cancel.clone(),
			};
			self.going.insert(contract, Going { wanted, cancel });
			let (workshop, done) = (self.workshop.clone(), self.done.clone());
			self.tasks.spawn(async move {
				workshop.run(job, done).await;
				Event::JobDone(contract)
			});
		}
	}

	/// Whether steps of a contract are being carried out.
	pub(super) fn is_going(&self, contract: ContractId) -> bool {
		self.going.contains_key(&contract)
	}

	/// Forget what nobody needs to know any more.
	fn forget(&mut self, actual: &Actual, plan: &Plan) {
		let here = actual.contracts();
		let wanted: BTreeSet<_> = self.wanted.iter().map(|it| it.contract).collect();
		let gone = |it: &ContractId| !wanted.contains(it) && !here.contains(it);
		for contract in self.entries.keys().copied().filter(gone).collect::<Vec<_>>() {
			log::info!("contract {contract} is gone");
			self.entries.remove(&contract);
			self.changes.contracts.insert(contract, None);
		}
		let going = &self.going;
		self.attempts.retain(|key: &Key| {
			let has_steps = plan.of(key.contract).iter().any(|step| step.key == *key);
			has_steps || going.contains_key(&key.contract)
		});
	}

	/// The spec of a contract that is to run or pauses.
	pub(super) fn specs(&self) -> impl Iterator<Item = &Spec> {
		self.wanted.iter().filter_map(|it| match &it.intent {
			Intent::Run(spec) | Intent::Pause(spec) => Some(spec),
			Intent::Leave | Intent::Keep { .. } => None,
		})
	}
}
