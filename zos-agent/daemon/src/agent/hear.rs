//! What the chain wants is read when its number has changed, at the newest finalized block.

use super::{
	failing::with_causes,
	reconcile::{Event, Reconciler},
};
use grid_primitives::NodeId;
use tokio::time::Instant;
use zos_core::{
	ports::{ChainError, Head},
	Desired,
};

/// How often the newest block is written down, in blocks.
const BLOCKS_BETWEEN_NOTES: u32 = 30;

/// What is known of what the chain wants.
#[derive(Default)]
pub(super) struct Hearing {
	/// The block at which the chain was last asked.
	asked: Option<Head>,
	/// The newest block at which it answered.
	answered: Option<Head>,
	/// The number of what it wants.
	generation: Option<u64>,
	/// The block that was last written down.
	noted: u32,
	is_going: bool,
	is_doubted: bool,
	not_before: Option<Instant>,
	was_silent: bool,
}

/// What the chain answered, at a block.
pub(super) struct News {
	/// What it wants of whom.
	node: NodeId,
	at: Head,
	answer: Result<Option<(u64, Vec<Desired>)>, ChainError>,
}

impl Hearing {
	/// Whether the chain has said what it wants since the agent started.
	pub(super) fn has_heard(&self) -> bool {
		self.generation.is_some()
	}

	/// The newest block at which the chain answered.
	pub(super) fn head(&self) -> Option<Head> {
		self.answered
	}

	/// The number of what the chain wants.
	pub(super) fn generation(&self) -> Option<u64> {
		self.generation
	}

	/// Read all of it again at the next block, even if its number is the same.
	pub(super) fn doubt(&mut self) {
		self.is_doubted = true;
	}
}

impl Reconciler {
	/// The chain knows the machine as this node. What it wanted of another counts no more.
	pub(super) fn be(&mut self, node: NodeId) {
		if self.node != node {
			self.node = node;
			self.hearing = Hearing::default();
		}
	}

	/// Ask the chain, if there is a block at which it was not asked yet.
	pub(super) fn hear(&mut self, newest: Option<Head>) {
		let Some(at) = newest else { return };
		let hearing = &mut self.hearing;
		let waits = hearing.not_before.is_some_and(|until| Instant::now() < until);
		if hearing.is_going || waits || hearing.asked == Some(at) {
			return;
		}
		let is_doubted = std::mem::take(&mut hearing.is_doubted);
		let known = hearing.generation.filter(|_| !is_doubted);
		hearing.is_going = true;
		hearing.asked = Some(at);
		let (agent, node) = (self.agent.clone(), self.node);
		self.tasks.spawn(async move {
			let ask = async {
				let generation = agent.chain.generation(node, at).await?;
				if known == Some(generation) {
					return Ok(None);
				}
				let desired = agent.chain.desired(node, at).await?;
				Ok(Some((generation, desired)))
			};
			Event::Heard(News { node, at, answer: ask.await })
		});
	}

	/// Take in what the chain answered. Says whether it wants something else.
	pub(super) fn heard(&mut self, news: News) -> bool {
		if news.node != self.node {
			return false;
		}
		let hearing = &mut self.hearing;
		hearing.is_going = false;
		match news.answer {
			Ok(answer) => {
				hearing.answered = Some(news.at);
				hearing.not_before = None;
				if std::mem::take(&mut hearing.was_silent) {
					log::info!("the chain answers again");
				}
				if news.at.number >= hearing.noted.saturating_add(BLOCKS_BETWEEN_NOTES) {
					hearing.noted = news.at.number;
					self.changes.head = Some(news.at);
				}
				let Some((generation, desired)) = answer else { return false };
				hearing.generation = Some(generation);
				hearing.noted = news.at.number;
				self.changes.head = Some(news.at);
				log::info!("the chain wants {} contracts here", desired.len());
				self.want(desired);
				true
			},
			Err(error) => {
				hearing.asked = None;
				hearing.is_doubted = true;
				hearing.not_before = Some(Instant::now() + self.agent.settings.look_apart);
				if !std::mem::replace(&mut hearing.was_silent, true) {
					log::warn!("{}", with_causes(&error));
				}
				false
			},
		}
	}
}
