//! Money for what is there, by the second.

use crate::agent::Agent;
use grid_primitives::{
	capacity::bytes::GIB,
	ports::Bill,
	report::Outcome,
	spec::{Disk, Kind, Spec, Text, Volume, Workload},
	token::TFT,
	Balance, ContractId,
};
use grid_runtime::{AccountId, Runtime, RuntimeCall, RuntimeEvent};
use grid_stories::{chain_with, eventually, set_advance, Chain, Gaps, Included, Person};
use pallet_billing::{rates, Accounts, Event};
use pallet_deployments::{Contracts, State};
use sp_core::Pair;
use std::time::Duration;

/// For how long money is held in advance, in seconds.
const ADVANCE: u64 = 20;
/// What a token is worth, in 1e-7 USD.
const PRICE: u64 = 1_000_000;

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

/// Deploy a large disk on the node, and let it run.
fn deploy(chain: &Chain, agent: &Agent, who: Person) -> ContractId {
	let create = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
	chain.send(who, RuntimeCall::Twins(create)).expect("he has money");
	let volume = Kind::Volume(Volume { size: 900 * GIB, disk: Disk::Ssd });
	let spec = Spec::V1(
		vec![Workload { name: text("data"), kind: volume }].try_into().expect("it is one"),
	);
	let create = pallet_deployments::Call::create {
		label: text("archive"),
		plan: vec![(1, spec)].try_into().expect("it is one"),
		policy: None,
		most: None,
	};
	let included = chain.send(who, RuntimeCall::Deployments(create)).expect("there is room");
	let created = |event: &RuntimeEvent| match event {
		RuntimeEvent::Deployments(pallet_deployments::Event::Created { contract, .. }) => {
			Some(*contract)
		},
		_ => None,
	};
	let contract = included.events.iter().find_map(created).expect("it says so");
	agent.report(contract, running()).expect("it is to run");
	contract
}

fn running() -> Outcome {
	Outcome::Running { keys: Default::default() }
}

fn state(chain: &Chain, contract: ContractId) -> State {
	let key = Contracts::<Runtime>::hashed_key_for(contract);
	let found: Option<pallet_deployments::ContractOf<Runtime>> =
		chain.storage(&key, None).expect("the node answers");
	found.expect("it is there").state
}

fn stream(chain: &Chain, contract: ContractId) -> pallet_billing::Stream {
	bill(chain, contract).stream(1).expect("it is on the node").clone()
}

fn held(chain: &Chain, contract: ContractId) -> Balance {
	bill(chain, contract).held
}

fn bill(chain: &Chain, contract: ContractId) -> pallet_billing::AccountOf<Runtime> {
	let key = Accounts::<Runtime>::hashed_key_for(Bill::Contract(contract));
	chain.storage(&key, None).expect("the node answers").expect("it is there")
}

/// What a transaction let somebody pay.
fn paid(included: &Included) -> Balance {
	let paid = |event: &RuntimeEvent| match event {
		RuntimeEvent::Billing(Event::Settled { paid, .. }) => Some(*paid),
		_ => None,
	};
	included.events.iter().filter_map(paid).sum()
}

fn cancel(chain: &Chain, who: Person, contract: ContractId) -> Included {
	let cancel = pallet_deployments::Call::cancel { contract };
	chain.send(who, RuntimeCall::Deployments(cancel)).expect("it is his")
}

#[test]
fn a_farmer_earns_what_was_quoted_and_nothing_for_the_dark() {
	let node = chain_with("billing", Gaps::IMPATIENT);
	let chain = node.chain();
	set_advance(chain, ADVANCE);
	let agent = Agent::join(chain);
	let ferdie = Person::Ferdie.to_account_id();
	let (farmer, issuance) = (chain.balance(&ferdie), issuance(chain));
	let contract = deploy(chain, &agent, Person::Bob);
	// A stream that has not been settled yet tells since when it is paid.
	let begun = stream(chain, contract);
	let rate = begun.rate.usd;
	let from = begun.from.expect("it is reserved");
	// 900 GiB of solid-state disk are four and a half units of storage.
	assert_eq!(rate, 225_000);

	agent.beat_for(25);
	let light = agent.clock().available_seconds;
	std::thread::sleep(Duration::from_secs(25));
	agent.beat_for(2);
	let dark = agent.clock().available_seconds;
	assert_eq!(light, dark, "nobody was there");
	agent.beat_for(15);

	let settle = pallet_billing::Call::settle { bill: Bill::Contract(contract) };
	chain.send(Person::Eve, RuntimeCall::Billing(settle)).expect("anyone can");
	let clock = agent.clock();
	let cancelled = cancel(chain, Person::Bob, contract);
	// To the second: also those that no heartbeat has proven yet.
	let unproven = time(chain, &cancelled) - clock.last_beat;
	let seconds = clock.available_seconds + unproven - from;
	assert!(seconds >= 30, "{seconds}");
	let quoted = rates::units(rates::owed(rate, seconds), PRICE);
	let earned = chain.balance(&ferdie) - farmer;
	let share = quoted * 7 / 10;
	assert!(earned == share, "{earned} is not {share}, which is for {seconds} seconds");
	let burned = issuance - self::issuance(chain);
	assert!(burned.abs_diff(quoted / 10) <= 1, "{burned} of {quoted} were burned");
}

/// The time of a block, in seconds.
fn time(chain: &Chain, of: &Included) -> u64 {
	let key = pallet_timestamp::Now::<Runtime>::hashed_key();
	let now: Option<u64> = chain.storage(&key, Some(of.block)).expect("the node answers");
	now.expect("it has one") / 1_000
}

fn issuance(chain: &Chain) -> Balance {
	let key = pallet_balances::TotalIssuance::<Runtime>::hashed_key();
	chain.storage(&key, None).expect("the node answers").expect("there is money")
}

#[test]
fn somebody_runs_out_of_money_and_is_helped() {
	let node = chain_with("arrears", Gaps::IMPATIENT);
	let chain = node.chain();
	set_advance(chain, ADVANCE);
	let agent = Agent::join(chain);
	let contract = deploy(chain, &agent, Person::Dave);
	let with_a_day = rates::advance(225_000, 86_400 + ADVANCE, PRICE);
	assert!(held(chain, contract).abs_diff(with_a_day) <= 1);
	let bill = Bill::Contract(contract);
	let own = |call| chain.send(Person::Dave, RuntimeCall::Billing(call)).expect("it is his");
	own(pallet_billing::Call::set_grace { bill, seconds: 3_600 });
	own(pallet_billing::Call::withdraw { bill });
	let dest = AccountId::from(Person::Bob.pair().public()).into();
	let all = pallet_balances::Call::transfer_all { dest, keep_alive: true };
	chain.send(Person::Dave, RuntimeCall::Balances(all)).expect("it is his money");

	eventually("the money ends", Duration::from_secs(120), || {
		agent.beat_for(2);
		(state(chain, contract) == State::Paused).then_some(())
	});
	let refused = agent.report(contract, running()).expect_err("it is not to run");
	assert!(format!("{refused:#}").contains("Invalid Transaction"), "{refused:#}");
	agent.report(contract, Outcome::Stopped).expect("it is to stop");
	agent.beat_for(10);
	let settle = pallet_billing::Call::settle { bill };
	let settled = chain.send(Person::Eve, RuntimeCall::Billing(settle)).expect("anyone can");
	assert!(paid(&settled) > 0, "the grace pays for what stays reserved");
	assert_eq!(state(chain, contract), State::Paused);

	let top_up = |amount| {
		let call = pallet_billing::Call::sponsor { bill, amount };
		chain.send(Person::Charlie, RuntimeCall::Billing(call)).expect("Charlie has money")
	};
	top_up(10);
	assert_eq!(state(chain, contract), State::Paused, "that is not enough");
	top_up(1_000_000);
	assert_eq!(state(chain, contract), State::Live);
	agent.report(contract, running()).expect("it is to run");
	agent.beat_for(10);
	// He has not even the fee for a transaction.
	let dest = Person::Dave.to_account_id().into();
	let fee = pallet_balances::Call::transfer_keep_alive { dest, value: TFT };
	chain.send(Person::Charlie, RuntimeCall::Balances(fee)).expect("Charlie has money");
	assert!(paid(&cancel(chain, Person::Dave, contract)) > 0);
}
