//! Real nodes of the chain, and people who use it.

use grid_primitives::{
	capacity::bytes::{GIB, MIB},
	spec::{Disk, Kind, Name, Spec, Volume, Workload},
	Capacity, NodeId,
};
use grid_processes::{built, free_port, node, Form};
use serde_json::{json, Value as Json};
use std::{
	future::Future,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	sync::{Arc, Once},
	time::{Duration, Instant},
};
use subxt::{
	config::PolkadotConfig,
	ext::{
		scale_encode::EncodeAsFields,
		scale_value::{At, Value},
	},
	rpcs::{client::rpc_params, RpcClient},
	tx::dynamic,
	utils::Static,
	OnlineClient,
};
use subxt_signer::{sr25519::dev, SecretUri};
use tempfile::TempDir;
use zos_chain::{Connection, Endpoints, Keypair, Light};
use zos_core::{
	node::{Location, Machine},
	ports::{Chain, Head},
};

pub(crate) const BOOT: [u8; 16] = [1; 16];

/// What a real node would take a minute for takes these seconds here.
pub(crate) const MIN_GAP: u64 = 4;

/// Shows what is logged, if `ZOS_LOG` asks for it.
struct Logger;

impl log::Log for Logger {
	fn enabled(&self, _: &log::Metadata) -> bool {
		true
	}

	fn log(&self, record: &log::Record) {
		eprintln!("{:5} {}: {}", record.level(), record.target(), record.args());
	}

	fn flush(&self) {}
}

fn show_log() {
	static SHOWN: Once = Once::new();
	let level = std::env::var("ZOS_LOG").ok().and_then(|level| level.parse().ok());
	SHOWN.call_once(|| {
		if let Some(level) = level {
			log::set_logger(&Logger).expect("there is no other");
			log::set_max_level(level);
		}
	});
}

/// Wait until something is there.
pub(crate) async fn eventually<T, F>(what: &str, seconds: u64, mut look: impl FnMut() -> F) -> T
where
	F: Future<Output = Option<T>>,
{
	let start = Instant::now();
	while start.elapsed() < Duration::from_secs(seconds) {
		if let Some(found) = look().await {
			return found;
		}
		tokio::time::sleep(Duration::from_millis(200)).await;
	}
	panic!("{what}: not after {seconds} s");
}

/// Fail if something takes too long.
pub(crate) async fn within<T>(seconds: u64, what: &str, task: impl Future<Output = T>) -> T {
	let limit = Duration::from_secs(seconds);
	tokio::time::timeout(limit, task)
		.await
		.unwrap_or_else(|_| panic!("{what}: not after {seconds} s"))
}

/// A node of the chain. It is killed when this is dropped.
pub(crate) struct Node {
	args: Vec<String>,
	pub(crate) rpc_port: u16,
	p2p_port: u16,
	folder: TempDir,
	process: Option<Child>,
}

impl Node {
	/// The node that makes the blocks of a development chain.
	pub(crate) async fn dev() -> Self {
		Self::of(&["--dev", "--alice"]).await
	}

	/// A node with these arguments.
	pub(crate) async fn of(args: &[&str]) -> Self {
		show_log();
		let folder = tempfile::Builder::new().prefix("zos-chain-").tempdir();
		let mut node = Self {
			args: args.iter().map(ToString::to_string).collect(),
			rpc_port: free_port(),
			p2p_port: free_port(),
			folder: folder.expect("a folder can be made"),
			process: None,
		};
		node.start().await;
		node
	}

	/// Start it (again), with the same ports and folder.
	pub(crate) async fn start(&mut self) {
		assert!(self.process.is_none(), "it runs already");
		let log = std::fs::File::options().create(true).append(true).open(self.log());
		let mut command = node(&self.args);
		command
			.args(["--rpc-port", &self.rpc_port.to_string()])
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}/ws", self.p2p_port)])
			.args(["--node-key", &format!("{:04x}{:04x}", self.rpc_port, self.p2p_port).repeat(8)])
			.args(["--base-path".as_ref(), self.data().as_os_str()])
			.args(["--no-mdns", "--no-telemetry", "--no-prometheus", "--rpc-methods", "unsafe"])
			.args(["--allow-private-ip"])
			.stdout(Stdio::null())
			.stderr(log.expect("the log can be written"));
		self.process = Some(command.spawn().expect("grid-node can be started"));
		eventually("the node answers", 240, || async { self.rpc().await.ok() }).await;
	}

	fn log(&self) -> PathBuf {
		self.folder.path().join("log")
	}

	/// Where it keeps the chain.
	fn data(&self) -> PathBuf {
		self.folder.path().join("data")
	}

	pub(crate) fn kill(&mut self) {
		if let Some(mut process) = self.process.take() {
			process.kill().expect("it is a child");
			process.wait().expect("it is a child");
		}
	}

	/// Have it stand still, or go on.
	pub(crate) fn freeze(&self, frozen: bool) {
		let id = self.process.as_ref().expect("it runs").id() as libc::pid_t;
		let signal = if frozen { libc::SIGSTOP } else { libc::SIGCONT };
		// SAFETY: the process is our child and was not waited for, so the id is its own.
		assert_eq!(unsafe { libc::kill(id, signal) }, 0);
	}

	/// Keep a copy of the chain as it knows it. It must not run.
	pub(crate) fn copy_data(&self, to: &Path) {
		copy(&self.data(), to);
	}

	/// Have it know only what it knew when it was copied. It must not run.
	pub(crate) fn restore_data(&self, from: &Path) {
		copy(from, &self.data());
	}

	pub(crate) fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port)
	}

	pub(crate) async fn rpc(&self) -> Result<RpcClient, subxt::rpcs::Error> {
		RpcClient::from_insecure_url(self.url()).await
	}

	/// Have it find others, from its next start on.
	pub(crate) async fn knows(mut self, other: &Node) -> Self {
		self.kill();
		self.args.extend(["--bootnodes".into(), other.address().await]);
		self.start().await;
		self
	}

	/// Have it neither find others nor let itself be found, from its next start on.
	pub(crate) fn knows_nobody(&mut self) {
		self.args.retain(|arg| arg != "--bootnodes" && !arg.starts_with("/ip4"));
		self.args.push("--reserved-only".into());
	}

	/// How others find it.
	pub(crate) async fn address(&self) -> String {
		let rpc = self.rpc().await.expect("it runs");
		let peer: String =
			rpc.request("system_localPeerId", rpc_params![]).await.expect("it has an id");
		format!("/ip4/127.0.0.1/tcp/{}/ws/p2p/{peer}", self.p2p_port)
	}

	/// The number of its newest finalized block.
	pub(crate) async fn finalized(&self) -> u32 {
		self.number("chain_getFinalizedHead").await
	}

	/// The number of its best block.
	pub(crate) async fn best(&self) -> u32 {
		self.number("chain_getBlockHash").await
	}

	async fn number(&self, of: &str) -> u32 {
		let rpc = self.rpc().await.expect("it runs");
		let hash: String = rpc.request(of, rpc_params![]).await.expect("it answers");
		let header: Json =
			rpc.request("chain_getHeader", rpc_params![hash]).await.expect("it answers");
		let number = header["number"].as_str().expect("a block has a number");
		u32::from_str_radix(&number[2..], 16).expect("a number")
	}

	pub(crate) async fn finalizes(&self, number: u32) {
		let look = || async { (self.finalized().await >= number).then_some(()) };
		eventually(&format!("block {number} is final"), 120, look).await
	}

	/// The chain heard from it, as from an endpoint.
	pub(crate) fn endpoint(&self) -> Arc<Connection> {
		endpoints(&[self], None)
	}

	/// The chain heard by a light client, whose only peer it is.
	pub(crate) async fn light(&self, chain: &str) -> Arc<Connection> {
		Arc::new(Connection::light(self.light_client(chain).await, None))
	}

	pub(crate) async fn light_client(&self, chain: &str) -> Light {
		let mut spec = specification(chain);
		spec["bootNodes"] = json!([self.address().await]);
		Light { specification: spec.to_string(), remembered: None, genesis: None }
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		self.kill();
		if std::thread::panicking() {
			let log = std::fs::read_to_string(self.log()).unwrap_or_default();
			let lines: Vec<_> = log.lines().collect();
			eprintln!("{}", lines[lines.len().saturating_sub(20)..].join("\n"));
		}
	}
}

fn copy(from: &Path, to: &Path) {
	let _ = std::fs::remove_dir_all(to);
	let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
	assert!(done.expect("there is cp").success());
}

/// The raw specification of a chain.
pub(crate) fn specification(chain: &str) -> Json {
	let file = grid_processes::specification(chain, Form::Raw);
	let json = std::fs::read(file).expect("it was just made");
	serde_json::from_slice(&json).expect("a specification is JSON")
}

pub(crate) fn endpoints(nodes: &[&Node], seen: Option<Head>) -> Arc<Connection> {
	let urls = nodes.iter().map(|node| node.url()).collect();
	let connection = Connection::endpoints(Endpoints { urls, genesis: None }, seen);
	Arc::new(connection.expect("there are endpoints"))
}

/// The next finalized block, which has to come soon.
pub(crate) async fn next(chain: &impl Chain, after: Option<Head>) -> Head {
	let after = after.map(|head| head.number);
	within(90, "a finalized block", chain.finalized(after)).await
}

pub(crate) fn key(uri: &str) -> Keypair {
	let uri: SecretUri = uri.parse().expect("it is well-formed");
	Keypair::from_uri(&uri).expect("it is well-formed")
}

pub(crate) fn machine() -> Machine {
	Machine {
		capacity: Capacity { cru: 8_000, mru: 32 * GIB, sru: 1_000 * GIB, hru: 0 },
		location: Location {
			country: *b"BE",
			city: "Ghent".try_into().expect("it is short"),
			latitude: 51_054_340,
			longitude: 3_717_424,
		},
		encryption_key: [9; 32],
	}
}

fn name(text: &str) -> Name {
	text.try_into().expect("it is short")
}

/// A spec with a volume, and as many more as are wanted.
pub(crate) fn spec(volumes: usize) -> Spec {
	let volume = |number| Workload {
		name: name(&format!("volume-{number}")),
		kind: Kind::Volume(Volume { size: 100 * MIB, disk: Disk::Ssd }),
	};
	Spec::V1((0..volumes).map(volume).collect::<Vec<_>>().try_into().expect("they are few"))
}

/// Somebody who uses the chain, with another client than the one that is tried here.
pub(crate) struct User(OnlineClient<PolkadotConfig>);

impl User {
	pub(crate) async fn of(node: &Node) -> Self {
		let client = OnlineClient::from_insecure_url(node.url()).await;
		Self(client.expect("it is a chain"))
	}

	async fn send(&self, who: &Keypair, pallet: &str, call: &str, arguments: impl EncodeAsFields) {
		let call = dynamic(pallet, call, arguments);
		let mut transactions = self.0.tx().await.expect("it answers");
		let sent = transactions.sign_and_submit_then_watch_default(&call, who).await;
		let done = sent.expect("it is taken").wait_for_finalized_success().await;
		done.expect("it succeeds");
	}

	/// Let heartbeats be due after seconds instead of a minute.
	pub(crate) async fn hurry(&self) {
		let seconds = Value::unnamed_variant("Some", [Value::from(u128::from(MIN_GAP))]);
		let nothing = Value::unnamed_composite([]);
		let parameter = Value::unnamed_variant("MinGap", [nothing, seconds]);
		let parameter = Value::unnamed_variant("Heartbeats", [parameter]);
		let set = Value::named_variant("set_parameter", [("key_value", parameter)]);
		let call = Value::unnamed_variant("Parameters", [set]);
		self.send(&dev::alice(), "Sudo", "sudo", (call,)).await;
	}

	/// Put the next version of the runtime in force, which is built beside the node.
	pub(crate) async fn upgrade(&self) {
		let node = PathBuf::from(built("grid-node").get_program());
		let built = "wbuild/grid-next-runtime/grid_next_runtime.compact.compressed.wasm";
		let code = std::fs::read(node.with_file_name("").join(built)).expect("it is built");
		let set = Value::named_variant("set_code", [("code", Value::from_bytes(code))]);
		let call = Value::unnamed_variant("System", [set]);
		let weight = [("ref_time", Value::from(0_u128)), ("proof_size", Value::from(0_u128))];
		let arguments = (call, Value::named_composite(weight));
		self.send(&dev::alice(), "Sudo", "sudo_unchecked_weight", arguments).await;
	}

	/// What an account has, and how many transactions of it there were.
	pub(crate) async fn money_and_nonce(&self, account: [u8; 32]) -> (u128, u32) {
		let at = self.0.at_current_block().await.expect("it answers");
		let accounts = at.storage().entry(("System", "Account")).expect("there are accounts");
		let account: Value = accounts
			.fetch(vec![Value::from_bytes(account)])
			.await
			.expect("it answers")
			.decode()
			.expect("it is a record");
		let number = |value: Option<&Value>| value.and_then(Value::as_u128).expect("a number");
		let free = account.at("data").and_then(|data| data.at("free"));
		(number(free), number(account.at("nonce")) as u32)
	}

	/// Let an account join the demo farm.
	pub(crate) async fn invite(&self, account: [u8; 32]) {
		self.send(&dev::ferdie(), "Nodes", "invite", (1_u32, Static(account))).await;
	}

	/// Let Bob be somebody who deploys.
	pub(crate) async fn bob_joins(&self) {
		let nobody: Option<Vec<u8>> = None;
		self.send(&dev::bob(), "Twins", "create", (Static(nobody), [7_u8; 32])).await;
	}

	/// Let Bob deploy something.
	pub(crate) async fn deploy(&self, label: &str, node: NodeId, spec: Spec) {
		let nobody: Option<u32> = None;
		let (plan, no_limit) = (vec![(node, spec)], None::<u64>);
		let arguments = (Static(name(label)), Static(plan), Static(nobody), Static(no_limit));
		self.send(&dev::bob(), "Deployments", "create", arguments).await;
	}
}
