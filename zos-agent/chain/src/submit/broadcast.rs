//! Passes a transaction on.

use crate::{background, connection::Now, link::Link, Error};
use grid_primitives::BlockNumber;
use std::sync::Arc;
use subxt::{
	config::substrate::H256,
	rpcs::{self, client::rpc_params},
};

/// The pool of an endpoint has the transaction already.
const KNOWN: i32 = 1013;

/// After how many blocks an endpoint is given a transaction again. A light client says it again
/// and again by itself.
const REPEAT: BlockNumber = 8;

/// A transaction that is passed on for as long as this is kept.
pub(super) struct Broadcast {
	link: Arc<Link>,
	since: BlockNumber,
	/// What the light client has to be told to stop.
	running: Option<String>,
}

impl Broadcast {
	pub(super) async fn start(now: &Now, transaction: &[u8]) -> Result<Self, Error> {
		let link = now.link.clone();
		let params = rpc_params![format!("0x{}", hex::encode(transaction))];
		let running = if link.endpoint.is_some() {
			match link.rpc.request::<H256>("author_submitExtrinsic", params).await {
				Ok(_) => {},
				Err(rpcs::Error::User(error)) if error.code == KNOWN => {},
				Err(error) => return Err(error.into()),
			}
			None
		} else {
			link.rpc.request("transaction_v1_broadcast", params).await?
		};
		Ok(Self { link, since: now.block.number, running })
	}

	/// Begin again, if it was long ago or with somebody who is not listened to any more.
	pub(super) async fn keep_up(&mut self, now: &Now, transaction: &[u8]) -> Result<(), Error> {
		let long_ago = now.block.number.saturating_sub(self.since) >= REPEAT;
		let same = Arc::ptr_eq(&self.link, &now.link);
		if !same || (long_ago && self.link.endpoint.is_some()) {
			*self = Self::start(now, transaction).await?;
		}
		Ok(())
	}
}

impl Drop for Broadcast {
	fn drop(&mut self) {
		let Some(running) = self.running.take() else { return };
		let link = self.link.clone();
		background::run(async move {
			let stopped = link.rpc.request::<()>("transaction_v1_stop", rpc_params![running]).await;
			if let Err(error) = stopped {
				log::debug!("a transaction is passed on for longer than needed: {error}");
			}
		});
	}
}
