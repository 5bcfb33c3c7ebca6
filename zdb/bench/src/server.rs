//! Servers to be measured, each with a fresh folder.

use anyhow::{bail, Context};
use grid_benchmarks::median;
use rustix::process::{kill_process_group, Pid, Signal};
use std::{
	fs,
	os::unix::{net::UnixStream, process::CommandExt},
	path::PathBuf,
	process::{Child, Command, Stdio},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;
use zdb::{client::Client, net::Address};

/// How long a server may take to answer: it may have much to read.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a start is measured.
const STARTS: usize = 5;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
	Redis,
	Zdb,
}

/// When what was written is made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
	/// Each second.
	Second,
	/// Before it is acknowledged.
	Always,
}

/// A running server, and its folder.
pub(crate) struct Server {
	process: Child,
	folder: TempDir,
	pub(crate) port: u16,
}

impl Server {
	/// Start one beside which no other is measured.
	pub(crate) fn zdb(more: &[&str]) -> anyhow::Result<Self> {
		Self::launch(Kind::Zdb, Durability::Second, TempDir::new()?, more)
	}

	/// Start one of either kind.
	pub(crate) fn start(kind: Kind, durability: Durability) -> anyhow::Result<Self> {
		Self::launch(kind, durability, TempDir::new()?, &[])
	}

	fn launch(
		kind: Kind,
		durability: Durability,
		folder: TempDir,
		more: &[&str],
	) -> anyhow::Result<Self> {
		let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
		let socket = folder.path().join("socket");
		let always = durability == Durability::Always;
		let mut command = match kind {
			Kind::Redis => {
				let fsync = if always { "always" } else { "everysec" };
				let mut command = Command::new("redis-server");
				command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "yes"]);
				command.args(["--appendfsync", fsync]);
				command.arg("--dir").arg(folder.path()).arg("--unixsocket").arg(&socket);
				command
			},
			Kind::Zdb => {
				let sync = if always { "always" } else { "1s" };
				let mut command = Command::new(std::env::current_exe()?.with_file_name("zdb"));
				command.args(["serve", "--open", "--sync", sync, "--log", "warn"]).args(more);
				command.arg("--listen").arg(format!("127.0.0.1:{port}"));
				command.arg("--data").arg(folder.path().join("data")).arg("--socket").arg(&socket);
				command
			},
		};
		let process = command
			.stdout(Stdio::null())
			// So that what redis has forked to compact its file ends with it.
			.process_group(0)
			.spawn()
			.with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
		let server = Self { process, folder, port };
		let start = Instant::now();
		while UnixStream::connect(&socket).is_err() {
			if start.elapsed() > PATIENCE {
				bail!("the server does not answer");
			}
			thread::sleep(Duration::from_millis(1));
		}
		Ok(server)
	}

	/// A client by the unix socket.
	pub(crate) fn client(&self) -> anyhow::Result<Client> {
		Ok(Client::connect(&Address::Unix(self.socket()), PATIENCE)?)
	}

	pub(crate) fn socket(&self) -> PathBuf {
		self.folder.path().join("socket")
	}

	/// End it with a signal, and keep its folder.
	pub(crate) fn end(mut self, signal: &str) -> anyhow::Result<TempDir> {
		let id = self.process.id().to_string();
		let sent = Command::new("kill").args([signal, &id]).status().context("cannot run kill")?;
		if !sent.success() {
			bail!("the server is gone");
		}
		self.process.wait()?;
		Ok(std::mem::replace(&mut self.folder, TempDir::new()?))
	}

	/// Start one with the folder of another.
	pub(crate) fn on(folder: TempDir) -> anyhow::Result<Self> {
		Self::launch(Kind::Zdb, Durability::Second, folder, &[])
	}

	/// End it and start it again, a few times: seconds from a start to an answer, the median.
	pub(crate) fn starts(mut self, signal: &str) -> anyhow::Result<(Self, f64)> {
		let mut seconds = Vec::new();
		for _ in 0..STARTS {
			let folder = self.end(signal)?;
			let start = Instant::now();
			self = Self::on(folder)?;
			self.client()?.ask(&["DBSIZE"])?;
			seconds.push(start.elapsed().as_secs_f64());
		}
		Ok((self, median(&seconds)))
	}

	/// What it has in memory, in bytes.
	pub(crate) fn resident(&self) -> anyhow::Result<u64> {
		let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
		let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
		let kib = line.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<u64>().ok());
		Ok(kib.context("the kernel counts memory")? << 10)
	}

	/// How long the files of its data are, in bytes.
	pub(crate) fn used(&self) -> anyhow::Result<u64> {
		let mut used = 0;
		for file in fs::read_dir(self.folder.path().join("data"))? {
			// It may be gone by now.
			used += file?.metadata().map_or(0, |file| file.len());
		}
		Ok(used)
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		// It may have ended by itself; its folder goes with it either way.
		let _ = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
		let _ = self.process.wait();
	}
}
