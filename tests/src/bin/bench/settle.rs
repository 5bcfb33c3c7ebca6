use codec::Encode;
use frame_support::{dispatch::PerDispatchClass, weights::Weight};
use frame_system::EventRecord;
use grid_primitives::ports::Bill;
use grid_runtime::{
	configs::system::RuntimeBlockWeights, AccountId, Hash, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeHoldReason,
};
use grid_stories::{Chain, NodeBuilder, Person};
use pallet_billing::{Account, Accounts, Agenda, Rate, Stream};
use pallet_nodes::{Clock, Clocks};
use std::{
	thread::sleep,
	time::{Duration, SystemTime, UNIX_EPOCH},
};

const BILLS: u64 = 100_000;
/// 0.01 USD an hour: a tenth of a token.
const RATE: u64 = 100_000;
/// An hour of it.
const OWED: u128 = 1_000_000;
const HELD: u128 = 2 * OWED;
/// How long it takes to write all bills into the storage, in seconds.
const WRITING: u64 = 90;
const ITEMS: usize = 4_000;
const PAYERS: [Person; 6] = [
	Person::Bob,
	Person::Charlie,
	Person::Dave,
	Person::Eve,
	Person::BobStash,
	Person::CharlieStash,
];

/// Bills that are due in the same second, served by a node.
pub(crate) fn run() {
	let node = NodeBuilder::new("settle-100k")
		.args(["--dev", "--pool-limit", "30000", "--pool-kbytes", "200000"])
		.start();
	let chain = node.chain();
	let begin = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later").as_secs();
	let due = begin + WRITING;
	eprintln!("writing {BILLS} bills; the node logs to {}", node.folder().display());
	let mut items = vec![(Clocks::<Runtime>::hashed_key_for(1), clock().encode())];
	items.extend(PAYERS.iter().flat_map(|payer| money(chain, *payer)));
	items.extend((1..=BILLS).flat_map(|number| bill(number, due)));
	write(chain, &items);
	let begun = chain.best().number;
	assert!(now(chain) < due, "the machine is too slow: WRITING must be longer");

	let limit = RuntimeBlockWeights::get().max_block.ref_time();
	let (mut settled, mut paid, mut blocks, mut heaviest) = (0, 0, 0, 0);
	let mut weights = 0;
	let mut number = begun + 1;
	while settled < BILLS {
		let Some(at) = chain.hash_of(number).filter(|_| chain.best().number >= number) else {
			sleep(Duration::from_millis(100));
			continue;
		};
		let before = settled;
		for event in events(chain, at) {
			if let pallet_billing::Event::Settled { paid: amount, .. } = event {
				settled += 1;
				paid += amount;
			}
		}
		let weight = weight(chain, at);
		heaviest = heaviest.max(weight);
		if settled > before {
			blocks += 1;
			weights += weight;
		}
		number += 1;
	}
	assert_eq!(paid, u128::from(BILLS) * OWED, "each second is paid once");
	assert!(heaviest <= limit, "a block was heavier than it may be");
	let each = weights as f64 / BILLS as f64 / 1e6;
	println!("the heaviest block: {:.1} % of what it may weigh", percent(heaviest, limit));
	println!("a settlement weighs {each:.0} µs, with its share of the blocks");
	println!("settle-100k: {blocks} blocks (bar: never above the weight that is left)");
}

fn percent(part: u64, of: u64) -> f64 {
	100.0 * part as f64 / of as f64
}

fn now(chain: &Chain) -> u64 {
	let key = pallet_timestamp::Now::<Runtime>::hashed_key();
	let now: Option<u64> = chain.storage(&key, None).expect("the node answers");
	now.unwrap_or_default() / 1_000
}

fn events(chain: &Chain, at: Hash) -> Vec<pallet_billing::Event<Runtime>> {
	let records: Option<Vec<EventRecord<RuntimeEvent, Hash>>> =
		chain.storage(&grid_stories::EVENTS, Some(at)).expect("the node answers");
	let ours = |record: EventRecord<RuntimeEvent, Hash>| match record.event {
		RuntimeEvent::Billing(event) => Some(event),
		_ => None,
	};
	records.unwrap_or_default().into_iter().filter_map(ours).collect()
}

fn weight(chain: &Chain, at: Hash) -> u64 {
	let key = frame_system::BlockWeight::<Runtime>::hashed_key();
	let weight: Option<PerDispatchClass<Weight>> =
		chain.storage(&key, Some(at)).expect("the node answers");
	weight.map_or(0, |weight| weight.total().ref_time())
}

/// A node that was available for two hours.
fn clock() -> Clock {
	Clock { boot_id: [1; 16], uptime: 7_200, last_beat: 1, available_seconds: 7_200 }
}

/// Hold the advances of a payer's bills.
fn money(chain: &Chain, payer: Person) -> [(Vec<u8>, Vec<u8>); 2] {
	type Info = frame_system::AccountInfo<u32, pallet_balances::AccountData<u128>>;
	let who = payer.to_account_id();
	let key = frame_system::Account::<Runtime>::hashed_key_for(&who);
	let mut info: Info =
		chain.storage(&key, None).expect("the node answers").expect("it has money");
	let its = (1..=BILLS).filter(|number| payer_of(*number) == payer).count() as u128;
	info.data.free -= its * HELD;
	info.data.reserved += its * HELD;
	info.consumers += 1;
	let reason = RuntimeHoldReason::Billing(pallet_billing::HoldReason::Prepayment);
	let holds = vec![(reason, its * HELD)];
	[
		(key, info.encode()),
		(pallet_balances::Holds::<Runtime>::hashed_key_for(&who), holds.encode()),
	]
}

fn payer_of(number: u64) -> Person {
	PAYERS[number as usize % PAYERS.len()]
}

/// What the storage has of a bill that owes an hour.
fn bill(number: u64, due: u64) -> [(Vec<u8>, Vec<u8>); 2] {
	let bill = Bill::Contract(1_000_000 + number);
	let stream = Stream {
		rate: Rate { usd: RATE, certified: None },
		next: None,
		proposed: None,
		since: 0,
		from: Some(3_600),
		until: None,
		owed: 0,
		split: 0,
	};
	let account: Account<AccountId> = Account {
		payer: payer_of(number).to_account_id(),
		held: HELD,
		streams: vec![(1, stream)].try_into().expect("one"),
		paused: None,
		grace: 86_400,
		due: Some(due),
	};
	[
		(Accounts::<Runtime>::hashed_key_for(bill), account.encode()),
		(Agenda::<Runtime>::hashed_key_for((due.to_be_bytes(), bill)), vec![]),
	]
}

/// Write into the storage, by sudo, and wait until the last of it is in a block.
fn write(chain: &Chain, items: &[(Vec<u8>, Vec<u8>)]) {
	let alice = Person::Alice;
	let first = chain.nonce(&alice.to_account_id());
	let parts: Vec<_> = items.chunks(ITEMS).collect();
	for (index, part) in parts.iter().enumerate() {
		let call = RuntimeCall::System(frame_system::Call::set_storage { items: part.to_vec() });
		let sudo = RuntimeCall::Sudo(pallet_sudo::Call::sudo { call: Box::new(call) });
		let transaction = chain.sign(&alice.pair(), first + index as u32, sudo).expect("signed");
		if index + 1 < parts.len() {
			chain.submit(&transaction).expect("Alice has sudo");
		} else {
			chain.follow(&transaction).expect("Alice has sudo");
		}
	}
}
