//! Follows what becomes final, over one connection, until that breaks.

mod ask;
mod operations;

use crate::{config::Methods, link::Link, runtime::RuntimeVersion, Error};
use grid_primitives::BlockNumber;
use operations::Operations;
use std::{
	collections::{HashMap, VecDeque},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subxt::{
	config::substrate::H256,
	rpcs::methods::chain_head::{FollowEvent, FollowSubscription, RuntimeEvent},
};
use tokio::{
	sync::{
		mpsc::{unbounded_channel, UnboundedReceiver},
		Semaphore,
	},
	task::JoinHandle,
};
use zos_core::ports::Head;

/// How many finalized blocks are held, so that they can be asked about.
const MAX_HELD: usize = 24;

/// How many questions are asked at a time. Endpoints take no more than 16 of one connection.
const MAX_QUESTIONS: usize = 12;

/// A finalized block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
	pub(crate) number: BlockNumber,
	pub(crate) hash: H256,
	pub(crate) runtime: Option<RuntimeVersion>,
}

impl Block {
	pub(crate) fn head(&self) -> Head {
		Head { number: self.number, hash: self.hash.0 }
	}
}

/// A way to ask about the blocks that are held.
pub(crate) struct Follow {
	methods: Methods,
	id: String,
	genesis: H256,
	operations: Operations,
	turns: Semaphore,
	held: Mutex<VecDeque<Block>>,
}

/// The news of blocks. When this is dropped, nothing is answered any more.
pub(crate) struct Following {
	follow: Arc<Follow>,
	news: UnboundedReceiver<Result<Block, Error>>,
	pump: JoinHandle<()>,
}

/// Takes in all events, as fast as they come: answers wait in between.
struct Pump {
	follow: Arc<Follow>,
	events: FollowSubscription<H256>,
	/// Which runtime the blocks have that are not final yet.
	runtimes: HashMap<H256, Option<RuntimeVersion>>,
	last: Option<Block>,
}

impl Follow {
	/// The hash of the first block of the chain.
	pub(crate) fn genesis(&self) -> H256 {
		self.genesis
	}

	fn held(&self) -> MutexGuard<'_, VecDeque<Block>> {
		self.held.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// A block that is held.
	pub(crate) fn block(&self, hash: H256) -> Option<Block> {
		self.held().iter().find(|block| block.hash == hash).copied()
	}

	/// The blocks after one, as far as they are held.
	pub(crate) fn after(&self, number: BlockNumber) -> Vec<Block> {
		self.held().iter().filter(|block| block.number > number).copied().collect()
	}

	/// Nothing is answered any more, and whoever waits is told.
	fn end(&self) {
		self.operations.end();
		self.turns.close();
	}

	async fn number(&self, hash: H256) -> Result<BlockNumber, Error> {
		let header = self.methods.chainhead_v1_header(&self.id, hash).await?;
		BlockNumber::try_from(header.ok_or(Error::Unproven)?.number)
			.map_err(|error| Error::unknown("blocks")(error.into()))
	}

	/// These blocks need not be held any more. If that is not heard, the connection is about to
	/// break, and they go with it.
	async fn let_go(&self, hashes: &[H256]) {
		for hash in hashes {
			if let Err(error) = self.methods.chainhead_v1_unpin(&self.id, *hash).await {
				log::debug!("block {hash:?} is held for longer than needed: {error}");
			}
		}
	}
}

impl Following {
	/// Begin to follow.
	pub(crate) async fn start(link: &Link) -> Result<Self, Error> {
		let methods = Methods::new(link.rpc.clone());
		let events = methods.chainhead_v1_follow(true).await?;
		let id = events.subscription_id().ok_or(Error::Ended)?.to_owned();
		let follow = Follow {
			methods,
			id,
			genesis: link.genesis,
			operations: Operations::default(),
			turns: Semaphore::new(MAX_QUESTIONS),
			held: Mutex::default(),
		};
		let follow = Arc::new(follow);
		let (sender, news) = unbounded_channel();
		let mut pump =
			Pump { follow: follow.clone(), events, runtimes: HashMap::new(), last: None };
		let pump = tokio::spawn(async move {
			loop {
				let block = pump.next().await;
				let ended = block.is_err();
				if sender.send(block).is_err() || ended {
					break;
				}
			}
			pump.follow.end();
		});
		Ok(Self { follow, news, pump })
	}

	pub(crate) fn follow(&self) -> &Arc<Follow> {
		&self.follow
	}

	/// Wait until there is a newer finalized block.
	pub(crate) async fn next(&mut self) -> Result<Block, Error> {
		self.news.recv().await.ok_or(Error::Ended)?
	}
}

impl Pump {
	async fn next(&mut self) -> Result<Block, Error> {
		loop {
			let event = self.events.next().await.ok_or(Error::Ended)??;
			match self.follow.operations.take(event) {
				None | Some(FollowEvent::BestBlockChanged(_)) => {},
				Some(FollowEvent::Initialized(start)) => {
					let runtime = start.finalized_block_runtime.as_ref().and_then(version);
					let hashes = start.finalized_block_hashes;
					if let Some((newest, older)) = hashes.split_last() {
						self.follow.let_go(older).await;
						self.runtimes.insert(*newest, runtime);
						return self.finalized(&[*newest]).await;
					}
				},
				Some(FollowEvent::NewBlock(block)) => {
					let runtime = match &block.new_runtime {
						Some(runtime) => version(runtime),
						None => self.runtime_of(&block.parent_block_hash),
					};
					self.runtimes.insert(block.block_hash, runtime);
				},
				Some(FollowEvent::Finalized(news)) => {
					for hash in &news.pruned_block_hashes {
						self.runtimes.remove(hash);
					}
					self.follow.let_go(&news.pruned_block_hashes).await;
					if !news.finalized_block_hashes.is_empty() {
						return self.finalized(&news.finalized_block_hashes).await;
					}
				},
				Some(_stop) => return Err(Error::Ended),
			}
		}
	}

	/// These have become final, in this order.
	async fn finalized(&mut self, hashes: &[H256]) -> Result<Block, Error> {
		let newest = *hashes.last().ok_or(Error::Ended)?;
		let follow = self.follow.clone();
		let number = follow.number(newest).await?;
		let count = hashes.len() as BlockNumber;
		let mut old = Vec::new();
		for (back, hash) in (0..count).rev().zip(hashes) {
			let block = Block {
				number: number.saturating_sub(back),
				hash: *hash,
				runtime: self.runtime_of(hash),
			};
			self.runtimes.remove(hash);
			self.last = Some(block);
			let mut held = follow.held();
			held.push_back(block);
			if held.len() > MAX_HELD {
				old.extend(held.pop_front().map(|block| block.hash));
			}
		}
		follow.let_go(&old).await;
		self.last.ok_or(Error::Ended)
	}

	/// The runtime of a block, which has that of the newest final one if nothing else was said.
	fn runtime_of(&self, hash: &H256) -> Option<RuntimeVersion> {
		match self.runtimes.get(hash) {
			Some(runtime) => *runtime,
			None => self.last.and_then(|last| last.runtime),
		}
	}
}

impl Drop for Following {
	fn drop(&mut self) {
		self.pump.abort();
		self.follow.end();
	}
}

fn version(event: &RuntimeEvent) -> Option<RuntimeVersion> {
	match event {
		RuntimeEvent::Valid(it) => Some(RuntimeVersion {
			spec: it.spec.spec_version,
			transaction: it.spec.transaction_version,
		}),
		RuntimeEvent::Invalid(why) => {
			log::warn!("the runtime of the chain cannot be understood: {}", why.error);
			None
		},
	}
}
