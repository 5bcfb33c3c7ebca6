//! Gives headers that come by warp sync the fork choice that the import beneath requires.
//!
//! They prove changes of validators, and come past the verifier that would say so: none of them
//! is the best block.

use grid_runtime::opaque::Block;
use sc_consensus::{
	BlockCheckParams, BlockImport, BlockImportParams, ForkChoiceStrategy, ImportResult,
};
use sp_consensus::BlockOrigin;

/// A block import that takes headers from warp sync.
#[derive(Clone)]
pub(crate) struct Warped<Inner>(pub(crate) Inner);

#[async_trait::async_trait]
impl<Inner: BlockImport<Block> + Send + Sync> BlockImport<Block> for Warped<Inner> {
	type Error = Inner::Error;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.0.check_block(block).await
	}

	async fn import_block(
		&self,
		mut block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		if block.origin == BlockOrigin::WarpSync && block.fork_choice.is_none() {
			block.fork_choice = Some(ForkChoiceStrategy::Custom(false));
		}
		self.0.import_block(block).await
	}
}
