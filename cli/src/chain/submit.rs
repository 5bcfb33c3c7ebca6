//! Transactions: signed, sent, and followed until they are final.

use super::{event, Call, Chain, Error, Event, Grid, State};
use crate::keys::Signer;
use futures::{stream, StreamExt, TryStreamExt};
use std::pin::pin;
use subxt::{
	config::substrate::{SubstrateExtrinsicParamsBuilder, H256},
	error::{BackendError, ExtrinsicError, RpcError},
	events::Phase,
	tx::{SubmittableTransaction, TransactionStatus},
};

/// A transaction that can be sent.
pub(super) type Sendable =
	SubmittableTransaction<Grid, subxt::client::OnlineClientAtBlockImpl<Grid>>;

/// How many blocks are asked for at a time.
pub const BLOCKS_AT_ONCE: usize = 16;

/// What nodes say by numbers of transactions that they do not take.
const ALREADY_THERE: i32 = 1_013;
const PRIORITY_TOO_LOW: i32 = 1_014;
const NO_ROOM: i32 = 1_016;

/// How many blocks the newest may be ahead of what is final, as a rule.
const AHEAD: u64 = 4;

/// For how many blocks a transaction may be included.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime(pub u64);

impl Default for Lifetime {
	fn default() -> Self {
		Self(64)
	}
}

/// How far a transaction has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
	/// It is being sent: from now on it may be included, up to this block.
	Sending {
		/// The transaction.
		hash: String,
		/// The last block that may have it.
		until: u64,
	},
	/// It was sent.
	Submitted {
		/// The transaction.
		hash: String,
	},
	/// It is in a block.
	InBlock,
	/// The block it was in is not one of the chain any more.
	Retracted,
	/// It is in a block that stays.
	Finalized,
}

/// Who wants to know how far a transaction has come.
pub trait Watch {
	/// It has come so far.
	fn reached(&mut self, stage: &Stage);
}

/// A transaction in a block that stays.
#[derive(Clone, Debug)]
pub struct Included {
	/// The transaction.
	pub hash: String,
	/// The number of the block.
	pub number: u64,
	/// What it caused.
	pub events: Vec<Event>,
	/// What it cost.
	pub fee: u128,
}

impl Included {
	/// A number that an event of the transaction tells.
	pub fn told(&self, pallet: &str, name: &str, field: &str) -> Option<u64> {
		let event = self.events.iter().find(|event| event.is(pallet, name))?;
		event.fields.get(field)?.as_u64()
	}
}

impl Chain {
	/// Sign a call.
	pub(super) async fn sign(
		&self,
		state: &State,
		call: &Call,
		signer: &Signer,
		life: Lifetime,
	) -> Result<Sendable, Error> {
		let nonce = self.next_nonce(&signer.account().to_string()).await?;
		let params = params(nonce, life, state.number(), state.at.block_hash());
		let unknown = || Error::unknown(format!("{}.{}", call.pallet, call.name));
		let payload = call.payload();
		let transactions = state.at.transactions();
		let mut signable =
			transactions.create_signable_offline(&payload, params).map_err(unknown())?;
		let bytes = signable.signer_payload().map_err(unknown())?;
		let signature = signer.sign(&bytes)?;
		let account = signer.account().into();
		signable.sign_with_account_and_signature(&account, &signature).map_err(unknown())
	}

	/// Sign a call, send it, and follow it until it is final. Fails if the call does.
	pub async fn send(
		&self,
		call: &Call,
		signer: &Signer,
		life: Lifetime,
		watch: &mut dyn Watch,
	) -> Result<Included, Error> {
		let state = self.state().await?;
		let transaction = self.sign(&state, call, signer, life).await?;
		self.follow_up(&transaction, state.number() + life.0, watch).await
	}

	/// Send a transaction that was signed elsewhere.
	pub async fn send_signed(
		&self,
		transaction: Vec<u8>,
		until: u64,
		watch: &mut dyn Watch,
	) -> Result<Included, Error> {
		let state = self.state().await?;
		let transaction = state.at.transactions().from_bytes(transaction);
		self.follow_up(&transaction, until, watch).await
	}

	async fn follow_up(
		&self,
		transaction: &Sendable,
		until: u64,
		watch: &mut dyn Watch,
	) -> Result<Included, Error> {
		let hash = format!("{:?}", transaction.hash());
		if self.state().await?.number() >= until {
			return Err(Error::Expired(hash));
		}
		// What cannot be included is told before it is sent, and for what reason.
		super::trial::validity(transaction).await?;
		watch.reached(&Stage::Sending { hash: hash.clone(), until });
		let mut progress = transaction.submit_and_watch().await.map_err(|error| {
			not_taken(&error).unwrap_or_else(|| Error::OutOfSight(hash.clone()))
		})?;
		watch.reached(&Stage::Submitted { hash: hash.clone() });
		let out_of_sight = || Error::OutOfSight(hash.clone());
		while let Some(status) = progress.next().await {
			match status.map_err(|_| out_of_sight())? {
				TransactionStatus::InBestBlock(_) => watch.reached(&Stage::InBlock),
				TransactionStatus::NoLongerInBestBlock => watch.reached(&Stage::Retracted),
				TransactionStatus::InFinalizedBlock(block) => {
					watch.reached(&Stage::Finalized);
					let hash = block.block_hash();
					return self.included_in(hash, transaction.encoded()).await;
				},
				TransactionStatus::Invalid { message } => {
					let newest = self.state().await?.number().saturating_add(AHEAD);
					return Err(match newest >= until {
						true => Error::Expired(hash),
						false => Error::Invalid(message),
					});
				},
				TransactionStatus::Error { .. } | TransactionStatus::Dropped { .. } => {
					return Err(out_of_sight());
				},
				TransactionStatus::Validated | TransactionStatus::Broadcasted => {},
			}
		}
		Err(out_of_sight())
	}

	/// What a transaction in a finalized block has caused.
	async fn included_in(&self, block: H256, transaction: &[u8]) -> Result<Included, Error> {
		let at = self.client.at_block(block).await.map_err(Error::lost)?;
		State::new(at).included(transaction).await?.ok_or_else(|| {
			Error::Nothing(format!("such transaction in block {block:?}, where it was said to be"))
		})?
	}

	/// Look for a transaction in the finalized blocks since one.
	pub async fn find(
		&self,
		hash: &str,
		first: u64,
	) -> Result<Option<Result<Included, Error>>, Error> {
		let newest = self.state().await?;
		let look = |number: u64| async move {
			let state = self.state_at(number).await?;
			let all = state.at.extrinsics().fetch().await.map_err(Error::lost)?;
			for found in all.iter() {
				let found = found.map_err(Error::unknown("transactions"))?;
				if format!("{:?}", found.hash()) == hash {
					let bytes = found.bytes().to_vec();
					return Ok(Some((number, bytes)));
				}
			}
			Ok::<_, Error>(None)
		};
		let all = (first..=newest.number()).rev();
		let mut blocks = pin!(stream::iter(all).map(look).buffered(BLOCKS_AT_ONCE));
		while let Some(found) = blocks.try_next().await? {
			if let Some((number, bytes)) = found {
				return self.state_at(number).await?.included(&bytes).await;
			}
		}
		Ok(None)
	}
}

/// Why a node did not take a transaction, if it says so: if not, it may have taken it.
fn not_taken(error: &ExtrinsicError) -> Option<Error> {
	let ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
		subxt::rpcs::Error::User(said),
	))) = error
	else {
		return None;
	};
	Some(Error::Invalid(match said.code {
		// The node has it already: somebody else has sent it.
		ALREADY_THERE => return None,
		PRIORITY_TOO_LOW => "another transaction of this account with the same number waits to be \
			included: try again when it is"
			.into(),
		NO_ROOM => "there is no room for it where transactions wait: try again later".into(),
		_ => said.message.clone(),
	}))
}

/// What is signed along with a call.
pub(super) fn params(
	nonce: u64,
	life: Lifetime,
	number: u64,
	hash: H256,
) -> subxt::config::DefaultExtrinsicParams<Grid> {
	SubstrateExtrinsicParamsBuilder::<Grid>::new()
		.nonce(nonce)
		.mortal_from_unchecked(life.0, number, hash)
		.build()
}

impl State {
	/// What happened in this block.
	pub async fn events(&self) -> Result<Vec<Event>, Error> {
		let events = self.at.events().fetch().await.map_err(Error::lost)?;
		let metadata = self.at.metadata();
		events
			.iter()
			.map(|event| Event::read(&metadata, &event.map_err(Error::unknown("events"))?))
			.collect()
	}

	/// What a transaction has caused, if it is in this block: or why it failed.
	async fn included(&self, transaction: &[u8]) -> Result<Option<Result<Included, Error>>, Error> {
		let all = self.at.extrinsics().fetch().await.map_err(Error::lost)?;
		let mut place = None;
		for found in all.iter() {
			let found = found.map_err(Error::unknown("transactions"))?;
			if found.bytes() == transaction {
				place = Some((found.index() as u32, format!("{:?}", found.hash())));
			}
		}
		let Some((place, hash)) = place else { return Ok(None) };
		let metadata = self.at.metadata();
		let events = self.at.events().fetch().await.map_err(Error::lost)?;
		let mut caused = Vec::new();
		for event in events.iter() {
			let event = event.map_err(Error::unknown("events"))?;
			if event.phase() != Phase::ApplyExtrinsic(place) {
				continue;
			}
			if event.pallet_name() == "System" && event.event_name() == "ExtrinsicFailed" {
				let refusal = event::refusal(&metadata, event.field_bytes())?;
				return Ok(Some(Err(Error::Refused(refusal))));
			}
			if let Some(refusal) = event::inner_refusal(&metadata, &event)? {
				return Ok(Some(Err(Error::Refused(refusal))));
			}
			caused.push(Event::read(&metadata, &event)?);
		}
		let paid = caused.iter().find(|it| it.is("TransactionPayment", "TransactionFeePaid"));
		let fee = paid.and_then(|it| it.fields.get("actual_fee")?.as_u64()).unwrap_or_default();
		Ok(Some(Ok(Included { hash, number: self.number(), events: caused, fee: fee.into() })))
	}
}
