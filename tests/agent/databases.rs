//! A zdb in a private network: for its contract alone, with what it was given, until it ends.

use crate::{
	modes,
	secrets::{files_with, Confidant},
};
use grid_primitives::{
	capacity::bytes::MIB,
	spec::{
		Attachment, Delivery, Disk, Image, Kind, Network, Spec, Subnet, Workload, Zdb, ZdbMode,
	},
	ContractId,
};
use grid_stories::{
	eventually, hasty_chain,
	specs::{container_with, spec, text},
	AgentProcess, Hears, Images, Person, User,
};
use std::time::Duration;
use zos_provision::host::cgroups;

const LIMIT: Duration = Duration::from_secs(90);
const DATABASE: [u8; 4] = [10, 77, 1, 5];
const PROGRAM: [u8; 4] = [10, 77, 1, 6];

/// What it remembers is what the contract is called, and it says what is remembered whenever that
/// has changed. It remembers nothing in its second revision.
const SCRIPT: &str = r#"
ask() {
	printf 'AUTH %s\r\n%b\r\n' "$PASSWORD" "$1" | busybox nc -w 1 10.77.1.5 9900 | busybox tr -d '\r'
}
[ -z "$REMEMBER" ] || until ask "SET who $REMEMBER" | busybox grep -q who; do busybox sleep 1; done
trap exit TERM
while true; do
	now=$(ask 'GET who' | busybox tail -n 1)
	[ "$now" = "$last" ] || echo "it is $now"
	last=$now
	busybox sleep 1 & wait $!
done
"#;

#[test]
fn a_zdb_serves_its_contract_alone_and_forgets_nothing_until_it_ends() {
	for hears in modes(Hears::Light) {
		serves(hears);
	}
}

fn network() -> Workload {
	let subnet = |ip, prefix| Subnet { ip, prefix };
	let network = Network::closed(subnet([10, 77, 0, 0], 16), subnet([10, 77, 1, 0], 24));
	Workload { name: text("lan"), kind: Kind::Network(network) }
}

fn at(ip: [u8; 4]) -> Attachment {
	Attachment { network: text("lan"), ip }
}

struct Expert {
	image: Image,
	confidant: Confidant,
}

impl Expert {
	fn spec(&self, size: u64, remember: &str) -> Spec {
		let password = "what-nobody-else-is-to-know";
		let sealed = |delivery| self.confidant.sealed(password, delivery);
		let zdb = Zdb {
			size,
			disk: Disk::Ssd,
			mode: ZdbMode::User,
			public: false,
			password: Some(sealed(Delivery::Variable(text("PASSWORD"))).sealed),
			networks: vec![at(DATABASE)].try_into().expect("one"),
		};
		let program = container_with("app", &self.image, |it| {
			let secret = sealed(Delivery::Variable(text("PASSWORD")));
			it.secrets = vec![secret].try_into().expect("one");
			it.networks = vec![at(PROGRAM)].try_into().expect("one");
			let remember =
				grid_primitives::spec::Variable { name: text("REMEMBER"), value: text(remember) };
			it.env = vec![remember].try_into().expect("one");
		});
		spec([network(), Workload { name: text("db"), kind: Kind::Zdb(zdb) }, program])
	}
}

fn serves(hears: Hears) {
	let node = hasty_chain("databases");
	let chain = node.chain();
	let images = Images::new();
	let image = images.running("app", SCRIPT);
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let expert = Expert { image, confidant: Confidant::of(&user) };

	// Two contracts with the same addresses and names know nothing of each other.
	let one = user.deploy("one", expert.spec(16 * MIB, "the-first-of-them"));
	let other = user.deploy("other", expert.spec(16 * MIB, "the-second-one"));
	user.runs(one, 1);
	user.runs(other, 1);
	let says = |agent: &AgentProcess, contract: ContractId, what: &str| {
		let awaited = format!("it is {what}");
		eventually(&format!("{contract} says that {awaited}"), LIMIT, || {
			(agent.printed(contract, "app").lines().last() == Some(&awaited)).then_some(())
		});
	};
	says(&agent, one, "the-first-of-them");
	says(&agent, other, "the-second-one");
	let used = |agent: &AgentProcess| {
		let status = agent.status();
		let all = status["contracts"].as_array().cloned().unwrap_or_default();
		let workloads = all.iter().filter_map(|it| it["workloads"].as_array()).flatten();
		let zdbs = workloads.filter(|it| it["kind"] == "zdb");
		zdbs.filter_map(|it| it["usage"]["bytes"].as_u64()).collect::<Vec<_>>()
	};
	eventually("people see what they take", LIMIT, || {
		let used = used(&agent);
		(used.len() == 2 && used.iter().all(|used| (1..MIB).contains(used))).then_some(())
	});

	// Whoever ends, the server or the agent: it goes on with all that it had.
	let servers = servers(&agent);
	let [server] = servers[..] else { panic!("one server for the disk, not {servers:?}") };
	agent.kill();
	// SAFETY: nothing but numbers is passed.
	assert_eq!(unsafe { libc::kill(server, libc::SIGKILL) }, 0, "it runs");
	agent.start();
	says(&agent, one, "the-first-of-them");

	let (before, size) = (agent.programs(), 32 * MIB);
	user.amend(one, expert.spec(size, ""));
	user.runs(one, 2);
	says(&agent, one, "the-first-of-them");
	let after = agent.programs();
	let stayed = before.iter().filter(|(key, it)| after.get(key) == Some(it)).count();
	assert_eq!(stayed, 1, "the other contract was not asked to change: {before:?}, {after:?}");

	user.cancel(one);
	eventually("what it had is gone", LIMIT, || {
		files_with(&agent.state(), "the-first-of-them").is_empty().then_some(())
	});
	assert!(!files_with(&agent.state(), "the-second-one").is_empty(), "that of the other is there");
	says(&agent, other, "the-second-one");
	user.cancel(other);
	agent.leaves_nothing();
}

/// The zdb servers of an agent.
fn servers(agent: &AgentProcess) -> Vec<i32> {
	let group = agent.names().of_role("zdbs-ssd");
	cgroups::processes(&group).expect("it is read").into_iter().collect()
}
