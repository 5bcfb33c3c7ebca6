//! How a node joins, stays known, and shows that it is there.

use super::{failing::with_causes, Agent, Heard};
use crate::ledger::Changes;
use grid_primitives::{FarmId, NodeId};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::watch,
	time::{sleep, Instant},
};
use zos_core::{
	node::{Node, Terms},
	ports::{Call, ChainError, Head, Submitted},
};

/// After how many heartbeats the node reads again what the chain knows of it.
const BEATS_BETWEEN_LOOKS: u32 = 10;

/// A heartbeat is judged by the time of a block, and blocks come when they come.
const SLACK: Duration = Duration::from_secs(4);

/// Why the chain does not take a node. It never will as it is.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
	/// The configuration names a farm, and others have invited the node.
	#[error("farms {invited:?} have invited this node, but not farm {wanted}: let its farmer invite it, or change `farm`")]
	OtherFarm {
		/// The farm of the configuration.
		wanted: FarmId,
		/// Those that have.
		invited: Vec<FarmId>,
	},
	/// Several have, and the configuration names none.
	#[error(
		"farms {0:?} have invited this node: say which to join, with `farm` in the configuration"
	)]
	ManyFarms(Vec<FarmId>),
	/// The chain refuses the machine.
	#[error("the chain does not take this machine: {0}")]
	Refused(String),
}

struct Member {
	agent: Arc<Agent>,
	heard: Heard,
	nodes: watch::Sender<Option<NodeId>>,
}

/// Join, and show that the node is there, for ever.
pub(super) async fn run(
	agent: Arc<Agent>,
	heard: Heard,
	nodes: watch::Sender<Option<NodeId>>,
) -> Result<(), MembershipError> {
	let mut member = Member { agent, heard, nodes };
	loop {
		let node = member.join().await?;
		member.settle(&node).await;
		member.stay(node).await;
	}
}

impl Member {
	/// Ask the chain until it answers. Each time at the newest block.
	async fn ask<T, F>(&mut self, mut question: impl FnMut(Arc<Agent>, Head) -> F) -> T
	where
		F: std::future::Future<Output = Result<T, ChainError>>,
	{
		loop {
			let head = self.heard.newest().await;
			match question(self.agent.clone(), head).await {
				Ok(answer) => return answer,
				Err(error) => {
					log::warn!("{}", with_causes(&error));
					sleep(self.agent.settings.chain_retry).await;
				},
			}
		}
	}

	/// The node that this account operates. Joins a farm if it is none yet.
	async fn join(&mut self) -> Result<Node, MembershipError> {
		let mut said = false;
		loop {
			let node = self.ask(|agent, at| async move { agent.chain.node(at).await }).await;
			if let Some(node) = node {
				return Ok(node);
			}
			let farm = self.choose().await?;
			self.agent.view.set_invited(farm.is_some());
			if farm.is_none() && !std::mem::replace(&mut said, true) {
				log::warn!("no farm has invited this node yet: let a farmer invite its account");
			}
			match farm {
				// The block in which it joined is the newest one, or the next.
				Some(farm) if self.register(farm).await? => self.heard.changed().await,
				_ => sleep(self.agent.settings.chain_retry).await,
			}
		}
	}

	/// The farm to join, if any has invited the node.
	async fn choose(&mut self) -> Result<Option<FarmId>, MembershipError> {
		let invited = self.ask(|agent, at| async move { agent.chain.invitations(at).await }).await;
		match (self.agent.farm, invited.as_slice()) {
			(_, []) => Ok(None),
			(Some(wanted), invited) if invited.contains(&wanted) => Ok(Some(wanted)),
			(Some(wanted), _) => Err(MembershipError::OtherFarm { wanted, invited }),
			(None, [farm]) => Ok(Some(*farm)),
			(None, _) => Err(MembershipError::ManyFarms(invited)),
		}
	}

	/// Join a farm. Says whether the chain has heard so.
	async fn register(&mut self, farm: FarmId) -> Result<bool, MembershipError> {
		let (machine, boot_id) = (self.agent.machine.clone(), self.agent.boot.id);
		match self.agent.chain.submit(Call::Register { farm, machine, boot_id }).await {
			Ok(Submitted::Finalized { .. } | Submitted::Known) => {
				log::info!("joined farm {farm}");
				Ok(true)
			},
			Ok(Submitted::TooEarly) => Ok(false),
			Ok(Submitted::Refused { reason }) => {
				// The chain may have taken it a moment ago, or the farmer his invitation back.
				let node = self.ask(|agent, at| async move { agent.chain.node(at).await }).await;
				match node.is_some() || self.choose().await? != Some(farm) {
					true => Ok(false),
					false => Err(MembershipError::Refused(reason)),
				}
			},
			Err(error) => {
				log::warn!("{}", with_causes(&error));
				Ok(false)
			},
		}
	}

	/// Let all know which node this is.
	async fn settle(&mut self, node: &Node) {
		log::info!("this is node {} of farm {}", node.id, node.farm);
		let changes = Changes { node: Some(node.id), ..Changes::default() };
		let ledger = self.agent.ledger.clone();
		let written = tokio::task::spawn_blocking(move || ledger.write(&changes)).await;
		if let Ok(Err(error)) = written {
			log::error!("{}", with_causes(&error));
		}
		self.agent.view.set_node(node.id, node.farm);
		self.nodes.send_replace(Some(node.id));
	}

	/// Show that the node is there, until the chain knows it no more.
	async fn stay(&mut self, node: Node) {
		let mut node = node;
		loop {
			let terms = self.ask(|agent, at| async move { agent.chain.terms(at).await }).await;
			let now = self.ask(|agent, at| async move { agent.chain.time(at).await }).await;
			self.update(&node, &terms, now).await;
			let mut next = Instant::now() + self.until_due(&node, &terms, now);
			for _ in 0..BEATS_BETWEEN_LOOKS {
				tokio::time::sleep_until(next).await;
				next = Instant::now() + self.beat(&terms).await;
			}
			let known = self.ask(|agent, at| async move { agent.chain.node(at).await }).await;
			match known {
				Some(known) if known.id == node.id => node = known,
				Some(known) => {
					log::warn!("this was node {}, and is node {} now", node.id, known.id);
					return;
				},
				None => {
					log::error!("the chain does not know this node any more");
					return;
				},
			}
		}
	}

	/// The time between two heartbeats.
	fn interval(&self, terms: &Terms) -> Duration {
		let least = Duration::from_secs(terms.min_gap) + SLACK;
		let most = Duration::from_secs(terms.max_gap) / 2;
		self.agent.settings.heartbeat_every.min(most).max(least)
	}

	/// After a start, the next heartbeat is due at once. Else it waits for its turn.
	fn until_due(&self, node: &Node, terms: &Terms, now: u64) -> Duration {
		let since = Duration::from_secs(now.saturating_sub(node.clock.last_beat));
		let gap = match node.clock.boot_id == self.agent.boot.id {
			true => self.interval(terms),
			false => Duration::from_secs(terms.min_gap),
		};
		gap.saturating_sub(since)
	}

	/// Show that the node is there. Says when to do so again.
	async fn beat(&self, terms: &Terms) -> Duration {
		let Agent { chain, boot, settings, metrics, .. } = &*self.agent;
		let beat = Call::Heartbeat { boot_id: boot.id, uptime: boot.uptime() };
		match chain.submit(beat).await {
			Ok(Submitted::Finalized { .. }) => {
				metrics.heartbeats.add(1);
				self.agent.view.set_beat();
				return self.interval(terms);
			},
			Ok(Submitted::Known) => return self.interval(terms),
			Ok(Submitted::TooEarly) => {},
			Ok(Submitted::Refused { reason }) => log::warn!("a heartbeat was refused: {reason}"),
			Err(error) => log::warn!("a heartbeat was lost: {}", with_causes(&error)),
		}
		metrics.heartbeats_missed.add(1);
		settings.chain_retry
	}

	/// Tell what has changed of the machine, when the chain may hear it.
	async fn update(&self, node: &Node, terms: &Terms, now: u64) {
		let machine = self.agent.machine.clone();
		let may = now.saturating_sub(node.updated) >= terms.update_interval;
		if node.machine == machine || !may {
			return;
		}
		match self.agent.chain.submit(Call::Update { machine }).await {
			Ok(Submitted::Finalized { .. } | Submitted::Known) => {
				log::info!("the machine has changed")
			},
			Ok(Submitted::TooEarly) => {},
			Ok(Submitted::Refused { reason }) => {
				log::warn!("what has changed of the machine was refused: {reason}")
			},
			Err(error) => log::warn!("{}", with_causes(&error)),
		}
	}
}
