//! A chain with nothing but money and farms. Accounts below 10 have a twin of their number.

use crate as pallet_farms;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, Footprint},
};
use grid_primitives::{
	ip::{Ip, IpVersion},
	ports, FarmId, TwinId,
};
use sp_runtime::{traits::Convert, BuildStorage};
use std::{collections::BTreeMap, net::IpAddr};

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
	pub type Land = pallet_farms;
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
	pub const Reason: RuntimeHoldReason = RuntimeHoldReason::Land(HoldReason::Farm);
	pub static Attached: BTreeMap<TwinId, i32> = BTreeMap::new();
}

/// One for each item.
pub struct PriceOfItems;
impl Convert<Footprint, u64> for PriceOfItems {
	fn convert(footprint: Footprint) -> u64 {
		footprint.count
	}
}

impl Config for Test {
	type Twins = FakeTwins;
	type Consideration = HoldConsideration<u64, Balances, Reason, PriceOfItems>;
	type MaxPublicIps = ConstU32<6>;
	type MaxAddedIps = ConstU32<4>;
	type WeightInfo = ();
}

pub struct FakeTwins;
impl ports::Twins<u64> for FakeTwins {
	fn twin_of(who: &u64) -> Option<TwinId> {
		(*who < 10).then_some(*who as TwinId)
	}
	fn attach(twin: TwinId) {
		Attached::mutate(|all| *all.entry(twin).or_default() += 1);
	}
	fn detach(twin: TwinId) {
		Attached::mutate(|all| *all.entry(twin).or_default() -= 1);
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_twin(who: &u64) -> TwinId {
		*who as TwinId
	}
}

pub(super) const ALICE: u64 = 1;
pub(super) const BOB: u64 = 2;
pub(super) const CAROL: u64 = 3;
pub(super) const NO_TWIN: u64 = 10;

/// Run a story with people who have 100 each.
pub(super) fn world(story: impl FnOnce()) {
	Attached::set(BTreeMap::new());
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [ALICE, BOB, CAROL, NO_TWIN].map(|who| (who, 100)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		story();
		Land::do_try_state().expect("the invariants hold");
	});
}

/// The first farm, which is Alice's.
pub(super) fn alices_farm() -> FarmId {
	let create = Land::create(frame_system::RawOrigin::Signed(ALICE).into(), name("meadow"), None);
	frame_support::assert_ok!(create);
	NextFarmId::<Test>::get() - 1
}

pub(super) fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("it is not too long")
}

pub(super) fn ip(text: &str) -> Ip {
	text.parse::<IpAddr>().expect("an address").into()
}

/// Add addresses, in subnets of 24 or 64 bits, in the name of somebody.
pub(super) fn add(
	who: u64,
	farm: FarmId,
	ips: &[&str],
	gateway: &str,
) -> frame_support::dispatch::DispatchResult {
	let address = |text: &&str| {
		let ip = ip(text);
		let prefix = if ip.version() == IpVersion::V4 { 24 } else { 64 };
		FarmAddress { ip, prefix }
	};
	let ips = ips.iter().map(address).collect::<Vec<_>>().try_into().expect("not too many");
	Land::add_public_ips(frame_system::RawOrigin::Signed(who).into(), farm, ips, ip(gateway))
}

pub(super) fn attached(who: u64) -> i32 {
	Attached::get().get(&(who as TwinId)).copied().unwrap_or_default()
}

pub(super) fn held(who: u64) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&Reason::get(), &who)
}
