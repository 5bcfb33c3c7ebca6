//! The chain, as subxt has to know it.

use crate::runtime::Runtime;
use std::sync::Arc;
use subxt::{
	config::{
		substrate::{
			AccountId32, BlakeTwo256, MultiAddress, MultiSignature, SubstrateExtrinsicParams,
			SubstrateHeader, H256,
		},
		Config, RpcConfigFor,
	},
	rpcs::ChainHeadRpcMethods,
	ArcMetadata,
};

/// The questions that may be asked about blocks.
pub(crate) type Methods = ChainHeadRpcMethods<RpcConfigFor<Grid>>;

/// The chain under one runtime.
#[derive(Clone, Debug)]
pub(crate) struct Grid(pub(crate) Arc<Runtime>);

impl Config for Grid {
	type AccountId = AccountId32;
	type Address = MultiAddress<AccountId32, ()>;
	type Signature = MultiSignature;
	type Header = SubstrateHeader<H256>;
	type TransactionExtensions = SubstrateExtrinsicParams<Self>;
	type AssetId = u32;
	type Hasher = BlakeTwo256;

	fn genesis_hash(&self) -> Option<H256> {
		Some(self.0.genesis)
	}

	fn spec_and_transaction_version_for_block_number(&self, _: u64) -> Option<(u32, u32)> {
		Some((self.0.version.spec, self.0.version.transaction))
	}

	fn metadata_for_spec_version(&self, _: u32) -> Option<ArcMetadata> {
		Some(self.0.metadata.clone())
	}
}
