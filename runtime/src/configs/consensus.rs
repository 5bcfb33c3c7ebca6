//! Who makes blocks, who finalizes them, and what follows when they contradict themselves.

use super::{governance::EnsureGovernance, money::deposit};
use crate::*;
use alloc::vec::Vec;
use frame_support::{
	dispatch::DispatchResult,
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64, KeyOwnerProofSystem},
};
use frame_system::RawOrigin;
use grid_primitives::time::{DAYS, SLOT_MILLIS};
use pallet_session::{disabling::UpToLimitDisablingStrategy, historical};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_runtime::{
	traits::{ConvertInto, OpaqueKeys},
	KeyTypeId,
};
use sp_staking::offence::OffenceSeverity;

/// The most validators there can be.
pub type MaxValidators = ConstU32<100>;

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type DisabledValidators = Session;
	type MaxAuthorities = MaxValidators;
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = ConstU64<SLOT_MILLIS>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Runtime, Aura>;
	type EventHandler = Validators;
}

parameter_types! {
	pub const MinSessionLength: BlockNumber = 5;
	pub const MaxSessionLength: BlockNumber = DAYS;
	pub const KeyDeposit: Balance = deposit(3, 64 + 2 * 36);
}

impl pallet_validators::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type Sessions = SessionsOfRuntime;
	type MaxValidators = MaxValidators;
	type MinSessionLength = MinSessionLength;
	type MaxSessionLength = MaxSessionLength;
	type WeightInfo = weights::pallet_validators::Measured;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Validators;
	type NextSessionRotation = Validators;
	type SessionManager = historical::NoteHistoricalRoot<Runtime, Validators>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = UpToLimitDisablingStrategy;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = KeyDeposit;
}

impl historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = NothingMore;
}

/// A validator is its account: there is nothing more to identify it by.
pub struct NothingMore;
impl sp_runtime::traits::Convert<AccountId, Option<()>> for NothingMore {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

/// For how many sessions contradictions can be proven: a day of the usual ones.
const REMEMBERED_SESSIONS: u32 = 144;

/// Session keys and sessions, as `pallet-validators` needs them.
pub struct SessionsOfRuntime;
impl pallet_validators::Sessions<AccountId> for SessionsOfRuntime {
	fn has_keys(who: &AccountId) -> bool {
		pallet_session::NextKeys::<Runtime>::contains_key(who)
	}

	fn active() -> Vec<AccountId> {
		Session::validators()
	}

	fn are_planned(validators: &[AccountId]) -> bool {
		let planned = Session::queued_keys();
		planned.len() == validators.len()
			&& planned
				.iter()
				.zip(validators)
				.all(|((a, keys), b)| a == b && Session::load_keys(b).as_ref() == Some(keys))
	}

	fn in_use(who: &AccountId) -> bool {
		Session::validators().contains(who)
			|| Session::queued_keys().iter().any(|(planned, _)| planned == who)
	}

	fn turn() {
		Session::rotate_session();
		Historical::prune_up_to(Session::current_index().saturating_sub(REMEMBERED_SESSIONS));
	}

	fn disable(who: &AccountId) {
		Session::report_offence(who.clone(), OffenceSeverity::max_severity());
	}

	fn drop_keys(who: &AccountId) -> DispatchResult {
		Session::purge_keys(RawOrigin::Signed(who.clone()).into())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_keys(who: &AccountId) {
		use pallet_session::SessionInterface;
		let seed: [u8; 32] = who.clone().into();
		let keys = SessionKeys {
			aura: sp_core::sr25519::Public::from_raw(seed).into(),
			grandpa: sp_core::ed25519::Public::from_raw(seed).into(),
		};
		<Session as SessionInterface>::set_keys(who, keys).expect("each account's keys differ");
	}
}

parameter_types! {
	/// For how many blocks the report of a contradiction is worth including.
	pub const ReportLongevity: u64 = DAYS as u64;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxValidators;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<{ REMEMBERED_SESSIONS as u64 }>;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, GrandpaId)>>::Proof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = historical::IdentificationTuple<Runtime>;
	type OnOffenceHandler = Validators;
}

impl pallet_equivocations::Config for Runtime {
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, AuraId)>>::Proof;
	type KeyOwners = Historical;
	type Offences = Offences;
	type ReportLongevity = ReportLongevity;
	type WeightInfo = ();
}
