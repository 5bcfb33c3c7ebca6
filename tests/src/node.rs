use crate::{eventually, Chain, Rpc};
use grid_processes::{built, free_port, node};
use std::{
	fs::{self, File},
	path::{Path, PathBuf},
	process::{Child, ExitStatus, Stdio},
	sync::Arc,
	time::Duration,
};
use tempfile::TempDir;

/// How long a node may take to answer: it compiles its runtime first, beside all that runs there.
const PATIENCE: Duration = Duration::from_secs(180);

/// How a node is to be started.
#[derive(Clone)]
pub struct NodeBuilder {
	name: String,
	args: Vec<String>,
	is_operators: bool,
}

impl NodeBuilder {
	/// A node of this name.
	pub fn new(name: &str) -> Self {
		Self { name: name.into(), args: Vec::new(), is_operators: false }
	}

	/// Arguments of `grid-node`.
	pub fn args<S: ToString>(mut self, args: impl IntoIterator<Item = S>) -> Self {
		self.args.extend(args.into_iter().map(|arg| arg.to_string()));
		self
	}

	/// As an operator has it: it compiles its runtime, and works the first block of its chain out.
	pub fn of_operator(mut self) -> Self {
		self.is_operators = true;
		self
	}

	/// Start it, and wait until it answers.
	pub fn start(self) -> Node {
		let mut node = self.prepare();
		node.start();
		node
	}

	/// Give it ports and a folder, but do not start it.
	pub fn prepare(self) -> Node {
		let folder = tempfile::Builder::new().prefix("grid-story-").tempdir();
		Node {
			name: self.name,
			args: self.args,
			is_operators: self.is_operators,
			rpc_port: free_port(),
			p2p_port: free_port(),
			metrics_port: free_port(),
			folder: folder.expect("a folder can be made"),
			process: None,
			chain: None,
		}
	}
}

/// One process of `grid-node`. It is killed when this is dropped.
pub struct Node {
	name: String,
	args: Vec<String>,
	is_operators: bool,
	/// Where it answers.
	pub rpc_port: u16,
	/// Where it listens for peers.
	pub p2p_port: u16,
	/// Where it shows its metrics.
	pub metrics_port: u16,
	folder: TempDir,
	process: Option<Child>,
	chain: Option<Arc<Chain>>,
}

impl Node {
	/// Start it (again), with the same ports and folder.
	pub fn start(&mut self) {
		assert!(self.process.is_none(), "{} runs already", self.name);
		let log = File::options().create(true).append(true).open(self.log_path());
		let log = log.expect("the log can be written");
		let mut command = if self.is_operators { built("grid-node") } else { node(&self.args) };
		if self.is_operators {
			command.args(&self.args);
		}
		let process = command
			.args(["--name", &self.name])
			.args(["--rpc-port", &self.rpc_port.to_string()])
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}/ws", self.p2p_port)])
			.args(["--prometheus-port", &self.metrics_port.to_string()])
			.args(["--node-key", &self.network_key()])
			.args(["--base-path".as_ref(), self.folder.path().as_os_str()])
			.args(["--no-mdns", "--no-telemetry", "--rpc-methods", "unsafe"])
			.stdout(Stdio::null())
			.stderr(log)
			.spawn()
			.expect("grid-node can be started");
		self.process = Some(process);
		let rpc = eventually("the node answers", PATIENCE, || {
			let process = self.process.as_mut().expect("it was just started");
			if let Some(status) = process.try_wait().expect("it is a child") {
				panic!("{} ended with {status}:\n{}", self.name, self.log());
			}
			Rpc::connect(self.rpc_port).ok()
		});
		self.chain = Some(Arc::new(Chain::new(rpc).expect("a node knows its chain")));
	}

	/// Pull the plug.
	pub fn kill(&mut self) -> Option<ExitStatus> {
		self.chain = None;
		let mut process = self.process.take()?;
		process.kill().expect("it is a child");
		Some(process.wait().expect("it is a child"))
	}

	/// Ask it to stop, and wait until it has.
	pub fn stop(&mut self) -> Option<ExitStatus> {
		self.chain = None;
		let mut process = self.process.take()?;
		// SAFETY: the process is our child and was not waited for, so the id is its own.
		unsafe { libc::kill(process.id() as libc::pid_t, libc::SIGTERM) };
		Some(process.wait().expect("it is a child"))
	}

	/// Its name.
	pub fn name(&self) -> &str {
		&self.name
	}

	/// What a user of this node sees.
	pub fn chain(&self) -> &Chain {
		self.chain.as_ref().unwrap_or_else(|| panic!("{} does not run", self.name))
	}

	/// Whether it runs.
	pub fn runs(&self) -> bool {
		self.process.is_some()
	}

	/// Its process, while it runs.
	pub fn process_id(&self) -> Option<u32> {
		self.process.as_ref().map(Child::id)
	}

	/// The address other nodes reach it by.
	pub fn address(&self) -> String {
		let peer = self.chain().rpc.call("system_localPeerId", &[]).expect("it has an id");
		let peer = peer.as_str().expect("an id is text");
		format!("/ip4/127.0.0.1/tcp/{}/ws/p2p/{peer}", self.p2p_port)
	}

	/// The address at which it answers.
	pub fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port)
	}

	/// Have it know nobody, and let nobody in but these, from its next start on.
	pub fn knows_only(&mut self, addresses: &[&str]) {
		self.args.retain(|arg| arg != "--bootnodes" && !arg.starts_with("/ip4"));
		self.args.push("--reserved-only".into());
		if !addresses.is_empty() {
			self.args.push("--reserved-nodes".into());
			self.args.extend(addresses.iter().map(ToString::to_string));
		}
	}

	/// The key by which others know the node: as unique as its ports, and the same when it starts
	/// again.
	fn network_key(&self) -> String {
		let ports = [self.rpc_port, self.p2p_port, self.metrics_port];
		ports.map(|port| format!("{port:04x}")).concat().repeat(6)[..64].to_string()
	}

	/// Where the node keeps everything.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// What it has said so far.
	pub fn log(&self) -> String {
		fs::read_to_string(self.log_path()).unwrap_or_default()
	}

	fn log_path(&self) -> PathBuf {
		self.folder.path().join("log")
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		self.kill();
		if std::thread::panicking() {
			let log = self.log();
			let lines: Vec<_> = log.lines().collect();
			let tail = &lines[lines.len().saturating_sub(25)..];
			eprintln!("--- the end of the log of {}\n{}\n---", self.name, tail.join("\n"));
		}
	}
}
