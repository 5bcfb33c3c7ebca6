use anyhow::Context;
use clap::{value_parser, Args, Parser, Subcommand};
use grid_primitives::FarmId;
use std::{
	io::Write,
	path::{Path, PathBuf},
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
	runtime::{Builder, Runtime},
	signal::unix::{signal, SignalKind},
};
use tracing_subscriber::EnvFilter;
use zos_agent::{
	assemble,
	config::{ChainConfig, Config, ConfigError, DEFAULT_PATH},
	keys::Keys,
	logs::{self, Logs},
	simulate::Simulation,
	status::{self, Answer, Question},
};

/// How many threads may wait for the machine, beside those that carry out steps.
const SPARE_THREADS: usize = 8;
/// How many lines of a log are shown, unless somebody says otherwise.
const USUAL_LINES: usize = 100;

/// The agent of a node: makes this machine do what the chain says. Nobody else can command it.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
	/// The configuration.
	#[arg(long, global = true, default_value = DEFAULT_PATH)]
	config: PathBuf,
	/// The folder of the agent, instead of the one in the configuration.
	#[arg(long, global = true)]
	state: Option<PathBuf>,
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make the keys of this node, if it has none, and show the account that a farmer invites.
	Init,
	/// Run. What runs goes on when this ends.
	Run,
	/// Show what runs, and why something does not.
	Status {
		/// For programs to read.
		#[arg(long)]
		json: bool,
	},
	/// Show what a container printed.
	Logs {
		/// The container, as contract and name: 12/web.
		container: String,
		/// How many of the last lines: 100, or all since a time.
		#[arg(long, short = 'n', value_name = "LINES")]
		tail: Option<usize>,
		/// Only what was printed since then: a time, as in 2026-03-01T12:00:00Z, or how long ago, as
		/// in 15m.
		#[arg(long, value_name = "TIME", value_parser = logs::since)]
		since: Option<SystemTime>,
		/// Go on with what it prints from now on, until it is removed.
		#[arg(long, short)]
		follow: bool,
		/// Begin each line with when it was printed.
		#[arg(long, short)]
		timestamps: bool,
	},
	/// Run many nodes with machines in memory, on a real chain.
	Simulate(Simulate),
}

#[derive(Debug, Args)]
struct Simulate {
	/// How many.
	#[arg(long, value_parser = value_parser!(u32).range(1..))]
	nodes: u32,
	/// Of what their keys are made: the same text gives the same nodes.
	#[arg(long, default_value = "simulated")]
	seed: String,
	/// Show the accounts, which a farmer invites, and end.
	#[arg(long)]
	accounts: bool,
	/// The addresses of nodes of the chain.
	#[arg(
		long,
		conflicts_with = "spec",
		default_value = "ws://127.0.0.1:9944",
		value_parser = endpoint
	)]
	endpoint: Vec<String>,
	/// The raw specification of the chain, to be a light client.
	#[arg(long)]
	spec: Option<PathBuf>,
	/// The farm to join, if several have invited them.
	#[arg(long)]
	farm: Option<FarmId>,
	/// The country that they say they are in.
	#[arg(long, default_value = "ZZ", value_parser = country)]
	country: [u8; 2],
	/// The seconds between two heartbeats. The chain may ask for more.
	#[arg(long, default_value_t = 60, value_parser = value_parser!(u64).range(1..))]
	heartbeat_seconds: u64,
}

fn endpoint(text: &str) -> Result<String, &'static str> {
	match ChainConfig::is_endpoint(text) {
		true => Ok(text.into()),
		false => Err("write it as ws://HOST:PORT or wss://HOST"),
	}
}

fn country(text: &str) -> Result<[u8; 2], &'static str> {
	match *text.as_bytes() {
		[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok([a, b]),
		_ => Err("a country is two capital letters, as in BE"),
	}
}

pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
	match &cli.command {
		Command::Init => init(&cli.folder()?),
		Command::Run => serve(cli.read()?),
		Command::Status { json } => runtime(1)?.block_on(show(&cli.folder()?, *json)),
		Command::Logs { container, tail, since, follow, timestamps } => {
			let usual = if since.is_some() { usize::MAX } else { USUAL_LINES };
			let logs = Logs {
				of: container.clone(),
				tail: tail.unwrap_or(usual),
				since: since.unwrap_or(UNIX_EPOCH),
				follow: *follow,
				timestamps: *timestamps,
			};
			let (folder, mut out, mut error) =
				(cli.folder()?, std::io::stdout(), std::io::stderr());
			Ok(runtime(1)?.block_on(logs::print(&folder, &logs, &mut out, &mut error))?)
		},
		Command::Simulate(simulate) => simulate.run(),
	}
}

impl Cli {
	fn read(&self) -> anyhow::Result<Config> {
		let mut config = Config::read(&self.config)?;
		if let Some(state) = &self.state {
			config.state.clone_from(state);
		}
		Ok(config)
	}

	/// The folder of the agent. To find it takes no configuration when it is told, or as usual.
	fn folder(&self) -> anyhow::Result<PathBuf> {
		if let Some(state) = &self.state {
			return Ok(state.clone());
		}
		match Config::read(&self.config) {
			Ok(config) => Ok(config.state),
			Err(ConfigError::Unreadable { path, .. })
				if path == Path::new(DEFAULT_PATH) && !path.exists() =>
			{
				Ok(Config::default_state())
			},
			Err(error) => Err(error.into()),
		}
	}
}

/// A small runtime: one thread that thinks, and some that wait for the machine.
fn runtime(waiting: usize) -> anyhow::Result<Runtime> {
	let mut builder = Builder::new_current_thread();
	let runtime = builder.enable_all().max_blocking_threads(waiting + SPARE_THREADS).build();
	runtime.context("no runtime can be made")
}

fn log_to_stderr() {
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
		EnvFilter::new(
			// A newer kernel tells more of interfaces than the library knows, again and again.
			"warn,netlink_packet_route=error,\
			zos_agent=info,zos_chain=info,zos_network=info,zos_provision=info",
		)
	});
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn init(folder: &Path) -> anyhow::Result<()> {
	let keys = Keys::read_or_make(folder)?;
	let (_, account) = assemble::account(*keys.account)?;
	let mut out = std::io::stdout().lock();
	writeln!(out, "{account}")?;
	eprintln!("let a farmer invite this account, then start the agent with `zos-agent run`");
	Ok(())
}

fn serve(config: Config) -> anyhow::Result<()> {
	log_to_stderr();
	let runtime = runtime(config.reconcile.parallel + config.reconcile.pulls)?;
	let result = runtime.block_on(async {
		tokio::select! {
			result = assemble::run(config) => Ok(result?),
			result = told_to_end() => result,
		}
	});
	// What is being done to the machine is found half done by the next agent, and completed.
	runtime.shutdown_background();
	result
}

async fn told_to_end() -> anyhow::Result<()> {
	let mut terminate = signal(SignalKind::terminate())?;
	let mut interrupt = signal(SignalKind::interrupt())?;
	tokio::select! {
		_ = terminate.recv() => {},
		_ = interrupt.recv() => {},
	}
	log::info!("the agent ends; what runs goes on");
	Ok(())
}

async fn show(folder: &Path, json: bool) -> anyhow::Result<()> {
	let Answer::Status(status) = status::ask(folder, &Question::Status).await? else {
		anyhow::bail!("the agent answers something else: is it another version?");
	};
	let text = match json {
		true => serde_json::to_string_pretty(&status)? + "\n",
		false => {
			let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
			status::table(&status, now.as_secs())
		},
	};
	std::io::stdout().lock().write_all(text.as_bytes())?;
	Ok(())
}

impl Simulate {
	fn run(&self) -> anyhow::Result<()> {
		let endpoints = if self.spec.is_some() { Vec::new() } else { self.endpoint.clone() };
		let simulation = Simulation {
			nodes: self.nodes,
			seed: self.seed.clone(),
			farm: self.farm,
			country: self.country,
			chain: ChainConfig { spec: self.spec.clone(), endpoints, genesis: None },
			heartbeat_every: Duration::from_secs(self.heartbeat_seconds),
		};
		if self.accounts {
			let mut out = std::io::stdout().lock();
			for account in simulation.accounts()? {
				writeln!(out, "{account}")?;
			}
			return Ok(());
		}
		log_to_stderr();
		let runtime = runtime(SPARE_THREADS)?;
		let result = runtime.block_on(async {
			tokio::select! {
				result = simulation.run() => Ok(result?),
				result = told_to_end() => result,
			}
		});
		runtime.shutdown_background();
		result
	}
}
