//! Puts the node together.

use crate::{
	consensus,
	equivocation::Watch,
	rpc::{self, Finality},
	warped::Warped,
	workers::{Votes, Workers},
};
use grid_runtime::{opaque::Block, RuntimeApi};
use sc_client_api::BlockBackend;
use sc_consensus::{import_queue::DefaultImportQueue, LongestChain};
use sc_consensus_aura::{CheckForEquivocation, ImportQueueParams};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaBlockImport, LinkHalf, SharedVoterState};
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::{config::NetworkBackendType, NetworkBackend};
use sc_service::{
	config::ExecutorConfiguration, error::Error as ServiceError, Configuration, KeystoreContainer,
	TFullBackend, TFullClient, TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sp_consensus_aura::sr25519::AuthorityPair;
use std::{path::Path, sync::Arc};

/// What of the host the runtime can call.
type HostFunctions = sp_io::SubstrateHostFunctions;
pub(crate) type Client = TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
pub(crate) type Pool = TransactionPoolHandle<Block, Client>;
pub(crate) type FullBackend = TFullBackend<Block>;
pub(crate) type Select = LongestChain<FullBackend, Block>;
pub(crate) type Import = Watch<Warped<GrandpaBlockImport<FullBackend, Block, Client, Select>>>;
pub(crate) type Link = LinkHalf<Block, Client, Select>;

/// The parts of a node that stand before it has a network.
pub struct Parts {
	/// The chain: its blocks, its state, and the runtime on top.
	pub client: Arc<Client>,
	/// The database beneath.
	pub backend: Arc<FullBackend>,
	/// Where blocks from others are checked and imported.
	pub import_queue: DefaultImportQueue<Block>,
	task_manager: Option<TaskManager>,
	keystore: KeystoreContainer,
	select: Select,
	pool: Arc<Pool>,
	import: Import,
	link: Link,
	telemetry: Option<Telemetry>,
}

impl Parts {
	/// The tasks, for a caller that will look after them.
	pub(crate) fn take_task_manager(&mut self) -> TaskManager {
		self.task_manager.take().expect("nobody takes it twice")
	}
}

/// Each block must carry the time at which it was made, and its slot.
pub(crate) async fn inherents(
) -> Result<InherentProviders, Box<dyn std::error::Error + Send + Sync>> {
	let time = sp_timestamp::InherentDataProvider::from_system_time();
	let slot = sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
		*time,
		consensus::SLOT,
	);
	Ok((slot, time))
}

pub(crate) type InherentProviders =
	(sp_consensus_aura::inherents::InherentDataProvider, sp_timestamp::InherentDataProvider);

/// What runs runtimes, with the compiled ones in a folder if there is one.
///
/// `sc_service::new_wasm_executor` does the same, but knows no such folder.
fn executor(config: &ExecutorConfiguration, cache: Option<&Path>) -> WasmExecutor<HostFunctions> {
	let heap = config.default_heap_pages.map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |pages| {
		HeapAllocStrategy::Static { extra_pages: pages as _ }
	});
	let executor = WasmExecutor::builder()
		.with_execution_method(config.wasm_method)
		.with_onchain_heap_alloc_strategy(heap)
		.with_offchain_heap_alloc_strategy(heap)
		.with_max_runtime_instances(config.max_runtime_instances)
		.with_runtime_cache_size(config.runtime_cache_size);
	match cache {
		Some(folder) => executor.with_cache_path(folder).build(),
		None => executor.build(),
	}
}

/// Open the database and put together what stands before the network.
pub fn parts(config: &Configuration, cache: Option<&Path>) -> Result<Parts, ServiceError> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;

	let executor = executor(&config.executor, cache);
	let (client, backend, keystore, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			executor,
			Default::default(),
		)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select = LongestChain::new(backend.clone());
	let pool = Arc::new(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (votes, link) = sc_consensus_grandpa::block_import(
		client.clone(),
		consensus::JUSTIFICATION_PERIOD,
		&client,
		select.clone(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	)?;
	let import =
		Watch::new(Warped(votes.clone()), client.clone(), pool.clone(), config.role.is_authority());
	let import_queue =
		sc_consensus_aura::import_queue::<AuthorityPair, _, _, _, _, _>(ImportQueueParams {
			block_import: import.clone(),
			justification_import: Some(Box::new(votes)),
			client: client.clone(),
			create_inherent_data_providers: move |_, ()| inherents(),
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			// `Watch` does, and reports what it finds.
			check_for_equivocation: CheckForEquivocation::No,
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			compatibility_mode: Default::default(),
		})?;

	let task_manager = Some(task_manager);
	Ok(Parts {
		client,
		backend,
		import_queue,
		task_manager,
		keystore,
		select,
		pool,
		import,
		link,
		telemetry,
	})
}

/// Run the node.
pub async fn start(
	config: Configuration,
	cache: Option<&Path>,
) -> Result<TaskManager, ServiceError> {
	match config.network.network_backend {
		NetworkBackendType::Litep2p => start_on::<sc_network::Litep2pNetworkBackend>(config, cache),
		NetworkBackendType::Libp2p => {
			start_on::<sc_network::NetworkWorker<Block, grid_runtime::Hash>>(config, cache)
		},
	}
}

fn start_on<Net: NetworkBackend<Block, grid_runtime::Hash>>(
	config: Configuration,
	cache: Option<&Path>,
) -> Result<TaskManager, ServiceError> {
	let mut parts = parts(&config, cache)?;
	let mut task_manager = parts.take_task_manager();
	let Parts { client, backend, import_queue, keystore, select, pool, import, link, .. } = parts;
	let mut telemetry = parts.telemetry;

	let mut network_config = config.network.clone();
	// What comes by warp sync is proven, so one peer is enough: a young network has not more.
	network_config.min_peers_to_start_warp_sync = Some(1);
	let metrics = Net::register_notification_metrics(config.prometheus_registry());
	let mut net_config = sc_network::config::FullNetworkConfiguration::<_, _, Net>::new(
		&network_config,
		config.prometheus_registry().cloned(),
	);
	let genesis = client.block_hash(0)?.expect("a chain has a first block");
	let votes_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (votes_config, votes_notifications) =
		sc_consensus_grandpa::grandpa_peers_set_config::<_, Net>(
			votes_protocol.clone(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
	// Whoever does not vote must not offer it: peers that open what nobody hears are dropped.
	if !config.disable_grandpa {
		net_config.add_notification_protocol(votes_config);
	}
	let warp_proofs = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		link.shared_authority_set().clone(),
		Vec::new(),
	));

	let (network, system_rpc_tx, tx_handler_controller, sync_service, _) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_proofs)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let finality = Finality {
		voter_state: SharedVoterState::empty(),
		authorities: link.shared_authority_set().clone(),
		justifications: link.justification_stream(),
		proofs: FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(link.shared_authority_set().clone()),
		),
	};
	let voter_state = finality.voter_state.clone();
	let workers = Workers {
		role: config.role,
		name: config.network.node_name.clone(),
		force_authoring: config.force_authoring,
		finality_enabled: !config.disable_grandpa,
		prometheus: config.prometheus_registry().cloned(),
		client: client.clone(),
		backend: backend.clone(),
		pool: pool.clone(),
		keystore: keystore.keystore(),
		network: network.clone(),
		sync: sync_service.clone(),
	};

	let rpc_builder = {
		let (client, pool, executor) = (client.clone(), pool.clone(), task_manager.spawn_handle());
		Box::new(move |_| {
			rpc::calls(client.clone(), pool.clone(), finality.clone(), executor.clone())
				.map_err(|error| ServiceError::Other(error.to_string()))
		})
	};
	if config.offchain_worker.enabled {
		workers.run_offchain(&task_manager)?;
	}
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		client: client.clone(),
		backend,
		task_manager: &mut task_manager,
		keystore: keystore.keystore(),
		transaction_pool: pool,
		rpc_builder,
		network,
		system_rpc_tx,
		tx_handler_controller,
		sync_service,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	let telemetry = telemetry.as_ref().map(|telemetry| telemetry.handle());
	if workers.role.is_authority() {
		workers.make_blocks(&task_manager, select, import, telemetry.clone())?;
	}
	if workers.finality_enabled {
		let votes = Votes {
			link,
			state: voter_state,
			protocol: votes_protocol,
			notifications: votes_notifications,
		};
		workers.finalize(&task_manager, votes, telemetry)?;
	}
	Ok(task_manager)
}
