use crate as pallet_governance;
use crate::*;
use alloc::boxed::Box;
use frame_support::{
	assert_noop, assert_ok, derive_impl, dispatch::GetDispatchInfo, parameter_types,
	traits::Contains,
};
use frame_system::{EnsureSignedBy, RawOrigin};
use sp_runtime::{traits::BadOrigin, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Governance = pallet_governance;
}

pub struct NothingButGovernance;
impl Contains<RuntimeCall> for NothingButGovernance {
	fn contains(call: &RuntimeCall) -> bool {
		matches!(call, RuntimeCall::Governance(_))
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type BaseCallFilter = NothingButGovernance;
}

const COUNCIL: u64 = 1;
const BOB: u64 = 2;

parameter_types! {
	pub const Council: u64 = COUNCIL;
}

impl Config for Test {
	type RuntimeCall = RuntimeCall;
	type GovernanceOrigin = EnsureSignedBy<CouncilOnly, u64>;
	type WeightInfo = ();
}

pub struct CouncilOnly;
impl frame_support::traits::SortedMembers<u64> for CouncilOnly {
	fn sorted_members() -> alloc::vec::Vec<u64> {
		alloc::vec![Council::get()]
	}
}

fn chain() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage();
	let mut chain = sp_io::TestExternalities::new(storage.expect("the genesis is complete"));
	chain.execute_with(|| System::set_block_number(1));
	chain
}

fn set_storage(key: &[u8]) -> Box<RuntimeCall> {
	let items = alloc::vec![(key.to_vec(), b"value".to_vec())];
	Box::new(RuntimeCall::System(frame_system::Call::set_storage { items }))
}

#[test]
fn governance_does_what_only_root_may() {
	chain().execute_with(|| {
		assert_ok!(Governance::enact(RawOrigin::Signed(COUNCIL).into(), set_storage(b"key")));
		assert_eq!(sp_io::storage::get(b"key").as_deref(), Some(&b"value"[..]));
		System::assert_last_event(Event::Enacted.into());
	});
}

#[test]
fn nobody_else_may() {
	chain().execute_with(|| {
		assert_noop!(
			Governance::enact(RawOrigin::Signed(BOB).into(), set_storage(b"key")),
			BadOrigin
		);
	});
}

#[test]
fn a_call_that_fails_says_why_and_leaves_nothing() {
	chain().execute_with(|| {
		let apply = frame_system::Call::apply_authorized_upgrade { code: b"none".to_vec() };
		let call = Box::new(RuntimeCall::System(apply));
		let failure = Governance::enact(RawOrigin::Signed(COUNCIL).into(), call)
			.expect_err("nothing was authorized");
		assert_eq!(failure.error, frame_system::Error::<Test>::NothingAuthorized.into());
		assert!(System::events().is_empty());
	});
}

#[test]
fn the_weight_is_that_of_the_call_and_a_little() {
	let inner = set_storage(b"key");
	let outer = Call::<Test>::enact { call: inner.clone() };
	let inner = inner.get_dispatch_info().call_weight;
	assert_eq!(
		outer.get_dispatch_info().call_weight,
		<() as WeightInfo>::enact().saturating_add(inner)
	);
}
