//! The chain as one node hears it and speaks to it.

use crate::{submit::Speaker, Connection};
use async_trait::async_trait;
use grid_primitives::{BlockNumber, FarmId, NodeId};
use std::sync::Arc;
use subxt_signer::sr25519::Keypair;
use zos_core::{
	desired::Desired,
	node::{Node, Terms},
	ports::{Call, Chain, ChainError, Head, Submitted},
};

/// The chain, with the key of a node.
pub struct NodeChain {
	connection: Arc<Connection>,
	speaker: Speaker,
}

impl NodeChain {
	/// Speak with this key.
	pub fn new(connection: Arc<Connection>, key: Keypair) -> Self {
		Self { speaker: Speaker::new(connection.heard.clone(), key), connection }
	}
}

#[async_trait]
impl Chain for NodeChain {
	fn account(&self) -> [u8; 32] {
		self.speaker.account()
	}

	fn genesis(&self) -> Option<[u8; 32]> {
		self.connection.genesis()
	}

	async fn finalized(&self, newer_than: Option<BlockNumber>) -> Head {
		self.connection.heard.newer_than(newer_than).await.block.head()
	}

	async fn node(&self, at: Head) -> Result<Option<Node>, ChainError> {
		Ok(self.connection.heard.at(at).await?.node_of(self.account()).await?)
	}

	async fn invitations(&self, at: Head) -> Result<Vec<FarmId>, ChainError> {
		Ok(self.connection.heard.at(at).await?.invitations(self.account()).await?)
	}

	async fn terms(&self, at: Head) -> Result<Terms, ChainError> {
		Ok(self.connection.heard.at(at).await?.terms().await?)
	}

	async fn time(&self, at: Head) -> Result<u64, ChainError> {
		Ok(self.connection.heard.at(at).await?.time().await?)
	}

	async fn generation(&self, node: NodeId, at: Head) -> Result<u64, ChainError> {
		Ok(self.connection.heard.at(at).await?.generation(node).await?)
	}

	async fn desired(&self, node: NodeId, at: Head) -> Result<Vec<Desired>, ChainError> {
		Ok(self.connection.heard.at(at).await?.desired(node).await?)
	}

	async fn submit(&self, call: Call) -> Result<Submitted, ChainError> {
		Ok(self.speaker.submit(&call).await?)
	}
}
