//! The chain, as subxt has to know it, with a memory of how it describes itself.

use crate::keys::Account;
use std::{
	collections::BTreeMap,
	fmt, fs,
	io::Write,
	path::{Path, PathBuf},
	sync::{Arc, Mutex, PoisonError},
};
use subxt::{
	config::{
		substrate::{
			AccountId32, BlakeTwo256, MultiAddress, MultiSignature, SubstrateExtrinsicParams,
			SubstrateHeader, H256,
		},
		Config,
	},
	ArcMetadata, Metadata,
};

/// The chain. What it says of itself is kept in a folder, by its first block and its version.
#[derive(Clone)]
pub struct Grid(Arc<Inner>);

struct Inner {
	genesis: H256,
	folder: Option<PathBuf>,
	known: Mutex<BTreeMap<u32, ArcMetadata>>,
	/// The version of transactions, when nobody can be asked.
	offline: Option<(u32, u32)>,
}

impl fmt::Debug for Grid {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "Grid({:?})", self.0.genesis)
	}
}

impl Grid {
	/// A chain that can be asked.
	pub(crate) fn new(genesis: H256, folder: Option<PathBuf>) -> Self {
		Self(Arc::new(Inner { genesis, folder, known: Mutex::default(), offline: None }))
	}

	/// A chain that cannot: of this version, and with transactions of that one.
	pub(crate) fn offline(
		genesis: H256,
		folder: Option<PathBuf>,
		spec: u32,
		transaction: u32,
	) -> Self {
		let offline = Some((spec, transaction));
		Self(Arc::new(Inner { genesis, folder, known: Mutex::default(), offline }))
	}

	fn file(&self, spec: u32) -> Option<PathBuf> {
		let folder = self.0.folder.as_ref()?;
		Some(folder.join(format!("{}-{spec}.scale", hex::encode(self.0.genesis))))
	}

	/// What the chain says of itself, if that is remembered.
	pub(crate) fn recall(&self, spec: u32) -> Option<ArcMetadata> {
		let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some(metadata) = known.get(&spec) {
			return Some(metadata.clone());
		}
		// A file that cannot be read is as good as none: the chain is asked again.
		let bytes = fs::read(self.file(spec)?).ok()?;
		let metadata: ArcMetadata = Metadata::decode_from(&bytes).ok()?.into();
		known.insert(spec, metadata.clone());
		Some(metadata)
	}

	/// Remember what the chain says of itself, here and on the disk. That it cannot be written
	/// down only makes the next time slower.
	pub(crate) fn remember(&self, spec: u32, bytes: &[u8]) -> Result<(), codec::Error> {
		let metadata = Metadata::decode_from(bytes)?;
		self.set_metadata_for_spec_version(spec, metadata.into());
		if let Some(file) = self.file(spec) {
			if let Err(error) = write_whole(&file, bytes) {
				eprintln!("note: {} cannot be written: {error}", file.display());
			}
		}
		Ok(())
	}
}

/// A file is there whole or not at all.
fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
	let folder = file.parent().unwrap_or(Path::new("."));
	fs::create_dir_all(folder)?;
	let mut new = tempfile::NamedTempFile::new_in(folder)?;
	new.write_all(bytes)?;
	new.persist(file)?;
	Ok(())
}

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
		self.0.offline
	}

	fn metadata_for_spec_version(&self, spec: u32) -> Option<ArcMetadata> {
		self.recall(spec)
	}

	fn set_metadata_for_spec_version(&self, spec: u32, metadata: ArcMetadata) {
		self.0.known.lock().unwrap_or_else(PoisonError::into_inner).insert(spec, metadata);
	}
}

impl From<Account> for AccountId32 {
	fn from(account: Account) -> Self {
		Self(account.0)
	}
}
