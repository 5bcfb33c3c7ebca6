//! What is in finalized blocks: read once for all who have something in them.

use crate::{follow::Block, follow::Follow, Error};
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, PoisonError},
};
use subxt::config::substrate::H256;

/// How many blocks are kept.
const MAX_KEPT: usize = 4;

/// Where the events of a block are: the hashes of `System` and `Events`.
const EVENTS: [u8; 32] = [
	0x26, 0xaa, 0x39, 0x4e, 0xea, 0x56, 0x30, 0xe0, 0x7c, 0x48, 0xae, 0x0c, 0x95, 0x58, 0xce, 0xf7,
	0x80, 0xd4, 0x1e, 0x5e, 0x16, 0x05, 0x67, 0x65, 0xbc, 0x84, 0x61, 0x85, 0x10, 0x72, 0xc9, 0xd7,
];

/// What is in a block.
pub(crate) struct Content {
	/// The transactions, as they travelled.
	transactions: Vec<Vec<u8>>,
	/// What they caused.
	pub(crate) events: Vec<u8>,
}

impl Content {
	/// Which of the transactions this is, if it is one of them.
	pub(crate) fn place(&self, transaction: &[u8]) -> Option<usize> {
		self.transactions.iter().position(|it| it == transaction)
	}
}

/// What is in the newest blocks that somebody asked about.
#[derive(Default)]
pub(crate) struct Contents(Mutex<VecDeque<(H256, Slot)>>);

type Slot = Arc<tokio::sync::Mutex<Option<Arc<Content>>>>;

impl Contents {
	/// What is in a block.
	pub(crate) async fn of(
		&self,
		follow: &Arc<Follow>,
		block: &Block,
	) -> Result<Arc<Content>, Error> {
		let slot = self.slot(block.hash);
		let mut content = slot.lock().await;
		if let Some(content) = &*content {
			return Ok(content.clone());
		}
		let transactions = follow.body(block.hash).await?;
		let events = follow.value(block.hash, &EVENTS).await?.unwrap_or_default();
		let read = Arc::new(Content { transactions, events });
		*content = Some(read.clone());
		Ok(read)
	}

	fn slot(&self, hash: H256) -> Slot {
		let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some((_, slot)) = kept.iter().find(|(it, _)| *it == hash) {
			return slot.clone();
		}
		let slot = Slot::default();
		kept.push_back((hash, slot.clone()));
		if kept.len() > MAX_KEPT {
			kept.pop_front();
		}
		slot
	}
}
