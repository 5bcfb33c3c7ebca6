//! Questions about a block that is held.
//!
//! An answer counts only when it is whole. If the connection breaks in between, that is an error,
//! never a shorter answer: what is missing from it would be taken for what is not on the chain.

use super::{operations::Part, Follow};
use crate::Error;
use std::{future::Future, sync::Arc, time::Duration};
use subxt::{
	config::substrate::H256,
	rpcs::{
		self,
		methods::chain_head::{
			MethodResponse, StorageQuery, StorageQueryType, StorageResult, StorageResultType,
		},
	},
};
use tokio::{
	sync::{mpsc::UnboundedReceiver, SemaphorePermit},
	time::{sleep, timeout},
};

/// How long the next part of an answer may take. A light client asks several peers, one by one.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a question waits that cannot be taken at the moment, and how often.
const PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSES: u32 = 40;

/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A question that is being answered.
struct Operation<'a> {
	follow: &'a Arc<Follow>,
	id: String,
	parts: UnboundedReceiver<Part>,
	_turn: SemaphorePermit<'a>,
	whole: bool,
}

impl Operation<'_> {
	async fn next(&mut self) -> Result<Part, Error> {
		let part = timeout(PATIENCE, self.parts.recv()).await.map_err(|_| Error::TimedOut)?;
		match part.ok_or(Error::Ended)? {
			Part::Unproven => Err(Error::Unproven),
			Part::Failed(why) => Err(Error::Failed(why)),
			part => Ok(part),
		}
	}
}

impl Drop for Operation<'_> {
	fn drop(&mut self) {
		let open = self.follow.operations.forget(&self.id);
		if !open || self.whole {
			return;
		}
		let (follow, id) = (self.follow.clone(), std::mem::take(&mut self.id));
		crate::background::run(async move {
			// Whatever becomes of that: nobody waits for the answer any more.
			let _ = follow.methods.chainhead_v1_stop_operation(&follow.id, &id).await;
		});
	}
}

impl Follow {
	async fn ask<'a, F>(
		self: &'a Arc<Self>,
		question: impl Fn() -> F,
	) -> Result<Operation<'a>, Error>
	where
		F: Future<Output = Result<MethodResponse, rpcs::Error>>,
	{
		let turn = self.turns.acquire().await.map_err(|_| Error::Ended)?;
		for _ in 0..MAX_PAUSES {
			let asked = timeout(PATIENCE, question()).await.map_err(|_| Error::TimedOut)??;
			let MethodResponse::Started(started) = asked else {
				sleep(PAUSE).await;
				continue;
			};
			if started.discarded_items.is_some_and(|items| items > 0) {
				return Err(Error::Failed("it takes fewer questions at a time".into()));
			}
			let id = started.operation_id;
			let parts = self.operations.wait_for(&id)?;
			return Ok(Operation { follow: self, id, parts, _turn: turn, whole: false });
		}
		Err(Error::TimedOut)
	}

	async fn storage(
		self: &Arc<Self>,
		at: H256,
		queries: &[StorageQuery<&[u8]>],
	) -> Result<Vec<StorageResult>, Error> {
		let mut operation = self
			.ask(|| self.methods.chainhead_v1_storage(&self.id, at, queries.iter().cloned(), None))
			.await?;
		let mut found = Vec::new();
		loop {
			match operation.next().await? {
				Part::Items(items) => found.extend(items),
				Part::AskForMore => {
					self.methods.chainhead_v1_continue(&self.id, &operation.id).await?
				},
				Part::StorageDone => {
					operation.whole = true;
					return Ok(found);
				},
				other => return Err(unasked(&other)),
			}
		}
	}

	/// The values of some keys, each if it has one.
	pub(crate) async fn values<const N: usize>(
		self: &Arc<Self>,
		at: H256,
		keys: [&[u8]; N],
	) -> Result<[Option<Vec<u8>>; N], Error> {
		let queries = keys.map(|key| StorageQuery { key, query_type: StorageQueryType::Value });
		let mut found = self.storage(at, &queries).await?;
		Ok(keys.map(|key| {
			let place = found.iter().position(|it| it.key.0 == key)?;
			value_of(found.swap_remove(place)).map(|(_, value)| value)
		}))
	}

	/// The value of a key, if it has one.
	pub(crate) async fn value(
		self: &Arc<Self>,
		at: H256,
		key: &[u8],
	) -> Result<Option<Vec<u8>>, Error> {
		let [value] = self.values(at, [key]).await?;
		Ok(value)
	}

	/// All keys that begin like this, with their values.
	pub(crate) async fn pairs(
		self: &Arc<Self>,
		at: H256,
		prefix: &[u8],
	) -> Result<Vec<Pair>, Error> {
		let query_type = StorageQueryType::DescendantsValues;
		let found = self.storage(at, &[StorageQuery { key: prefix, query_type }]).await?;
		Ok(found.into_iter().filter_map(value_of).collect())
	}

	/// The answer of a function of the runtime.
	pub(crate) async fn call(
		self: &Arc<Self>,
		at: H256,
		function: &str,
		question: &[u8],
	) -> Result<Vec<u8>, Error> {
		let mut operation =
			self.ask(|| self.methods.chainhead_v1_call(&self.id, at, function, question)).await?;
		match operation.next().await? {
			Part::Output(output) => {
				operation.whole = true;
				Ok(output)
			},
			other => Err(unasked(&other)),
		}
	}

	/// The transactions of a block, as they travelled.
	pub(crate) async fn body(self: &Arc<Self>, at: H256) -> Result<Vec<Vec<u8>>, Error> {
		let mut operation = self.ask(|| self.methods.chainhead_v1_body(&self.id, at)).await?;
		match operation.next().await? {
			Part::Body(body) => {
				operation.whole = true;
				Ok(body)
			},
			other => Err(unasked(&other)),
		}
	}
}

fn value_of(found: StorageResult) -> Option<Pair> {
	match found.result {
		StorageResultType::Value(value) => Some((found.key.0, value.0)),
		_ => None,
	}
}

fn unasked(part: &Part) -> Error {
	Error::Failed(format!("it answers something else than was asked: {part:?}"))
}
