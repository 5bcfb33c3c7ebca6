//! The light client: it joins the peers that the chain specification names, verifies finality by
//! itself, and takes what it reads with proofs.

mod platform;
mod rpc;

use crate::{Counters, Error};
use platform::Platform;
use rpc::LightRpc;
use smoldot_light::{AddChainConfig, AddChainConfigJsonRpc, Client};
use std::num::NonZeroU32;
use subxt::rpcs::{client::rpc_params, RpcClient};

/// Questions that may wait at a time. They are our own, so that there are never that many.
const MAX_QUESTIONS: NonZeroU32 = NonZeroU32::new(4_096).expect("it is not zero");

/// The most that is kept of what the light client knows.
const MAX_DATABASE: u64 = 256 * 1024;

/// Start a light client. With what `remember` returned earlier, it knows whom to ask.
pub(crate) fn start(
	specification: &str,
	remembered: &str,
	counters: Counters,
) -> Result<RpcClient, Error> {
	let mut client = Client::new(Platform::new(counters));
	let chain = client
		.add_chain(AddChainConfig {
			user_data: (),
			specification,
			database_content: remembered,
			potential_relay_chains: std::iter::empty(),
			json_rpc: AddChainConfigJsonRpc::Enabled {
				max_pending_requests: MAX_QUESTIONS,
				max_subscriptions: MAX_QUESTIONS.get(),
			},
			statement_protocol_config: None,
		})
		.map_err(|error| Error::Specification(error.to_string()))?;
	let answers = chain.json_rpc_responses.ok_or(Error::Ended)?;
	Ok(RpcClient::new(LightRpc::new(client, chain.chain_id, answers)))
}

/// What the light client would want to know when it starts again: where its peers are.
pub(crate) async fn remember(rpc: &RpcClient) -> Result<String, Error> {
	Ok(rpc.request("chainHead_unstable_finalizedDatabase", rpc_params![MAX_DATABASE]).await?)
}

/// How many peers the light client listens to.
pub(crate) async fn peers(rpc: &RpcClient) -> Result<u64, Error> {
	#[derive(serde::Deserialize)]
	struct Health {
		peers: u64,
	}
	let health: Health = rpc.request("system_health", rpc_params![]).await?;
	Ok(health.peers)
}
