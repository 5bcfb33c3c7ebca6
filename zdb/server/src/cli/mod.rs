//! What can be done from a shell.

mod import;
mod jail;
mod look;
mod serve;

use crate::config::Settings;
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// An append-only key-value store that speaks the protocol of redis.
#[derive(Debug, Parser)]
#[command(name = "zdb", version)]
pub struct Arguments {
	#[command(subcommand)]
	verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
	/// Serve a data folder to clients
	Serve(Box<SettingsArguments>),
	/// Read all that a data folder holds, and tell what of it is damaged
	Check(look::Folder),
	/// Print the keys of a data folder, one a line, as JSON
	Dump(look::Dump),
	/// Tell how much a data folder holds
	Stats(look::Folder),
	/// Copy what a running 0-db or redis holds into a data folder
	Import(import::Import),
}

/// Settings from a file and from flags.
#[derive(Debug, Args)]
struct SettingsArguments {
	/// The configuration file; flags win over it
	#[arg(long, short, value_name = "FILE")]
	config: Option<PathBuf>,
	#[command(flatten)]
	flags: Settings,
}

impl SettingsArguments {
	fn settings(self) -> anyhow::Result<Settings> {
		Ok(match self.config {
			Some(file) => self.flags.or(Settings::read(&file)?),
			None => self.flags,
		})
	}
}

impl Arguments {
	/// Do it. What goes wrong is said on standard error.
	pub fn run(self) -> ExitCode {
		let done = match self.verb {
			Verb::Serve(arguments) => arguments.settings().and_then(serve::serve),
			Verb::Check(folder) => look::check(&folder),
			Verb::Dump(dump) => look::dump(&dump),
			Verb::Stats(folder) => look::stats(&folder),
			Verb::Import(import) => import::import(import),
		};
		match done {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				eprintln!("zdb: {error:#}");
				ExitCode::FAILURE
			},
		}
	}
}
