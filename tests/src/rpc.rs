use anyhow::{Context, Result};
use jsonrpsee::{
	core::{
		client::{ClientT, Subscription, SubscriptionClientT},
		params::ArrayParams,
	},
	ws_client::{WsClient, WsClientBuilder},
};
use serde_json::Value;
use std::{future::Future, sync::LazyLock, time::Duration};
use tokio::{runtime::Runtime, time::timeout};

static RUNTIME: LazyLock<Runtime> =
	LazyLock::new(|| Runtime::new().expect("the machine can run threads"));

/// Run a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
	RUNTIME.block_on(future)
}

const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a node.
pub struct Rpc(WsClient);

impl Rpc {
	/// Connect to the node at this port of this machine.
	pub fn connect(port: u16) -> Result<Self> {
		let client = block_on(
			WsClientBuilder::default()
				.request_timeout(PATIENCE)
				.max_buffer_capacity_per_subscription(100_000)
				.max_concurrent_requests(100_000)
				.build(format!("ws://127.0.0.1:{port}")),
		)?;
		Ok(Self(client))
	}

	/// Call a method. Parameters that are `null` at the end may be left out.
	pub fn call(&self, method: &str, params: &[Value]) -> Result<Value> {
		block_on(self.request(method, params))
	}

	/// The same for those who wait for many answers at once.
	pub async fn request(&self, method: &str, params: &[Value]) -> Result<Value> {
		self.0.request(method, array(params)).await.with_context(|| method.to_string())
	}

	/// Subscribe to something.
	pub fn subscribe(&self, start: &str, params: &[Value], end: &str) -> Result<Stream> {
		let stream = block_on(self.0.subscribe(start, array(params), end))
			.with_context(|| start.to_string())?;
		Ok(Stream(stream))
	}
}

fn array(params: &[Value]) -> ArrayParams {
	let mut array = ArrayParams::new();
	for param in params {
		array.insert(param).expect("JSON can be written");
	}
	array
}

/// What a subscription brings.
pub struct Stream(Subscription<Value>);

impl Stream {
	/// The next item; fails when there is none for a minute.
	pub fn next(&mut self) -> Result<Value> {
		let item = block_on(async { timeout(Duration::from_secs(60), self.0.next()).await })
			.context("nothing came for a minute")?;
		Ok(item.context("the node closed the subscription")??)
	}
}
