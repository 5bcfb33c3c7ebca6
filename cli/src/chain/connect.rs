//! How the chain is reached: by an endpoint, or by a light client in this process.

use super::{Error, Grid, State};
use crate::keys::Account;
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use subxt::{
	backend::{Backend, ChainHeadBackend, LegacyBackend},
	config::substrate::H256,
	lightclient::LightClient,
	rpcs::{client::rpc_params, RpcClient},
	OnlineClient,
};
use tokio::time::timeout;

/// How long a node may take until it answers for the first time.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a light client may take until it has found somebody and verified what is final.
const LIGHT_PATIENCE: Duration = Duration::from_secs(90);

/// The version in which the chain is asked to describe itself: the first with view functions.
const FORMAT: u32 = 16;

/// How the chain is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Endpoint {
	/// A node, which is believed: `ws://` or `wss://`.
	Url(String),
	/// The peer-to-peer network that a chain specification names: nobody is believed.
	Light(PathBuf),
}

impl From<String> for Endpoint {
	fn from(text: String) -> Self {
		if text.starts_with("ws://") || text.starts_with("wss://") {
			Self::Url(text)
		} else {
			Self::Light(text.into())
		}
	}
}

impl FromStr for Endpoint {
	type Err = Infallible;

	fn from_str(text: &str) -> Result<Self, Infallible> {
		Ok(text.to_string().into())
	}
}

impl From<Endpoint> for String {
	fn from(endpoint: Endpoint) -> Self {
		endpoint.to_string()
	}
}

impl fmt::Display for Endpoint {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Url(url) => f.write_str(url),
			Self::Light(path) => write!(f, "{}", path.display()),
		}
	}
}

/// Keys with which a node takes part in consensus, as hex digits.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionKeys {
	/// All of them, one after the other.
	pub keys: String,
	/// What proves that the node has their secrets, for the one account that it was made for.
	pub proof: String,
}

/// A connection to the chain.
#[derive(Clone)]
pub struct Chain {
	pub(super) client: OnlineClient<Grid>,
	pub(super) rpc: RpcClient,
	config: Grid,
	backend: Arc<dyn Backend<Grid>>,
	/// Ends the light client when it is dropped.
	_light: Option<Arc<LightClient>>,
}

impl Chain {
	/// Reach the chain, with so much patience. Its first block has to be the one that is wanted, if
	/// one is.
	pub async fn connect(
		endpoint: &Endpoint,
		wanted: Option<&str>,
		memory: Option<PathBuf>,
		patience: Duration,
	) -> Result<Self, Error> {
		let unreachable = |source| Error::Unreachable { endpoint: endpoint.to_string(), source };
		let (rpc, light, most) = match endpoint {
			Endpoint::Url(url) => {
				let connected =
					timeout(PATIENCE.min(patience), RpcClient::from_insecure_url(url)).await;
				let connected = connected.map_err(|late| unreachable(late.into()))?;
				(connected.map_err(|error| unreachable(error.into()))?, None, PATIENCE)
			},
			Endpoint::Light(path) => {
				let specification =
					|source| Error::Specification { path: path.display().to_string(), source };
				let text = std::fs::read_to_string(path).map_err(|it| specification(it.into()))?;
				let (light, rpc) = LightClient::relay_chain(text.as_str())
					.map_err(|error| specification(error.into()))?;
				(RpcClient::new(rpc), Some(Arc::new(light)), LIGHT_PATIENCE)
			},
		};
		let reached = timeout(most.min(patience), Self::describe(rpc, light, wanted, memory)).await;
		reached.map_err(|late| unreachable(late.into()))?
	}

	async fn describe(
		rpc: RpcClient,
		light: Option<Arc<LightClient>>,
		wanted: Option<&str>,
		memory: Option<PathBuf>,
	) -> Result<Self, Error> {
		let genesis: H256 = match &light {
			Some(_) => rpc.request("chainSpec_v1_genesisHash", rpc_params![]).await,
			None => rpc.request("chain_getBlockHash", rpc_params![0]).await,
		}
		.map_err(Error::lost)?;
		let its = format!("{genesis:?}");
		if let Some(wanted) = wanted.filter(|wanted| *wanted != its) {
			return Err(Error::OtherChain { its, wanted: wanted.into() });
		}
		let config = Grid::new(genesis, memory);
		let (client, backend): (_, Arc<dyn Backend<Grid>>) = if light.is_some() {
			let backend = ChainHeadBackend::<Grid>::builder();
			let backend = Arc::new(backend.build_with_background_driver(rpc.clone()));
			(OnlineClient::from_backend_with_config(config.clone(), backend.clone()).await, backend)
		} else {
			let backend = Arc::new(LegacyBackend::<Grid>::builder().build(rpc.clone()));
			(OnlineClient::from_backend_with_config(config.clone(), backend.clone()).await, backend)
		};
		let client = client.map_err(Error::lost)?;
		let chain = Self { client, rpc, config, backend, _light: light };
		if !chain.looks_back() {
			// A light client has reached the chain when it has verified something.
			chain.state().await?;
		}
		Ok(chain)
	}

	/// The hash of the first block.
	pub fn genesis(&self) -> String {
		format!("{:?}", self.client.genesis_hash())
	}

	/// The newest finalized block.
	pub async fn state(&self) -> Result<State, Error> {
		let block = self.backend.latest_finalized_block_ref().await.map_err(Error::lost)?;
		self.know(block.hash()).await?;
		let at = self.client.at_block(block).await.map_err(Error::lost)?;
		Ok(State::new(at))
	}

	/// A block by its number.
	pub async fn state_at(&self, number: u64) -> Result<State, Error> {
		let at = self.client.at_block(number).await.map_err(Error::lost)?;
		Ok(State::new(at))
	}

	/// A block that was followed.
	pub async fn state_of(&self, block: &subxt::client::Block<Grid>) -> Result<State, Error> {
		let at = self.client.at_block(block.hash()).await.map_err(Error::lost)?;
		Ok(State::new(at))
	}

	/// What was known before a block.
	pub async fn state_before(&self, state: &State) -> Result<State, Error> {
		if state.number() == 0 {
			return Ok(state.clone());
		}
		let header = state.at.block_header().await.map_err(Error::lost)?;
		let at = self.client.at_block(header.parent_hash).await.map_err(Error::lost)?;
		Ok(State::new(at))
	}

	/// Whether blocks can be found by their number: a light client verifies what is new.
	pub fn looks_back(&self) -> bool {
		self._light.is_none()
	}

	/// The oldest block, from `first` on, that can still be asked: most nodes forget what was.
	pub async fn oldest(&self, first: u64, newest: u64) -> u64 {
		if self.remembers(first).await {
			return first;
		}
		let (mut forgotten, mut kept) = (first, newest);
		while forgotten + 1 < kept {
			let between = forgotten.midpoint(kept);
			match self.remembers(between).await {
				true => kept = between,
				false => forgotten = between,
			}
		}
		kept
	}

	async fn remembers(&self, number: u64) -> bool {
		let hash = self.rpc.request("chain_getBlockHash", rpc_params![number]).await;
		let Ok(Some(hash)) = hash.map(|it: Option<H256>| it) else { return false };
		let version = self.rpc.request("state_getRuntimeVersion", rpc_params![hash]).await;
		version.map(|_: serde_json::Value| ()).is_ok()
	}

	/// Make sure that it is known how the chain describes itself at a block: read from the disk if
	/// it was asked before.
	async fn know(&self, at: H256) -> Result<(), Error> {
		type Version = (String, String, u32, u32);
		let version = self.backend.call("Core_version", None, at).await.map_err(Error::lost)?;
		let (_, _, _, spec) =
			Version::decode(&mut &version[..]).map_err(Error::unknown("Core.version"))?;
		if self.config.recall(spec).is_some() {
			return Ok(());
		}
		let itself = || Error::unknown("Metadata");
		let answer = self
			.backend
			.call("Metadata_metadata_at_version", Some(&FORMAT.encode()), at)
			.await
			.map_err(Error::lost)?;
		let bytes = Option::<Vec<u8>>::decode(&mut &answer[..])
			.map_err(itself())?
			.ok_or_else(|| Error::unknown("Metadata")("it has no description of version 16"))?;
		self.config.remember(spec, &bytes).map_err(itself())
	}

	/// The nonce for the next transaction of an account, with what waits in the pool.
	pub(crate) async fn next_nonce(&self, account: &str) -> Result<u64, Error> {
		self.rpc.request("system_accountNextIndex", rpc_params![account]).await.map_err(Error::lost)
	}

	/// Have the node make keys with which its owner takes part in consensus.
	pub(crate) async fn make_session_keys(&self, owner: Account) -> Result<SessionKeys, Error> {
		let owner = format!("0x{}", hex::encode(owner.0));
		let made = self.rpc.request("author_rotateKeysWithOwner", rpc_params![owner]).await;
		made.map_err(|error| Error::NoKeys(error.into()))
	}

	/// The finalized blocks from now on.
	pub async fn follow(&self) -> Result<subxt::client::Blocks<Grid>, Error> {
		self.state().await?;
		self.client.stream_blocks().await.map_err(Error::lost)
	}
}
