//! What the chain would answer.

use super::{event, submit::Sendable, Call, Chain, Error, Lifetime, Refusal, State};
use crate::keys::Signer;
use serde_json::Value as Json;
use subxt::tx::{TransactionInvalid, ValidationResult};

/// What would become of a call.
#[derive(Clone, Debug)]
pub struct Trial {
	/// The call, as the chain reads it.
	pub call: Json,
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
		let fee = transaction.partial_fee_estimate().await.map_err(Error::lost)?;
		let answer = state.rehearse(transaction.encoded()).await?;
		Ok(Trial { call: state.show_call(&state.encode(call)?)?, fee, answer })
	}
}

impl State {
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
