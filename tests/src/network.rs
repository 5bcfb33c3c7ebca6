use crate::{eventually, Node, NodeBuilder};
use grid_processes::{built, specification, Form};
use serde_json::Value;
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// A chain specification in a file of its own.
pub struct Spec {
	folder: TempDir,
}

impl Spec {
	/// The specification of a chain that the node knows by name, with changes.
	pub fn of(chain: &str, change: impl FnOnce(&mut Value)) -> Self {
		let folder = TempDir::new().expect("a folder can be made");
		let spec = Self { folder };
		let file = specification(chain, Form::Plain);
		let mut json = read(&std::fs::read(file).expect("it was just made"));
		change(&mut json);
		std::fs::write(spec.path(), json.to_string()).expect("the folder can be written");
		spec
	}

	/// The raw specification of a chain that the node knows by name or by file: the storage of the first
	/// block, key by key.
	pub fn raw(chain: &str) -> Value {
		if Path::new(chain).exists() {
			return read(&export(chain));
		}
		read(&std::fs::read(specification(chain, Form::Raw)).expect("it was just made"))
	}

	/// Where it is.
	pub fn path(&self) -> std::path::PathBuf {
		self.folder.path().join("spec.json")
	}
}

/// Have a node make the specification in a file raw.
fn export(file: &str) -> Vec<u8> {
	let mut node = built("grid-node");
	let output = node.args(["export-chain-spec", "--raw", "--chain", file]).output();
	let output = output.expect("grid-node can be started");
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	output.stdout
}

fn read(json: &[u8]) -> Value {
	serde_json::from_slice(json).expect("a specification is JSON")
}

/// How long finality may rest when validators come and go.
const FINALITY: Duration = Duration::from_secs(90);

/// Validators that know each other.
pub struct Network {
	/// The nodes, in the order of their names.
	pub nodes: Vec<Node>,
	chain: String,
}

/// The four validators of the preset `local`.
const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];

impl Network {
	/// The four validators of a local chain.
	pub fn local() -> Self {
		Self::of_validators("local", &VALIDATORS)
	}

	/// These well-known validators, on the chain of this name or file.
	pub fn of_validators(chain: impl AsRef<Path>, names: &[&str]) -> Self {
		let chain = chain.as_ref().to_str().expect("paths are plain").to_string();
		let mut network = Self { nodes: Vec::new(), chain };
		for name in names {
			network.add(NodeBuilder::new(name).args([format!("--{name}")]));
		}
		for node in &network.nodes {
			eventually("all nodes know each other", Duration::from_secs(60), || {
				(node.chain().peers() + 1 >= names.len()).then_some(())
			});
		}
		network
	}

	/// One more node, which is told of the first.
	pub fn add(&mut self, node: NodeBuilder) -> &mut Node {
		let node = node.args(["--chain", &self.chain]).args(self.bootnodes());
		self.nodes.push(node.start());
		self.nodes.last_mut().expect("it was just put there")
	}

	/// How a newcomer finds the network.
	pub fn bootnodes(&self) -> Vec<String> {
		let running = self.nodes.iter().find(|node| node.runs());
		running.map(|node| vec!["--bootnodes".into(), node.address()]).unwrap_or_default()
	}

	/// Wait until every running node has finalized this block or a later one.
	pub fn finalizes(&self, number: u32) {
		for node in self.nodes.iter().filter(|node| node.runs()) {
			let why = format!("{} finalizes block {number}", node.name());
			eventually(&why, FINALITY, || {
				(node.chain().finalized().number >= number).then_some(())
			});
		}
	}

	/// The highest finalized block that all running nodes know.
	pub fn commonly_finalized(&self) -> u32 {
		let running = self.nodes.iter().filter(|node| node.runs());
		running.map(|node| node.chain().finalized().number).min().expect("a node runs")
	}
}
