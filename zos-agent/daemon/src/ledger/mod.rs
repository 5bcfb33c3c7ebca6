//! What the agent has decided, done and said, on disk. It may be cut off at any moment: each change
//! is there as a whole or not at all.
//!
//! What is on the machine is not written here: the machine is asked.

mod entry;
#[cfg(test)]
mod tests;

pub use entry::{Aim, Entry, Measured, Said};

use codec::{Decode, Encode};
use grid_primitives::{ContractId, NodeId};
use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{
	collections::BTreeMap,
	io,
	path::Path,
	sync::{Mutex, PoisonError},
};
use zos_core::ports::Head;

/// The name of the file, in the folder of the agent.
const FILE: &str = "ledger.redb";

/// It is small, and read once.
const CACHE: usize = 1 << 20;

const CONTRACTS: TableDefinition<ContractId, &[u8]> = TableDefinition::new("contracts");
const FACTS: TableDefinition<&str, &[u8]> = TableDefinition::new("facts");

/// What the agent has decided, done and said.
pub struct Ledger(Place);

/// Where it is.
enum Place {
	Disk(Database),
	/// For nodes that are simulated by the thousand.
	Memory(Mutex<Changes>),
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
	/// Of contracts: what there is to say now, if there is anything.
	pub contracts: BTreeMap<ContractId, Option<Entry>>,
	/// The newest finalized block that was seen.
	pub head: Option<Head>,
	/// The number of the node.
	pub node: Option<NodeId>,
	/// What was measured of the machine.
	pub measured: Option<Measured>,
	/// The account of the node.
	pub account: Option<[u8; 32]>,
	/// The first block of the chain.
	pub genesis: Option<[u8; 32]>,
}

/// Why the ledger is of no use.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
	/// Another agent uses it.
	#[error("another agent runs with this folder: stop that one first")]
	InUse,
	/// It cannot be opened.
	#[error("the ledger cannot be opened: if it is damaged, remove {FILE} and start again; what runs is found on the machine")]
	Open(#[source] redb::DatabaseError),
	/// It cannot be read or written.
	#[error("the ledger cannot be read or written: see whether the disk is full or fails")]
	Storage(#[source] Box<redb::Error>),
	/// There is no room for it.
	#[error(
		"there is no room for the ledger: free some of the disk that the folder of the agent is on"
	)]
	Full(#[source] io::Error),
	/// It is of a node with another key.
	#[error("keys.toml is of another node than this folder: restore the one that it had, or begin anew with an empty folder")]
	OtherNode,
	/// It is of another chain.
	#[error("[chain] genesis is of another chain than this folder: correct it, or begin anew with an empty folder")]
	OtherChain,
	/// It was written by another version.
	#[error("the ledger was written by another version of the agent: remove {FILE} and start again; what runs is found on the machine")]
	Foreign,
}

fn storage<E: Into<redb::Error>>(error: E) -> LedgerError {
	match error.into() {
		redb::Error::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
			LedgerError::Full(error)
		},
		error => LedgerError::Storage(Box::new(error)),
	}
}

impl Changes {
	/// Whether there is nothing to write.
	pub fn is_empty(&self) -> bool {
		*self == Self::default()
	}

	/// All that these say, and of the same what the later ones say.
	fn add(&mut self, later: &Self) {
		let Self { contracts, head, node, measured, account, genesis } = later.clone();
		self.contracts.extend(contracts);
		self.contracts.retain(|_, entry| entry.is_some());
		self.head = head.or(self.head);
		self.node = node.or(self.node);
		self.measured = measured.or(self.measured);
		self.account = account.or(self.account);
		self.genesis = genesis.or(self.genesis);
	}
}

impl Ledger {
	/// The ledger in a folder, made if there is none.
	pub fn open(folder: &Path) -> Result<Self, LedgerError> {
		let database = Builder::new().set_cache_size(CACHE).create(folder.join(FILE));
		let database = database.map_err(|error| match error {
			redb::DatabaseError::DatabaseAlreadyOpen => LedgerError::InUse,
			redb::DatabaseError::Storage(redb::StorageError::Io(error))
				if error.kind() == io::ErrorKind::StorageFull =>
			{
				LedgerError::Full(error)
			},
			error => LedgerError::Open(error),
		})?;
		let transaction = database.begin_write().map_err(storage)?;
		transaction.open_table(CONTRACTS).map_err(storage)?;
		transaction.open_table(FACTS).map_err(storage)?;
		transaction.commit().map_err(storage)?;
		Ok(Self(Place::Disk(database)))
	}

	/// A ledger that is gone when it is dropped.
	pub fn in_memory() -> Self {
		Self(Place::Memory(Mutex::default()))
	}

	/// Write changes: all of them or none. When it returns they are on the disk.
	pub fn write(&self, changes: &Changes) -> Result<(), LedgerError> {
		if changes.is_empty() {
			return Ok(());
		}
		let database = match &self.0 {
			Place::Disk(database) => database,
			Place::Memory(all) => {
				all.lock().unwrap_or_else(PoisonError::into_inner).add(changes);
				return Ok(());
			},
		};
		let transaction = database.begin_write().map_err(storage)?;
		{
			let mut contracts = transaction.open_table(CONTRACTS).map_err(storage)?;
			for (contract, entry) in &changes.contracts {
				match entry {
					Some(entry) => contracts.insert(contract, entry.encode().as_slice()),
					None => contracts.remove(contract),
				}
				.map_err(storage)?;
			}
			let mut facts = transaction.open_table(FACTS).map_err(storage)?;
			let mut put = |name, bytes: Option<Vec<u8>>| match bytes {
				Some(bytes) => facts.insert(name, bytes.as_slice()).map(|_| ()).map_err(storage),
				None => Ok(()),
			};
			put("head", changes.head.map(|it| (it.number, it.hash).encode()))?;
			put("node", changes.node.map(|it| it.encode()))?;
			put("measured", changes.measured.map(|it| it.encode()))?;
			put("account", changes.account.map(|it| it.encode()))?;
			put("genesis", changes.genesis.map(|it| it.encode()))?;
		}
		transaction.commit().map_err(storage)
	}

	/// What there is to say of all contracts.
	pub fn contracts(&self) -> Result<BTreeMap<ContractId, Entry>, LedgerError> {
		let database = match &self.0 {
			Place::Disk(database) => database,
			Place::Memory(all) => {
				let all = all.lock().unwrap_or_else(PoisonError::into_inner);
				let entries = all.contracts.iter();
				return Ok(entries.filter_map(|(it, entry)| Some((*it, entry.clone()?))).collect());
			},
		};
		let transaction = database.begin_read().map_err(storage)?;
		let table = transaction.open_table(CONTRACTS).map_err(storage)?;
		let mut all = BTreeMap::new();
		for row in table.iter().map_err(storage)? {
			let (contract, bytes) = row.map_err(storage)?;
			all.insert(contract.value(), decode(bytes.value())?);
		}
		Ok(all)
	}

	/// The newest finalized block that was seen.
	pub fn head(&self) -> Result<Option<Head>, LedgerError> {
		let written = |all: &Changes| all.head.map(|it| (it.number, it.hash));
		let head: Option<(u32, [u8; 32])> = self.fact("head", written)?;
		Ok(head.map(|(number, hash)| Head { number, hash }))
	}

	/// The first block of the chain, once it was heard: all else here is of that chain.
	pub fn genesis(&self) -> Result<Option<[u8; 32]>, LedgerError> {
		self.fact("genesis", |all| all.genesis)
	}

	/// The number of the node, once it has joined.
	pub fn node(&self) -> Result<Option<NodeId>, LedgerError> {
		self.fact("node", |all| all.node)
	}

	/// What was measured of the machine.
	pub fn measured(&self) -> Result<Option<Measured>, LedgerError> {
		self.fact("measured", |all| all.measured)
	}

	/// Make sure that this is the ledger of the node with this account, from now on if it is new.
	pub fn belong_to(&self, account: [u8; 32]) -> Result<(), LedgerError> {
		match self.fact("account", |all| all.account)? {
			Some(own) if own != account => Err(LedgerError::OtherNode),
			Some(_) => Ok(()),
			None => self.write(&Changes { account: Some(account), ..Changes::default() }),
		}
	}

	fn fact<T: Decode>(
		&self,
		name: &str,
		written: impl Fn(&Changes) -> Option<T>,
	) -> Result<Option<T>, LedgerError> {
		let database = match &self.0 {
			Place::Disk(database) => database,
			Place::Memory(all) => {
				return Ok(written(&all.lock().unwrap_or_else(PoisonError::into_inner)))
			},
		};
		let transaction = database.begin_read().map_err(storage)?;
		let table = transaction.open_table(FACTS).map_err(storage)?;
		let bytes = table.get(name).map_err(storage)?;
		bytes.map(|bytes| decode(bytes.value())).transpose()
	}
}

fn decode<T: Decode>(mut bytes: &[u8]) -> Result<T, LedgerError> {
	T::decode(&mut bytes).map_err(|_| LedgerError::Foreign)
}
