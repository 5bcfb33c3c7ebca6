//! A chain with money and nodes, on farms that belong to the account of their number.

use crate as pallet_nodes;
use crate::*;
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU64, Footprint},
};
use frame_system::{EnsureRoot, RawOrigin::Signed};
use grid_primitives::{
	capacity::bytes::{GIB, TIB},
	ip::IpVersion,
	ports, Capacity, FarmId, NodeId,
};
use sp_runtime::{traits::Convert, BuildStorage};
use std::collections::BTreeMap;

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
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(3)]
	pub type Machines = pallet_nodes;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

pub(super) const LEAST: Capacity = Capacity { cru: 1_000, mru: 2 * GIB, sru: 100 * GIB, hru: 0 };
pub(super) const OVERHEAD: Capacity = Capacity { cru: 0, mru: GIB, sru: 10 * GIB, hru: 0 };
/// What the nodes of the stories have.
pub(super) const HARDWARE: Capacity =
	Capacity { cru: 8_000, mru: 33 * GIB, sru: 1_010 * GIB, hru: 4 * TIB };

parameter_types! {
	pub const Reason: RuntimeHoldReason = RuntimeHoldReason::Machines(HoldReason::Node);
	pub static Smallest: Capacity = LEAST;
	pub const Largest: Capacity =
		Capacity { cru: 1_000_000, mru: 100 * TIB, sru: 1_000 * TIB, hru: 10_000 * TIB };
	pub const ForItself: Capacity = OVERHEAD;
	pub static NodesOf: BTreeMap<FarmId, i32> = BTreeMap::new();
	pub static FreeIps: u32 = 0;
	pub static Closed: FarmId = 0;
	pub static Expelled: Vec<NodeId> = vec![];
	pub static Removed: Vec<NodeId> = vec![];
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
	type Farms = FakeFarms;
	type OnNode = Heard;
	type Consideration = HoldConsideration<u64, Balances, Reason, PriceOfItems>;
	type Time = Timestamp;
	type Least = Smallest;
	type Most = Largest;
	type Overhead = ForItself;
	type MinGap = ConstU64<60>;
	type MaxGap = ConstU64<300>;
	type UpdateInterval = ConstU64<600>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type SetTime = Self;
}

#[cfg(feature = "runtime-benchmarks")]
impl SetTime for Test {
	fn set_time(seconds: u64) {
		Timestamp::set_timestamp(seconds * 1_000);
	}
}

/// What was heard of nodes.
pub struct Heard;
impl ports::OnNode for Heard {
	fn expelled(node: NodeId) {
		Expelled::mutate(|all| all.push(node));
	}
	fn removed(node: NodeId) {
		Removed::mutate(|all| all.push(node));
	}
}

pub struct FakeFarms;
impl ports::Farms<u64> for FakeFarms {
	fn owner(farm: FarmId) -> Option<u64> {
		((1..=3).contains(&farm) && farm != Closed::get()).then_some(farm.into())
	}
	fn payout(farm: FarmId) -> Option<u64> {
		Self::owner(farm)
	}
	fn free_ips(farm: FarmId, version: IpVersion) -> u32 {
		if farm == 1 && version == IpVersion::V4 {
			FreeIps::get()
		} else {
			0
		}
	}
	fn attach_node(farm: FarmId) {
		NodesOf::mutate(|all| *all.entry(farm).or_default() += 1);
	}
	fn detach_node(farm: FarmId) {
		NodesOf::mutate(|all| *all.entry(farm).or_default() -= 1);
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn create_farm(farmer: &u64) -> FarmId {
		*farmer as FarmId
	}
}

pub(super) const ALICE: u64 = 1;
pub(super) const BOB: u64 = 2;
/// Accounts of agents, which have no money.
pub(super) const AGENT: u64 = 100;
pub(super) const BOOT: [u8; 16] = [1; 16];
/// When the stories begin.
pub(super) const DAWN: u64 = 1_800_000_000;

/// Run a story with farmers who have 1 000 each.
pub(super) fn world(story: impl FnOnce()) {
	NodesOf::set(BTreeMap::new());
	FreeIps::set(0);
	Closed::set(0);
	Expelled::set(vec![]);
	Removed::set(vec![]);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [1, 2, 3].map(|who| (who, 1_000)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(DAWN * 1_000);
		story();
		Machines::do_try_state().expect("the invariants hold");
	});
}

pub(super) fn machine(capacity: Capacity) -> Machine {
	Machine {
		capacity,
		location: Location {
			country: *b"BE",
			city: "Ghent".try_into().expect("it is short"),
			latitude: 51_054_340,
			longitude: 3_717_424,
		},
		encryption_key: [9; 32],
	}
}

/// A node of a farm, that has just joined.
pub(super) fn join(farm: FarmId, agent: u64) -> NodeId {
	assert_ok!(Machines::invite(Signed(farm.into()).into(), farm, agent));
	assert_ok!(Machines::register(Signed(agent).into(), farm, machine(HARDWARE), BOOT));
	Machines::node_of(agent).expect("it joined")
}

pub(super) fn pass(seconds: u64) {
	Timestamp::set_timestamp(Timestamp::get() + seconds * 1_000);
}

/// Let time pass, then beat.
pub(super) fn beat_after(
	seconds: u64,
	agent: u64,
	boot_id: [u8; 16],
	uptime: u64,
) -> frame_support::dispatch::DispatchResult {
	pass(seconds);
	Machines::heartbeat(Signed(agent).into(), boot_id, uptime)
}

pub(super) fn events() -> Vec<Event<Test>> {
	let ours = |record: frame_system::EventRecord<_, _>| match record.event {
		RuntimeEvent::Machines(event) => Some(event),
		_ => None,
	};
	System::read_events_no_consensus().map(|record| *record).filter_map(ours).collect()
}

pub(super) fn held(who: u64) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&Reason::get(), &who)
}
