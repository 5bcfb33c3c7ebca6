//! A chain with nothing but money and twins.

use crate as pallet_twins;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, Footprint},
};
use frame_system::EnsureRoot;
use grid_primitives::{ports::Belongings, TwinId};
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
	pub type People = pallet_twins;
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
	pub const Reason: RuntimeHoldReason = RuntimeHoldReason::People(HoldReason::Twin);
}

/// Ten for each item.
pub struct PriceOfItems;
impl Convert<Footprint, u64> for PriceOfItems {
	fn convert(footprint: Footprint) -> u64 {
		footprint.count * 10
	}
}

impl Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type Consideration = HoldConsideration<u64, Balances, Reason, PriceOfItems>;
	type MaxRelayLength = ConstU32<16>;
	type Belongings = Rich;
	type WeightInfo = ();
}

parameter_types! {
	/// The twins that have something.
	pub static HaveSomething: Vec<TwinId> = vec![];
}

pub struct Rich;
impl Belongings for Rich {
	fn has_any(twin: TwinId) -> bool {
		HaveSomething::get().contains(&twin)
	}
}

pub(super) const ALICE: u64 = 1;
pub(super) const BOB: u64 = 2;
pub(super) const PAUPER: u64 = 3;
pub(super) const KEY: [u8; 32] = [7; 32];

/// Run a story with Alice and Bob, who have 100 each, and a pauper.
pub(super) fn world(story: impl FnOnce()) {
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(ALICE, 100), (BOB, 100)],
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		story();
		crate::Pallet::<Test>::do_try_state().expect("the invariants hold");
	});
}

pub(super) fn held(who: u64) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&Reason::get(), &who)
}

pub(super) fn relay(text: &str) -> Option<Relay<Test>> {
	Some(text.as_bytes().to_vec().try_into().expect("it is short"))
}
