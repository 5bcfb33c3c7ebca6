//! What the chain would answer.

use super::{event, submit::Sendable, Call, Chain, Error, Lifetime, Refusal, State};
use crate::keys::{Account, Signer};
use serde_json::Value as Json;
use subxt::{
	ext::frame_decode::extrinsics::decode_extrinsic,
	tx::{TransactionInvalid, ValidationResult},
};

/// The pallets of which calls have others within.
const PASSING_ON: [&str; 4] = ["Sudo", "Council", "Proxy", "Multisig"];

/// What would become of a call.
#[derive(Clone, Debug)]
pub struct Trial {
	/// The call, as the chain reads it.
	pub call: Json,
	/// Who signs it.
	pub signer: Account,
	/// What it would cost.
	pub fee: u128,
	/// What the chain would answer.
	pub answer: Answer,
}

/// What the chain would answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
	/// It would do it.
	Done,
	/// It would take it. The call has another within, and what comes of that was not tried.
	Asked,
	/// It would refuse.
	Refused(Refusal),
	/// The transaction is valid, and more was not to be learnt from this endpoint.
	Valid,
}

impl Chain {
	/// Try what a call would do, without doing it.
	pub async fn try_out(&self, call: &Call, signer: &Signer) -> Result<Trial, Error> {
		let state = self.state().await?;
		// A block knows the hashes of those before it only, and so does who tries in its place.
		let born = self.state_before(&state).await?;
		let transaction = self.sign(&born, call, signer, Lifetime::default()).await?;
		validity(&transaction).await?;
		state.try_transaction(&transaction, &state.encode(call)?, signer.account()).await
	}

	/// Try what a transaction would do that was signed elsewhere, without sending it.
	pub async fn try_signed(&self, transaction: Vec<u8>) -> Result<Trial, Error> {
		let state = self.state().await?;
		let metadata = state.at.metadata();
		let read = decode_extrinsic(&mut &transaction[..], &*metadata, metadata.types());
		let read = read.map_err(Error::unknown("the transaction"))?;
		let call = transaction.get(read.call_data_range()).unwrap_or_default().to_vec();
		let signature = read.signature_payload().map(|it| it.address_range());
		let signer = match signature.and_then(|range| transaction.get(range)) {
			Some([0, account @ ..]) => account.try_into().map(Account),
			_ => return Err(Error::unknown("the transaction")("no account has signed it")),
		};
		let signer = signer.map_err(Error::unknown("the transaction"))?;
		let transaction = state.at.transactions().from_bytes(transaction);
		validity(&transaction).await?;
		state.try_transaction(&transaction, &call, signer).await
	}
}

impl State {
	async fn try_transaction(
		&self,
		transaction: &Sendable,
		call: &[u8],
		signer: Account,
	) -> Result<Trial, Error> {
		let fee = transaction.partial_fee_estimate().await.map_err(Error::lost)?;
		let call = self.show_call(call)?;
		let answer = match self.rehearse(transaction.encoded()).await? {
			// These succeed whatever becomes of what they pass on.
			Answer::Done if PASSING_ON.iter().any(|it| !call[*it].is_null()) => Answer::Asked,
			answer => answer,
		};
		Ok(Trial { call, signer, fee, answer })
	}

	/// What a transaction would do in a block that had nothing else.
	async fn rehearse(&self, transaction: &[u8]) -> Result<Answer, Error> {
		let runtime = self.at.runtime_apis();
		let answer = runtime.call_raw("BlockBuilder_apply_extrinsic", Some(transaction)).await;
		let Ok(answer) = answer else { return Ok(Answer::Valid) };
		Ok(match &answer[..] {
			[0, 0, ..] => Answer::Done,
			[0, 1, error @ ..] => Answer::Refused(event::refusal(&self.at.metadata(), error)?),
			_ => Answer::Valid,
		})
	}

	/// A call, encoded as the chain wants it.
	pub fn encode(&self, call: &Call) -> Result<Vec<u8>, Error> {
		let what = format!("{}.{}", call.pallet, call.name);
		self.at.transactions().call_data(&call.payload()).map_err(Error::unknown(what))
	}

	/// An encoded call, as people read it.
	pub fn show_call(&self, call: &[u8]) -> Result<Json, Error> {
		super::offline::show_call(self.at.metadata_ref(), call)
	}
}

/// Whether a transaction could be included.
pub(super) async fn validity(transaction: &Sendable) -> Result<(), Error> {
	let invalid = |why: &str| Err(Error::Invalid(why.into()));
	match transaction.validate().await.map_err(Error::lost)? {
		ValidationResult::Valid(_) => Ok(()),
		ValidationResult::Invalid(TransactionInvalid::Payment) => Err(Error::CannotPay),
		ValidationResult::Invalid(TransactionInvalid::Stale) => {
			invalid("another transaction of this account was sent meanwhile: try again")
		},
		ValidationResult::Invalid(TransactionInvalid::Future) => {
			invalid("others of this account have to be included before it")
		},
		ValidationResult::Invalid(TransactionInvalid::BadProof) => {
			invalid("it was signed for another chain, or for another version of this one")
		},
		ValidationResult::Invalid(TransactionInvalid::AncientBirthBlock) => {
			invalid("its time has passed: it has to be made and signed anew")
		},
		ValidationResult::Invalid(TransactionInvalid::ExhaustsResources) => {
			invalid("it is larger than a block may be")
		},
		ValidationResult::Invalid(other) => Err(Error::Invalid(format!("{other:?}"))),
		ValidationResult::Unknown(other) => Err(Error::Invalid(format!("{other:?}"))),
	}
}
