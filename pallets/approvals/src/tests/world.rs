//! A chain with money and stakeholders, and a recorder of what they decide.

use crate as pallet_approvals;
use crate::*;
use frame_support::{
	assert_ok, derive_impl,
	dispatch::DispatchResultWithPostInfo,
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU64, EitherOf, EnsureOrigin, Footprint, Hooks},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned, RawOrigin::Signed};
use grid_primitives::{
	approval::{Action, Question},
	ports::{ApprovalGate, CannotAsk, Decision, OnDecision},
	PolicyId, RequestId,
};
use sp_runtime::{traits::Convert, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeHoldReason,
		RuntimeFreezeReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Board = pallet_approvals;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	pub const PolicyReason: RuntimeHoldReason = RuntimeHoldReason::Board(HoldReason::Policy);
	pub const RequestReason: RuntimeHoldReason = RuntimeHoldReason::Board(HoldReason::Request);
	pub static Heard: Vec<(Question, Decision)> = Vec::new();
	pub static OnHearing: Option<fn(&Question, Decision)> = None;
}

/// One for each byte.
pub struct PriceOfBytes;
impl Convert<Footprint, u64> for PriceOfBytes {
	fn convert(footprint: Footprint) -> u64 {
		footprint.size
	}
}

/// In these stories root is a council, which is a stakeholder.
pub struct CouncilIsMember;
impl EnsureOrigin<RuntimeOrigin> for CouncilIsMember {
	type Success = u64;
	fn try_origin(origin: RuntimeOrigin) -> Result<u64, RuntimeOrigin> {
		EnsureRoot::<u64>::try_origin(origin).map(|_| COUNCIL)
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(frame_system::RawOrigin::Root.into())
	}
}

impl Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type MemberOrigin = EitherOf<EnsureSigned<u64>, CouncilIsMember>;
	type Decided = Recorder;
	type PolicyConsideration = HoldConsideration<u64, Balances, PolicyReason, PriceOfBytes>;
	type RequestConsideration = HoldConsideration<u64, Balances, RequestReason, PriceOfBytes>;
	type MinTtl = ConstU64<5>;
	type MaxTtl = ConstU64<100>;
	type WeightInfo = ();
}

pub(super) const USED_BY_RECORDER: Weight = Weight::from_parts(1_000, 100);
pub(super) const HEAVIEST: Weight = Weight::from_parts(1_000_000, 10_000);

pub struct Recorder;
impl OnDecision<Weight> for Recorder {
	fn decided(question: &Question, decision: Decision) -> Weight {
		Heard::mutate(|heard| heard.push((*question, decision)));
		if let Some(react) = OnHearing::get() {
			react(question, decision);
		}
		USED_BY_RECORDER
	}
	fn heaviest() -> Weight {
		HEAVIEST
	}
}

pub(super) const ALICE: u64 = 1;
pub(super) const BOB: u64 = 2;
pub(super) const CAROL: u64 = 3;
pub(super) const DAVE: u64 = 4;
pub(super) const EVE: u64 = 5;
pub(super) const COUNCIL: u64 = 50;
/// Owns the policies of the stories, and asks. Is no stakeholder.
pub(super) const CLERK: u64 = 10;
pub(super) const STRANGER: u64 = 11;
pub(super) const PAUPER: u64 = 12;
pub(super) const PURSE: u64 = 100_000;
/// For how many blocks requests are open in the stories.
pub(super) const TTL: u64 = 10;

/// Run a story with a clerk and a stranger who have 100 000 each. The others have nothing.
pub(super) fn world(story: impl FnOnce()) {
	Heard::set(Vec::new());
	OnHearing::set(None);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [CLERK, STRANGER].map(|who| (who, PURSE)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		story();
		Board::do_try_state().expect("the invariants hold");
	});
}

pub(super) fn role(title: &str, members: &[u64], threshold: u8) -> Role<u64> {
	Role {
		title: title.as_bytes().to_vec().try_into().expect("it is short"),
		members: members.to_vec().try_into().expect("they are few"),
		threshold,
		veto: false,
	}
}

pub(super) fn with_veto(role: Role<u64>) -> Role<u64> {
	Role { veto: true, ..role }
}

pub(super) fn terms(roles: &[Role<u64>]) -> TermsOf<Test> {
	Terms {
		title: b"a policy".to_vec().try_into().expect("it is short"),
		roles: roles.to_vec().try_into().expect("they are few"),
		ttl: TTL,
		guards: Guards { create: true, amend: true, cancel: true },
		acceptance: true,
		several_roles: false,
		open: false,
	}
}

/// A policy of the clerk's.
pub(super) fn create(terms: TermsOf<Test>) -> PolicyId {
	assert_ok!(Board::create_policy(Signed(CLERK).into(), terms));
	NextPolicyId::<Test>::get() - 1
}

pub(super) fn question(subject: u64) -> Question {
	Question { action: Action::Create, subject, revision: 1, content: [7; 32] }
}

pub(super) fn ask(policy: PolicyId, subject: u64) -> RequestId {
	<Board as ApprovalGate<u64>>::ask(policy, &CLERK, &question(subject)).expect("it can be asked")
}

/// A question to people in these roles.
pub(super) fn ask_them(roles: &[Role<u64>]) -> RequestId {
	ask(create(terms(roles)), 1)
}

pub(super) fn bind(policy: PolicyId, by: u64) -> Result<(), CannotAsk> {
	<Board as ApprovalGate<u64>>::bind(policy, &by)
}

pub(super) fn unbind(policy: PolicyId) {
	<Board as ApprovalGate<u64>>::unbind(policy);
}

pub(super) fn withdraw(request: RequestId) {
	<Board as ApprovalGate<u64>>::withdraw(request);
}

pub(super) fn approve(who: u64, request: RequestId) -> DispatchResultWithPostInfo {
	let digest = Requests::<Test>::get(request).map(|it| it.question.digest()).unwrap_or_default();
	Board::approve(Signed(who).into(), request, digest)
}

pub(super) fn object(who: u64, request: RequestId) -> DispatchResultWithPostInfo {
	Board::object(Signed(who).into(), request, reason("no"))
}

pub(super) fn reason(text: &str) -> Reason {
	text.as_bytes().to_vec().try_into().expect("it is short")
}

/// The request about the amendment of a policy.
pub(super) fn amendment(policy: PolicyId) -> RequestId {
	Board::policy(policy).and_then(|it| it.proposal).expect("it is proposed")
}

pub(super) fn is_open(request: RequestId) -> bool {
	Requests::<Test>::contains_key(request)
}

/// What came of the only question, if that is known.
pub(super) fn decision() -> Option<Decision> {
	let heard = Heard::get();
	assert!(heard.len() <= 1, "one answer to one question: {heard:?}");
	heard.first().map(|(_, decision)| *decision)
}

pub(super) fn go_to(block: u64) {
	System::set_block_number(block);
}

/// The end of a block that has room for this much.
pub(super) fn idle(limit: Weight) -> Weight {
	let used = <Board as Hooks<u64>>::on_idle(System::block_number(), limit);
	assert!(used.all_lte(limit), "{used:?} of {limit:?}");
	used
}

pub(super) fn events() -> Vec<Event<Test>> {
	let ours = |record: frame_system::EventRecord<_, _>| match record.event {
		RuntimeEvent::Board(event) => Some(event),
		_ => None,
	};
	System::read_events_no_consensus().map(|record| *record).filter_map(ours).collect()
}

/// What is held of an account for policies, and for requests.
pub(super) fn held(who: u64) -> (u64, u64) {
	use frame_support::traits::fungible::InspectHold;
	let of = |reason| Balances::balance_on_hold(&reason, &who);
	(of(PolicyReason::get()), of(RequestReason::get()))
}
