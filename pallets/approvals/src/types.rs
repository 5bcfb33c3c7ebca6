use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use grid_primitives::{
	approval::{Action, Digest, Question},
	PolicyId, RequestId,
};
use scale_info::TypeInfo;

/// The most roles of a policy.
pub const MAX_ROLES: u32 = 8;
/// The most members of a role.
pub const MAX_MEMBERS: u32 = 16;

/// What a policy is called, in UTF-8.
pub type Title = BoundedVec<u8, ConstU32<128>>;
/// What a role is called, in UTF-8.
pub type RoleTitle = BoundedVec<u8, ConstU32<64>>;
/// Why somebody objects, in UTF-8.
pub type Reason = BoundedVec<u8, ConstU32<256>>;
/// The roles of a policy.
pub type Roles<AccountId> = BoundedVec<Role<AccountId>, ConstU32<MAX_ROLES>>;

/// People of whom some must agree.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Role<AccountId> {
	/// What it is called.
	pub title: RoleTitle,
	/// Who they are. Sorted, and nobody twice, once it is stored.
	pub members: BoundedVec<AccountId, ConstU32<MAX_MEMBERS>>,
	/// How many of them must agree.
	pub threshold: u8,
	/// Whether each of them can end a request by objecting.
	pub veto: bool,
}

/// Which actions need the stakeholders' agreement.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Guards {
	/// That something begins.
	pub create: bool,
	/// That it changes.
	pub amend: bool,
	/// That it ends.
	pub cancel: bool,
}

/// What the owner of a policy says of it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Terms<AccountId, BlockNumber> {
	/// What it is called.
	pub title: Title,
	/// Who must agree. Every role must.
	pub roles: Roles<AccountId>,
	/// For how many blocks a request is open.
	pub ttl: BlockNumber,
	/// What needs their agreement.
	pub guards: Guards,
	/// Whether what is delivered needs it too.
	pub acceptance: bool,
	/// Whether one person can fill several roles of a request. Otherwise one.
	pub several_roles: bool,
	/// Whether others than the owner can put what is theirs under the policy.
	pub open: bool,
}

/// Stakeholders, and what they are asked about.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Policy<AccountId, BlockNumber, Ticket> {
	/// Who made it and paid the deposit. Has no vote by that.
	pub owner: AccountId,
	/// What holds.
	pub terms: Terms<AccountId, BlockNumber>,
	/// How many things are under it.
	pub uses: u32,
	/// Whether nothing new comes under it.
	pub retired: bool,
	/// Which terms these are, from 1 on.
	pub revision: u32,
	/// The request about other terms.
	pub proposal: Option<RequestId>,
	/// The deposit, on these terms and on proposed ones.
	pub deposit: Ticket,
}

/// A question that was put to the stakeholders of a policy.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId, BlockNumber, Ticket> {
	/// The policy.
	pub policy: PolicyId,
	/// Who asked, and paid the deposit.
	pub asker: AccountId,
	/// What was asked.
	pub question: Question,
	/// The roles as they were then.
	pub roles: Roles<AccountId>,
	/// Whether one person could fill several of them then.
	pub several_roles: bool,
	/// The first block in which it is too late to answer.
	pub expires: BlockNumber,
	/// The deposit.
	pub deposit: Ticket,
}

/// What stakeholders have said to a request so far. Nobody is in both.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Ballot {
	/// Who approved.
	pub approvals: Marks,
	/// Who objected.
	pub objections: Marks,
}

/// Some of the members of the roles of a request: a bit for each, in their order. Who is a member
/// of several roles is marked in all of them, or in none.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Marks(pub [u16; MAX_ROLES as usize]);

impl Marks {
	/// All members whom a test lets through. It is the caller's to treat a person alike in all
	/// roles.
	pub(crate) fn of<A>(roles: &[Role<A>], wanted: impl Fn(&A) -> bool) -> Self {
		let mut marks = Self::default();
		for (row, role) in marks.0.iter_mut().zip(roles) {
			for (index, _) in role.members.iter().enumerate().filter(|(_, who)| wanted(who)) {
				*row |= 1 << index;
			}
		}
		marks
	}

	/// One person, in each role where it is a member.
	pub(crate) fn of_one<A: Ord>(roles: &[Role<A>], who: &A) -> Self {
		let mut marks = Self::default();
		for (row, role) in marks.0.iter_mut().zip(roles) {
			if let Ok(index) = role.members.binary_search(who) {
				*row |= 1 << index;
			}
		}
		marks
	}

	/// Nobody is marked.
	pub(crate) fn is_empty(&self) -> bool {
		*self == Self::default()
	}

	/// Whether somebody is marked here and there.
	pub(crate) fn meets(&self, others: &Self) -> bool {
		self.0.iter().zip(others.0).any(|(row, other)| row & other != 0)
	}

	/// These and those.
	pub(crate) fn with(mut self, others: &Self) -> Self {
		self.0.iter_mut().zip(others.0).for_each(|(row, other)| *row |= other);
		self
	}

	/// These without those.
	pub(crate) fn without(mut self, others: &Self) -> Self {
		self.0.iter_mut().zip(others.0).for_each(|(row, other)| *row &= !other);
		self
	}

	/// Whether a member of a role is marked.
	pub(crate) fn has(&self, role: usize, member: usize) -> bool {
		self.0.get(role).is_some_and(|row| row & (1 << member) != 0)
	}
}

/// How a request stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct RequestStatus<AccountId, BlockNumber> {
	/// The policy.
	pub policy: PolicyId,
	/// Who asked.
	pub asker: AccountId,
	/// What was asked.
	pub question: Question,
	/// What an approval must name.
	pub digest: Digest,
	/// The first block in which it is too late to answer.
	pub expires: BlockNumber,
	/// Whether it is not too late.
	pub open: bool,
	/// Whether one person can fill several roles.
	pub several_roles: bool,
	/// How each role stands.
	pub roles: Vec<RoleStatus<AccountId>>,
}

/// How a role of a request stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct RoleStatus<AccountId> {
	/// What it is called.
	pub title: RoleTitle,
	/// How many of its members must agree.
	pub threshold: u8,
	/// Whether each of them can end the request by objecting.
	pub veto: bool,
	/// Who approved.
	pub approved: Vec<AccountId>,
	/// Who objected.
	pub objected: Vec<AccountId>,
	/// Who has said nothing yet.
	pub silent: Vec<AccountId>,
	/// How many are missing. Where people could fill one role or another, the first ones are
	/// filled first.
	pub missing: u8,
}

/// Some of the requests that were found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo)]
pub struct RequestPage {
	/// They, in no order.
	pub requests: Vec<RequestId>,
	/// Where to go on looking: the work of one question is bounded, so there may be more even when
	/// this page is not full.
	pub next: Option<RequestId>,
}

impl<AccountId, BlockNumber> Terms<AccountId, BlockNumber> {
	/// Whether an action needs the stakeholders' agreement.
	pub(crate) fn guard(&self, action: Action) -> bool {
		match action {
			Action::Create => self.guards.create,
			Action::Amend => self.guards.amend,
			Action::Cancel => self.guards.cancel,
			Action::Accept => self.acceptance,
			Action::AmendPolicy => true,
		}
	}
}
