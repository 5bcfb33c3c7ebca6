//! A chain with all that contracts need: money, twins, a farm with nodes and addresses, and
//! stakeholders. Only the meter is one for tests.

use super::{meter::*, samples::*};
use crate as pallet_deployments;
use crate::*;
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold},
		ConstU32, ConstU64, Footprint, Hooks,
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned, RawOrigin::Signed};
use grid_primitives::{
	approval::Digest,
	capacity::bytes::{GIB, TIB},
	ip::Ip,
	ports::{Bill, NodeCapacity},
	report::{NetworkKeys, Outcome},
	spec::{Change, Spec},
	Capacity, ContractId, NodeId, RequestId,
};
use sp_runtime::{traits::Convert, BuildStorage};
use std::collections::{BTreeMap, BTreeSet};

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
	pub type People = pallet_twins;
	#[runtime::pallet_index(4)]
	pub type Land = pallet_farms;
	#[runtime::pallet_index(5)]
	pub type Machines = pallet_nodes;
	#[runtime::pallet_index(6)]
	pub type Board = pallet_approvals;
	#[runtime::pallet_index(7)]
	pub type Grid = pallet_deployments;
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

parameter_types! {
	pub const TwinReason: RuntimeHoldReason =
		RuntimeHoldReason::People(pallet_twins::HoldReason::Twin);
	pub const FarmReason: RuntimeHoldReason =
		RuntimeHoldReason::Land(pallet_farms::HoldReason::Farm);
	pub const NodeReason: RuntimeHoldReason =
		RuntimeHoldReason::Machines(pallet_nodes::HoldReason::Node);
	pub const PolicyReason: RuntimeHoldReason =
		RuntimeHoldReason::Board(pallet_approvals::HoldReason::Policy);
	pub const RequestReason: RuntimeHoldReason =
		RuntimeHoldReason::Board(pallet_approvals::HoldReason::Request);
	pub const ContractReason: RuntimeHoldReason =
		RuntimeHoldReason::Grid(HoldReason::Contract);
	pub const Smallest: Capacity = Capacity { cru: 1_000, mru: GIB, sru: GIB, hru: 0 };
	pub const Largest: Capacity =
		Capacity { cru: 1_000_000, mru: TIB, sru: 1_000 * TIB, hru: 1_000 * TIB };
	pub const Nothing: Capacity = Capacity::ZERO;
}

/// Ten for each item, and one for each kilobyte of them all.
pub struct Price;
impl Convert<Footprint, u64> for Price {
	fn convert(footprint: Footprint) -> u64 {
		footprint.count * 10 + footprint.size / 1_000
	}
}

impl Convert<Footprint, u128> for Price {
	fn convert(footprint: Footprint) -> u128 {
		<Self as Convert<_, u64>>::convert(footprint).into()
	}
}

impl pallet_twins::Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type Consideration = HoldConsideration<u64, Balances, TwinReason, Price>;
	type MaxRelayLength = ConstU32<10>;
	type Belongings = Grid;
	type WeightInfo = ();
}

impl pallet_farms::Config for Test {
	type Twins = People;
	type Consideration = HoldConsideration<u64, Balances, FarmReason, Price>;
	type MaxPublicIps = ConstU32<100>;
	type MaxAddedIps = ConstU32<100>;
	type WeightInfo = ();
}

impl pallet_nodes::Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type Farms = Land;
	type OnNode = Grid;
	type Consideration = HoldConsideration<u64, Balances, NodeReason, Price>;
	type Time = Timestamp;
	type Least = Smallest;
	type Most = Largest;
	type Overhead = Nothing;
	type MinGap = ConstU64<60>;
	type MaxGap = ConstU64<300>;
	type UpdateInterval = ConstU64<600>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type SetTime = Self;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_nodes::SetTime for Test {
	fn set_time(seconds: u64) {
		Timestamp::set_timestamp(seconds * 1_000);
	}
}

impl pallet_approvals::Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type MemberOrigin = EnsureSigned<u64>;
	type Decided = Grid;
	type PolicyConsideration = HoldConsideration<u64, Balances, PolicyReason, Price>;
	type RequestConsideration = HoldConsideration<u64, Balances, RequestReason, Price>;
	type MinTtl = ConstU64<2>;
	type MaxTtl = ConstU64<1_000>;
	type WeightInfo = ();
}

impl Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type Twins = People;
	type Nodes = Machines;
	type Capacity = Machines;
	type Rentals = Machines;
	type Availability = Machines;
	type PublicIps = Land;
	type Approvals = Board;
	type Meter = TestMeter;
	type Consideration = HoldConsideration<u64, Balances, ContractReason, Price>;
	type DepositPrice = Price;
	type ReportInterval = ConstU64<5>;
	type WeightInfo = ();
}

/// Has the farm and all nodes.
pub(super) const ALICE: u64 = 1;
/// Deploy.
pub(super) const BOB: u64 = 2;
pub(super) const CAROL: u64 = 3;
/// Has a twin and no money to speak of.
pub(super) const POOR: u64 = 4;
/// Stakeholders.
pub(super) const LEGAL: u64 = 10;
pub(super) const BUDGET: u64 = 11;
/// The agent of node 1; that of node 2 is the next.
const AGENTS: u64 = 99;
pub(super) const RICH: u64 = 1_000_000;

pub(super) const HARDWARE: Capacity =
	Capacity { cru: 8_000, mru: 32 * GIB, sru: 1_000 * GIB, hru: 4 * TIB };

/// Run a story. In the end all invariants hold, those between the pallets too.
pub(super) fn world(story: impl FnOnce()) {
	let rich = [ALICE, BOB, CAROL, LEGAL, BUDGET].map(|who| (who, RICH));
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [rich.to_vec(), vec![(POOR, 40), (VAULT, 1)]].concat(),
			..Default::default()
		},
		people: pallet_twins::GenesisConfig {
			twins: [ALICE, BOB, CAROL, POOR].map(|who| (who, None, [1; 32])).to_vec(),
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(1_800_000_000_000);
		let name = b"farm".to_vec().try_into().expect("it is short");
		assert_ok!(Land::create(Signed(ALICE).into(), name, None));
		story();
		check();
	});
}

/// What always holds, of each pallet and between them.
pub(super) fn check() {
	People::do_try_state().expect("twins");
	Land::do_try_state().expect("farms");
	Machines::do_try_state().expect("nodes");
	Board::do_try_state().expect("approvals");
	Grid::do_try_state().expect("deployments");

	let mut reserved: BTreeMap<NodeId, (Capacity, u32)> = BTreeMap::new();
	let (mut ips, mut proposed_ips) = (0, 0);
	let mut add = |node, capacity: Capacity, addresses: usize| {
		let (sum, number) = reserved.entry(node).or_default();
		*sum = sum.checked_add(capacity).expect("it is little");
		*number += 1;
		ips += addresses;
	};
	for (node, _, placement) in Placements::<Test>::iter() {
		add(node, placement.reserved(), placement.addresses.len());
	}
	for entry in Amendments::<Test>::iter_values().flat_map(|it| it.entries) {
		if entry.new {
			add(entry.node, entry.usage.capacity, entry.addresses.len());
		} else {
			proposed_ips += entry.addresses.len();
		}
	}
	for (id, node) in pallet_nodes::Nodes::<Test>::iter() {
		let expected = reserved.remove(&id).unwrap_or_default();
		assert_eq!((node.reserved, node.reservations), expected, "what is reserved of {id}");
	}
	assert_eq!(reserved, BTreeMap::new(), "something is reserved of nothing");
	let taken =
		pallet_farms::Pools::<Test>::iter_keys().filter(|(_, _, reserved, _)| *reserved).count();
	assert_eq!(ips + proposed_ips, taken, "public addresses");

	for (id, contract) in Contracts::<Test>::iter() {
		let bill = Bills::get(Bill::Contract(id)).expect("each contract has a bill");
		let paid: BTreeSet<_> = bill.streams.keys().copied().collect();
		let amendment = Amendments::<Test>::get(id);
		let new = amendment.iter().flat_map(|it| it.entries.iter().filter(|it| it.new));
		let reserved: BTreeSet<_> = contract.nodes().chain(new.map(|it| it.node)).collect();
		assert_eq!(paid, reserved, "streams of {id}");
	}
	let bills = Contracts::<Test>::iter_keys().count() + Rentals::<Test>::iter_keys().count();
	assert_eq!(Bills::iter_keys().count(), bills, "a bill is left over");
	let advances: u64 = Bills::iter_values().map(|it| it.advance).sum();
	assert_eq!(Balances::free_balance(VAULT), advances + 1, "the vault");
}

/// Some nodes of Alice's, which have just joined.
pub(super) fn nodes(number: u32) {
	for _ in 0..number {
		let next = pallet_nodes::NextNodeId::<Test>::get();
		let agent = agent_of(next);
		let machine = pallet_nodes::Machine {
			capacity: HARDWARE,
			location: pallet_nodes::Location {
				country: *b"BE",
				city: Default::default(),
				latitude: 0,
				longitude: 0,
			},
			encryption_key: [9; 32],
		};
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, agent));
		assert_ok!(Machines::register(Signed(agent).into(), 1, machine, [1; 16]));
	}
}

pub(super) fn agent_of(node: NodeId) -> u64 {
	AGENTS + u64::from(node)
}

/// Give the farm some public addresses of version 4.
pub(super) fn public_ips(number: u8) {
	let ips: Vec<_> = (0..number)
		.map(|last| pallet_farms::FarmAddress { ip: Ip::V4([203, 0, 113, 10 + last]), prefix: 24 })
		.collect();
	let ips = ips.try_into().expect("they are few");
	assert_ok!(Land::add_public_ips(Signed(ALICE).into(), 1, ips, Ip::V4([203, 0, 113, 1])));
}

/// Let time pass, and what the chain does by itself.
pub(super) fn pass_blocks(number: u64) {
	for _ in 0..number {
		System::set_block_number(System::block_number() + 1);
		Timestamp::set_timestamp(Timestamp::get() + 1_000);
		let now = System::block_number();
		Board::on_idle(now, Weight::MAX);
		Grid::on_idle(now, Weight::MAX);
	}
}

/// Let a node show itself.
pub(super) fn beat(node: NodeId) {
	Timestamp::set_timestamp(Timestamp::get() + 60_000);
	assert_ok!(Machines::heartbeat(Signed(agent_of(node)).into(), [1; 16], Timestamp::get()));
}

/// Let all nodes be away for too long.
pub(super) fn darkness() {
	Timestamp::set_timestamp(Timestamp::get() + 301_000);
}

pub(super) fn create(
	who: u64,
	label: &str,
	plan: impl IntoIterator<Item = (NodeId, Spec)>,
	policy: Option<u32>,
) -> frame_support::dispatch::DispatchResult {
	let plan: Vec<_> = plan.into_iter().collect();
	let plan = plan.try_into().expect("it is short");
	Grid::create(Signed(who).into(), text(label), plan, policy, None)
}

/// Create a contract that has to succeed.
pub(super) fn deploy(
	who: u64,
	label: &str,
	plan: impl IntoIterator<Item = (NodeId, Spec)>,
) -> ContractId {
	assert_ok!(create(who, label, plan, None));
	last_contract()
}

pub(super) fn last_contract() -> ContractId {
	NextContractId::<Test>::get() - 1
}

pub(super) fn amend(
	who: u64,
	id: ContractId,
	changes: impl IntoIterator<Item = (NodeId, Option<Spec>)>,
) -> frame_support::dispatch::DispatchResultWithPostInfo {
	let changes: Vec<_> = changes.into_iter().map(|(node, spec)| Change { node, spec }).collect();
	let revision = Contracts::<Test>::get(id).map_or(0, |contract| contract.revision);
	let changes = changes.try_into().expect("they are few");
	Grid::amend(Signed(who).into(), id, revision, changes, None)
}

/// End a contract, or hear why not.
pub(super) fn cancel(who: u64, id: ContractId) -> frame_support::dispatch::DispatchResult {
	Grid::cancel(Signed(who).into(), id).map(|_| ()).map_err(|refused| refused.error)
}

pub(super) fn running() -> Outcome {
	Outcome::Running { keys: NetworkKeys::new() }
}

pub(super) fn report(
	node: NodeId,
	id: ContractId,
	revision: u32,
	outcome: Outcome,
) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Grid::report(Signed(agent_of(node)).into(), id, revision, outcome)
}

/// A policy of Bob's: legal has a veto, and legal and budget both have to agree with everything.
pub(super) fn policy() -> u32 {
	use pallet_approvals::{Guards, Role, Terms};
	let role = |title: &str, member, veto| Role {
		title: title.as_bytes().to_vec().try_into().expect("it is short"),
		members: vec![member].try_into().expect("one"),
		threshold: 1,
		veto,
	};
	let terms = Terms {
		title: b"both".to_vec().try_into().expect("it is short"),
		roles: vec![role("legal", LEGAL, true), role("budget", BUDGET, false)]
			.try_into()
			.expect("two"),
		ttl: 100,
		guards: Guards { create: true, amend: true, cancel: true },
		acceptance: true,
		several_roles: false,
		open: false,
	};
	assert_ok!(Board::create_policy(Signed(BOB).into(), terms));
	pallet_approvals::NextPolicyId::<Test>::get() - 1
}

/// The question that is open about a contract.
pub(super) fn question(id: ContractId) -> (RequestId, Digest) {
	let (_, request) = Contracts::<Test>::get(id).and_then(|it| it.question).expect("one is open");
	let asked = pallet_approvals::Requests::<Test>::get(request).expect("it is open");
	(request, asked.question.digest())
}

/// Both stakeholders agree with what is asked about a contract.
pub(super) fn both_agree(id: ContractId) {
	let (request, digest) = question(id);
	for who in [LEGAL, BUDGET] {
		assert_ok!(Board::approve(Signed(who).into(), request, digest));
	}
}

pub(super) fn state(id: ContractId) -> Option<State> {
	Contracts::<Test>::get(id).map(|contract| contract.state)
}

pub(super) fn placement(node: NodeId, id: ContractId) -> PlacementOf<Test> {
	Placements::<Test>::get(node, id).expect("it is there")
}

/// The cores that are free on a node.
pub(super) fn free_cores(node: NodeId) -> u64 {
	let node = pallet_nodes::Nodes::<Test>::get(node).expect("it is there");
	(HARDWARE.cru - node.reserved.cru) / 1_000
}

pub(super) fn free_ips() -> u32 {
	use grid_primitives::{ip::IpVersion, ports::Farms};
	Land::free_ips(1, IpVersion::V4)
}

/// What an account has in all, and cannot spend.
pub(super) fn held(who: u64) -> u64 {
	Balances::total_balance_on_hold(&who)
}

pub(super) fn bill(id: ContractId) -> TestBill {
	Bills::get(Bill::Contract(id)).expect("it is open")
}

pub(super) fn generation(node: NodeId) -> u64 {
	Machines::generation(node)
}

pub(super) fn events() -> Vec<Event<Test>> {
	let ours = |record: frame_system::EventRecord<_, _>| match record.event {
		RuntimeEvent::Grid(event) => Some(event),
		_ => None,
	};
	System::read_events_no_consensus().map(|record| *record).filter_map(ours).collect()
}

pub(super) fn last_event() -> Event<Test> {
	events().pop().expect("there is one")
}
