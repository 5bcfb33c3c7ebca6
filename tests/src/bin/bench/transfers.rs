use futures::{stream, StreamExt};
use grid_primitives::time::SLOT_MILLIS;
use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{block_on, grid_node, Chain, Node, NodeBuilder, Person};
use serde_json::json;
use sp_core::{sr25519, Pair};
use std::{
	path::Path,
	process::Stdio,
	sync::atomic::{AtomicUsize, Ordering},
	thread::sleep,
	time::{Duration, Instant},
};

const SENDERS: u32 = 400;
const MEASURED: Duration = Duration::from_secs(60);
const WARM_UP_BLOCKS: u32 = 4;
const TRANSFERS: u32 = 160_000;
/// Transactions that wait in the pool at a time: some full blocks' worth.
const WAITING: usize = 12_000;
const PRICE: u128 = 100_000;

/// Sustained transfers: the pool is kept filled, and what counts is in blocks.
pub(crate) fn run() {
	let mut node = NodeBuilder::new("transfers")
		.args(["--dev", "--pool-limit", "30000", "--pool-kbytes", "60000"])
		.start();
	let chain = node.chain();
	let senders: Vec<_> =
		(0..SENDERS).map(|index| sr25519::Pair::from_seed(&seed(index))).collect();
	endow(chain, &senders);

	eprintln!("signing {TRANSFERS} transfers");
	let transactions: Vec<String> = (0..TRANSFERS)
		.map(|index| {
			let (nonce, sender) = (index / SENDERS, &senders[(index % SENDERS) as usize]);
			let receiver = &senders[((index + 1) % SENDERS) as usize];
			let call = transfer(receiver, PRICE);
			let bytes = chain.sign_for(1, 1, sender, nonce, call);
			format!("0x{}", hex::encode(bytes))
		})
		.collect();

	let first = chain.best().number;
	let included = AtomicUsize::new(0);
	let done = AtomicUsize::new(0);
	eprintln!("sending; the node logs to {}", node.folder().display());
	let figures = std::thread::scope(|scope| {
		let counter = scope.spawn(|| {
			let figures = count(chain, first, &included);
			done.store(1, Ordering::Relaxed);
			figures
		});
		let send = stream::iter(transactions.iter().enumerate()).for_each_concurrent(
			200,
			|(index, transaction)| {
				let (included, done) = (&included, &done);
				async move {
					while index > included.load(Ordering::Relaxed) + WAITING {
						if done.load(Ordering::Relaxed) == 1 {
							return;
						}
						tokio::time::sleep(Duration::from_millis(20)).await;
					}
					if done.load(Ordering::Relaxed) == 0 {
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
	});
	let (transfers, seconds, fullest) = figures;
	println!("fullest block: {fullest} transfers");
	for block in [WARM_UP_BLOCKS + 3, WARM_UP_BLOCKS + 10, WARM_UP_BLOCKS + 20] {
		let number = first + block;
		let made = node.log();
		let line = made
			.lines()
			.find(|line| line.contains(&format!("Prepared block for proposing at {number} ")));
		if let Some(time) = line.and_then(|line| line.split('(').nth(1)) {
			println!("block {number} was made in {}", time.split(')').next().unwrap_or(time));
		}
	}
	let last = chain.best().number;
	node.stop();
	let each = import(&node, first + WARM_UP_BLOCKS, last);
	println!("a full block is imported in {each:.0} ms, of a slot of {SLOT_MILLIS} ms");
	println!("transfers: {:.0} /s (bar: ≥ 1000 /s)", transfers as f64 / seconds);
}

/// How long a block takes to import, in milliseconds: those after `filled`, which are full. What
/// came before is imported first and not counted.
fn import(node: &Node, filled: u32, last: u32) -> f64 {
	let blocks = node.folder().join("blocks");
	let copy = node.folder().join("copy");
	let run = |command: &str, base: &Path, more: &[&str]| {
		let start = Instant::now();
		let status = grid_node()
			.args([command, "--dev", "--base-path"])
			.arg(base)
			.arg(&blocks)
			.args(more)
			.stderr(Stdio::null())
			.status();
		assert!(status.expect("the node is built").success(), "{command} failed");
		start.elapsed().as_secs_f64() * 1000.0
	};
	let base = node.folder();
	run("export-blocks", base, &["--binary", "--to", &filled.to_string()]);
	run("import-blocks", &copy, &["--binary"]);
	let from_nothing = run("import-blocks", &copy, &["--binary"]);
	run(
		"export-blocks",
		base,
		&["--binary", "--from", &(filled + 1).to_string(), "--to", &last.to_string()],
	);
	(run("import-blocks", &copy, &["--binary"]) - from_nothing) / f64::from(last - filled)
}

/// Count the transfers in blocks, over a minute of the chain's own time.
fn count(chain: &Chain, first: u32, included: &AtomicUsize) -> (usize, f64, usize) {
	let (mut number, mut transfers, mut fullest) = (first + 1, 0, 0);
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
			None if number >= first + WARM_UP_BLOCKS => start = Some(now),
			None => {},
			Some(start) => {
				transfers += inside;
				fullest = fullest.max(inside);
				let seconds = (now - start) as f64 / 1000.0;
				if seconds >= MEASURED.as_secs_f64() {
					return (transfers, seconds, fullest);
				}
			},
		}
		number += 1;
	}
}

fn seed(index: u32) -> [u8; 32] {
	let mut seed = [3; 32];
	seed[..4].copy_from_slice(&index.to_le_bytes());
	seed
}

fn transfer(to: &sr25519::Pair, value: u128) -> RuntimeCall {
	let dest = AccountId::from(to.public()).into();
	RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value })
}

fn endow(chain: &Chain, accounts: &[sr25519::Pair]) {
	for some in accounts.chunks(200) {
		let calls = some.iter().map(|account| transfer(account, 10_000_000_000)).collect();
		let batch = pallet_utility::Call::<Runtime>::batch_all { calls };
		chain.send(Person::Alice, RuntimeCall::Utility(batch)).expect("Alice can afford it");
	}
}
