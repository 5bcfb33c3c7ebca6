//! A chain, nodes on it, and people with a `grid`.

use crate::terminal::Terminal;
use grid_processes::{built, free_port, node, Form};
use serde_json::Value as Json;
use std::{
	collections::BTreeMap,
	io::Write,
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	time::{Duration, Instant},
};
use tempfile::TempDir;

/// Wait until something is there.
pub(crate) fn eventually<T>(what: &str, seconds: u64, mut look: impl FnMut() -> Option<T>) -> T {
	let start = Instant::now();
	while start.elapsed() < Duration::from_secs(seconds) {
		if let Some(found) = look() {
			return found;
		}
		std::thread::sleep(Duration::from_millis(200));
	}
	panic!("{what}: not after {seconds} s");
}

/// A process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
	fn drop(&mut self) {
		// It may have ended by itself.
		let _ = self.0.kill();
		let _ = self.0.wait();
	}
}

/// A development chain, and perhaps nodes that obey it.
pub(crate) struct World {
	folder: TempDir,
	pub(crate) port: u16,
	/// Where other nodes and light clients reach it.
	pub(crate) peers: u16,
	chain: Option<Running>,
	agents: Option<Running>,
	/// Machines of their own, by node.
	machines: BTreeMap<u64, Running>,
}

impl World {
	/// A chain that makes blocks.
	pub(crate) fn new() -> Self {
		let folder = tempfile::Builder::new().prefix("grid-cli-story-").tempdir();
		let folder = folder.expect("a folder can be made");
		let port = free_port();
		let peers = free_port();
		let (agents, machines) = Default::default();
		let mut world = Self { folder, peers, port, chain: None, agents, machines };
		world.start_chain();
		world
	}

	/// Start the chain, or plug it in again: it goes on where it was.
	pub(crate) fn start_chain(&mut self) {
		let log = std::fs::File::options().create(true).append(true).open(self.path("chain.log"));
		let chain = node(["--dev"])
			.args(["--no-prometheus", "--no-telemetry", "--no-mdns"])
			.args(["--rpc-port", &self.port.to_string(), "--port", &self.peers.to_string()])
			.arg("--base-path")
			.arg(self.path("chain"))
			.stdout(Stdio::null())
			.stderr(log.expect("it is ours"))
			.spawn()
			.expect("grid-node can be started");
		self.chain = Some(Running(chain));
		eventually("the chain makes blocks", 180, || {
			let said =
				self.grid("//Alice").args(["account", "show", "-o", "json"]).output().ok()?;
			said.status.success().then_some(())
		});
	}

	/// The same with so many nodes of Ferdie's farm.
	pub(crate) fn with_nodes(number: u32) -> Self {
		let mut world = Self::new();
		let number_text = number.to_string();
		let accounts = built("zos-agent")
			.args(["simulate", "--nodes", &number_text, "--accounts"])
			.output()
			.expect("zos-agent can be started");
		let accounts = String::from_utf8(accounts.stdout).expect("accounts are a text");
		for account in accounts.split_whitespace() {
			world.does("//Ferdie", &["node", "invite", "1", account]);
		}
		let log =
			std::fs::File::create(world.folder.path().join("agents.log")).expect("it is ours");
		let agents = built("zos-agent")
			.args(["simulate", "--nodes", &number_text, "--endpoint", &world.url()])
			.args(["--heartbeat-seconds", "60"])
			.stdout(Stdio::null())
			.stderr(log)
			.spawn()
			.expect("zos-agent can be started");
		world.agents = Some(Running(agents));
		eventually("the nodes join", 120, || {
			let nodes = world.asks("//Alice", &["node", "list", "--online"]);
			(nodes.as_array()?.len() == number as usize).then_some(())
		});
		world
	}

	/// The same with so many nodes that can be ended one by one, on a chain that soon misses who is
	/// silent.
	pub(crate) fn with_machines(number: usize) -> Self {
		let mut world = Self::new();
		let soon = ["council", "set", "heartbeats.min-gap=4", "heartbeats.max-gap=20"];
		world.does("//Alice", &[&soon[..], &["--by", "sudo"]].concat());
		let seeds: Vec<_> = (0..number).map(|index| format!("machine-{index}")).collect();
		let mut machines = BTreeMap::new();
		for seed in &seeds {
			let simulate = ["simulate", "--nodes", "1", "--seed", seed];
			let account = built("zos-agent").args(simulate).arg("--accounts").output();
			let account = account.expect("zos-agent can be started").stdout;
			let account =
				String::from_utf8(account).expect("accounts are a text").trim().to_string();
			world.does("//Ferdie", &["node", "invite", "1", &account]);
			let machine = built("zos-agent")
				.args(simulate)
				.args(["--endpoint", &world.url(), "--heartbeat-seconds", "5"])
				.stdout(Stdio::null())
				.stderr(Stdio::null())
				.spawn()
				.expect("zos-agent can be started");
			machines.insert(account, Running(machine));
		}
		eventually("the nodes join", 120, || {
			let nodes = world.asks("//Alice", &["node", "list", "--online"]);
			(nodes.as_array()?.len() == number).then_some(())
		});
		for node in 1..=number as u64 {
			let shown = world.asks("//Alice", &["node", "show", &node.to_string()]);
			let account = shown["account"].as_str().expect("a node has an account");
			world.machines.extend(machines.remove(account).map(|machine| (node, machine)));
		}
		assert_eq!(world.machines.len(), number);
		world
	}

	/// Pull the plug of a machine.
	pub(crate) fn stop_machine(&mut self, node: u64) {
		self.machines.remove(&node).expect("it runs");
	}

	/// Where the chain answers.
	pub(crate) fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.port)
	}

	/// The specification of the chain, by which light clients find it.
	pub(crate) fn specification(&self) -> String {
		let file = grid_processes::specification("dev", Form::Raw);
		let json = std::fs::read(file).expect("it was just made");
		let mut specification: Json = serde_json::from_slice(&json).expect("it is JSON");
		let identity = eventually("the chain says who it is", 30, || {
			let log = std::fs::read_to_string(self.path("chain.log")).ok()?;
			let (_, rest) = log.split_once("Local node identity is: ")?;
			rest.split_whitespace().next().map(String::from)
		});
		let address = format!("/ip4/127.0.0.1/tcp/{}/p2p/{identity}", self.peers);
		specification["bootNodes"] = serde_json::json!([address]);
		self.write("specification.json", &specification.to_string())
	}

	/// A folder for files.
	pub(crate) fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	/// Write a file.
	pub(crate) fn write(&self, name: &str, text: &str) -> String {
		let path = self.path(name);
		std::fs::write(&path, text).expect("the folder is ours");
		path.display().to_string()
	}

	/// `grid`, for somebody.
	pub(crate) fn grid(&self, who: &str) -> Command {
		let mut command = grid(&self.path("home"));
		command.args(["--chain", &self.url(), "--account", who, "--timeout", "60"]);
		command
	}

	/// What somebody says, which has to be done.
	pub(crate) fn does(&self, who: &str, words: &[&str]) -> String {
		let said = self.grid(who).arg("--yes").args(words).output().expect("grid can be started");
		assert!(said.status.success(), "{words:?}: {}", shown(&said));
		String::from_utf8(said.stdout).expect("grid speaks UTF-8")
	}

	/// What somebody asks, and what the answer is.
	pub(crate) fn asks(&self, who: &str, words: &[&str]) -> Json {
		let said = self.does(who, &[words, &["--output", "json"]].concat());
		serde_json::from_str(&said).unwrap_or_else(|error| panic!("{words:?}: {error}: {said}"))
	}

	/// What somebody says in vain: with which code it ends, and what the reason is.
	pub(crate) fn fails(&self, who: &str, words: &[&str]) -> (i32, String) {
		let said = self.grid(who).arg("--yes").args(words).output().expect("grid can be started");
		let code = said.status.code().unwrap_or(-1);
		assert_ne!(code, 0, "{words:?}: {}", shown(&said));
		(code, String::from_utf8_lossy(&said.stderr).into_owned())
	}

	/// Somebody at a terminal.
	pub(crate) fn sits(&self, who: &str, words: &[&str]) -> Terminal {
		let mut command = self.grid(who);
		command.args(words);
		Terminal::start(command)
	}

	/// Have nobody play the nodes any more.
	pub(crate) fn stop_nodes(&mut self) {
		self.agents = None;
	}

	/// Pull the plug of the chain.
	pub(crate) fn kill_chain(&mut self) {
		self.chain = None;
	}
}

/// `grid` that knows nothing but a folder of its own.
pub(crate) fn grid(home: &Path) -> Command {
	let mut command = built("grid");
	command.env("GRID_HOME", home).stdin(Stdio::null());
	command
}

/// Run with something piped in.
pub(crate) fn piped(mut command: Command, input: &str) -> Output {
	command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
	let mut child = command.spawn().expect("grid can be started");
	// Whoever does not want to read it has closed the pipe.
	let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
	child.wait_with_output().expect("it is a child")
}

/// All that was said.
pub(crate) fn shown(said: &Output) -> String {
	let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
	format!("{}\n{out}\n{err}", said.status)
}

/// A container on a network, so many of it.
pub(crate) fn manifest(count: u32, spread: &str) -> String {
	format!(
		"grid: 1\nname: shop\nnetworks: {{ lan: {{ range: 10.10.0.0/16 }} }}\ncontainers:\n  web:\n    \
		 image: registry.example/web@sha256:{}\n    cpu: 0.5\n    memory: 256MiB\n    \
		 networks: [lan]\n    count: {count}\n    place: {{ spread: {spread} }}\n",
		"1".repeat(64)
	)
}
