use crate::built;
use std::{
	fs::{self, File},
	hash::{DefaultHasher, Hash, Hasher},
	path::{Path, PathBuf},
	process::Command,
};

/// The chains of which a node works out the first block when it starts.
const KNOWN: [&str; 3] = ["dev", "local", "production"];

/// A command that starts a node with these arguments, as quickly as it can be had: it finds its runtime
/// compiled by those before it, and the first block of the chain worked out by the first test that needed
/// it. `built("grid-node")` starts one as an operator does.
pub fn node<A: AsRef<str>>(arguments: impl IntoIterator<Item = A>) -> Command {
	let mut command = built("grid-node");
	command.arg("--runtime-cache").arg(fixtures().join("grid/runtimes"));
	let (mut is_dev, mut chain) = (false, None);
	let mut arguments = arguments.into_iter();
	while let Some(argument) = arguments.next() {
		match argument.as_ref() {
			"--chain" => chain = arguments.next().map(|it| it.as_ref().to_owned()),
			other => {
				is_dev |= other == "--dev";
				command.arg(other);
			},
		}
	}
	match chain.as_deref().or(is_dev.then_some("dev")) {
		Some(known) if KNOWN.contains(&known) => {
			command.arg("--chain").arg(specification(known, Form::Raw));
		},
		Some(chain) => {
			command.args(["--chain", chain]);
		},
		None => {},
	}
	command
}

/// How a chain is specified.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
	/// With what its runtime makes of it.
	Plain,
	/// The storage of the first block, key by key.
	Raw,
}

/// The file with the specification of a chain that the node knows by name, which is made once.
pub fn specification(chain: &str, form: Form) -> PathBuf {
	let mut node = built("grid-node");
	let program = Path::new(node.get_program());
	let file = fs::metadata(program).expect("it is a file");
	let mut hasher = DefaultHasher::new();
	(program, file.modified().expect("it has a time"), file.len(), form).hash(&mut hasher);
	let file = fixtures().join(format!("{chain}-{:016x}.json", hasher.finish()));
	// One test makes it, while the others wait.
	let lock = File::create(file.with_extension("lock")).expect("the target folder is ours");
	lock.lock().expect("the target folder knows locks");
	if !file.exists() {
		node.args(["export-chain-spec", "--chain", chain]);
		let output = node.args((form == Form::Raw).then_some("--raw")).output();
		let output = output.expect("grid-node can be started");
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		let fresh = file.with_extension("fresh");
		fs::write(&fresh, output.stdout).expect("the target folder is ours");
		fs::rename(fresh, &file).expect("the target folder is ours");
	}
	file
}

/// A folder for what is the same for all tests of a build.
pub fn fixtures() -> PathBuf {
	let me = std::env::current_exe().expect("a test has a path");
	let folder = me.parent().expect("a file is in a folder").join("fixtures");
	fs::create_dir_all(&folder).expect("the target folder is ours");
	folder
}
