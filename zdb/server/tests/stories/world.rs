//! A server of one's own, and clients of it.

use std::{
	io::{BufRead, BufReader},
	net::SocketAddr,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	sync::{Arc, Mutex},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zdb::{
	client::{Client, Reply},
	net::Address,
};

/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is started.
pub(crate) struct Builder {
	folder: PathBuf,
	kept: Option<TempDir>,
	flags: Vec<String>,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
	process: Child,
	pub(crate) address: SocketAddr,
	pub(crate) metrics: SocketAddr,
	pub(crate) socket: PathBuf,
	pub(crate) folder: PathBuf,
	log: Arc<Mutex<String>>,
	kept: Option<TempDir>,
}

/// A server for whom everyone is an administrator.
pub(crate) fn open() -> Server {
	Builder::new().flag("--open").start()
}

pub(crate) fn zdb() -> Command {
	Command::new(env!("CARGO_BIN_EXE_zdb"))
}

impl Builder {
	pub(crate) fn new() -> Self {
		let kept = tempfile::tempdir().unwrap();
		Self { folder: kept.path().into(), kept: Some(kept), flags: Vec::new() }
	}

	/// With the data in a folder that somebody else looks after.
	pub(crate) fn on(folder: &Path) -> Self {
		Self { folder: folder.into(), kept: None, flags: Vec::new() }
	}

	pub(crate) fn flag(mut self, flag: impl Into<String>) -> Self {
		self.flags.push(flag.into());
		self
	}

	/// With an administrator whose password is `password`.
	pub(crate) fn admin(self, password: &str) -> Self {
		let file = self.folder.join("admin");
		std::fs::write(&file, password).unwrap();
		self.flag(format!("--admin-file={}", file.display()))
	}

	pub(crate) fn start(self) -> Server {
		let socket = self.folder.join("zdb.sock");
		let mut process = zdb()
			.arg("serve")
			.arg(format!("--data={}", self.folder.join("data").display()))
			.args(["--listen=0.0.0.0:0", "--metrics=127.0.0.1:0"])
			.arg(format!("--socket={}", socket.display()))
			.args(&self.flags)
			.stderr(Stdio::piped())
			.spawn()
			.unwrap();
		let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
		let log = Arc::new(Mutex::new(String::new()));
		let mut ports = Vec::new();
		// Clients by TCP, clients by the socket, Prometheus.
		while ports.len() < 3 {
			let Some(Ok(line)) = lines.next() else {
				panic!("the server does not start: {}", log.lock().unwrap());
			};
			ports.extend(line.split_once("ready for").map(|(_, at)| {
				at.rsplit(':').next().and_then(|port| port.trim().parse::<u16>().ok()).unwrap_or(0)
			}));
			*log.lock().unwrap() += &(line + "\n");
		}
		let said = log.clone();
		thread::spawn(move || {
			for line in lines.map_while(Result::ok) {
				*said.lock().unwrap() += &(line + "\n");
			}
		});
		Server {
			process,
			address: SocketAddr::from(([127, 0, 0, 1], ports[0])),
			metrics: SocketAddr::from(([127, 0, 0, 1], ports[2])),
			socket,
			folder: self.folder,
			log,
			kept: self.kept,
		}
	}
}

impl Server {
	pub(crate) fn client(&self) -> Client {
		Client::connect(&Address::Tcp(self.address), PATIENCE).unwrap()
	}

	pub(crate) fn client_by_socket(&self) -> Client {
		Client::connect(&Address::Unix(self.socket.clone()), PATIENCE).unwrap()
	}

	pub(crate) fn pid(&self) -> u32 {
		self.process.id()
	}

	pub(crate) fn log(&self) -> String {
		self.log.lock().unwrap().clone()
	}

	/// What the server has in memory, in bytes.
	pub(crate) fn resident(&self) -> u64 {
		let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
		let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
		line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
	}

	/// How much time of a processor the server took so far.
	pub(crate) fn processor_time(&self) -> Duration {
		let said = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
		let (_, numbers) = said.rsplit_once(')').unwrap();
		let numbers = numbers.split_whitespace().skip(11).take(2);
		let ticks: u64 = numbers.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
		Duration::from_millis(ticks * 10)
	}

	fn signal(&self, signal: &str) {
		let pid = self.pid().to_string();
		assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
	}

	/// Ask it to stop, and say how it ended.
	pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
		self.signal("-TERM");
		self.process.wait().unwrap()
	}

	/// Stop it, or kill it, and start it again on the same data.
	pub(crate) fn again(mut self, gently: bool, flags: &[&str]) -> Server {
		if gently {
			assert!(self.stop().success(), "{}", self.log());
		} else {
			self.kill();
		}
		let folder = self.folder.clone();
		let kept = self.kept.take();
		drop(self);
		let flags = flags.iter().map(|flag| flag.to_string()).collect();
		Builder { folder, kept, flags }.start()
	}

	pub(crate) fn kill(&mut self) {
		// It may have ended by itself.
		let _ = self.process.kill();
		self.process.wait().unwrap();
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		self.kill();
		if thread::panicking() {
			eprintln!("the server said:\n{}", self.log());
		}
	}
}

/// What a client says and hears in a test.
pub(crate) trait Talk {
	fn say(&mut self, words: &str) -> String;
	fn fine(&mut self, words: &str);
}

impl Talk for Client {
	/// Send a command of words, and hear the answer as people write it.
	#[track_caller]
	fn say(&mut self, words: &str) -> String {
		let words: Vec<_> = words.split(' ').map(|word| word.replace("''", "")).collect();
		show(&self.call(&words).unwrap())
	}

	#[track_caller]
	fn fine(&mut self, words: &str) {
		assert_eq!(self.say(words), "OK", "{words}");
	}
}

pub(crate) fn show(reply: &Reply) -> String {
	match reply {
		Reply::Simple(text) => text.clone(),
		Reply::Error(text) => format!("-{text}"),
		Reply::Integer(number) => format!(":{number}"),
		Reply::Bulk(bytes) => bytes.escape_ascii().to_string(),
		Reply::Nil => "nil".into(),
		Reply::Array(replies) => {
			format!("[{}]", replies.iter().map(show).collect::<Vec<_>>().join(", "))
		},
	}
}

/// What answers a challenge, in hexadecimal.
pub(crate) fn sha1(text: &str) -> String {
	use sha1::{Digest, Sha1};
	hex::encode(Sha1::digest(text))
}

/// Wait until `what` is so.
#[track_caller]
pub(crate) fn eventually(why: &str, mut what: impl FnMut() -> bool) {
	let start = Instant::now();
	while !what() {
		assert!(start.elapsed() < PATIENCE, "{why}: not within {PATIENCE:?}");
		thread::sleep(Duration::from_millis(20));
	}
}

/// Run a program that has to succeed, and hear what it says.
#[track_caller]
pub(crate) fn run(program: &mut Command) -> String {
	let output = program.output().unwrap_or_else(|error| panic!("{program:?}: {error}"));
	let said = String::from_utf8_lossy(&output.stdout).into_owned();
	let errors = String::from_utf8_lossy(&output.stderr);
	assert!(output.status.success(), "{program:?} failed:\n{said}{errors}");
	said
}
