//! The agent is killed at random moments, and started again at once, while users change what they
//! want: nothing that nobody changed stops, and in the end nothing is there that nobody wants.

use crate::{
	length, modes,
	users::{Users, Wish},
};
use grid_primitives::{report::Outcome, ContractId};
use grid_stories::{eventually, AgentProcess, Hears, NodeBuilder, Person, User};
use pallet_deployments::Status;
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::{Duration, Instant},
};
use zos_agent::ledger::{Aim, Ledger, Said};
use zos_core::Key;
use zos_provision::host::processes::Process;

/// How long an agent may take to do all that it was kept from.
const LIMIT: Duration = Duration::from_secs(180);
/// The least and the most milliseconds between two kills.
const APART: (f64, f64) = (100.0, 12_000.0);

#[test]
fn an_agent_that_is_killed_at_random_moments_stops_nothing_and_leaves_nothing() {
	for hears in modes(Hears::Light) {
		let (kills, contracts) = length().map_or((12, 8), |storms| (storms, 30));
		survives(hears, kills, contracts);
	}
}

fn survives(hears: Hears, kills: usize, contracts: usize) {
	let seed = std::env::var("GRID_SEED").ok().and_then(|seed| seed.parse().ok());
	let seed: u64 = seed.unwrap_or_else(rand::random);
	eprintln!("{kills} kills of an agent with {contracts} contracts: GRID_SEED={seed}");

	// One on which an agent that is often away is not taken for dead.
	let node = NodeBuilder::new("kills").args(["--dev"]).start();
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let number = agent.joins(node.chain());
	let user = User::new(node.chain(), Person::Bob, number);
	let users = Users::new(&user, contracts, StdRng::seed_from_u64(seed));

	let mut watch = Watch { users: &users, known: BTreeMap::new() };
	users.begin();
	converges(&user, &agent, &users.wishes());
	watch.look(&agent, "in the beginning");
	let is_over = AtomicBool::new(false);
	thread::scope(|scope| {
		let _end = SetAtEnd(&is_over);
		let churn = scope.spawn(|| users.change_until(&is_over));
		let mut random = StdRng::seed_from_u64(seed.wrapping_add(1));
		for kill in 1..=kills {
			let apart = APART.0 * (APART.1 / APART.0).powf(random.random());
			thread::sleep(Duration::from_millis(apart as u64));
			agent.assert_alive();
			watch.look(&agent, &format!("before kill {kill}"));
			agent.kill();
			watch.look(&agent, &format!("after kill {kill}"));
			agent.start();
			if churn.is_finished() {
				break;
			}
		}
		is_over.store(true, Ordering::Relaxed);
		churn.join().expect("users can change what they want");
	});

	let wishes = users.wishes();
	eprintln!("{} changes by users", users.changes());
	converges(&user, &agent, &wishes);
	watch.look(&agent, "in the end");
	assert_eq!(watch.known.len(), wishes.values().map(|it| it.programs().count()).sum::<usize>());
	all_agree(&mut agent, &user, &users, &wishes);
	watch.look(&agent, "after another start");

	users.cancel_all();
	agent.leaves_nothing();
	eventually("the ledger is empty", LIMIT, || {
		agent.kill();
		let entries = ledger(&agent).contracts().expect("it is readable");
		agent.start();
		// It forgets what is gone when it next looks.
		thread::sleep(Duration::from_secs(3));
		entries.is_empty().then_some(())
	});
	agent.assert_alive();
}

/// Sets a flag even when a story fails, so that nobody goes on for ever.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
	fn drop(&mut self) {
		self.0.store(true, Ordering::Relaxed);
	}
}

/// Sees to it that what nobody changes goes on.
struct Watch<'a, 'b> {
	users: &'a Users<'b>,
	/// Programs that ran, and the change that they came with.
	known: BTreeMap<Key, (u64, Process)>,
}

impl Watch<'_, '_> {
	fn look(&mut self, agent: &AgentProcess, when: &str) {
		let before = self.users.wishes();
		let runs = |contract: &ContractId, wish: &Wish| {
			let says = self.users.user().status(*contract);
			says == Some((wish.revision, Status::Running))
		};
		let settled: BTreeSet<_> =
			before.iter().filter(|(it, wish)| runs(it, wish)).map(|(it, _)| *it).collect();
		let programs = agent.programs();
		// What was changed since then may have been stopped for it.
		let after = self.users.programs();
		let mut known = BTreeMap::new();
		for (key, change) in
			programs_of(&before).filter(|(it, change)| after.get(it) == Some(change))
		{
			let program = programs.get(&key).copied();
			match self.known.get(&key).filter(|(since, _)| *since == change) {
				Some((_, process)) => assert_eq!(
					program,
					Some(*process),
					"{when}: {key}, which nobody changed, is not what ran before"
				),
				None if !settled.contains(&key.contract) => continue,
				None => assert!(program.is_some(), "{when}: {key} does not run, as was reported"),
			}
			known.extend(program.map(|it| (key, (change, it))));
		}
		self.known = known;
	}
}

/// The containers that are wanted, with the change that each came with.
fn programs_of(wishes: &BTreeMap<ContractId, Wish>) -> impl Iterator<Item = (Key, u64)> + '_ {
	wishes.iter().flat_map(|(contract, wish)| {
		wish.programs().map(|(name, it)| (Key::new(*contract, name).expect("a name"), it.change))
	})
}

/// Waits until all that is wanted runs, and is known to.
fn converges(user: &User, agent: &AgentProcess, wishes: &BTreeMap<ContractId, Wish>) {
	let start = Instant::now();
	let missing = || -> Vec<_> {
		let said = wishes
			.iter()
			.map(|(it, wish)| (it, (wish.revision, Status::Running), user.status(*it)));
		said.filter(|(_, wanted, said)| said.as_ref() != Some(wanted)).collect()
	};
	while !missing().is_empty() {
		assert!(start.elapsed() < LIMIT, "not as wanted: {:#?}", missing());
		thread::sleep(Duration::from_millis(500));
	}
	eventually("the ledger has it", Duration::from_secs(30), || {
		let status = agent.status();
		let contracts = status["contracts"].as_array()?;
		let reported = contracts.iter().filter(|it| it["reported"][0] == it["decided"]).count();
		let same = contracts.len() == wishes.len() && reported == wishes.len();
		(same && status["leaving"].as_array()?.is_empty()).then_some(())
	});
}

fn ledger(agent: &AgentProcess) -> Ledger {
	Ledger::open(&agent.state()).expect("nobody else has it")
}

/// Ledger, machine and chain say the same.
fn all_agree(
	agent: &mut AgentProcess,
	user: &User,
	users: &Users,
	wishes: &BTreeMap<ContractId, Wish>,
) {
	for contract in users.ended() {
		assert_eq!(user.status(contract), None, "the chain knows {contract}");
	}
	let folder = |key: &Key| format!("{}-{}", key.contract, key.name());
	let wanted: BTreeSet<_> = programs_of(wishes).map(|(key, _)| key).collect();
	assert_eq!(agent.programs().into_keys().collect::<BTreeSet<_>>(), wanted);
	let containers: BTreeSet<_> = wanted.iter().map(folder).collect();
	assert_eq!(names(agent, "containers"), containers);
	let volumes: BTreeSet<_> = wishes
		.iter()
		.flat_map(|(it, wish)| wish.programs().map(move |(_, program)| (it, program.volume)))
		.map(|(it, volume)| format!("{it}-{volume}"))
		.collect();
	assert_eq!(names(agent, "volumes"), volumes);

	let images: BTreeSet<_> = wishes
		.values()
		.flat_map(|it| it.programs())
		.map(|(_, it)| users.digest(it.image))
		.collect();
	let files: BTreeSet<_> = images.iter().map(|it| format!("{}.json", hex::encode(it))).collect();
	eventually("only images that are needed are here", LIMIT, || {
		(names(agent, "images/images") == files).then_some(())
	});
	for folder in ["images/downloads", "images/staging", "images/signatures"] {
		assert_eq!(names(agent, folder), BTreeSet::new(), "{folder}");
	}
	assert!(agent.left().iter().all(|it| !it.ends_with("(deleted)")), "{:?}", agent.left());

	for (contract, wish) in wishes {
		for (name, program) in wish.programs() {
			let path = format!("volumes/{contract}-{}/mounted/visits", program.volume);
			let visits = fs::read_to_string(agent.state().join(path)).expect("it was visited");
			program.check(&visits, &format!("{contract}/{name}"));
		}
	}

	agent.kill();
	let entries = ledger(agent).contracts().expect("it is readable");
	assert_eq!(entries.keys().collect::<Vec<_>>(), wishes.keys().collect::<Vec<_>>());
	for (contract, entry) in entries {
		let wish = &wishes[&contract];
		let said = Said {
			revision: wish.revision,
			outcome: Outcome::Running { keys: Default::default() },
		};
		assert_eq!(entry.revision, wish.revision, "contract {contract}");
		assert_eq!(entry.spec, Some(users.spec(wish).hash()), "contract {contract}");
		assert_eq!(entry.aim, Aim::Run, "contract {contract}");
		assert_eq!(entry.reported.map(|(said, _)| said), Some(said), "contract {contract}");
	}
	agent.start();
	eventually("the agent answers", LIMIT, || agent.status()["generation"].as_u64());
}

/// What is in a folder of what the agent keeps.
fn names(agent: &AgentProcess, folder: &str) -> BTreeSet<String> {
	let entries = fs::read_dir(agent.state().join(folder)).expect("it is there");
	let names = entries.map(|it| it.expect("it is readable").file_name());
	names.map(|it| it.into_string().expect("names are plain")).collect()
}
