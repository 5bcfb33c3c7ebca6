//! Watches imported blocks for two of one author in one slot, and reports them.
//!
//! It stands in front of the block import, where headers still have their seals: the sealed
//! headers are the proof. A report goes to this node's own pool only, so a node that makes no
//! blocks does not report.

use crate::service::{Client, Pool};
use grid_runtime::opaque::{Block, Header};
use pallet_equivocations::{api::EquivocationsApi, Proof};
use sc_client_api::HeaderBackend;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
	AuraApi, Slot,
};
use sp_runtime::traits::Header as _;
use std::sync::Arc;

const LOG_TARGET: &str = "equivocation";

/// A block import that reports equivocations on the way.
#[derive(Clone)]
pub(crate) struct Watch<Inner> {
	inner: Inner,
	client: Arc<Client>,
	pool: OffchainTransactionPoolFactory<Block>,
	makes_blocks: bool,
}

impl<Inner> Watch<Inner> {
	pub(crate) fn new(
		inner: Inner,
		client: Arc<Client>,
		pool: Arc<Pool>,
		makes_blocks: bool,
	) -> Self {
		let pool = OffchainTransactionPoolFactory::new(pool);
		Self { inner, client, pool, makes_blocks }
	}

	fn check(&self, block: &BlockImportParams<Block>) -> Option<Proof<Header>> {
		if block.with_state() || block.state_action.skip_execution_checks() {
			return None;
		}
		let slot = block.header.digest().logs().iter().find_map(|item| {
			CompatibleDigestItem::<AuthoritySignature>::as_aura_pre_digest(item)
		})?;
		let author = self.author(*block.header.parent_hash(), slot)?;
		let mut sealed = block.header.clone();
		sealed.digest_mut().logs.extend(block.post_digests.iter().cloned());
		let now = Slot::from_timestamp(sp_timestamp::Timestamp::current(), crate::consensus::SLOT);
		sc_consensus_slots::check_equivocation(&*self.client, now, slot, &sealed, &author)
			.unwrap_or_else(|error| {
				log::warn!(target: LOG_TARGET, "a block could not be checked: {error}");
				None
			})
	}

	fn author(&self, parent: grid_runtime::Hash, slot: Slot) -> Option<AuthorityId> {
		let authorities = self.client.runtime_api().authorities(parent).ok()?;
		let index = (*slot).checked_rem(authorities.len() as u64)?;
		authorities.into_iter().nth(index as usize)
	}

	fn report(&self, proof: Proof<Header>) -> Result<(), sp_api::ApiError> {
		log::warn!(
			target: LOG_TARGET,
			"{} made two blocks for slot {}: {} and {}",
			proof.offender, *proof.slot, proof.first_header.hash(), proof.second_header.hash(),
		);
		if !self.makes_blocks {
			return Ok(());
		}
		let best = self.client.info().best_hash;
		let mut api = self.client.runtime_api();
		let Some(owner) = api.prove_key_owner(best, proof.offender.clone())? else {
			log::warn!(target: LOG_TARGET, "not reported: the author is no validator any more");
			return Ok(());
		};
		api.register_extension(self.pool.offchain_transaction_pool(best));
		match api.submit_report(best, proof, owner)? {
			Some(()) => log::info!(target: LOG_TARGET, "reported"),
			None => log::info!(target: LOG_TARGET, "not reported: it is known already"),
		}
		Ok(())
	}
}

#[async_trait::async_trait]
impl<Inner: BlockImport<Block> + Send + Sync> BlockImport<Block> for Watch<Inner> {
	type Error = Inner::Error;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		let contradiction = self.check(&block);
		let imported = self.inner.import_block(block).await;
		if let Some(proof) = contradiction {
			if let Err(error) = self.report(proof) {
				log::warn!(target: LOG_TARGET, "not reported: {error}");
			}
		}
		imported
	}
}
