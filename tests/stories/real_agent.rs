//! A contract becomes containers and volumes: a real chain, the real agent, and a real registry.

use crate::agent::{hasty_chain, set_advance};
use grid_primitives::{
	capacity::bytes::MIB,
	ports::Bill,
	report::{Failure, FailureCode},
	spec::{
		Change, Container, Disk, Image, Kind, LogTarget, Mount, Name, RestartPolicy, Spec, Text,
		Volume, Workload,
	},
	ContractId, NodeId,
};
use grid_runtime::{AccountId, Runtime, RuntimeCall, RuntimeEvent};
use grid_stories::{eventually, stays, AgentProcess, Chain, Hears, NodeBuilder, Person};
use pallet_deployments::{Placements, Status};
use sp_core::Pair;
use std::time::Duration;
use tempfile::TempDir;
use zos_testing::{busybox_root, Layout, Registry};

const LIMIT: Duration = Duration::from_secs(90);

fn text<const MOST: u32>(text: &str) -> Text<MOST> {
	text.try_into().expect("it is short")
}

/// Images in a registry. Each says its name, adds it to a file of its volume, and stays.
pub(crate) struct Images {
	pub(crate) registry: Registry,
	_folder: TempDir,
	layout: Layout,
	root: std::path::PathBuf,
}

impl Images {
	pub(crate) fn new() -> Self {
		let folder = TempDir::new().expect("a folder can be made");
		let root = folder.path().join("root");
		busybox_root(&root);
		let layout = Layout::create(folder.path().join("layout"));
		Self { registry: Registry::start(), _folder: folder, layout, root }
	}

	pub(crate) fn make(&self, name: &str) -> Image {
		let script = format!(
			"echo I am {name}; echo {name} >>/data/visits; cat /data/visits; \
			trap exit TERM; sleep 100000 & wait"
		);
		self.layout.pack_root(name, &self.root, &["/bin/sh", "-c", &script]);
		self.registry.push(&self.layout, name, &format!("shop/{name}"))
	}
}

pub(crate) fn volume(name: &str, size: u64) -> Workload {
	Workload { name: text(name), kind: Kind::Volume(Volume { size, disk: Disk::Ssd }) }
}

pub(crate) fn container(name: &str, image: &Image, volume: &str) -> Workload {
	let mount = Mount { volume: text(volume), path: text("/data"), read_only: false };
	let container = Container {
		image: image.clone(),
		signer: None,
		cpu: 50,
		memory: 32 * MIB,
		root: 16 * MIB,
		command: Default::default(),
		args: Default::default(),
		env: Default::default(),
		secrets: Default::default(),
		mounts: vec![mount].try_into().expect("one"),
		networks: Default::default(),
		restart: RestartPolicy::Always,
		log: LogTarget::Node(64 * 1024),
	};
	Workload { name: text(name), kind: Kind::Container(container) }
}

pub(crate) fn spec(workloads: Vec<Workload>) -> Spec {
	Spec::V1(workloads.try_into().expect("they are few"))
}

/// Who deploys.
pub(crate) struct User<'a> {
	pub(crate) chain: &'a Chain,
	pub(crate) who: Person,
	pub(crate) node: NodeId,
}

impl<'a> User<'a> {
	pub(crate) fn new(chain: &'a Chain, who: Person, node: NodeId) -> Self {
		let twin = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
		chain.send(who, RuntimeCall::Twins(twin)).expect("he has money");
		Self { chain, who, node }
	}

	pub(crate) fn deploy(&self, label: &str, spec: Spec) -> ContractId {
		let create = pallet_deployments::Call::create {
			label: text(label),
			plan: vec![(self.node, spec)].try_into().expect("one"),
			policy: None,
		};
		let included =
			self.chain.send(self.who, RuntimeCall::Deployments(create)).expect("there is room");
		let created = |event: &RuntimeEvent| match event {
			RuntimeEvent::Deployments(pallet_deployments::Event::Created { contract, .. }) => {
				Some(*contract)
			},
			_ => None,
		};
		included.events.iter().find_map(created).expect("it says so")
	}

	pub(crate) fn amend(&self, contract: ContractId, spec: Spec) {
		let change = Change { node: self.node, spec: Some(spec) };
		let changes = vec![change].try_into().expect("one");
		let amend = pallet_deployments::Call::amend { contract, changes };
		self.chain.send(self.who, RuntimeCall::Deployments(amend)).expect("it is his");
	}

	pub(crate) fn cancel(&self, contract: ContractId) {
		let cancel = pallet_deployments::Call::cancel { contract };
		self.chain.send(self.who, RuntimeCall::Deployments(cancel)).expect("it is his");
	}

	/// What the node said of a contract, and of which revision.
	pub(crate) fn status(&self, contract: ContractId) -> Option<(u32, Status)> {
		let key = Placements::<Runtime>::hashed_key_for(self.node, contract);
		let placement: Option<pallet_deployments::PlacementOf<Runtime>> =
			self.chain.storage(&key, None).expect("the node answers");
		placement.map(|it| (it.revision, it.status))
	}

	pub(crate) fn runs(&self, contract: ContractId, revision: u32) {
		eventually(&format!("revision {revision} of {contract} runs"), LIMIT, || {
			(self.status(contract)? == (revision, Status::Running)).then_some(())
		});
	}

	pub(crate) fn fails(&self, contract: ContractId) -> (FailureCode, Option<Name>) {
		eventually(&format!("contract {contract} fails"), LIMIT, || {
			match self.status(contract)? {
				(_, Status::Failed(Failure { code, workload, .. })) => Some((code, workload)),
				_ => None,
			}
		})
	}
}

/// Nothing is left of any contract.
pub(crate) fn nothing_is_left(agent: &AgentProcess) {
	eventually("everything is gone", LIMIT, || {
		(agent.running().is_empty() && agent.left().is_empty()).then_some(())
	});
}

fn from_its_deployment_to_its_end(hears: Hears) {
	let node = hasty_chain("real-agent");
	let chain = node.chain();
	let images = Images::new();
	let (one, two) = (images.make("one"), images.make("two"));
	let mut agent = AgentProcess::invited("dev", &[&node], hears);
	let user = User::new(chain, Person::Bob, agent.joins(chain));

	let plan =
		|image: &Image, size| spec(vec![volume("data", size), container("web", image, "data")]);
	let contract = user.deploy("shop", plan(&one, 32 * MIB));
	user.runs(contract, 1);
	eventually("it prints", LIMIT, || {
		(agent.printed(contract, "web") == "I am one\none\n").then_some(())
	});
	assert_eq!(agent.running().len(), 1);

	// Another image, and a larger volume: the program is another, its data is the same.
	user.amend(contract, plan(&two, 48 * MIB));
	user.runs(contract, 2);
	eventually("the other prints", LIMIT, || {
		agent.printed(contract, "web").ends_with("I am two\none\ntwo\n").then_some(())
	});
	assert_eq!(agent.running().len(), 1);

	user.cancel(contract);
	nothing_is_left(&agent);
	assert_eq!(user.status(contract), None);
	agent.assert_alive();
}

#[test]
fn a_light_client_carries_a_contract_from_its_deployment_to_its_end() {
	from_its_deployment_to_its_end(Hears::Light);
}

#[test]
fn an_endpoint_carries_a_contract_from_its_deployment_to_its_end() {
	from_its_deployment_to_its_end(Hears::Rpc);
}

#[test]
fn what_nobody_pays_pauses_with_its_data_and_comes_back() {
	let node = hasty_chain("pausing-agent");
	let chain = node.chain();
	set_advance(chain, 15);
	let images = Images::new();
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let user = User::new(chain, Person::Dave, agent.joins(chain));
	let image = images.make("one");
	let plan = spec(vec![volume("data", 32 * MIB), container("web", &image, "data")]);
	let contract = user.deploy("shop", plan);
	let dest = AccountId::from(Person::Bob.pair().public()).into();
	let all = pallet_balances::Call::transfer_all { dest, keep_alive: true };
	chain.send(Person::Dave, RuntimeCall::Balances(all)).expect("it is his money");
	user.runs(contract, 1);

	eventually("it pauses", Duration::from_secs(180), || {
		(user.status(contract)?.1 == Status::Stopped).then_some(())
	});
	assert!(agent.running().is_empty(), "no program runs");
	assert!(!agent.left().is_empty(), "the volume is there");

	let bill = Bill::Contract(contract);
	let top_up = pallet_billing::Call::top_up { bill, amount: 10_000_000 };
	chain.send(Person::Charlie, RuntimeCall::Billing(top_up)).expect("Charlie has money");
	user.runs(contract, 1);
	eventually("it prints what it knew", LIMIT, || {
		agent.printed(contract, "web").ends_with("I am one\none\none\n").then_some(())
	});
}

#[test]
fn images_that_are_not_what_was_wanted_are_reported_and_leave_nothing() {
	let node = hasty_chain("bad-images");
	let chain = node.chain();
	let images = Images::new();
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let user = User::new(chain, Person::Bob, agent.joins(chain));
	let good = images.make("good");
	let plan =
		|image: &Image| spec(vec![volume("data", 32 * MIB), container("web", image, "data")]);

	let absent = Image { digest: [9; 32], ..good.clone() };
	let tampered = images.make("tampered");
	std::fs::write(images.registry.blob(&tampered.digest), "{}").expect("it is ours");
	for (label, image) in [("absent", &absent), ("tampered", &tampered)] {
		let contract = user.deploy(label, plan(image));
		let (code, workload) = user.fails(contract);
		assert_eq!(workload, Some(text("web")), "{label}: {code:?}");
		assert!(agent.running().is_empty(), "{label}");
		user.cancel(contract);
	}
	// What others did wrong holds nobody back.
	let contract = user.deploy("good", plan(&good));
	user.runs(contract, 1);
	user.cancel(contract);
	nothing_is_left(&agent);
}

#[test]
fn no_workload_stops_when_the_agent_or_the_chain_does() {
	// One on which an agent that is away for a minute is not taken for dead.
	let mut node = NodeBuilder::new("silence").args(["--dev"]).start();
	let images = Images::new();
	let image = images.make("one");
	let mut agent = AgentProcess::invited("dev", &[&node], Hears::Rpc);
	let number = agent.joins(node.chain());
	let plan = || spec(vec![volume("data", 32 * MIB), container("web", &image, "data")]);
	let (kept, ended) = {
		let user = User::new(node.chain(), Person::Bob, number);
		let both = (user.deploy("kept", plan()), user.deploy("ended", plan()));
		user.runs(both.0, 1);
		user.runs(both.1, 1);
		both
	};
	let running = agent.running();
	assert_eq!(running.len(), 2);

	node.kill();
	stays("everything runs without a chain", Duration::from_secs(10), || {
		agent.running() == running
	});
	agent.kill();
	node.start();
	let user = User { chain: node.chain(), who: Person::Bob, node: number };
	user.cancel(ended);
	// Come and gone while nobody looked.
	let brief = user.deploy("brief", plan());
	user.cancel(brief);
	assert_eq!(agent.running(), running, "nobody was told");

	agent.start();
	eventually("one is gone", LIMIT, || (agent.running().len() == 1).then_some(()));
	let name = agent.names().of_workload(&format!("{kept}/web").parse().expect("a key"));
	let before = running.iter().find(|(it, _)| *it == name).expect("it ran");
	assert_eq!(&agent.running()[0], before, "the same processes");
	user.cancel(kept);
	nothing_is_left(&agent);
}
