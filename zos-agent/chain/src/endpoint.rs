//! An endpoint: a node that answers over a web socket, and is believed.

use crate::{Counters, Error};
use futures::StreamExt;
use serde_json::value::RawValue;
use std::{future::Future, time::Duration};
use subxt::rpcs::{
	client::{RawRpcFuture, RawRpcSubscription},
	Error as RpcError, RpcClient, RpcClientT,
};
use tokio::time::timeout;

/// How long an endpoint may take to be reached, and to answer. Longer answers come in parts.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
#[error("the endpoint does not answer")]
struct Silent;

impl From<Silent> for RpcError {
	fn from(silent: Silent) -> Self {
		Self::Client(Box::new(silent))
	}
}

/// What is said within reasonable time.
async fn soon<T>(answer: impl Future<Output = Result<T, RpcError>>) -> Result<T, RpcError> {
	timeout(PATIENCE, answer).await.map_err(|_| Silent)?
}

/// Reach an endpoint.
pub(crate) async fn connect(url: &str, counters: Counters) -> Result<RpcClient, Error> {
	let reached = timeout(PATIENCE, RpcClient::from_insecure_url(url)).await;
	let inner = reached.map_err(|_| Error::TimedOut)??;
	Ok(RpcClient::new(Counted { inner, counters }))
}

struct Counted {
	inner: RpcClient,
	counters: Counters,
}

impl Counted {
	fn asked(&self, method: &str, params: Option<&RawValue>) {
		self.counters.sent(method.len() + params.map_or(0, |it| it.get().len()));
	}
}

impl RpcClientT for Counted {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		self.asked(method, params.as_deref());
		Box::pin(async move {
			let answer = soon(self.inner.request_raw(method, params)).await?;
			self.counters.received(answer.get().len());
			Ok(answer)
		})
	}

	fn subscribe_raw<'a>(
		&'a self,
		subscribe: &'a str,
		params: Option<Box<RawValue>>,
		unsubscribe: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		self.asked(subscribe, params.as_deref());
		Box::pin(async move {
			let RawRpcSubscription { stream, id } =
				soon(self.inner.subscribe_raw(subscribe, params, unsubscribe)).await?;
			let counters = self.counters.clone();
			let stream = stream.inspect(move |note| {
				counters.received(note.as_ref().map_or(0, |it| it.get().len()));
			});
			Ok(RawRpcSubscription { stream: stream.boxed(), id })
		})
	}
}
