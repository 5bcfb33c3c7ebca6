//! `grid status` of somebody with 100 contracts, on a local node, with simulated nodes.

use grid_cli::{
	chain::{number, of, option, Call, Chain, Lifetime, Stage, Watch},
	keys::{from_phrase, Scheme, Signer},
};
use grid_primitives::spec::{Name, Spec};
use grid_processes::{built, free_port};
use serde_json::{json, Value as Json};
use std::{
	path::Path,
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

const CONTRACTS: u32 = 100;
/// So many contracts are made by one transaction.
const AT_ONCE: u32 = 20;
const NODES: u32 = 4;
const ROUNDS: usize = 21;

/// A process that is ended when this is dropped.
struct Running(Child);

impl Drop for Running {
	fn drop(&mut self) {
		// It may have ended by itself.
		let _ = self.0.kill();
		let _ = self.0.wait();
	}
}

fn start(command: &mut Command) -> Running {
	let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
	Running(quiet.spawn().expect("it can be started"))
}

fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
	let start = Instant::now();
	while start.elapsed() < Duration::from_secs(300) {
		if let Some(found) = look() {
			return found;
		}
		std::thread::sleep(Duration::from_millis(500));
	}
	panic!("{what}: not in time");
}

/// `grid` for somebody of a chain.
struct Grid<'a> {
	home: &'a Path,
	url: String,
}

impl Grid<'_> {
	fn command(&self, who: &str, words: &[&str]) -> Command {
		let mut command = built("grid");
		command.env("GRID_HOME", self.home).args(["--chain", &self.url, "--account", who]);
		command.args(["--yes", "--quiet", "--output", "json"]).args(words).stdin(Stdio::null());
		command
	}

	fn asks(&self, who: &str, words: &[&str]) -> Option<Json> {
		let said = self.command(who, words).output().expect("grid can be started");
		said.status.success().then(|| serde_json::from_slice(&said.stdout).unwrap_or_default())
	}
}

struct Silent;

impl Watch for Silent {
	fn reached(&mut self, _: &Stage) {}
}

/// One container, of which nobody reads the image.
fn spec() -> Spec {
	let container = json!({
		"name": "web", "kind": "container", "cpu": 100, "memory": 64 << 20, "root": 64 << 20,
		"image": { "reference": "registry.example/web", "digest": format!("sha256:{}", "1".repeat(64)) },
		"restart": "always", "log": "discard",
	});
	serde_json::from_value(json!({ "version": 1, "workloads": [container] })).expect("it is a spec")
}

async fn make_contracts(url: &str) {
	let endpoint = url.to_string().into();
	let chain = Chain::connect(&endpoint, None, None, Duration::from_secs(15));
	let chain = chain.await.expect("the chain answers");
	let bob = Signer::Here(from_phrase(Scheme::Sr25519, "//Bob").expect("it is a phrase"));
	for first in (0..CONTRACTS).step_by(AT_ONCE as usize) {
		let calls = (first..first + AT_ONCE).map(|index| {
			let label: Name = format!("shop-{index}").as_str().try_into().expect("it is short");
			Call::new("Deployments", "create")
				.with("label", of(&label))
				.with("plan", of(&vec![(1 + index % NODES, spec())]))
				.with("policy", option(None::<u32>.map(number)))
				.with("most", option(None::<u64>.map(number)))
		});
		let all = Call::all(calls.collect());
		let made = chain.send(&all, &bob, Lifetime::default(), &mut Silent).await;
		made.expect("there is room for all");
	}
}

/// From the start of the program to its end.
pub(crate) fn run() {
	let folder = tempfile::tempdir().expect("a folder can be made");
	let (rpc, peers) = (free_port(), free_port());
	let _chain = start(
		built("grid-node")
			.args(["--dev", "--no-prometheus", "--no-telemetry", "--no-mdns"])
			.args(["--rpc-port", &rpc.to_string(), "--port", &peers.to_string()])
			.arg("--base-path")
			.arg(folder.path().join("chain")),
	);
	let home = folder.path().join("home");
	let grid = Grid { home: &home, url: format!("ws://127.0.0.1:{rpc}") };
	eventually("the chain makes blocks", || grid.asks("//Bob", &["account", "show"]));
	let nodes = NODES.to_string();
	let simulate = ["simulate", "--nodes", &nodes];
	let accounts = built("zos-agent").args(simulate).arg("--accounts").output();
	let accounts = accounts.expect("zos-agent can be started").stdout;
	let accounts = String::from_utf8(accounts).expect("accounts are a text");
	let invite: Vec<_> =
		["node", "invite", "1"].into_iter().chain(accounts.split_whitespace()).collect();
	assert!(grid.asks("//Ferdie", &invite).is_some(), "the nodes are invited");
	assert!(grid.asks("//Bob", &["twin", "create"]).is_some(), "there is a twin");
	let _agents = start(built("zos-agent").args(simulate).args(["--endpoint", &grid.url]));
	eventually("the nodes join", || {
		let online = grid.asks("//Bob", &["node", "list", "--online"])?;
		(online.as_array()?.len() == NODES as usize).then_some(())
	});

	eprintln!("making {CONTRACTS} contracts");
	let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
	runtime.expect("there are threads").block_on(make_contracts(&grid.url));
	eventually("all of them run", || {
		let status = grid.asks("//Bob", &["status"])?;
		let contracts = status["contracts"].as_array()?;
		assert_eq!(contracts.len(), CONTRACTS as usize);
		contracts.iter().all(|it| it["runs"] == true).then_some(())
	});
	let took = crate::median_of(ROUNDS, || {
		let start = Instant::now();
		let said = grid.command("//Bob", &["status"]).output().expect("grid can be started");
		assert!(said.status.success());
		start.elapsed().as_secs_f64()
	});
	println!("grid-status: {:.0} ms (bar: ≤ 300 ms)", took * 1_000.0);
}
