//! Nodes that are simulated, all in one process.

use grid_runtime::{AccountId, Runtime, RuntimeCall};
use grid_stories::{built, eventually, Chain, Hears, Node, Person, Spec};
use sp_core::crypto::Ss58Codec;
use std::{
	fs::{self, File},
	process::{Child, Command, Stdio},
	time::Duration,
};
use tempfile::TempDir;

/// Invitations in one transaction.
const AT_ONCE: usize = 100;

/// Nodes that are simulated. They end when this is dropped.
pub(crate) struct Simulated {
	folder: TempDir,
	nodes: usize,
	hears: Hears,
	addresses: Vec<String>,
	/// The accounts of the nodes.
	pub(crate) accounts: Vec<AccountId>,
	process: Option<Child>,
}

impl Simulated {
	/// So many nodes that the demo farm has invited. They do not run yet.
	pub(crate) fn invited(spec: &str, peers: &[&Node], hears: Hears, nodes: usize) -> Self {
		let folder = TempDir::new().expect("a folder can be made");
		if hears == Hears::Light {
			let mut spec = Spec::raw(spec);
			spec["bootNodes"] = peers.iter().map(|it| it.address()).collect::<Vec<_>>().into();
			let path = folder.path().join("spec.json");
			fs::write(path, spec.to_string()).expect("the folder is ours");
		}
		let addresses = peers.iter().map(|it| it.url()).collect();
		let mut all = Self { folder, nodes, hears, addresses, accounts: Vec::new(), process: None };
		let said = all.command().arg("--accounts").output().expect("zos-agent can be started");
		let text = String::from_utf8(said.stdout).expect("accounts are texts");
		let accounts = text.lines().map(|it| AccountId::from_ss58check(it).expect("an account"));
		all.accounts = accounts.collect();
		assert_eq!(all.accounts.len(), nodes);
		let chain = peers[0].chain();
		for some in all.accounts.chunks(AT_ONCE) {
			let invite =
				|node: &AccountId| pallet_nodes::Call::invite { farm: 1, node: node.clone() };
			let calls = some.iter().map(|node| RuntimeCall::Nodes(invite(node))).collect();
			let batch = pallet_utility::Call::batch_all { calls };
			chain.send(Person::Ferdie, RuntimeCall::Utility(batch)).expect("it is his farm");
		}
		all
	}

	fn command(&self) -> Command {
		let mut command = built("zos-agent");
		command.args(["simulate", "--nodes", &self.nodes.to_string()]);
		match self.hears {
			Hears::Light => command.arg("--spec").arg(self.folder.path().join("spec.json")),
			Hears::Rpc => {
				command.args(self.addresses.iter().flat_map(|it| ["--endpoint", it.as_str()]))
			},
		};
		command
	}

	/// Start them (again).
	pub(crate) fn start(&mut self) {
		let log = File::create(self.folder.path().join("log")).expect("the folder is ours");
		let started = self.command().stdout(Stdio::null()).stderr(log).spawn();
		self.process = Some(started.expect("zos-agent can be started"));
	}

	/// End them without a warning.
	pub(crate) fn kill(&mut self) {
		if let Some(mut process) = self.process.take() {
			process.kill().expect("it is a child");
			process.wait().expect("it is a child");
		}
	}

	/// Their process.
	pub(crate) fn process_id(&self) -> u32 {
		self.process.as_ref().expect("it runs").id()
	}

	/// What they have said since their last start.
	pub(crate) fn log(&self) -> String {
		fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
	}

	/// Wait until the chain knows all of them as nodes.
	pub(crate) fn join(&mut self, chain: &Chain, limit: Duration) {
		let mut left = self.accounts.clone();
		eventually("all nodes join", limit, || {
			let ended = self.process.as_mut()?.try_wait().expect("it is a child");
			assert!(ended.is_none(), "they ended:\n{}", self.log());
			left.retain(|account| {
				let key = pallet_nodes::NodeIds::<Runtime>::hashed_key_for(account);
				let id: Option<u32> = chain.storage(&key, None).expect("the node answers");
				id.is_none()
			});
			left.is_empty().then_some(())
		});
	}
}

impl Drop for Simulated {
	fn drop(&mut self) {
		self.kill();
		if std::thread::panicking() {
			let log = self.log();
			let lines: Vec<_> = log.lines().collect();
			eprintln!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
		}
	}
}
