//! Measures zdb beside redis on the same machine: each cell is run on both in turn, several times,
//! with a fresh server and an empty folder each time, and the medians are compared.

use anyhow::{bail, Context};
use clap::Parser;
use std::{
	collections::BTreeMap,
	fmt, fs,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	thread,
	time::{Duration, Instant},
};
use tempfile::TempDir;

/// Measures zdb beside redis-server with redis-benchmark.
#[derive(Debug, Parser)]
struct Arguments {
	/// How often each cell is run on each server
	#[arg(long, default_value_t = 5)]
	runs: usize,
	/// Lengths of values
	#[arg(long, value_delimiter = ',', default_value = "64,512,4096,65536")]
	sizes: Vec<usize>,
	/// Commands that a client sends at once
	#[arg(long, value_delimiter = ',', default_value = "16,1")]
	pipelines: Vec<usize>,
	/// Clients at a time
	#[arg(long, default_value_t = 50)]
	clients: usize,
	/// How the server is reached
	#[arg(long, value_delimiter = ',', default_value = "tcp,unix")]
	by: Vec<String>,
	/// Acknowledge only what is on the disk, instead of syncing each second
	#[arg(long)]
	durable: bool,
	/// How many bytes of values a run of SET writes, at most
	#[arg(long, default_value_t = 2 << 30)]
	volume: usize,
	/// How many commands a run has, at most
	#[arg(long, default_value_t = 1_500_000)]
	most: usize,
	/// Where the data goes
	#[arg(long)]
	folder: Option<PathBuf>,
	/// The server to measure
	#[arg(long)]
	zdb: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
	Redis,
	Zdb,
}

/// A running server, and its folder.
struct Server {
	process: Child,
	folder: TempDir,
	port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
	by: String,
	pipeline: usize,
	size: usize,
	command: String,
}

impl fmt::Display for Cell {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { by, pipeline, size, command } = self;
		write!(f, "{by:<5} P{pipeline:<3} {size:>6} B {command:<4}")
	}
}

fn main() -> anyhow::Result<()> {
	let arguments = Arguments::parse();
	let zdb = match &arguments.zdb {
		Some(path) => path.clone(),
		None => std::env::current_exe()?.with_file_name("zdb"),
	};
	let mut rates: BTreeMap<Cell, BTreeMap<Kind, Vec<f64>>> = BTreeMap::new();
	for by in &arguments.by {
		for pipeline in &arguments.pipelines {
			for size in &arguments.sizes {
				for _ in 0..arguments.runs {
					for kind in [Kind::Redis, Kind::Zdb] {
						for (command, rate) in
							measure(&arguments, &zdb, kind, by, *pipeline, *size)?
						{
							let (by, pipeline, size) = (by.clone(), *pipeline, *size);
							let cell = Cell { by, pipeline, size, command };
							rates.entry(cell).or_default().entry(kind).or_default().push(rate);
						}
					}
				}
				report(&mut rates, by, *pipeline, *size);
			}
		}
	}
	let worst = rates
		.iter_mut()
		.map(|(cell, rates)| (ratio(rates), cell))
		.min_by(|(one, _), (other, _)| one.total_cmp(other));
	let (worst, cell) = worst.context("nothing was measured")?;
	let name = if arguments.durable { "zdb-durable" } else { "zdb-bench" };
	println!("{name}: {worst:.2} × redis in the worst cell ({cell})");
	Ok(())
}

fn report(
	rates: &mut BTreeMap<Cell, BTreeMap<Kind, Vec<f64>>>,
	by: &str,
	pipeline: usize,
	size: usize,
) {
	for (cell, rates) in rates.iter_mut() {
		if cell.by == by && cell.pipeline == pipeline && cell.size == size {
			let ratio = ratio(rates);
			let redis = rates.get_mut(&Kind::Redis).map_or(0.0, |all| median(all));
			let zdb = rates.get_mut(&Kind::Zdb).map_or(0.0, |all| median(all));
			println!("{cell}  redis {redis:>10.0}/s  zdb {zdb:>10.0}/s  ratio {ratio:.2}");
		}
	}
}

fn ratio(rates: &mut BTreeMap<Kind, Vec<f64>>) -> f64 {
	let redis = rates.get_mut(&Kind::Redis).map_or(f64::NAN, |all| median(all));
	rates.get_mut(&Kind::Zdb).map_or(f64::NAN, |all| median(all)) / redis
}

fn median(all: &mut [f64]) -> f64 {
	all.sort_by(f64::total_cmp);
	all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One run of one cell: commands per second of SET and GET.
fn measure(
	arguments: &Arguments,
	zdb: &Path,
	kind: Kind,
	by: &str,
	pipeline: usize,
	size: usize,
) -> anyhow::Result<Vec<(String, f64)>> {
	let server = Server::start(arguments, zdb, kind)?;
	// One command at a time is slow enough that a fraction of them tells as much.
	let most = if pipeline == 1 { arguments.most / 5 } else { arguments.most };
	let most = if arguments.durable { most / 10 } else { most };
	let mut rates = Vec::new();
	// Few large values fill the disk: how many are asked for need not be as few.
	for (name, requests) in [("set", (arguments.volume / size).min(most)), ("get", most)] {
		let mut command = Command::new("redis-benchmark");
		match by {
			"tcp" => command.args(["-p", &server.port.to_string()]),
			"unix" => command.arg("-s").arg(server.socket()),
			other => bail!("{other} is no way to reach a server: choose tcp or unix"),
		};
		command.args(["-t", name, "--csv", "-r", "1000000"]);
		for (flag, value) in
			[("-n", requests), ("-d", size), ("-P", pipeline), ("-c", arguments.clients)]
		{
			command.args([flag, &value.to_string()]);
		}
		let output = command.output().context("cannot run redis-benchmark: install redis-tools")?;
		let text = String::from_utf8_lossy(&output.stdout);
		let Some(rate) = text.lines().find_map(rate) else {
			bail!("redis-benchmark said: {text}{}", String::from_utf8_lossy(&output.stderr));
		};
		rates.push(rate);
	}
	Ok(rates)
}

/// `"SET","123456.78",…`
fn rate(line: &str) -> Option<(String, f64)> {
	let mut fields = line.split(',').map(|field| field.trim_matches('"'));
	Some((fields.next()?.to_string(), fields.next()?.parse().ok()?))
}

impl Server {
	fn start(arguments: &Arguments, zdb: &Path, kind: Kind) -> anyhow::Result<Self> {
		let folder = match &arguments.folder {
			Some(folder) => TempDir::new_in(folder)?,
			None => TempDir::new()?,
		};
		let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
		let socket = folder.path().join("socket");
		let mut command = match kind {
			Kind::Redis => {
				let mut command = Command::new("redis-server");
				let fsync = if arguments.durable { "always" } else { "everysec" };
				command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "yes"]);
				command.args(["--appendfsync", fsync]);
				command.arg("--dir").arg(folder.path()).arg("--unixsocket").arg(&socket);
				command
			},
			Kind::Zdb => {
				let mut command = Command::new(zdb);
				let sync = if arguments.durable { "always" } else { "1s" };
				command.args(["serve", "--sync", sync, "--log", "warn"]);
				command.arg("--listen").arg(format!("127.0.0.1:{port}"));
				command.arg("--data").arg(folder.path().join("data")).arg("--socket").arg(&socket);
				command
			},
		};
		let process = command
			.stdout(Stdio::null())
			.spawn()
			.with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
		let server = Self { process, folder, port };
		let start = Instant::now();
		while std::os::unix::net::UnixStream::connect(&socket).is_err() {
			if start.elapsed() > Duration::from_secs(20) {
				bail!("the server does not answer");
			}
			thread::sleep(Duration::from_millis(20));
		}
		Ok(server)
	}

	fn socket(&self) -> PathBuf {
		self.folder.path().join("socket")
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		// It may have ended by itself; its folder goes with it either way.
		let _ = self.process.kill();
		let _ = self.process.wait();
		let _ = fs::remove_dir_all(self.folder.path());
	}
}
