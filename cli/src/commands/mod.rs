//! What can be said: a noun, then a verb.

mod account;
mod approvals;
mod bill;
mod council;
mod deployment;
mod events;
mod examples;
mod farm;
mod key;
mod network;
mod node;
mod parameter;
mod policy;
mod profile;
mod project;
mod review;
mod runtime;
mod status;
mod transaction;
mod twin;
mod validator;
mod wait;

use crate::{
	interrupt,
	manifest::flaw,
	session::{Options, Session},
	Failure,
};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// The command line of the grid: for farmers, users, stakeholders and governors
#[derive(Parser)]
#[command(name = "grid", version, propagate_version = true, max_term_width = 100)]
#[command(
	after_help = "Results go to the standard output, all else beside it. Exit codes: 0 done, \
	1 failed, 2 wrong arguments, 3 wrong input, 4 no chain, 5 refused, 6 no money, 7 not there, \
	8 not in time or not running, 9 not agreed to, 10 changes, 130 interrupted."
)]
struct Cli {
	#[command(flatten)]
	options: Options,
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Show what applying a manifest would change, and what that costs
	Plan(project::Plan),
	/// Make it so: everything of it or nothing, and wait until it runs
	Apply(project::Apply),
	/// End what a manifest has made
	Destroy(project::Destroy),
	/// Watch what a manifest has made, and move what fails if told to
	Watch(project::Watch),
	/// Contracts, what their nodes say, money, and when it runs out
	Status(status::Status),
	/// The same, live
	Top(status::Top),
	/// What happens on the chain, in words
	Events(events::Events),
	/// Contracts: what somebody has put on nodes
	#[command(subcommand, visible_alias = "contract")]
	Deployment(deployment::Deployment),
	/// What stakeholders are asked, and what they answer
	#[command(subcommand)]
	Approvals(approvals::Approvals),
	/// Policies: who has to agree
	#[command(subcommand)]
	Policy(policy::Policy),
	/// Bills: what things cost, what is held, what is owed
	#[command(subcommand)]
	Bill(bill::Bill),
	/// Renting a node as a whole
	#[command(subcommand)]
	Rental(deployment::Rental),
	/// Twins: the identity of who deploys or farms
	#[command(subcommand)]
	Twin(twin::Twin),
	/// Farms and their public addresses
	#[command(subcommand)]
	Farm(farm::Farm),
	/// Nodes: who joins, who is there, and what they may be used for
	#[command(subcommand)]
	Node(node::Node),
	/// Private networks, and devices that join them
	#[command(subcommand)]
	Network(network::Network),
	/// Accounts and their tokens
	#[command(subcommand)]
	Account(account::Account),
	/// Keys on this machine
	#[command(subcommand)]
	Key(key::Key),
	/// Profiles: which chain, which account
	#[command(subcommand)]
	Profile(profile::Profile),
	/// Validators of the chain
	#[command(subcommand)]
	Validator(validator::Validator),
	/// The council: who is in it, what it is asked
	#[command(subcommand)]
	Council(council::Council),
	/// The runtime of the chain, and new ones
	#[command(subcommand)]
	Runtime(runtime::Runtime),
	/// Transactions that are signed elsewhere, and what became of others
	#[command(subcommand)]
	Tx(transaction::Transaction),
	/// The schema of manifests, for editors
	Schema,
	/// What makes a shell complete commands of grid
	Completion {
		/// Which shell
		shell: clap_complete::Shell,
	},
	/// Write the manual pages: one for each command
	Man {
		/// To which folder
		folder: PathBuf,
	},
}

/// Do what the arguments say.
pub fn run() -> ExitCode {
	let matches = all().get_matches();
	let done = match Cli::from_arg_matches(&matches) {
		Ok(Cli { options, command }) => begin(options, command),
		Err(error) => error.exit(),
	};
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(failure) => {
			let bad = crate::output::style::BAD;
			crate::output::note(&format!("{bad}error:{bad:#} {}", failure.explain()));
			failure.exit()
		},
	}
}

/// All that can be said, with examples.
fn all() -> clap::Command {
	examples::with_examples(Cli::command())
}

fn begin(options: Options, command: Command) -> Result<(), Failure> {
	// What needs neither configuration nor chain comes first.
	match command {
		Command::Completion { shell } => {
			let mut text = Vec::new();
			clap_complete::generate(shell, &mut all(), "grid", &mut text);
			return crate::output::say(&String::from_utf8_lossy(&text));
		},
		Command::Man { folder } => {
			if !options.does_here(&format!("write manual pages to {}", folder.display()))? {
				return Ok(());
			}
			let written = std::fs::create_dir_all(&folder)
				.and_then(|()| clap_mangen::generate_to(all(), &folder));
			return written.map_err(Failure::file(folder));
		},
		Command::Schema => return crate::output::say(&crate::manifest::schema()),
		_ => {},
	}
	let session = Session::new(options)?;
	let runtime = tokio::runtime::Builder::new_multi_thread()
		.worker_threads(2)
		.enable_all()
		.build()
		.map_err(Failure::Output)?;
	runtime.spawn(interrupt::listen());
	let done = runtime.block_on(async {
		tokio::select! {
			// Who waits for something can tell better what Ctrl-C interrupts.
			biased;
			done = dispatch(&session, command) => done,
			() = interrupt::heard_by_all() => Err(session.interrupted()),
		}
	});
	// A light client has threads that nobody has to wait for.
	drop(session);
	runtime.shutdown_timeout(std::time::Duration::from_millis(100));
	done
}

async fn dispatch(session: &Session, command: Command) -> Result<(), Failure> {
	match command {
		Command::Plan(it) => it.run(session).await,
		Command::Apply(it) => it.run(session).await,
		Command::Destroy(it) => it.run(session).await,
		Command::Watch(it) => it.run(session).await,
		Command::Status(it) => it.run(session).await,
		Command::Top(it) => it.run(session).await,
		Command::Events(it) => it.run(session).await,
		Command::Deployment(it) => it.run(session).await,
		Command::Approvals(it) => it.run(session).await,
		Command::Policy(it) => it.run(session).await,
		Command::Bill(it) => it.run(session).await,
		Command::Rental(it) => it.run(session).await,
		Command::Twin(it) => it.run(session).await,
		Command::Farm(it) => it.run(session).await,
		Command::Node(it) => it.run(session).await,
		Command::Network(it) => it.run(session).await,
		Command::Account(it) => it.run(session).await,
		Command::Key(it) => it.run(session),
		Command::Profile(it) => it.run(session).await,
		Command::Validator(it) => it.run(session).await,
		Command::Council(it) => it.run(session).await,
		Command::Runtime(it) => it.run(session).await,
		Command::Tx(it) => it.run(session).await,
		// They were done before.
		Command::Schema | Command::Completion { .. } | Command::Man { .. } => Ok(()),
	}
}

/// Read a file of YAML or JSON, and say where it is wrong.
pub(crate) fn read_file<T: serde::de::DeserializeOwned>(
	path: &std::path::Path,
) -> Result<T, Failure> {
	let text = std::fs::read_to_string(path).map_err(Failure::file(path))?;
	serde_saphyr::from_str(&text)
		.map_err(|error| Failure::Input(format!("{}: {}", path.display(), flaw(&error))))
}

/// The block at which to begin to look back, as far as the endpoint remembers.
pub(crate) async fn look_back(session: &Session, blocks: u64, newest: u64) -> Result<u64, Failure> {
	let chain = session.chain().await?;
	if !chain.looks_back() {
		return Err(Failure::Input(
			"a light client verifies what is new, and cannot look back: name a node that remembers, \
			 as in --chain wss://rpc.grid.example"
				.into(),
		));
	}
	let first = newest.saturating_sub(blocks).max(1);
	let oldest = chain.oldest(first, newest).await;
	if oldest > first {
		session.note(format!(
			"this endpoint remembers what was since block {oldest} only: nodes that are started \
			 with --state-pruning archive remember all"
		));
	}
	Ok(oldest)
}

/// There is no such thing.
pub(crate) fn nothing(what: impl Into<String>) -> Failure {
	crate::chain::Error::Nothing(what.into()).into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_commands_fit_together() {
		all().debug_assert();
	}
}
