//! What runs on top of a node that has a network: the maker of blocks, the voter, and the
//! runtime's off-chain workers.

use crate::{
	consensus,
	service::{inherents, Client, FullBackend, Import, Link, Pool, Select},
};
use futures::FutureExt;
use grid_runtime::opaque::Block;
use sc_client_api::Backend;
use sc_consensus_aura::StartAuraParams;
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState};
use sc_network::{service::traits::NetworkService, NotificationService};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::AuthorityPair;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;

pub(crate) struct Workers {
	pub(crate) role: sc_network::config::Role,
	pub(crate) name: String,
	pub(crate) force_authoring: bool,
	pub(crate) finality_enabled: bool,
	pub(crate) prometheus: Option<Registry>,
	pub(crate) client: Arc<Client>,
	pub(crate) backend: Arc<FullBackend>,
	pub(crate) pool: Arc<Pool>,
	pub(crate) keystore: sp_keystore::KeystorePtr,
	pub(crate) network: Arc<dyn NetworkService>,
	pub(crate) sync: Arc<SyncingService<Block>>,
}

/// What the voter needs besides.
pub(crate) struct Votes {
	pub(crate) link: Link,
	pub(crate) state: SharedVoterState,
	pub(crate) protocol: sc_network::ProtocolName,
	pub(crate) notifications: Box<dyn NotificationService>,
}

impl Workers {
	pub(crate) fn run_offchain(&self, tasks: &TaskManager) -> Result<(), ServiceError> {
		let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
			runtime_api_provider: self.client.clone(),
			keystore: Some(self.keystore.clone()),
			offchain_db: self.backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(self.pool.clone())),
			network_provider: Arc::new(self.network.clone()),
			is_validator: self.role.is_authority(),
			enable_http_requests: false,
			custom_extensions: |_| Vec::new(),
		})?;
		tasks.spawn_handle().spawn(
			"offchain-workers-runner",
			"offchain-worker",
			workers.run(self.client.clone(), tasks.spawn_handle()).boxed(),
		);
		Ok(())
	}

	pub(crate) fn make_blocks(
		&self,
		tasks: &TaskManager,
		select_chain: Select,
		block_import: Import,
		telemetry: Option<TelemetryHandle>,
	) -> Result<(), ServiceError> {
		let proposer_factory = sc_basic_authorship::ProposerFactory::new(
			tasks.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.prometheus.as_ref(),
			telemetry.clone(),
		);
		let worker = sc_consensus_aura::start_aura::<AuthorityPair, _, _, _, _, _, _, _, _, _, _>(
			StartAuraParams {
				slot_duration: consensus::SLOT,
				client: self.client.clone(),
				select_chain,
				block_import,
				proposer_factory,
				create_inherent_data_providers: move |_, ()| inherents(),
				force_authoring: self.force_authoring,
				backoff_authoring_blocks: Some(consensus::backoff()),
				keystore: self.keystore.clone(),
				sync_oracle: self.sync.clone(),
				justification_sync_link: self.sync.clone(),
				block_proposal_slot_portion: consensus::proposal(),
				max_block_proposal_slot_portion: None,
				telemetry,
				compatibility_mode: Default::default(),
			},
		)?;
		tasks.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), worker);
		Ok(())
	}

	pub(crate) fn finalize(
		&self,
		tasks: &TaskManager,
		votes: Votes,
		telemetry: Option<TelemetryHandle>,
	) -> Result<(), ServiceError> {
		let config = sc_consensus_grandpa::Config {
			gossip_duration: consensus::GOSSIP,
			justification_generation_period: consensus::JUSTIFICATION_PERIOD,
			observer_enabled: false,
			local_role: self.role,
			name: Some(self.name.clone()),
			keystore: self.role.is_authority().then(|| self.keystore.clone()),
			telemetry: telemetry.clone(),
			protocol_name: votes.protocol,
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config,
			link: votes.link,
			network: self.network.clone(),
			sync: self.sync.clone(),
			notification_service: votes.notifications,
			voting_rule: consensus::voting_rule(),
			prometheus_registry: self.prometheus.clone(),
			shared_voter_state: votes.state,
			telemetry,
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
		})?;
		tasks.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}
}
