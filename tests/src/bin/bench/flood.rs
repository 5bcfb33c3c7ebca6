//! A node under more transactions than it can take.

use futures::{stream, StreamExt};
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{block_on, Chain, Person};
use serde_json::json;
use sp_core::{sr25519, Pair};
use std::{
	sync::atomic::{AtomicBool, AtomicUsize, Ordering},
	thread::sleep,
	time::Duration,
};

const SENDERS: u32 = 400;
const MEASURED: Duration = Duration::from_secs(60);
/// Blocks that are not counted, until all are full.
pub(crate) const WARM_UP_BLOCKS: u32 = 4;
/// Transactions that wait in the pool at a time: some full blocks' worth.
const WAITING: usize = 12_000;

/// What such a node takes.
pub(crate) struct Flood {
	/// The last block before it.
	pub(crate) first: u32,
	/// The first block of the minute that counts, and the last.
	pub(crate) counted: (u32, u32),
	/// How many transactions are in these blocks.
	pub(crate) included: usize,
	/// How long they took, by the chain's own time.
	pub(crate) seconds: f64,
	/// How many there are in the fullest block.
	pub(crate) fullest: usize,
}

/// Those who send, each of whom has so much.
pub(crate) fn senders(chain: &Chain, endowment: u128) -> Vec<sr25519::Pair> {
	let senders: Vec<_> =
		(0..SENDERS).map(|index| sr25519::Pair::from_seed(&seed(index))).collect();
	for some in senders.chunks(200) {
		let calls = some.iter().map(|account| transfer(account, endowment)).collect();
		let batch = pallet_utility::Call::<Runtime>::batch_all { calls };
		chain.send(Person::Alice, RuntimeCall::Utility(batch)).expect("Alice can afford it");
	}
	senders
}

fn seed(index: u32) -> [u8; 32] {
	let mut seed = [3; 32];
	seed[..4].copy_from_slice(&index.to_le_bytes());
	seed
}

pub(crate) fn transfer(to: &sr25519::Pair, value: u128) -> RuntimeCall {
	let dest = AccountId::from(to.public()).into();
	RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value })
}

/// Sign so many calls, in turn by all senders, who have sent so many already. `call` is told whose
/// turn it is, and how often it was.
pub(crate) fn sign(
	chain: &Chain,
	senders: &[sr25519::Pair],
	sent: u32,
	number: u32,
	call: impl Fn(usize, u32) -> RuntimeCall,
) -> Vec<String> {
	eprintln!("signing {number} transactions");
	let turns = senders.len() as u32;
	(0..number)
		.map(|index| {
			let (turn, sender) = (index / turns, (index % turns) as usize);
			let call = call(sender, turn);
			let bytes = chain.sign_for(1, 1, &senders[sender], sent + turn, call);
			format!("0x{}", hex::encode(bytes))
		})
		.collect()
}

/// Keep the pool of a node filled with these transactions, until a minute has been counted.
pub(crate) fn flood(chain: &Chain, transactions: &[String]) -> Flood {
	let first = chain.best().number;
	let included = AtomicUsize::new(0);
	let done = AtomicBool::new(false);
	std::thread::scope(|scope| {
		let counter = scope.spawn(|| {
			let flood = count(chain, first, &included);
			done.store(true, Ordering::Relaxed);
			flood
		});
		let send = stream::iter(transactions.iter().enumerate()).for_each_concurrent(
			200,
			|(index, transaction)| {
				let (included, done) = (&included, &done);
				async move {
					while index > included.load(Ordering::Relaxed) + WAITING {
						if done.load(Ordering::Relaxed) {
							return;
						}
						tokio::time::sleep(Duration::from_millis(20)).await;
					}
					if !done.load(Ordering::Relaxed) {
						let parameters = [json!(transaction)];
						let answer = chain.rpc.request("author_submitExtrinsic", &parameters);
						if let Err(error) = answer.await {
							eprintln!("refused: {error:#}");
						}
					}
				}
			},
		);
		block_on(send);
		counter.join().expect("the counter ends")
	})
}

/// Count what is in blocks, over a minute of the chain's own time.
fn count(chain: &Chain, first: u32, included: &AtomicUsize) -> Flood {
	let (mut number, mut counted, mut fullest) = (first + 1, 0, 0);
	let mut start = None;
	loop {
		let Some(hash) = chain.hash_of(number).filter(|_| chain.best().number >= number) else {
			sleep(Duration::from_millis(50));
			continue;
		};
		let now: u64 = chain
			.storage(&pallet_timestamp::Now::<Runtime>::hashed_key(), Some(hash))
			.expect("the node answers")
			.expect("each block has a time");
		let inside = chain.body(hash).expect("the block is known").len() - 1;
		included.fetch_add(inside, Ordering::Relaxed);
		match start {
			None if number >= first + WARM_UP_BLOCKS => start = Some((number, now)),
			None => {},
			Some((block, time)) => {
				counted += inside;
				fullest = fullest.max(inside);
				let seconds = (now - time) as f64 / 1000.0;
				if seconds >= MEASURED.as_secs_f64() {
					let counted_blocks = (block + 1, number);
					return Flood {
						first,
						counted: counted_blocks,
						included: counted,
						seconds,
						fullest,
					};
				}
			},
		}
		number += 1;
	}
}
