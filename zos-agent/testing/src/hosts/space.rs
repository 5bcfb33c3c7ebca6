use crate::run;
use rustix::thread::{move_into_link_name_space, LinkNameSpaceType};
use std::{
	fs::File,
	os::fd::AsFd,
	path::{Path, PathBuf},
	process::Command,
	thread,
};

/// Runs a program that has to go well. Says what it printed.
pub fn run_line(line: &str) -> String {
	let mut words = line.split_whitespace();
	run(words.next().expect("a program"), words)
}

/// Runs a program. Says whether it went well, and what it printed.
pub fn tried(line: &str) -> (bool, String) {
	let mut words = line.split_whitespace();
	let mut command = Command::new(words.next().expect("a program"));
	let output = command.args(words).output().expect("it can be run");
	let said = [output.stdout, output.stderr].concat();
	(output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Does something in a namespace of the network.
pub fn within<T: Send>(namespace: &Path, work: impl FnOnce() -> T + Send) -> T {
	let file = File::open(namespace).expect("the namespace is there");
	thread::scope(|scope| {
		let thread = scope.spawn(move || {
			move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
				.expect("it can be entered");
			work()
		});
		thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
	})
}

/// A namespace that goes away with the test.
pub struct Space {
	/// By what `ip netns` knows it.
	pub name: String,
}

impl Space {
	/// A new one, of that name.
	pub fn new(name: String) -> Self {
		run_line(&format!("ip netns add {name}"));
		run_line(&format!("ip -n {name} link set lo up"));
		Self { name }
	}

	/// Where it is.
	pub fn path(&self) -> PathBuf {
		Path::new("/run/netns").join(&self.name)
	}

	/// Tell `ip` something there.
	pub fn ip(&self, words: &str) {
		run_line(&format!("ip -n {} {words}", self.name));
	}

	/// Run a program there.
	pub fn run(&self, line: &str) -> String {
		run_line(&format!("ip netns exec {} {line}", self.name))
	}
}

impl Drop for Space {
	fn drop(&mut self) {
		tried(&format!("ip netns del {}", self.name));
	}
}
