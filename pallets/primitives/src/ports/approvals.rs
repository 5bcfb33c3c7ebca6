//! Stakeholders, whose agreement is needed.

use crate::{
	approval::{Action, Question},
	PolicyId, RequestId,
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Why stakeholders cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum CannotAsk {
	/// There is no such policy.
	NoPolicy,
	/// It is retired: nothing new comes under it.
	Retired,
	/// Only its owner can use it.
	NotOpen,
	/// Whoever asks cannot pay the deposit on the request.
	NoDeposit,
}

/// Asks stakeholders. The pallet `approvals` knows who they are, and nothing of what they are
/// asked about.
pub trait ApprovalGate<AccountId> {
	/// Something of this account's is under a policy from now on.
	fn bind(policy: PolicyId, by: &AccountId) -> Result<(), CannotAsk>;
	/// It is no longer. Once for each `bind`.
	fn unbind(policy: PolicyId);
	/// Whether a policy wants to be asked about such an action.
	fn guards(policy: PolicyId, action: Action) -> bool;
	/// Ask all stakeholders of a policy. Who asks pays the deposit. The answer comes by
	/// [`OnDecision`], once and later.
	fn ask(policy: PolicyId, by: &AccountId, question: &Question) -> Result<RequestId, CannotAsk>;
	/// Take a question back. There will be no answer.
	fn withdraw(request: RequestId);
	/// Create a policy of `by`, which has money: with as many stakeholders as there can be, and
	/// guarding everything.
	#[cfg(feature = "runtime-benchmarks")]
	fn largest_policy(by: &AccountId) -> PolicyId;
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Decision {
	/// Every role agreed.
	Approved,
	/// A role does not agree.
	Rejected,
	/// Nobody decided in time.
	Expired,
}

/// Hears what came of questions, and says how much work that was.
pub trait OnDecision<Weight> {
	/// A question is decided.
	fn decided(question: &Question, decision: Decision) -> Weight;
	/// The most work that it can be.
	fn heaviest() -> Weight;
}

impl<Weight: Default> OnDecision<Weight> for () {
	fn decided(_: &Question, _: Decision) -> Weight {
		Weight::default()
	}

	fn heaviest() -> Weight {
		Weight::default()
	}
}
