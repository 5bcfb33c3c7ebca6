use crate::flood::{flood, senders, sign, transfer};
use codec::Encode;
use grid_primitives::{
	capacity::bytes::{GIB, MIB, TIB},
	spec::{
		Attachment, Container, Disk, Egress, Image, Kind, LogTarget, Mount, Network, RestartPolicy,
		Spec, Subnet, Text, Variable, Volume, Workload,
	},
	Capacity,
};
use grid_runtime::{
	configs::parameters::{dynamic::heartbeats, RuntimeParameters},
	AccountId, Hash, Runtime, RuntimeCall,
};
use grid_stories::{Chain, NodeBuilder, Person, EVENTS};
use pallet_deployments::NextContractId;
use pallet_nodes::{Location, Machine};
use serde_json::json;
use sp_core::{sr25519, Pair};

/// Contracts and transfers to sign: more than can be included.
const CONTRACTS: u32 = 100_000;
const TRANSFERS: u32 = 160_000;

/// Sustained contracts, then sustained transfers, on the same node.
pub(crate) fn run() {
	let node = NodeBuilder::new("contracts")
		.args(["--dev", "--pool-limit", "30000", "--pool-kbytes", "60000"])
		.start();
	let chain = node.chain();
	join(chain);
	let senders = senders(chain, 20_000_000_000);
	give_twins(chain, &senders);

	println!("a spec: {} bytes, 3 workloads", spec().encoded_size());
	let twin = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
	chain.send(Person::Bob, RuntimeCall::Twins(twin)).expect("Bob has money");
	let before = state(chain);
	chain.send(Person::Bob, create(0)).expect("it can be created");
	let after = state(chain);
	let (items, bytes) = (after.0 - before.0, after.1 - before.1);
	println!("storage of one contract: {bytes} bytes in {items} items");

	let contracts = sign(chain, &senders, 0, CONTRACTS, |_, turn| create(turn));
	eprintln!("sending; the node logs to {}", node.folder().display());
	let figures = flood(chain, &contracts);
	let number = |block| -> u64 {
		let hash: Option<Hash> = chain.hash_of(block);
		let key = NextContractId::<Runtime>::hashed_key();
		chain.storage(&key, hash).expect("the node answers").unwrap_or_default()
	};
	let created = number(figures.counted.1) - number(figures.counted.0 - 1);
	assert_eq!(created as usize, figures.included, "a contract could not be created");
	let contracts = figures.included as f64 / figures.seconds;
	println!("contracts: {contracts:.0} /s, {} in the fullest block", figures.fullest);

	drain(chain);
	let nonces: Vec<u32> =
		senders.iter().map(|it| chain.nonce(&AccountId::from(it.public()))).collect();
	let sent = nonces.iter().copied().max().unwrap_or_default();
	let level: Vec<_> = senders
		.iter()
		.zip(&nonces)
		.flat_map(|(sender, nonce)| (*nonce..sent).map(move |nonce| (sender, nonce)))
		.map(|(sender, nonce)| chain.sign_for(1, 1, sender, nonce, transfer(sender, 1_000)))
		.collect();
	for transaction in &level {
		chain.submit(transaction).expect("it is the next");
	}
	let transfers = sign(chain, &senders, sent, TRANSFERS, |sender, _| {
		transfer(&senders[(sender + 1) % senders.len()], 100_000)
	});
	let figures = flood(chain, &transfers);
	let transfers = figures.included as f64 / figures.seconds;
	println!("transfers: {transfers:.0} /s, {} in the fullest block", figures.fullest);
	println!("contracts: {:.2} of transfers (bar: ≥ 0.5)", contracts / transfers);
}

/// Wait until blocks are empty, since the pool is: all of it would be too long an answer.
fn drain(chain: &Chain) {
	loop {
		std::thread::sleep(std::time::Duration::from_secs(4));
		let best = chain.best().number;
		let only_the_time = |number| {
			let hash = chain.hash_of(number).expect("it is there");
			chain.body(hash).expect("the node answers").len() == 1
		};
		if only_the_time(best) && only_the_time(best - 1) {
			return;
		}
	}
}

/// How many items there are in the storage, and how many bytes of keys and values; but for the
/// events of the block, and what else the system has of it.
fn state(chain: &Chain) -> (i64, i64) {
	let system = format!("0x{}", hex::encode(&EVENTS[..16]));
	let at = json!(chain.finalized_hash());
	let (mut items, mut bytes, mut last) = (0, 0, json!(null));
	loop {
		let page = chain
			.rpc
			.call("state_getKeysPaged", &[json!("0x"), json!(1_000), last, at.clone()])
			.expect("the node answers");
		let keys = page.as_array().expect("a page is a list");
		for key in keys {
			let text = key.as_str().expect("a key is a text");
			if text.starts_with(&system) {
				continue;
			}
			let size = chain.rpc.call("state_getStorageSize", &[key.clone(), at.clone()]);
			items += 1;
			bytes += size.expect("the node answers").as_i64().unwrap_or_default();
			bytes += text.len() as i64 / 2 - 1;
		}
		match keys.last() {
			Some(key) => last = key.clone(),
			None => return (items, bytes),
		}
	}
}

/// The largest machine that there can be joins the demo farm, and is taken at its word for long.
fn join(chain: &Chain) {
	let gap = heartbeats::Parameters::MaxGap(heartbeats::MaxGap, Some(1_000_000));
	let key_value = RuntimeParameters::Heartbeats(gap);
	let set = RuntimeCall::Parameters(pallet_parameters::Call::set_parameter { key_value });
	let sudo = pallet_sudo::Call::sudo { call: Box::new(set) };
	chain.send(Person::Alice, sudo).expect("Alice has sudo");
	let machine = Machine {
		capacity: Capacity { cru: 10_000_000, mru: 1_024 * TIB, sru: 65_536 * TIB, hru: 0 },
		location: Location {
			country: *b"BE",
			city: "Ghent".try_into().expect("it is short"),
			latitude: 51_054_340,
			longitude: 3_717_424,
		},
		encryption_key: [9; 32],
	};
	let register = pallet_nodes::Call::register { farm: 1, machine, boot_id: [1; 16] };
	chain.send(Person::FerdieStash, RuntimeCall::Nodes(register)).expect("it is invited");
}

fn give_twins(chain: &Chain, senders: &[sr25519::Pair]) {
	for some in senders.chunks(100) {
		let calls = some.iter().map(|sender| {
			let create = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
			RuntimeCall::Sudo(pallet_sudo::Call::sudo_as {
				who: AccountId::from(sender.public()).into(),
				call: Box::new(RuntimeCall::Twins(create)),
			})
		});
		let batch = pallet_utility::Call::<Runtime>::batch_all { calls: calls.collect() };
		chain.send(Person::Alice, RuntimeCall::Utility(batch)).expect("they have money");
	}
}

fn create(turn: u32) -> RuntimeCall {
	RuntimeCall::Deployments(pallet_deployments::Call::create {
		label: text(&format!("shop-{turn}")),
		plan: vec![(1, spec())].try_into().expect("one node"),
		policy: None,
		most: None,
	})
}

/// About 600 bytes: a container with a volume, in a network.
fn spec() -> Spec {
	let range = Subnet { ip: [10, 1, 0, 0], prefix: 16 };
	let subnet = Subnet { ip: [10, 1, 2, 0], prefix: 24 };
	let network = Network { egress: Egress::Full, ..Network::closed(range, subnet) };
	let env: Vec<_> = (0..8)
		.map(|number| Variable {
			name: text(&format!("SETTING_{number}")),
			value: text("a value of some length, as they are in real life"),
		})
		.collect();
	let container = Container {
		image: Image { reference: text("registry.example/shop/web"), digest: [7; 32] },
		signer: None,
		cpu: 10,
		memory: 64 * MIB,
		root: GIB,
		command: Default::default(),
		args: Default::default(),
		env: env.try_into().expect("they are few"),
		secrets: Default::default(),
		mounts: vec![Mount { volume: text("data"), path: text("/var/lib/shop"), read_only: false }]
			.try_into()
			.expect("one"),
		networks: vec![Attachment { network: text("lan"), ip: [10, 1, 2, 2] }]
			.try_into()
			.expect("one"),
		restart: RestartPolicy::Always,
		log: LogTarget::Discard,
	};
	let workloads = vec![
		Workload { name: text("lan"), kind: Kind::Network(network) },
		Workload { name: text("data"), kind: Kind::Volume(Volume { size: GIB, disk: Disk::Ssd }) },
		Workload { name: text("web"), kind: Kind::Container(container) },
	];
	Spec::V1(workloads.try_into().expect("three"))
}

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}
