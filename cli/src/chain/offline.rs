//! Transactions that are signed where there is no chain.

use super::{config::Grid, submit, value, Call, Chain, Error, Lifetime};
use crate::keys::{Account, Signer};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::path::PathBuf;
use subxt::{config::substrate::H256, Metadata, OfflineClient};

/// For how many blocks a transaction may be included that is signed elsewhere: about an hour. Whoever
/// signs there needs time.
pub const LIFETIME_ELSEWHERE: u64 = 2_048;

/// A transaction that waits for its signature. All that is signed is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsigned {
	/// The first block of the chain.
	pub chain: String,
	/// The version of the chain.
	pub spec_version: u32,
	/// The version of its transactions.
	pub transaction_version: u32,
	/// Who is to sign.
	pub signer: Account,
	/// The number of the transaction among the signer's.
	pub nonce: u64,
	/// The block from which on it may be included.
	pub since: u64,
	/// The hash of that block.
	pub since_hash: String,
	/// For how many blocks it may be included.
	pub blocks: u64,
	/// The call, encoded.
	pub call: String,
}

/// A transaction with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
	/// The first block of the chain.
	pub chain: String,
	/// The last block that may have it.
	pub until: u64,
	/// All of it, encoded.
	pub transaction: String,
}

impl Chain {
	/// Write down what somebody else is to sign.
	pub async fn unsigned(&self, call: &Call, signer: Account) -> Result<Unsigned, Error> {
		let state = self.state().await?;
		Ok(Unsigned {
			chain: self.genesis(),
			spec_version: state.at.spec_version(),
			transaction_version: state.at.transaction_version(),
			signer,
			nonce: self.next_nonce(&signer.to_string()).await?,
			since: state.number(),
			since_hash: format!("{:?}", state.at.block_hash()),
			blocks: LIFETIME_ELSEWHERE,
			call: format!("0x{}", hex::encode(state.encode(call)?)),
		})
	}
}

impl Unsigned {
	fn grid(&self, memory: Option<PathBuf>) -> Result<Grid, Error> {
		let genesis = parse_hash(&self.chain)?;
		Ok(Grid::offline(genesis, memory, self.spec_version, self.transaction_version))
	}

	/// Read the call, as people do. What the chain says of itself has to be remembered.
	pub fn show(&self, memory: Option<PathBuf>) -> Result<Json, Error> {
		let grid = self.grid(memory)?;
		let metadata = grid.recall(self.spec_version).ok_or_else(|| self.not_remembered())?;
		show_call(&metadata, &parse_bytes(&self.call)?)
	}

	fn not_remembered(&self) -> Error {
		let name = format!("{}-{}.scale", self.chain.trim_start_matches("0x"), self.spec_version);
		Error::Nothing(format!(
			"description of this chain here: copy {name} from the cache folder of a machine that \
			 has asked it"
		))
	}

	/// Sign it. The call is read first, so that nothing is signed that cannot be understood.
	pub fn sign(&self, signer: &Signer, memory: Option<PathBuf>) -> Result<Signed, Error> {
		let grid = self.grid(memory)?;
		grid.recall(self.spec_version).ok_or_else(|| self.not_remembered())?;
		let offline = OfflineClient::new_with_config(grid)
			.at_block(self.since)
			.map_err(Error::unknown("the transaction"))?;
		let transactions = offline.transactions();
		let payload = transactions
			.from_call_data_bytes(&parse_bytes(&self.call)?)
			.map_err(Error::unknown("the transaction"))?;
		let params = submit::params(
			self.nonce,
			Lifetime(self.blocks),
			self.since,
			parse_hash(&self.since_hash)?,
		);
		let mut signable = transactions
			.create_signable_offline(&payload, params)
			.map_err(Error::unknown("the transaction"))?;
		let unknown = || Error::unknown("the transaction");
		let signature = signer.sign(&signable.signer_payload().map_err(unknown())?)?;
		let signed = signable
			.sign_with_account_and_signature(&signer.account().into(), &signature)
			.map_err(unknown())?;
		Ok(Signed {
			chain: self.chain.clone(),
			until: self.since + self.blocks,
			transaction: format!("0x{}", hex::encode(signed.encoded())),
		})
	}
}

/// An encoded call, as people read it.
pub fn show_call(metadata: &Metadata, call: &[u8]) -> Result<Json, Error> {
	let ty = metadata.outer_enums().call_enum_ty();
	let mut rest = call;
	let shown = value::show_encoded(metadata.types(), ty, &mut rest).map_err(|_| Error::NoCall)?;
	if !rest.is_empty() {
		return Err(Error::NoCall);
	}
	Ok(shown)
}

/// Bytes as hex digits.
pub fn parse_bytes(text: &str) -> Result<Vec<u8>, Error> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	hex::decode(digits).map_err(|_| Error::Digits(text.into()))
}

fn parse_hash(text: &str) -> Result<H256, Error> {
	let bytes: Result<[u8; 32], _> = parse_bytes(text)?.try_into();
	bytes.map(H256).map_err(|_| Error::Digits(text.into()))
}
