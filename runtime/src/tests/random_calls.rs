//! Nothing that anybody sends makes the runtime panic or breaks what must always hold.
//!
//! Calls are decoded from bytes that are more plausible than noise: small numbers, known accounts,
//! short lists. So every call of every pallet is made, those of later pallets too. There is a new
//! world after some thousand calls; `GRID_SOAK` is how many, and `scripts/soak.sh` makes many.

use super::development;
use crate::*;
use codec::{DecodeLimit, Encode};
use frame_support::{
	traits::{CallMetadata, Get, GetCallMetadata, Hooks, UnixTime},
	weights::Weight,
};
use grid_primitives::{
	capacity::bytes::GIB,
	ports::Bill,
	report::Outcome,
	spec::{Change, Disk, Kind, Name, Spec, Volume, Workload},
	NodeId,
};
use rand::{rngs::StdRng, seq::IndexedRandom, Rng, SeedableRng};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::Dispatchable;
use std::collections::{BTreeMap, BTreeSet};

/// How many calls there are in each world.
const CALLS: u32 = 20_000;

/// How many worlds there are, unless told otherwise.
const WORLDS: u64 = 3;

/// Everybody but Alice, who has sudo and may break what she likes.
fn people() -> Vec<AccountId> {
	let keys = [
		Sr25519Keyring::Bob,
		Sr25519Keyring::Charlie,
		Sr25519Keyring::Dave,
		Sr25519Keyring::Ferdie,
		Sr25519Keyring::FerdieStash,
	];
	keys.map(|key| key.to_account_id()).to_vec()
}

/// Some bytes that could be the arguments of a call.
fn arguments(random: &mut StdRng, people: &[AccountId]) -> Vec<u8> {
	let mut bytes = Vec::new();
	for _ in 0..random.random_range(0..24) {
		match random.random_range(0..10) {
			0..3 => people.choose(random).expect("there are some").encode_to(&mut bytes),
			3..6 => random.random_range(0u32..4).encode_to(&mut bytes),
			6..8 => bytes.push(random.random_range(0..8)),
			8 => b"name".to_vec().encode_to(&mut bytes),
			_ => bytes.extend(random.random::<[u8; 16]>()),
		}
	}
	bytes.resize(bytes.len() + 256, 0);
	bytes
}

fn call(random: &mut StdRng, people: &[AccountId]) -> Option<RuntimeCall> {
	let mut bytes = vec![random.random_range(0..60), random.random_range(0..14)];
	bytes.extend(arguments(random, people));
	RuntimeCall::decode_with_depth_limit(8, &mut &bytes[..]).ok()
}

/// A call and its arguments as they are meant, so that some of them succeed.
fn sensible(random: &mut StdRng, people: &[AccountId]) -> RuntimeCall {
	let farm = random.random_range(1..4);
	let node = random.random_range(1..4);
	let mut somebody = || people.choose(random).expect("there are some").clone();
	let (one, other) = (somebody(), somebody());
	let capacity =
		<configs::parameters::dynamic::machines::Least as Get<grid_primitives::Capacity>>::get();
	let location = pallet_nodes::Location {
		country: *b"BE",
		city: Default::default(),
		latitude: 0,
		longitude: 0,
	};
	let machine = pallet_nodes::Machine { capacity, location, encryption_key: [9; 32] };
	let name = format!("farm-{}", random.random_range(0..4)).into_bytes();
	let name = name.try_into().expect("it is short");
	match random.random_range(0..18) {
		0 => {
			RuntimeCall::Twins(pallet_twins::Call::create { relay: None, encryption_key: [1; 32] })
		},
		1 => RuntimeCall::Farms(pallet_farms::Call::create { name, payout: Some(one) }),
		2 => RuntimeCall::Farms(pallet_farms::Call::transfer { farm, to: one }),
		3 => RuntimeCall::Farms(pallet_farms::Call::accept_transfer { farm }),
		4 => RuntimeCall::Nodes(pallet_nodes::Call::invite { farm, node: other }),
		5 => RuntimeCall::Nodes(pallet_nodes::Call::register {
			farm,
			machine,
			boot_id: [random.random_range(0..2); 16],
		}),
		6 => RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
			boot_id: [random.random_range(0..2); 16],
			uptime: random.random_range(0..100),
		}),
		7 => RuntimeCall::Nodes(pallet_nodes::Call::remove { node }),
		9.. => deploying(random, node, one),
		_ => RuntimeCall::Farms(pallet_farms::Call::delete { farm }),
	}
}

/// A call about contracts as it is meant.
fn deploying(random: &mut StdRng, node: NodeId, somebody: AccountId) -> RuntimeCall {
	use pallet_approvals::Call as Approvals;
	use pallet_deployments::Call as Deployments;
	let contract = random.random_range(1..8);
	let size = random.random_range(1..40) * GIB;
	let volume = Kind::Volume(Volume { size, disk: Disk::Ssd });
	let name = |text: &str| -> Name { text.try_into().expect("it is short") };
	let workloads = vec![Workload { name: name("data"), kind: volume }];
	let spec = Spec::V1(workloads.try_into().expect("one"));
	let role = pallet_approvals::Role {
		title: Default::default(),
		members: vec![somebody].try_into().expect("one"),
		threshold: 1,
		veto: random.random_bool(0.5),
	};
	let terms = pallet_approvals::Terms {
		title: b"policy".to_vec().try_into().expect("it is short"),
		roles: vec![pallet_approvals::Role {
			title: b"role".to_vec().try_into().expect("it is short"),
			..role
		}]
		.try_into()
		.expect("one"),
		ttl: 40,
		guards: pallet_approvals::Guards {
			create: random.random_bool(0.5),
			amend: random.random_bool(0.5),
			cancel: random.random_bool(0.5),
		},
		acceptance: true,
		several_roles: false,
		open: true,
	};
	let asked: Vec<_> = pallet_approvals::Requests::<Runtime>::iter().collect();
	match random.random_range(0..10) {
		0..3 => RuntimeCall::Deployments(Deployments::create {
			label: name(["a", "b", "c"].choose(random).expect("three")),
			plan: vec![(node, spec)].try_into().expect("one"),
			policy: random.random_bool(0.3).then(|| random.random_range(1..4)),
			most: None,
		}),
		3 => RuntimeCall::Deployments(Deployments::amend {
			contract,
			revision: random.random_range(1..4),
			changes: vec![Change { node, spec: Some(spec) }].try_into().expect("one"),
			most: random.random_bool(0.1).then_some(0),
		}),
		4 => RuntimeCall::Deployments(Deployments::report {
			contract,
			revision: random.random_range(1..4),
			outcome: Outcome::Running { keys: Default::default() },
		}),
		5 => RuntimeCall::Deployments(Deployments::cancel { contract }),
		6 if random.random_bool(0.5) => RuntimeCall::Billing(pallet_billing::Call::sponsor {
			bill: Bill::Contract(contract),
			amount: random.random_range(0..100_000_000),
		}),
		6 => RuntimeCall::Deployments(Deployments::rent { node, most: None }),
		7 => RuntimeCall::Approvals(Approvals::create_policy { terms }),
		_ => match asked.choose(random) {
			Some((request, found)) => RuntimeCall::Approvals(Approvals::approve {
				request: *request,
				digest: found.question.digest(),
			}),
			None => RuntimeCall::Deployments(Deployments::release { node }),
		},
	}
}

/// What each pallet promises, and what they promise each other.
fn check() {
	Validators::do_try_state().expect("validators");
	Twins::do_try_state().expect("twins");
	Farms::do_try_state().expect("farms");
	Nodes::do_try_state().expect("nodes");
	Approvals::do_try_state().expect("approvals");
	Deployments::do_try_state().expect("deployments");
	Billing::do_try_state().expect("billing");

	let mut attached: BTreeMap<AccountId, u32> = BTreeMap::new();
	for (id, farm) in pallet_farms::Farms::<Runtime>::iter() {
		*attached.entry(farm.farmer).or_default() += 1;
		let nodes = pallet_nodes::NodesOfFarm::<Runtime>::iter_prefix(id).count();
		assert_eq!(nodes, farm.nodes as usize, "the nodes of farm {id}");
	}
	for rental in pallet_deployments::Rentals::<Runtime>::iter_values() {
		*attached.entry(rental.tenant).or_default() += 1;
	}
	for twin in pallet_twins::Twins::<Runtime>::iter_values() {
		let number = attached.remove(&twin.account).unwrap_or_default();
		assert_eq!(twin.attached, number, "what hangs on the twin of {}", twin.account);
	}
	assert!(attached.is_empty(), "somebody has a farm or a node, and no twin");
	check_reservations();
	check_bills();
}

/// Each contract and rental has a bill, with a stream for each node of which it has something reserved.
fn check_bills() {
	let mut bills = 0;
	for (id, contract) in pallet_deployments::Contracts::<Runtime>::iter() {
		let streams = pallet_billing::Accounts::<Runtime>::get(Bill::Contract(id))
			.map_or(0, |account| account.streams.len());
		let amendment = pallet_deployments::Amendments::<Runtime>::get(id);
		let new = amendment.iter().flat_map(|it| &it.entries).filter(|entry| entry.new).count();
		assert_eq!(streams, contract.nodes().count() + new, "the streams of contract {id}");
		bills += 1;
	}
	for node in pallet_deployments::Rentals::<Runtime>::iter_keys() {
		let bill = Bill::Rental(node);
		assert!(pallet_billing::Accounts::<Runtime>::contains_key(bill), "node {node} is free");
		bills += 1;
	}
	assert_eq!(pallet_billing::Accounts::<Runtime>::iter().count(), bills, "a bill is for nothing");
}

/// What is reserved of nodes is what contracts hold, and what they propose.
fn check_reservations() {
	let mut reservations: BTreeMap<NodeId, u32> = BTreeMap::new();
	let placements = pallet_deployments::Placements::<Runtime>::iter_keys();
	let amendments = pallet_deployments::Amendments::<Runtime>::iter_values();
	let proposed = amendments.flat_map(|it| it.entries).filter(|entry| entry.new);
	for node in placements.map(|(node, _)| node).chain(proposed.map(|entry| entry.node)) {
		*reservations.entry(node).or_default() += 1;
	}
	for (id, node) in pallet_nodes::Nodes::<Runtime>::iter() {
		let number = reservations.remove(&id).unwrap_or_default();
		assert_eq!(node.reservations, number, "what is reserved of node {id}");
	}
	assert!(reservations.is_empty(), "something is reserved of nothing");
}

#[test]
fn nobody_can_break_the_runtime() {
	let number = |name| std::env::var(name).ok().and_then(|it| it.parse().ok());
	let worlds = number("GRID_SOAK").unwrap_or(WORLDS);
	let seed = number("GRID_SEED").unwrap_or(1);
	let mut succeeded = BTreeSet::new();
	for world in seed..seed + worlds {
		println!("world {world}");
		succeeded.extend(development().execute_with(|| live(StdRng::seed_from_u64(world))));
	}
	for wanted in [
		("Twins", "create"),
		("Farms", "accept_transfer"),
		("Nodes", "heartbeat"),
		("Deployments", "create"),
		("Deployments", "report"),
		("Deployments", "cancel"),
		("Approvals", "approve"),
		("Billing", "sponsor"),
	] {
		assert!(succeeded.contains(&wanted), "{wanted:?} never succeeded: {succeeded:?}");
	}
}

/// Which calls succeeded in a world where everybody calls what comes to mind.
fn live(mut random: StdRng) -> BTreeSet<(&'static str, &'static str)> {
	let people = people();
	let mut succeeded = BTreeSet::new();
	System::set_block_number(1);
	pallet_timestamp::Now::<Runtime>::put(1_800_000_000_000);
	for round in 0..CALLS {
		let call = if random.random_bool(0.3) {
			Some(sensible(&mut random, &people))
		} else {
			call(&mut random, &people)
		};
		if let Some(call) = call {
			let who = people.choose(&mut random).expect("there are some").clone();
			let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
			if call.dispatch(RuntimeOrigin::signed(who)).is_ok() {
				succeeded.insert((pallet_name, function_name));
			}
		}
		if random.random_bool(0.1) {
			let later = Timestamp::now().as_millis() as u64 + random.random_range(0..200_000);
			pallet_timestamp::Now::<Runtime>::put(later);
			System::set_block_number(System::block_number() + 1);
			Scheduler::on_initialize(System::block_number());
			Approvals::on_idle(System::block_number(), Weight::MAX);
			Deployments::on_idle(System::block_number(), Weight::MAX);
			Billing::on_idle(System::block_number(), Weight::MAX);
		}
		if round % 50 == 0 {
			check();
		}
	}
	check();
	succeeded
}
