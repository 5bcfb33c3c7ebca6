use crate::{chain::Shared, keys::Account};
use codec::{Decode, Encode};
use grid_primitives::{
	approval::{Digest, Question},
	PolicyId,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use subxt::{
	ext::scale_decode::{self, DecodeAsType},
	utils::AccountId32,
};

/// What stakeholders are asked.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct Request {
	/// The policy.
	pub policy: PolicyId,
	/// Who asks.
	pub asker: AccountId32,
	/// What is asked.
	pub question: Shared<Question>,
	/// What an answer is bound to, as the chain says.
	pub digest: Digest,
	/// The block in which it is too late.
	pub expires: u32,
	/// Whether anybody may see the policy used.
	pub open: bool,
	/// Who has to agree.
	pub roles: Vec<RoleStatus>,
}

/// How a role of a request stands.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "scale_decode")]
pub struct RoleStatus {
	/// What it is called.
	pub title: Vec<u8>,
	/// How many have to agree.
	pub threshold: u8,
	/// Whether one who objects ends the question.
	pub veto: bool,
	/// Who agreed.
	pub approved: Vec<AccountId32>,
	/// Who objected.
	pub objected: Vec<AccountId32>,
	/// Who has said nothing.
	pub silent: Vec<AccountId32>,
	/// How many more have to agree.
	pub missing: u8,
}

/// Who has to agree to what, as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
	/// What it is called.
	pub title: Words,
	/// Who has to agree.
	pub roles: Vec<Role>,
	/// For how many blocks a question stays open.
	pub ttl: u32,
	/// What they are asked about.
	#[serde(default)]
	pub guards: Guards,
	/// Whether they are asked, too, if what runs is what they wanted.
	#[serde(default)]
	pub acceptance: bool,
	/// Whether one person may answer for several roles.
	#[serde(default)]
	pub several_roles: bool,
	/// Whether others than its owner may use it.
	#[serde(default)]
	pub open: bool,
}

/// What stakeholders are asked about.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
	/// That something begins.
	pub create: bool,
	/// That it changes.
	pub amend: bool,
	/// That it ends.
	pub cancel: bool,
}

/// A text, as the chain has it: bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Words(pub Vec<u8>);

impl Serialize for Words {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(&String::from_utf8_lossy(&self.0))
	}
}

impl<'de> Deserialize<'de> for Words {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		String::deserialize(from).map(|text| Self(text.into_bytes()))
	}
}

/// Some people of whom some have to agree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
	/// What it is called.
	pub title: Words,
	/// Who they are.
	pub members: Vec<Member>,
	/// How many of them have to agree.
	pub threshold: u8,
	/// Whether one who objects ends the question.
	#[serde(default)]
	pub veto: bool,
}

/// One of the members of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Member(pub [u8; 32]);

impl Serialize for Member {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		Account(self.0).serialize(to)
	}
}

impl<'de> Deserialize<'de> for Member {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		Account::deserialize(from).map(|account| Self(account.0))
	}
}
