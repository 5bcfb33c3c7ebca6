//! Answers that come in parts, between the news of blocks.

use crate::Error;
use std::{
	collections::{HashMap, VecDeque},
	sync::{Mutex, MutexGuard, PoisonError},
};
use subxt::rpcs::methods::chain_head::{FollowEvent, StorageResult};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver, UnboundedSender};

/// How many parts are kept of answers that nobody waits for, or not yet.
const MAX_EARLY: usize = 256;

/// A part of an answer.
#[derive(Debug)]
pub(super) enum Part {
	Items(VecDeque<StorageResult>),
	AskForMore,
	Body(Vec<Vec<u8>>),
	Output(Vec<u8>),
	StorageDone,
	Unproven,
	Failed(String),
}

/// The answers that are waited for.
#[derive(Default)]
pub(super) struct Operations(Mutex<Open>);

#[derive(Default)]
struct Open {
	waiting: HashMap<String, UnboundedSender<Part>>,
	/// A part may come before its asker knows by which number.
	early: VecDeque<(String, Part)>,
	ended: bool,
}

impl Operations {
	fn open(&self) -> MutexGuard<'_, Open> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Pass on what belongs to an answer; the rest is returned.
	pub(super) fn take<H>(&self, event: FollowEvent<H>) -> Option<FollowEvent<H>> {
		let (id, part) = match event {
			FollowEvent::OperationBodyDone(it) => {
				let body = it.value.into_iter().map(|bytes| bytes.0).collect();
				(it.operation_id, Part::Body(body))
			},
			FollowEvent::OperationCallDone(it) => (it.operation_id, Part::Output(it.output.0)),
			FollowEvent::OperationStorageItems(it) => (it.operation_id, Part::Items(it.items)),
			FollowEvent::OperationWaitingForContinue(it) => (it.operation_id, Part::AskForMore),
			FollowEvent::OperationStorageDone(it) => (it.operation_id, Part::StorageDone),
			FollowEvent::OperationInaccessible(it) => (it.operation_id, Part::Unproven),
			FollowEvent::OperationError(it) => (it.operation_id, Part::Failed(it.error)),
			other => return Some(other),
		};
		let mut open = self.open();
		match open.waiting.get(&id) {
			// Whoever waited may just have stopped to.
			Some(asker) => drop(asker.send(part)),
			None => {
				open.early.push_back((id, part));
				if open.early.len() > MAX_EARLY {
					open.early.pop_front();
				}
			},
		}
		None
	}

	/// Wait for the parts of an answer.
	pub(super) fn wait_for(&self, id: &str) -> Result<UnboundedReceiver<Part>, Error> {
		let mut open = self.open();
		if open.ended {
			return Err(Error::Ended);
		}
		let (asker, parts) = unbounded_channel();
		let (mine, others) = open.early.drain(..).partition(|(it, _)| it == id);
		open.early = others;
		let mine: VecDeque<_> = mine;
		for (_, part) in mine {
			// It cannot fail: the other end is held here.
			let _ = asker.send(part);
		}
		open.waiting.insert(id.into(), asker);
		Ok(parts)
	}

	/// Nobody waits for an answer any more. Returns whether it was still open.
	pub(super) fn forget(&self, id: &str) -> bool {
		self.open().waiting.remove(id).is_some()
	}

	/// No more answers come: all that wait are told.
	pub(super) fn end(&self) {
		let mut open = self.open();
		open.ended = true;
		open.waiting.clear();
		open.early.clear();
	}
}
