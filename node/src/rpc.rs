//! What the node answers beyond the standard calls.

use crate::service::{Client, Pool};
use grid_runtime::{opaque::Block, AccountId, Balance, Nonce};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_service::TFullBackend;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What is known of finality.
#[derive(Clone)]
pub(crate) struct Finality {
	pub(crate) voter_state: SharedVoterState,
	pub(crate) authorities: SharedAuthoritySet<grid_runtime::Hash, u32>,
	pub(crate) justifications: GrandpaJustificationStream<Block>,
	pub(crate) proofs: Arc<FinalityProofProvider<TFullBackend<Block>, Block>>,
}

/// The calls: nonces and dry runs, fees, finality.
pub(crate) fn calls(
	client: Arc<Client>,
	pool: Arc<Pool>,
	finality: Finality,
	executor: sc_service::SpawnTaskHandle,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
	let mut module = RpcModule::new(());
	let system = System::new(client.clone(), pool);
	module.merge(SystemApiServer::<grid_runtime::Hash, AccountId, Nonce>::into_rpc(system))?;
	let payment = TransactionPayment::new(client);
	module.merge(TransactionPaymentApiServer::<
		grid_runtime::Hash,
		pallet_transaction_payment::RuntimeDispatchInfo<Balance>,
	>::into_rpc(payment))?;
	let Finality { voter_state, authorities, justifications, proofs } = finality;
	let executor = Arc::new(executor);
	module.merge(
		Grandpa::new(executor, authorities, voter_state, justifications, proofs).into_rpc(),
	)?;
	Ok(module)
}
