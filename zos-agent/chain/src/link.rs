//! A connection: to the light client in this process, or to an endpoint.

use crate::{endpoint, light, Counters, Error};
use grid_primitives::BlockNumber;
use std::{
	path::{Path, PathBuf},
	time::Duration,
};
use subxt::{
	config::substrate::H256,
	rpcs::{client::rpc_params, RpcClient},
};
use tokio::{task::JoinHandle, time::sleep};

/// How often it is looked how many peers there are.
const PEERS_EVERY: Duration = Duration::from_secs(10);

/// How often what the light client knows is written down, in looks at its peers.
const REMEMBER_EVERY: u32 = 12;

/// The chain as a light client hears it: nobody is believed but the specification.
#[derive(Clone, Debug)]
pub struct Light {
	/// The raw chain specification, with boot nodes.
	pub specification: String,
	/// Where the light client writes down which peers it has met, to find them again when the
	/// boot nodes are gone.
	pub remembered: Option<PathBuf>,
	/// The hash of the first block of the chain, if one was heard before. No other is.
	pub genesis: Option<[u8; 32]>,
}

/// The chain as endpoints tell it, one at a time.
#[derive(Clone, Debug)]
pub struct Endpoints {
	/// Where they are, `ws://` or `wss://`, in the order in which they are tried.
	pub urls: Vec<String>,
	/// The hash of the first block of the chain. Without it, the first endpoint that is followed
	/// says which chain it is.
	pub genesis: Option<[u8; 32]>,
}

/// Where connections come from.
pub(crate) enum Source {
	Light(Light),
	Endpoints { endpoints: Endpoints, next: usize },
}

/// A connection.
pub(crate) struct Link {
	pub(crate) rpc: RpcClient,
	pub(crate) genesis: H256,
	/// The endpoint, if it is one.
	pub(crate) endpoint: Option<String>,
	tending: JoinHandle<()>,
}

impl Drop for Link {
	fn drop(&mut self) {
		self.tending.abort();
	}
}

impl Source {
	/// How many there are to choose from.
	pub(crate) fn choices(&self) -> usize {
		match self {
			Self::Light(_) => 1,
			Self::Endpoints { endpoints, .. } => endpoints.urls.len(),
		}
	}

	/// The hash of the first block of the chain, if it is known.
	pub(crate) fn genesis(&self) -> Option<[u8; 32]> {
		match self {
			Self::Light(light) => light.genesis,
			Self::Endpoints { endpoints, .. } => endpoints.genesis,
		}
	}

	/// Make a connection: the next, if there are several.
	pub(crate) async fn link(&mut self, counters: &Counters) -> Result<Link, Error> {
		match self {
			Self::Light(light) => {
				let file = light.remembered.clone();
				let known = match &file {
					Some(file) => tokio::fs::read_to_string(file).await.unwrap_or_default(),
					None => String::new(),
				};
				let rpc = light::start(&light.specification, &known, counters.clone())?;
				let tending = tokio::spawn(tend(rpc.clone(), file, counters.clone()));
				let genesis = genesis(&rpc).await?;
				Ok(Link { rpc, genesis, endpoint: None, tending })
			},
			Self::Endpoints { endpoints, next } => {
				let urls = &endpoints.urls;
				let url = urls.get(*next % urls.len().max(1)).ok_or(Error::NoEndpoint)?;
				*next += 1;
				log::debug!("asking {url}");
				let rpc = endpoint::connect(url, counters.clone()).await?;
				let genesis = genesis(&rpc).await?;
				counters.set_peers(1);
				let endpoint = Some(url.clone());
				Ok(Link { rpc, genesis, endpoint, tending: tokio::spawn(async {}) })
			},
		}
	}
}

impl Link {
	/// The hash of a block, as an endpoint knows it. A light client cannot know it by its number.
	pub(crate) async fn hash_of(&self, number: BlockNumber) -> Result<Option<[u8; 32]>, Error> {
		let hash: Option<H256> =
			self.rpc.request("chain_getBlockHash", rpc_params![number]).await?;
		Ok(hash.map(|hash| hash.0))
	}
}

async fn genesis(rpc: &RpcClient) -> Result<H256, Error> {
	Ok(rpc.request("chainSpec_v1_genesisHash", rpc_params![]).await?)
}

/// Look after a light client for as long as it is used.
async fn tend(rpc: RpcClient, file: Option<PathBuf>, counters: Counters) {
	for look in 1_u32.. {
		sleep(PEERS_EVERY).await;
		match light::peers(&rpc).await {
			Ok(peers) => counters.set_peers(peers),
			Err(error) => log::debug!("the light client does not say who its peers are: {error}"),
		}
		let Some(file) = file.as_ref().filter(|_| look % REMEMBER_EVERY == 1) else { continue };
		if let Err(error) = write_down(&rpc, file).await {
			log::warn!("what the light client knows could not be written down: {error}");
		}
	}
}

/// A file is there whole or not at all, whenever the machine stops.
async fn write_down(
	rpc: &RpcClient,
	file: &Path,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
	let known = light::remember(rpc).await?;
	let new = file.with_extension("new");
	tokio::fs::write(&new, known).await?;
	tokio::fs::rename(&new, file).await?;
	Ok(())
}
