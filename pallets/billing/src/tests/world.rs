//! A chain with money and bills. Nodes, farms and what hears of arrears are fakes.

use crate as pallet_billing;
use crate::*;
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	storage::with_storage_layer,
	traits::{
		fungible::{InspectHold, Mutate},
		tokens::Preservation,
		ConstU32, ConstU64, Hooks,
	},
	weights::Weight,
};
use frame_system::{
	EnsureRoot,
	RawOrigin::{Root, Signed},
};
use grid_primitives::{
	capacity::bytes::GIB,
	ip::IpVersion,
	ports::{self, Availability, Bill, Meter, NotFunded, Proposal},
	spec::Usage,
	Balance, Capacity, FarmId, NodeId,
};
use sp_runtime::{BuildStorage, DispatchError};
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
	pub type Money = pallet_billing;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = Least;
	type AccountStore = System;
}

/// Pay.
pub(super) const BOB: u64 = 2;
pub(super) const CAROL: u64 = 3;
/// Has ten tokens.
pub(super) const POOR: u64 = 4;
/// Has as little as can be.
pub(super) const DUST: u64 = 5;
/// Has all the rest.
pub(super) const BANK: u64 = 6;
pub(super) const TREASURY: u64 = 900;
pub(super) const WAITING: u64 = 901;
/// The existential deposit.
pub(super) const ED: Balance = 10_000;
pub(super) const TFT: Balance = 10_000_000;
pub(super) const RICH: Balance = 100_000 * TFT;
/// Ten cents, in 1e-7 USD.
pub(super) const CENTS_10: u64 = 1_000_000;
pub(super) const HOUR: u64 = 3_600;
pub(super) const DAY: u64 = 24 * HOUR;
/// When the stories begin.
pub(super) const START: u64 = 1_800_000_000;
pub(super) const PRICES: Prices =
	Prices { compute: 100_000, storage: 50_000, public_v4: 40_000, public_v6: 10_000, least: 1 };
pub(super) const SHARES: Shares = Shares { farm: 700_000, treasury: 200_000 };

parameter_types! {
	pub const Least: Balance = ED;
	pub const TreasuryAccount: u64 = TREASURY;
	pub const WaitingAccount: u64 = WAITING;
	pub static ThePrices: Prices = PRICES;
	pub static TheShares: Shares = SHARES;
	pub static TheAdvance: u64 = HOUR;
	pub static TheInterval: u64 = HOUR;
	/// Little stories have none.
	pub static TheGrace: u32 = 0;
	pub static TheAnswerTime: u64 = 300;
	pub static TheLeastTime: u64 = 0;
	pub static Issued: Balance = 0;
	/// Nodes that governance vouches for.
	pub static Certified: BTreeSet<NodeId> = BTreeSet::new();
	/// At which second it ceased to.
	pub static Lost: BTreeMap<NodeId, u64> = BTreeMap::new();
	/// The farms of nodes. A node that is not here is of the farm of its own number.
	pub static FarmsOf: BTreeMap<NodeId, Option<FarmId>> = BTreeMap::new();
	/// The payout accounts of farms. That of others is `payout_of`.
	pub static Payouts: BTreeMap<FarmId, u64> = BTreeMap::new();
	/// What was heard of arrears.
	pub static Heard: Vec<(Bill, &'static str)> = Vec::new();
	/// Whether what hears of arrears calls the meter at once.
	pub static Meddles: bool = false;
	/// What it says that this weighs.
	pub static WorkOfArrears: Weight = Weight::from_parts(1_000_000, 100);
}

impl Config for Test {
	type GovernanceOrigin = EnsureRoot<u64>;
	type HoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Availability = Fakes;
	type Nodes = Fakes;
	type Farms = Fakes;
	type OnArrears = Fakes;
	type Time = Timestamp;
	type Treasury = TreasuryAccount;
	type Waiting = WaitingAccount;
	type Prices = ThePrices;
	type Shares = TheShares;
	type Advance = TheAdvance;
	type Interval = TheInterval;
	type MaxPriceAge = ConstU64<DAY>;
	type AnswerTime = TheAnswerTime;
	type LeastTime = TheLeastTime;
	type DefaultGrace = TheGrace;
	type MinGrace = ConstU32<0>;
	type MaxGrace = ConstU32<{ 30 * DAY as u32 }>;
	type WeightInfo = ();
}

/// The clock of a node.
#[derive(Default, Clone, Copy, Debug, PartialEq, codec::Encode, codec::Decode)]
pub(super) struct Clock {
	pub proven: u64,
	pub last_beat: u64,
	/// It does not beat.
	pub dark: bool,
}

#[frame_support::storage_alias]
pub(super) type Clocks = StorageMap<Fakes, frame_support::Twox64Concat, NodeId, Clock>;

/// The neighbours.
pub struct Fakes;

impl frame_support::traits::StorageInstance for Fakes {
	const STORAGE_PREFIX: &'static str = "Clocks";
	fn pallet_prefix() -> &'static str {
		"Fakes"
	}
}

impl ports::Availability for Fakes {
	fn available_seconds(node: NodeId) -> u64 {
		Clocks::get(node).map_or(0, |clock| clock.proven)
	}

	fn is_online(node: NodeId) -> bool {
		Clocks::get(node).is_some_and(|clock| now() - clock.last_beat <= 300)
	}

	fn unproven_seconds(node: NodeId) -> u64 {
		let since = Clocks::get(node).map_or(u64::MAX, |clock| now() - clock.last_beat);
		if since <= 300 {
			since
		} else {
			0
		}
	}
}

impl ports::Nodes<u64> for Fakes {
	fn node_of(_: &u64) -> Option<NodeId> {
		None
	}

	fn farm_of(node: NodeId) -> Option<FarmId> {
		FarmsOf::get().get(&node).copied().unwrap_or(Some(node))
	}

	fn offered(_: NodeId) -> Option<Capacity> {
		None
	}

	fn is_certified(node: NodeId) -> bool {
		Certified::get().contains(&node)
	}

	fn certificate_lost(node: NodeId) -> Option<u64> {
		Lost::get().get(&node).copied()
	}

	fn is_expelled(_: NodeId) -> bool {
		false
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_node(agent: &u64) -> NodeId {
		let node = Clocks::iter_keys().count() as NodeId + 1;
		let farm: FarmId = node;
		Clocks::insert(node, Clock { proven: 0, last_beat: now(), dark: false });
		Payouts::mutate(|all| all.insert(farm, *agent));
		node
	}
}

impl ports::Farms<u64> for Fakes {
	fn owner(farm: FarmId) -> Option<u64> {
		Self::payout(farm)
	}

	fn payout(farm: FarmId) -> Option<u64> {
		Some(Payouts::get().get(&farm).copied().unwrap_or(payout_of(farm)))
	}

	fn free_ips(_: FarmId, _: IpVersion) -> u32 {
		0
	}

	fn attach_node(_: FarmId) {}

	fn detach_node(_: FarmId) {}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_farm(_: &u64) -> FarmId {
		1
	}
}

impl ports::OnArrears<Weight> for Fakes {
	fn paused(bill: Bill) -> Weight {
		hear(bill, "paused");
		if Meddles::get() {
			Money::settle_bill(bill);
			nodes_of(bill).into_iter().for_each(|node| Money::excuse(bill, node));
		}
		WorkOfArrears::get()
	}

	fn resumed(bill: Bill) -> Weight {
		hear(bill, "resumed");
		if Meddles::get() {
			nodes_of(bill).into_iter().for_each(|node| Money::answer(bill, node));
			Money::settle_bill(bill);
		}
		WorkOfArrears::get()
	}

	fn ended(bill: Bill) -> Weight {
		hear(bill, "ended");
		if let Bill::Contract(_) = bill {
			close_all(bill);
		}
		WorkOfArrears::get()
	}

	fn heaviest() -> Weight {
		WorkOfArrears::get()
	}
}

fn hear(bill: Bill, what: &'static str) {
	Heard::mutate(|all| all.push((bill, what)));
}

/// Which bills were settled since the last time, in order.
pub(super) fn settled() -> Vec<Bill> {
	let bills = events()
		.into_iter()
		.filter_map(|event| match event {
			Event::Settled { bill, .. } => Some(bill),
			_ => None,
		})
		.collect();
	System::reset_events();
	bills
}

/// What was heard of arrears since the last time.
pub(super) fn heard() -> Vec<&'static str> {
	Heard::take().into_iter().map(|(_, what)| what).collect()
}

/// Where a farm is paid, unless it said something else. Those of 1 to 4 have the existential
/// deposit, the others nothing.
pub(super) fn payout_of(farm: FarmId) -> u64 {
	1_000 + u64::from(farm)
}

fn reset() {
	ThePrices::set(PRICES);
	TheShares::set(SHARES);
	TheAdvance::set(HOUR);
	TheInterval::set(HOUR);
	TheGrace::set(0);
	TheAnswerTime::set(300);
	TheLeastTime::set(0);
	Lost::set(BTreeMap::new());
	Certified::set(BTreeSet::new());
	FarmsOf::set(BTreeMap::new());
	Payouts::set(BTreeMap::new());
	Heard::set(Vec::new());
	Meddles::set(false);
	WorkOfArrears::set(Weight::from_parts(1_000_000, 100));
}

pub(crate) fn externalities() -> sp_io::TestExternalities {
	reset();
	let mut balances =
		vec![(BOB, RICH), (CAROL, RICH), (POOR, 10 * TFT), (DUST, ED), (BANK, 1_000 * RICH)];
	balances.extend([TREASURY, WAITING].map(|who| (who, ED)));
	balances.extend((1..=4).map(|farm| (payout_of(farm), ED)));
	Issued::set(balances.iter().map(|(_, amount)| amount).sum());
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		money: pallet_billing::GenesisConfig { token_price: CENTS_10, ..Default::default() },
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis is complete");
	let mut chain = sp_io::TestExternalities::new(storage);
	chain.execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(START * 1_000);
		token_price(CENTS_10);
		for node in 1..=4 {
			Clocks::insert(node, Clock { proven: 0, last_beat: START, dark: false });
		}
	});
	chain
}

/// Run a story with four nodes. In the end all invariants hold.
pub(super) fn world<Result>(story: impl FnOnce() -> Result) -> Result {
	externalities().execute_with(|| {
		let result = story();
		check();
		result
	})
}

/// What always holds.
pub(super) fn check() {
	Money::do_try_state().expect("billing");
	let accounts: Vec<_> = frame_system::Account::<Test>::iter_values().collect();
	let all: Balance = accounts.iter().map(|it| it.data.free + it.data.reserved).sum();
	assert_eq!(all, Balances::total_issuance(), "what everybody has");
	assert_eq!(all, Issued::get() - Burned::<Test>::get(), "what was burned");
	let on_hold: Balance = accounts.iter().map(|it| it.data.reserved).sum();
	let held: Balance = Accounts::<Test>::iter_values().map(|it| it.held).sum();
	assert_eq!(on_hold, held, "advances");
}

/// Nothing is left of any bill.
pub(super) fn check_empty() {
	assert_eq!(Accounts::<Test>::iter().count(), 0);
	assert_eq!(Agenda::<Test>::iter().count(), 0);
	for (_, account) in frame_system::Account::<Test>::iter() {
		assert_eq!(account.data.reserved, 0);
	}
}

pub(super) fn now() -> u64 {
	Timestamp::get() / 1_000
}

/// Let time pass, in one go but for heartbeats. Nobody settles.
pub(super) fn wait(seconds: u64) {
	let end = now() + seconds;
	while now() < end {
		let next = Clocks::iter_values()
			.filter(|clock| !clock.dark)
			.map(|clock| 60u64.saturating_sub(now() - clock.last_beat).max(1))
			.min();
		tick(next.unwrap_or(u64::MAX).min(end - now()));
	}
}

/// Let time pass in blocks, with all that the chain does by itself.
pub(super) fn pass(seconds: u64) {
	let end = now() + seconds;
	while now() < end {
		tick(2.min(end - now()));
		idle(Weight::MAX);
	}
}

/// The end of a block in which there is so much time.
pub(super) fn idle(limit: Weight) -> Weight {
	System::set_block_number(System::block_number() + 1);
	Money::on_idle(System::block_number(), limit)
}

/// Let time pass, with heartbeats and nothing else.
pub(super) fn tick(seconds: u64) {
	Timestamp::set_timestamp((now() + seconds) * 1_000);
	for (node, clock) in Clocks::iter().collect::<Vec<_>>() {
		if !clock.dark && now() - clock.last_beat >= 60 {
			beat(node);
		}
	}
}

/// A node shows itself.
pub(super) fn beat(node: NodeId) {
	let mut clock = Clocks::get(node).unwrap_or_default();
	let gap = now() - clock.last_beat;
	if gap <= 300 {
		clock.proven += gap;
	}
	clock.last_beat = now();
	Clocks::insert(node, clock);
}

/// A node goes dark, or comes back.
pub(super) fn dark(node: NodeId, dark: bool) {
	let mut clock = Clocks::get(node).unwrap_or_default();
	clock.dark = dark;
	Clocks::insert(node, clock);
	if !dark {
		beat(node);
	}
}

pub(super) fn proven(node: NodeId) -> u64 {
	Fakes::available_seconds(node)
}

/// The second of a node's availability that it is now, if it is there.
pub(super) fn this_second(node: NodeId) -> u64 {
	proven(node) + Fakes::unproven_seconds(node)
}

pub(super) fn token_price(usd: u64) {
	assert_ok!(Money::set_token_price(Root.into(), usd));
}

/// Some cores, with four GiB of memory each: as many units of compute, a million of the smallest
/// units of the token an hour each.
pub(super) fn cores(number: u64) -> Usage {
	usage(1_000 * number, 4 * number, 0, 0)
}

/// Thousandths of cores, and GiB of memory, solid-state and hard disk.
pub(super) fn usage(cru: u64, memory: u64, sru: u64, hru: u64) -> Usage {
	let capacity = Capacity { cru, mru: memory * GIB, sru: sru * GIB, hru: hru * GIB };
	Usage { capacity, ..Default::default() }
}

pub(super) fn contract(id: u64) -> Bill {
	Bill::Contract(id)
}

/// A call of which nothing is left if it fails.
pub(super) fn in_a_call(call: impl FnOnce() -> Result<u128, NotFunded>) -> Result<u128, NotFunded> {
	with_storage_layer(|| call().map_err(|NotFunded| DispatchError::Other("not funded")))
		.map_err(|_| NotFunded)
}

pub(super) fn try_open(bill: Bill, who: u64, usage: &[(NodeId, Usage)]) -> Result<u128, NotFunded> {
	in_a_call(|| Money::open(bill, &who, usage, false))
}

/// Propose to use this, and as much until then.
pub(super) fn try_propose(bill: Bill, usage: &[(NodeId, Usage)]) -> Result<u128, NotFunded> {
	let all: Vec<_> = usage.iter().map(|(node, it)| (*node, Proposal::of(*it))).collect();
	in_a_call(|| Money::propose(bill, &all))
}

/// Open the bill of a contract.
pub(super) fn start(id: u64, who: u64, usage: &[(NodeId, Usage)]) -> Bill {
	let bill = contract(id);
	assert!(try_open(bill, who, usage).is_ok());
	bill
}

pub(super) fn settle(bill: Bill) {
	assert_ok!(Money::settle(Signed(BANK).into(), bill));
}

pub(super) fn top_up(by: u64, bill: Bill, amount: Balance) {
	assert_ok!(Money::sponsor(Signed(by).into(), bill, amount));
}

/// Close all streams of a bill.
pub(super) fn close_all(bill: Bill) {
	nodes_of(bill).into_iter().for_each(|node| Money::close(bill, node));
}

pub(super) fn nodes_of(bill: Bill) -> Vec<NodeId> {
	let account = Accounts::<Test>::get(bill);
	let mut nodes: Vec<_> =
		account.iter().flat_map(|it| it.streams.iter().map(|(node, _)| *node)).collect();
	nodes.sort();
	nodes
}

pub(super) fn account(bill: Bill) -> AccountOf<Test> {
	Accounts::<Test>::get(bill).expect("it is open")
}

pub(super) fn stream(bill: Bill, node: NodeId) -> Stream {
	account(bill).stream(node).expect("it is open").clone()
}

pub(super) fn standing(bill: Bill) -> Standing<u64> {
	Money::standing(bill).expect("it is open")
}

/// What an account has in all.
pub(super) fn total(who: u64) -> Balance {
	use frame_support::traits::fungible::Inspect;
	Balances::total_balance(&who)
}

/// What an account can use.
pub(super) fn free(who: u64) -> Balance {
	Balances::free_balance(who)
}

pub(super) fn held(who: u64) -> Balance {
	Balances::total_balance_on_hold(&who)
}

pub(super) fn pay(from: u64, to: u64, amount: Balance) {
	assert_ok!(<Balances as Mutate<u64>>::transfer(&from, &to, amount, Preservation::Preserve));
}

/// Let somebody keep so much that is free, and the bank have the rest.
pub(super) fn leave(who: u64, amount: Balance) {
	pay(who, BANK, free(who) - amount);
}

/// What so many seconds of a rate cost: the formula in one line.
pub(super) fn price_of(rate: u64, seconds: u64, price: u64) -> Balance {
	Balance::from(rate) * Balance::from(seconds) * 10_000_000 / (3_600 * Balance::from(price))
}

pub(super) fn events() -> Vec<Event<Test>> {
	let ours = |record: frame_system::EventRecord<_, _>| match record.event {
		RuntimeEvent::Money(event) => Some(event),
		_ => None,
	};
	System::read_events_no_consensus().map(|record| *record).filter_map(ours).collect()
}

pub(super) fn last_event() -> Event<Test> {
	events().pop().expect("there is one")
}
