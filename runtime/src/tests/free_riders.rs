//! Whoever holds a node pays for it. In each story somebody tries to have it for nothing, and the farmer
//! gets what the list says for the time.

use super::development;
use crate::*;
use frame_support::{
	traits::{Hooks, UnixTime},
	weights::Weight,
};
use grid_primitives::{
	capacity::bytes::GIB,
	machine::{Location, Machine},
	ports::Bill,
	report::{Failure, FailureCode, Outcome},
	spec::{Change, Disk, Kind, Name, Spec, Text, Usage, Volume, Workload},
	Balance, Capacity, ContractId, NodeId,
};
use sp_keyring::Sr25519Keyring as Person;
use sp_runtime::traits::Dispatchable;

const FARMER: Person = Person::Ferdie;
const AGENT: Person = Person::FerdieStash;
const TENANT: Person = Person::Bob;
const NODE: NodeId = 1;
const HOUR: u64 = 3_600;
/// When the stories begin.
const START: u64 = 1_800_000_000;

fn does(who: Person, call: impl Into<RuntimeCall>) {
	let done = call.into().dispatch(RuntimeOrigin::signed(who.to_account_id()));
	done.expect("it can be done");
}

fn now() -> u64 {
	Timestamp::now().as_secs()
}

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

/// A chain for developers, which has a farmer and an invitation, with a node and a tenant with a twin.
fn world(story: impl FnOnce()) {
	development().execute_with(|| {
		System::set_block_number(1);
		pallet_timestamp::Now::<Runtime>::put(START * 1_000);
		does(TENANT, pallet_twins::Call::create { relay: None, encryption_key: [1; 32] });
		let location =
			Location { country: *b"BE", city: Default::default(), latitude: 0, longitude: 0 };
		let capacity = Capacity { cru: 8_000, mru: 32 * GIB, sru: 2_000 * GIB, hru: 0 };
		let machine = Machine { capacity, location, encryption_key: [9; 32] };
		does(AGENT, pallet_nodes::Call::register { farm: 1, machine, boot_id: [1; 16] });
		story();
		Billing::do_try_state().expect("billing");
		Deployments::do_try_state().expect("deployments");
	});
}

/// Let time pass, in which the node beats.
fn pass(seconds: u64) {
	let end = now() + seconds;
	while now() < end {
		let step = 60.min(end - now());
		pallet_timestamp::Now::<Runtime>::put((now() + step) * 1_000);
		let block = System::block_number() + 1;
		System::set_block_number(block);
		if step == 60 {
			does(AGENT, pallet_nodes::Call::heartbeat { boot_id: [1; 16], uptime: now() - START });
		}
		Approvals::on_idle(block, Weight::MAX);
		Deployments::on_idle(block, Weight::MAX);
		Billing::on_idle(block, Weight::MAX);
	}
}

/// A disk: so many GiB.
fn disk(gib: u64) -> Spec {
	let volume = Kind::Volume(Volume { size: gib * GIB, disk: Disk::Ssd });
	Spec::V1(vec![Workload { name: text("data"), kind: volume }].try_into().expect("one"))
}

fn create(gib: u64, policy: Option<u32>) -> ContractId {
	let label: Name = text("shop");
	let plan = vec![(NODE, disk(gib))].try_into().expect("one");
	let id = pallet_deployments::NextContractId::<Runtime>::get();
	does(TENANT, pallet_deployments::Call::create { label, plan, policy, most: None });
	id
}

fn says(contract: ContractId, revision: u32, outcome: Outcome) {
	does(AGENT, pallet_deployments::Call::report { contract, revision, outcome });
}

fn fails(contract: ContractId, code: FailureCode) {
	let failure = Failure { code, workload: None, detail: text("it does not run") };
	says(contract, 1, Outcome::Failed(failure));
}

fn cancel(contract: ContractId) {
	does(TENANT, pallet_deployments::Call::cancel { contract });
}

/// What the farmer has.
fn has() -> Balance {
	Balances::free_balance(FARMER.to_account_id())
}

/// What the farmer earns in a story, of his share of the list price of so many seconds of it. In
/// thousandths.
fn earned(usage: Usage, seconds: u64, story: impl FnOnce()) -> Balance {
	let list = Billing::cost(vec![(NODE, usage)], seconds) * 7 / 10;
	let before = has();
	story();
	(has() - before) * 1_000 / list
}

fn assert_paid(gib: u64, seconds: u64, story: impl FnOnce()) {
	let thousandths = earned(disk(gib).usage(), seconds, story);
	assert!((990..=1_010).contains(&thousandths), "{thousandths} thousandths of the list price");
}

#[test]
fn what_fails_by_the_tenants_fault_is_paid() {
	for code in [FailureCode::Crashed, FailureCode::ImageNotFound, FailureCode::SecretNotReadable] {
		world(|| {
			assert_paid(1_000, 48 * HOUR, || {
				let id = create(1_000, None);
				fails(id, code);
				pass(48 * HOUR);
				cancel(id);
			})
		});
	}
}

/// A policy that only the tenant can agree with, who does not.
fn policy() -> u32 {
	let role = pallet_approvals::Role {
		title: b"mine".to_vec().try_into().expect("it is short"),
		members: vec![TENANT.to_account_id()].try_into().expect("one"),
		threshold: 1,
		veto: false,
	};
	let terms = pallet_approvals::Terms {
		title: b"mine".to_vec().try_into().expect("it is short"),
		roles: vec![role].try_into().expect("one"),
		ttl: 1_000_000,
		guards: pallet_approvals::Guards { create: true, amend: true, cancel: false },
		acceptance: false,
		several_roles: false,
		open: false,
	};
	let id = pallet_approvals::NextPolicyId::<Runtime>::get();
	does(TENANT, pallet_approvals::Call::create_policy { terms });
	id
}

#[test]
fn what_nobody_agrees_to_is_paid() {
	world(|| {
		let policy = policy();
		assert_paid(1_000, 72 * HOUR, || {
			let id = create(1_000, Some(policy));
			pass(72 * HOUR);
			cancel(id);
		});
	});
}

#[test]
fn an_amendment_that_nobody_agrees_to_is_paid() {
	world(|| {
		let policy = policy();
		let id = create(1, Some(policy));
		let agree = || {
			let contract = pallet_deployments::Contracts::<Runtime>::get(id).expect("it is there");
			let (_, request) = contract.question.expect("it is asked");
			let asked = pallet_approvals::Requests::<Runtime>::get(request).expect("it is open");
			let digest = asked.question.digest();
			does(TENANT, pallet_approvals::Call::approve { request, digest });
		};
		agree();
		says(id, 1, Outcome::Running { keys: Default::default() });
		assert_paid(1_000, 72 * HOUR, || {
			let changes = vec![Change { node: NODE, spec: Some(disk(1_000)) }];
			let changes = changes.try_into().expect("one");
			does(
				TENANT,
				pallet_deployments::Call::amend { contract: id, revision: 1, changes, most: None },
			);
			pass(72 * HOUR);
			does(TENANT, pallet_deployments::Call::withdraw { contract: id });
			does(TENANT, pallet_billing::Call::settle { bill: Bill::Contract(id) });
		});
		cancel(id);
	});
}

/// The tenant sends all that is free to somebody else.
fn spends_all() {
	let dest = Person::Charlie.to_account_id().into();
	does(TENANT, pallet_balances::Call::transfer_all { dest, keep_alive: true });
}

#[test]
fn a_pause_is_paid_from_the_grace() {
	world(|| {
		assert_paid(1_000, (1 + 30 * 24) * HOUR, || {
			let id = create(1_000, None);
			says(id, 1, Outcome::Running { keys: Default::default() });
			let bill = Bill::Contract(id);
			does(TENANT, pallet_billing::Call::set_grace { bill, seconds: 30 * 86_400 });
			spends_all();
			pass(HOUR);
			says(id, 1, Outcome::Stopped);
			let hours = (1..=40 * 24).find(|_| {
				pass(HOUR);
				!pallet_deployments::Contracts::<Runtime>::contains_key(id)
			});
			// All that was held for it is spent then: an hour, and thirty days.
			assert_eq!(hours, Some(30 * 24));
		});
	});
}

#[test]
fn a_rental_without_money_is_paid_from_the_grace() {
	world(|| {
		let all = Nodes::summary(NODE).expect("it has joined").offered;
		let half = |seconds| {
			Billing::cost(vec![(NODE, Usage { capacity: all, ..Default::default() })], seconds) / 2
		};
		let before = has();
		does(TENANT, pallet_deployments::Call::rent { node: NODE, most: None });
		spends_all();
		pass(26 * HOUR);
		assert!(!pallet_deployments::Rentals::<Runtime>::contains_key(NODE), "it has ended");
		let (got, list) = (has() - before, half(25 * HOUR) * 7 / 10);
		assert!(got >= list * 99 / 100, "{got} of {list}");
	});
}

#[test]
fn to_hold_and_give_back_between_two_heartbeats_is_paid() {
	world(|| {
		// Ten times for half a minute: each is paid for the least time, of five minutes.
		assert_paid(1_000, 10 * 300, || {
			for _ in 0..10 {
				let id = create(1_000, None);
				pass(30);
				cancel(id);
				pass(60);
			}
		});
	});
}

#[test]
fn a_node_that_does_not_answer_or_is_to_blame_earns_nothing() {
	world(|| {
		assert_paid(1_000, 300, || {
			let id = create(1_000, None);
			pass(10 * HOUR);
			fails(id, FailureCode::NoCapacity);
			pass(10 * HOUR);
			cancel(id);
		});
	});
}
