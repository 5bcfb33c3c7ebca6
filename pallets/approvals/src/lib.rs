//! # Approvals
//!
//! People whose agreement is needed, and how they are asked for it. This pallet knows who they
//! are, and nothing of what they are asked about.
//!
//! ## Words
//!
//! - **policy**: who must agree, and with what. Something comes **under** a policy by its owner's
//!   own will; from then on what the policy **guards** is not done without its stakeholders.
//! - **role**: some members, and how many of them must agree. A request needs every role.
//! - **stakeholder**: a member of a role. It may itself be a multisig, a proxy or a council.
//! - **request**: a question that was put to the stakeholders of a policy. It has a copy of the
//!   roles: what becomes of the policy never changes a vote that is open.
//! - **digest**: the hash of all that was asked. An approval names it, and so is an approval of
//!   nothing else.
//! - **veto**: a role may have it. Then an objection of one member ends a request.
//! - **amendment**: other terms for a policy. Once something is under the policy, its stakeholders
//!   must agree with them.
//!
//! ## How a request is decided
//!
//! It is approved when every role is filled by members who approved; one person fills one role,
//! the one in which it is needed, unless the policy lets it fill several. It is rejected when a
//! member with a veto objects, or when those who have not objected are too few to fill all roles.
//! It expires when its time has passed. What each stakeholder said last counts.
//!
//! ## Stories
//!
//! 1. A hospital wants its doctors and its lawyers to agree with whatever runs in its name. Its
//!    clerk calls `create_policy` and puts a contract under it. Two doctors and a lawyer `approve`
//!    the exact specification; a third doctor need not be waited for.
//! 2. A lawyer sees a flaw, and `object`s with a reason. Her role has a veto: the request ends. She
//!    could have `retract`ed what she said while it was open.
//! 3. The clerk leaves out a doctor: `amend_policy`. The doctors and lawyers are asked, and the
//!    policy stays as it is until they approve.
//! 4. Nobody answers. When the time has passed, blocks with room for it let the request expire;
//!    anyone can, by `expire`.
//! 5. The hospital needs another policy, and the clerk `retire_policy`s the old one. It still
//!    guards what is under it, and is gone with the last of it.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::{
	Ballot, Guards, Marks, Policy, Reason, Request, RequestPage, RequestStatus, Role, RoleStatus,
	RoleTitle, Roles, Terms, Title, MAX_MEMBERS, MAX_ROLES,
};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod clock;
mod decide;
mod owner;
mod port;
mod stakeholder;
mod tally;
mod terms;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod view;
pub mod weights;

const LOG_TARGET: &str = "runtime::approvals";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{Consideration, ConstU64, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use grid_primitives::{
		approval::{Digest, Question},
		ports::{Decision, OnDecision},
		PolicyId, RequestId,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The terms of a policy as they are stored.
	pub type TermsOf<T> = Terms<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
	/// A policy as it is stored.
	pub type PolicyOf<T> = Policy<
		<T as frame_system::Config>::AccountId,
		BlockNumberFor<T>,
		<T as Config>::PolicyConsideration,
	>;
	/// A request as it is stored.
	pub type RequestOf<T> = Request<
		<T as frame_system::Config>::AccountId,
		BlockNumberFor<T>,
		<T as Config>::RequestConsideration,
	>;
	/// How a request stands.
	pub type RequestStatusOf<T> =
		RequestStatus<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who can decide in the stakeholders' stead.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who can speak as a stakeholder, and as which account.
		type MemberOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;
		/// Hears what came of the questions that other pallets asked.
		type Decided: OnDecision<Weight>;
		/// The deposit on a policy, and on an amendment of it.
		type PolicyConsideration: Consideration<Self::AccountId, Footprint>;
		/// The deposit on a request.
		type RequestConsideration: Consideration<Self::AccountId, Footprint>;
		/// For how many blocks a request is open, at least.
		#[pallet::constant]
		type MinTtl: Get<BlockNumberFor<Self>>;
		/// For how many blocks a request is open, at most.
		#[pallet::constant]
		type MaxTtl: Get<BlockNumberFor<Self>>;
		/// What calls weigh.
		type WeightInfo: WeightInfo;
	}

	/// Why money of an account is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It has a policy.
		Policy,
		/// It has asked stakeholders something.
		Request,
	}

	/// Every policy.
	#[pallet::storage]
	pub type Policies<T: Config> = StorageMap<_, Twox64Concat, PolicyId, PolicyOf<T>, OptionQuery>;

	/// The number of the next policy.
	#[pallet::storage]
	pub type NextPolicyId<T: Config> = StorageValue<_, PolicyId, ValueQuery, ConstU32<1>>;

	/// The terms that the stakeholders of a policy are asked about, by the request.
	#[pallet::storage]
	pub type Proposals<T: Config> = StorageMap<_, Twox64Concat, RequestId, TermsOf<T>, OptionQuery>;

	/// Every request that is not decided.
	#[pallet::storage]
	pub type Requests<T: Config> =
		StorageMap<_, Twox64Concat, RequestId, RequestOf<T>, OptionQuery>;

	/// What was said to each request. Apart from it, so that saying something writes little.
	#[pallet::storage]
	pub type Votes<T: Config> = StorageMap<_, Twox64Concat, RequestId, Ballot, OptionQuery>;

	/// The number of the next request.
	#[pallet::storage]
	pub type NextRequestId<T: Config> = StorageValue<_, RequestId, ValueQuery, ConstU64<1>>;

	/// Which requests expire in which block.
	#[pallet::storage]
	pub type Expiring<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		BlockNumberFor<T>,
		Twox64Concat,
		RequestId,
		(),
		OptionQuery,
	>;

	/// No request that is not decided expires before this block.
	#[pallet::storage]
	pub type NextExpiry<T: Config> = StorageValue<_, BlockNumberFor<T>, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// There is a new policy.
		PolicyCreated { policy: PolicyId, owner: T::AccountId },
		/// A policy has other terms.
		PolicyAmended { policy: PolicyId, revision: u32 },
		/// The owner of a policy proposed other terms. Its stakeholders are asked.
		AmendmentProposed { policy: PolicyId, request: RequestId, revision: u32 },
		/// The owner took the proposed terms back.
		AmendmentWithdrawn { policy: PolicyId, request: RequestId },
		/// The stakeholders did not agree with the proposed terms.
		AmendmentRefused { policy: PolicyId, request: RequestId },
		/// Nothing new comes under a policy.
		PolicyRetired { policy: PolicyId },
		/// A policy is gone: nothing was left under it.
		PolicyGone { policy: PolicyId },
		/// Stakeholders are asked.
		Asked {
			request: RequestId,
			policy: PolicyId,
			question: Question,
			digest: Digest,
			expires: BlockNumberFor<T>,
		},
		/// A stakeholder agreed.
		Approved { request: RequestId, who: T::AccountId },
		/// A stakeholder did not agree.
		Objected { request: RequestId, who: T::AccountId, reason: Reason },
		/// A stakeholder took back what it said.
		Retracted { request: RequestId, who: T::AccountId },
		/// Governance decided in the stakeholders' stead.
		Forced { request: RequestId, approved: bool },
		/// A request is decided.
		Decided { request: RequestId, decision: Decision },
		/// Who asked took the question back.
		Withdrawn { request: RequestId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such policy.
		NoPolicy,
		/// There is no such request, or it is decided.
		NoRequest,
		/// Only the owner of the policy can do this.
		NotOwner,
		/// The account is in none of the request's roles.
		NotAMember,
		/// This is not what was asked: the digest is another.
		OtherDigest,
		/// The time to answer has passed.
		Expired,
		/// The time to answer has not passed.
		StillOpen,
		/// The stakeholder has said so already.
		SaidAlready,
		/// The stakeholder has said nothing that it could take back.
		NothingSaid,
		/// A title is empty, not UTF-8, or has control characters.
		BadTitle,
		/// The reason is not UTF-8, or has control characters.
		BadReason,
		/// Requests would be open for too short or too long a time.
		BadTtl,
		/// A policy needs a role.
		NoRoles,
		/// An account is in one role twice.
		MemberTwice,
		/// A role needs between one and all of its members.
		BadThreshold,
		/// The roles could not be filled if everybody agreed: one person fills one role.
		TooFewPeople,
		/// The policy is retired already.
		Retired,
		/// The terms are those that hold.
		NothingChanged,
		/// The stakeholders are being asked about an amendment. Withdraw it, or await its end.
		AmendmentPending,
		/// The policy has no amendment that could be withdrawn.
		NoAmendment,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(now: BlockNumberFor<T>, limit: Weight) -> Weight {
			Self::sweep(now, limit)
		}

		fn integrity_test() {
			assert!(T::MinTtl::get() > 0u32.into(), "requests are open for a while");
			assert!(T::MinTtl::get() <= T::MaxTtl::get());
			let normal = T::BlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
			let decides = Self::with_decision(T::WeightInfo::approve());
			assert!(
				normal.is_none_or(|most| decides.all_lte(most)),
				"nobody could decide anything"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Create a policy, which this account owns and pays the deposit on.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create_policy())]
		pub fn create_policy(origin: OriginFor<T>, terms: TermsOf<T>) -> DispatchResult {
			Self::do_create_policy(ensure_signed(origin)?, terms).map(|_| ())
		}

		/// Give a policy other terms: at once when nothing is under it, and otherwise when its
		/// stakeholders, who are asked, agree. For its owner, who pays the deposits.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::amend_policy())]
		pub fn amend_policy(
			origin: OriginFor<T>,
			policy: PolicyId,
			terms: TermsOf<T>,
		) -> DispatchResult {
			Self::do_amend_policy(&ensure_signed(origin)?, policy, terms)
		}

		/// Take back the terms that the stakeholders are being asked about. For the owner.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::withdraw_amendment())]
		pub fn withdraw_amendment(origin: OriginFor<T>, policy: PolicyId) -> DispatchResult {
			Self::do_withdraw_amendment(&ensure_signed(origin)?, policy)
		}

		/// Let nothing new come under a policy. It is gone when nothing is left under it, and the
		/// deposit is returned then. For the owner.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::retire_policy())]
		pub fn retire_policy(origin: OriginFor<T>, policy: PolicyId) -> DispatchResult {
			Self::do_retire_policy(&ensure_signed(origin)?, policy)
		}

		/// Agree with what has this digest. For stakeholders. An earlier objection is taken back.
		#[pallet::call_index(4)]
		#[pallet::weight(Pallet::<T>::with_decision(T::WeightInfo::approve()))]
		pub fn approve(
			origin: OriginFor<T>,
			request: RequestId,
			digest: Digest,
		) -> DispatchResultWithPostInfo {
			let who = T::MemberOrigin::ensure_origin(origin)?;
			Self::spent(T::WeightInfo::approve(), Self::do_approve(who, request, digest))
		}

		/// Say that one does not agree, and why. For stakeholders. An earlier approval is taken
		/// back.
		#[pallet::call_index(5)]
		#[pallet::weight(Pallet::<T>::with_decision(T::WeightInfo::object()))]
		pub fn object(
			origin: OriginFor<T>,
			request: RequestId,
			reason: Reason,
		) -> DispatchResultWithPostInfo {
			let who = T::MemberOrigin::ensure_origin(origin)?;
			Self::spent(T::WeightInfo::object(), Self::do_object(who, request, reason))
		}

		/// Take back what one has said to a request. For stakeholders.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::retract())]
		pub fn retract(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
			Self::do_retract(T::MemberOrigin::ensure_origin(origin)?, request)
		}

		/// End a request whose time has passed. For anyone.
		#[pallet::call_index(7)]
		#[pallet::weight(Pallet::<T>::with_decision(T::WeightInfo::expire()))]
		pub fn expire(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::spent(T::WeightInfo::expire(), Self::do_expire(request))
		}

		/// Decide a request in the stakeholders' stead. For governance.
		#[pallet::call_index(8)]
		#[pallet::weight(Pallet::<T>::with_decision(T::WeightInfo::force_decide()))]
		pub fn force_decide(
			origin: OriginFor<T>,
			request: RequestId,
			approved: bool,
		) -> DispatchResultWithPostInfo {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::spent(T::WeightInfo::force_decide(), Self::do_force_decide(request, approved))
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A policy.
		pub fn policy(policy: PolicyId) -> Option<PolicyOf<T>> {
			Policies::<T>::get(policy)
		}

		/// The terms that a request asks the stakeholders of a policy to agree with.
		pub fn proposed_terms(request: RequestId) -> Option<TermsOf<T>> {
			Proposals::<T>::get(request)
		}

		/// How a request stands: who said what, and who is missing.
		pub fn request(request: RequestId) -> Option<RequestStatusOf<T>> {
			Self::status_of(request)
		}

		/// Some of the requests that an account can answer now, after `after`: at most `limit`,
		/// and 100. There may be more while `next` says where to go on.
		pub fn requests_for(
			account: T::AccountId,
			after: Option<RequestId>,
			limit: u32,
		) -> RequestPage {
			Self::find_requests(&account, after, limit)
		}
	}
}
