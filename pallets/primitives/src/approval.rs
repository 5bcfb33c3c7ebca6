//! What stakeholders are asked, and how their answers are bound to it.

use crate::{spec::SpecHash, ContractId, NodeId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What stakeholders are asked to agree with.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Action {
	/// That it begins.
	Create,
	/// That it changes.
	Amend,
	/// That it ends.
	Cancel,
	/// That what is there is what they wanted.
	Accept,
	/// That the policy itself changes.
	AmendPolicy,
}

/// The hash of a question: what an answer is bound to.
pub type Digest = [u8; 32];

/// A question to stakeholders.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Question {
	/// What they are asked to agree with.
	pub action: Action,
	/// What it is about: the number of a contract, or of the policy.
	pub subject: u64,
	/// Which revision of it.
	pub revision: u32,
	/// The hash of what it will be then.
	#[cfg_attr(feature = "serde", serde(with = "crate::serde::hex"))]
	pub content: [u8; 32],
}

impl Question {
	/// A question about a contract that puts these specs on these nodes, in the order of nodes.
	pub fn about(
		action: Action,
		contract: ContractId,
		revision: u32,
		plan: &[(NodeId, SpecHash)],
	) -> Self {
		let content = sp_crypto_hashing::blake2_256(&plan.encode());
		Self { action, subject: contract, revision, content }
	}

	/// The hash that binds an answer to every byte of the question.
	pub fn digest(&self) -> Digest {
		sp_crypto_hashing::blake2_256(&(b"grid/question", self).encode())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn each_part_of_a_question_is_in_its_digest() {
		let asked = Question { action: Action::Create, subject: 7, revision: 1, content: [1; 32] };
		let others = [
			Question { action: Action::Amend, ..asked },
			Question { subject: 8, ..asked },
			Question { revision: 2, ..asked },
			Question { content: [2; 32], ..asked },
		];
		for other in others {
			assert_ne!(other.digest(), asked.digest(), "{other:?}");
		}
	}
}
