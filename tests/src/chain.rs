use crate::{Person, Rpc};
use anyhow::{anyhow, bail, ensure, Context, Result};
use codec::{Decode, Encode};
use frame_system::EventRecord;
use grid_runtime::{
	AccountId, Address, Balance, ChargeUnlessNode, Hash, Header, Runtime, RuntimeCall,
	RuntimeEvent, Signature, TxExtension, UncheckedExtrinsic,
};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair};
use sp_runtime::{
	generic::Era,
	traits::{BlakeTwo256, Hash as _},
	DispatchError,
};

/// Where the events of a block are: the hashes of `System` and `Events`.
pub const EVENTS: [u8; 32] = [
	0x26, 0xaa, 0x39, 0x4e, 0xea, 0x56, 0x30, 0xe0, 0x7c, 0x48, 0xae, 0x0c, 0x95, 0x58, 0xce, 0xf7,
	0x80, 0xd4, 0x1e, 0x5e, 0x16, 0x05, 0x67, 0x65, 0xbc, 0x84, 0x61, 0x85, 0x10, 0x72, 0xc9, 0xd7,
];

/// The chain as a user of one node sees it.
pub struct Chain {
	/// The node.
	pub rpc: Rpc,
	genesis: Hash,
}

/// A transaction in a finalized block.
pub struct Included {
	/// The block.
	pub block: Hash,
	/// What the transaction caused.
	pub events: Vec<RuntimeEvent>,
}

impl Included {
	/// Whether the transaction caused an event like this.
	pub fn caused(&self, what: impl Fn(&RuntimeEvent) -> bool) -> bool {
		self.events.iter().any(what)
	}
}

impl Chain {
	pub(crate) fn new(rpc: Rpc) -> Result<Self> {
		let genesis = decode_hash(&rpc.call("chain_getBlockHash", &[json!(0)])?)?;
		Ok(Self { rpc, genesis })
	}

	/// The first block.
	pub fn genesis(&self) -> Hash {
		self.genesis
	}

	/// How many peers the node has.
	pub fn peers(&self) -> usize {
		let health = self.rpc.call("system_health", &[]).expect("the node answers");
		health["peers"].as_u64().expect("peers are counted") as usize
	}

	/// The highest block.
	pub fn best(&self) -> Header {
		self.header(None).expect("the node answers").expect("there is a best block")
	}

	/// The highest finalized block.
	pub fn finalized(&self) -> Header {
		let hash = self.finalized_hash();
		self.header(Some(hash)).expect("the node answers").expect("it is known")
	}

	/// The hash of the highest finalized block.
	pub fn finalized_hash(&self) -> Hash {
		let hash = self.rpc.call("chain_getFinalizedHead", &[]).expect("the node answers");
		decode_hash(&hash).expect("a hash")
	}

	/// The hash of the block of this number on the best chain.
	pub fn hash_of(&self, number: u32) -> Option<Hash> {
		let hash = self.rpc.call("chain_getBlockHash", &[json!(number)]).ok()?;
		decode_hash(&hash).ok()
	}

	/// The header of a block, or of the best.
	pub fn header(&self, at: Option<Hash>) -> Result<Option<Header>> {
		Ok(serde_json::from_value(self.rpc.call("chain_getHeader", &[json!(at)])?)?)
	}

	/// The transactions of a block, encoded.
	pub fn body(&self, at: Hash) -> Result<Vec<Vec<u8>>> {
		let block = self.rpc.call("chain_getBlock", &[json!(at)])?;
		let body = block["block"]["extrinsics"].as_array().context("a block has a body")?;
		body.iter().map(decode_bytes).collect()
	}

	/// The value of a storage key at a block, or at the best.
	pub fn storage<T: Decode>(&self, key: &[u8], at: Option<Hash>) -> Result<Option<T>> {
		let value = self.rpc.call("state_getStorage", &[hex(key), json!(at)])?;
		if value.is_null() {
			return Ok(None);
		}
		Ok(Some(T::decode(&mut &decode_bytes(&value)?[..])?))
	}

	/// The answer of a runtime API, at the best block.
	pub fn ask<T: Decode>(&self, method: &str, question: impl Encode) -> Result<T> {
		let answer = self.rpc.call("state_call", &[json!(method), hex(&question.encode())])?;
		Ok(T::decode(&mut &decode_bytes(&answer)?[..])?)
	}

	/// What an account can spend, at the best block.
	pub fn balance(&self, who: &AccountId) -> Balance {
		let key = frame_system::Account::<Runtime>::hashed_key_for(who);
		let account: Option<frame_system::AccountInfo<u32, pallet_balances::AccountData<Balance>>> =
			self.storage(&key, None).expect("the node answers");
		account.map(|account| account.data.free).unwrap_or_default()
	}

	/// The next nonce of an account, with what is in the pool.
	pub fn nonce(&self, who: &AccountId) -> u32 {
		let nonce = self.rpc.call("system_accountNextIndex", &[json!(who)]);
		nonce.expect("the node answers").as_u64().expect("a nonce is a number") as u32
	}

	/// The version of the runtime, at the best block.
	pub fn spec_version(&self) -> u32 {
		self.versions().expect("the node answers").0
	}

	fn versions(&self) -> Result<(u32, u32)> {
		let version = self.rpc.call("state_getRuntimeVersion", &[])?;
		let number = |name: &str| version[name].as_u64().map(|it| it as u32);
		number("specVersion").zip(number("transactionVersion")).context("a version has numbers")
	}

	/// Sign a call.
	pub fn sign(&self, signer: &sr25519::Pair, nonce: u32, call: RuntimeCall) -> Result<Vec<u8>> {
		let (spec_version, transaction_version) = self.versions()?;
		Ok(self.sign_for(spec_version, transaction_version, signer, nonce, call))
	}

	/// Sign a call for a certain version of the runtime.
	pub fn sign_for(
		&self,
		spec_version: u32,
		transaction_version: u32,
		signer: &sr25519::Pair,
		nonce: u32,
		call: RuntimeCall,
	) -> Vec<u8> {
		let extension = extension(nonce);
		let genesis = self.genesis;
		let no_metadata_hash = None::<[u8; 32]>;
		let implied = (spec_version, transaction_version, genesis, genesis, no_metadata_hash);
		let payload = (&call, &extension, implied).encode();
		let signature = if payload.len() > 256 {
			signer.sign(BlakeTwo256::hash(&payload).as_bytes())
		} else {
			signer.sign(&payload)
		};
		let address = Address::Id(AccountId::from(signer.public()));
		let signature = Signature::Sr25519(signature);
		UncheckedExtrinsic::new_signed(call, address, signature, extension).encode()
	}

	/// Put a signed transaction into the node's pool.
	pub fn submit(&self, transaction: &[u8]) -> Result<Hash> {
		decode_hash(&self.rpc.call("author_submitExtrinsic", &[hex(transaction)])?)
	}

	/// Sign a call, submit it, and follow it until it is finalized. Fails if the call does.
	pub fn send(&self, who: Person, call: impl Into<RuntimeCall>) -> Result<Included> {
		let nonce = self.nonce(&who.to_account_id());
		let transaction = self.sign(&who.pair(), nonce, call.into())?;
		self.follow(&transaction)
	}

	/// Submit a transaction and follow it until it is finalized. Fails if its call does.
	pub fn follow(&self, transaction: &[u8]) -> Result<Included> {
		self.caused(transaction, self.finalized_in(transaction)?)
	}

	/// What a transaction caused in the block that it is in. Fails if its call does.
	pub fn caused(&self, transaction: &[u8], block: Hash) -> Result<Included> {
		let body = self.body(block)?;
		let index = body.iter().position(|it| it == transaction).context("it is in the block")?;
		let records: Vec<EventRecord<RuntimeEvent, Hash>> =
			self.storage(&EVENTS, Some(block))?.unwrap_or_default();
		let phase = frame_system::Phase::ApplyExtrinsic(index as u32);
		let events: Vec<_> =
			records.into_iter().filter(|it| it.phase == phase).map(|it| it.event).collect();
		for event in &events {
			if let RuntimeEvent::System(frame_system::Event::ExtrinsicFailed {
				dispatch_error,
				..
			}) = event
			{
				return Err(explain(*dispatch_error));
			}
		}
		Ok(Included { block, events })
	}

	/// Submit a transaction and wait for the finalized block it is in.
	pub fn finalized_in(&self, transaction: &[u8]) -> Result<Hash> {
		let mut stream = self.rpc.subscribe(
			"author_submitAndWatchExtrinsic",
			&[hex(transaction)],
			"author_unwatchExtrinsic",
		)?;
		loop {
			let status = stream.next()?;
			if let Some(block) = status.get("finalized") {
				return decode_hash(block);
			}
			let gone = ["usurped", "invalid", "dropped", "finalityTimeout"];
			let name = status.as_str().or_else(|| status.as_object()?.keys().next().map(|k| &**k));
			ensure!(!name.is_some_and(|it| gone.contains(&it)), "the transaction is {status}");
		}
	}
}

/// What is signed along with a call that can be included at any time, without a tip.
pub fn extension(nonce: u32) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		ChargeUnlessNode(pallet_transaction_payment::ChargeTransactionPayment::from(0)),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	)
}

/// What went wrong, by pallet and name.
fn explain(error: DispatchError) -> anyhow::Error {
	let DispatchError::Module(module) = &error else {
		return anyhow!("{error:?}");
	};
	let known = grid_runtime::RuntimeError::decode(
		&mut &[&[module.index][..], &module.error[..]].concat()[..],
	);
	known.map_or_else(|_| anyhow!("{error:?}"), |known| anyhow!("{known:?}"))
}

fn hex(bytes: &[u8]) -> Value {
	json!(format!("0x{}", ::hex::encode(bytes)))
}

fn decode_bytes(value: &Value) -> Result<Vec<u8>> {
	let text = value.as_str().and_then(|text| text.strip_prefix("0x"));
	Ok(::hex::decode(text.with_context(|| format!("{value} is not hex"))?)?)
}

fn decode_hash(value: &Value) -> Result<Hash> {
	let bytes = decode_bytes(value)?;
	if bytes.len() != 32 {
		bail!("{value} is not a hash");
	}
	Ok(Hash::from_slice(&bytes))
}
