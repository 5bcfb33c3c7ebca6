//! What every command can be told.

use crate::{chain::Endpoint, output::Format, Failure};
use serde_json::json;
use std::path::PathBuf;

/// What every command can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Options {
	/// The profile to work with
	#[arg(long, global = true, env = "GRID_PROFILE", value_name = "NAME")]
	pub profile: Option<String>,
	/// The chain: ws:// or wss:// of a node, or the file of a chain specification for a light client
	#[arg(long, global = true, env = "GRID_CHAIN", value_name = "URL|FILE")]
	pub chain: Option<Endpoint>,
	/// Who acts: the name of a key, an address, or //Alice on chains for development
	#[arg(long, global = true, env = "GRID_ACCOUNT", value_name = "WHO")]
	pub account: Option<String>,
	/// The program that signs, if the key is elsewhere: it gets hex digits, and says a signature
	#[arg(long, global = true, env = "GRID_SIGNER", value_name = "COMMAND")]
	pub signer: Option<String>,
	/// How results are written
	#[arg(long, short, global = true, value_enum, default_value_t, env = "GRID_OUTPUT")]
	pub output: Format,
	/// Show what would be done, what it costs and what the chain would answer, but do nothing
	#[arg(long, global = true)]
	pub dry_run: bool,
	/// Write the transaction to a file instead of signing it
	#[arg(long, global = true, value_name = "FILE", conflicts_with = "dry_run")]
	pub unsigned: Option<PathBuf>,
	/// Act by an office that the account has: as a member of the council, or with the key of sudo
	#[arg(long, global = true, value_enum, value_name = "OFFICE")]
	pub by: Option<Office>,
	/// Do not ask whether it is right
	#[arg(long, short, global = true)]
	pub yes: bool,
	/// Say nothing but the result
	#[arg(long, short, global = true)]
	pub quiet: bool,
	/// The file that has the passphrase of the key; - for what is piped in
	#[arg(long, global = true, env = "GRID_PASSPHRASE_FILE", value_name = "FILE")]
	pub passphrase_file: Option<PathBuf>,
	/// For how many seconds to wait for the chain and for nodes
	#[arg(long, global = true, default_value_t = 300, value_name = "SECONDS")]
	pub timeout: u64,
}

impl Options {
	/// There is nothing to sign elsewhere.
	pub fn makes_no_transaction(&self) -> Result<(), Failure> {
		match &self.unsigned {
			None => Ok(()),
			Some(_) => Err(Failure::Input(
				"this makes no transaction that could be written to a file: leave --unsigned away"
					.into(),
			)),
		}
	}

	/// Whether something is done that is no transaction: not if it is only to be shown.
	pub fn does_here(&self, what: &str) -> Result<bool, Failure> {
		self.makes_no_transaction()?;
		if self.dry_run {
			self.output.write(&json!({ "would": what }), || format!("would {what}"))?;
		}
		Ok(!self.dry_run)
	}
}

/// By what right somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Office {
	/// Propose it to the council, which decides with three fifths of its members.
	Council,
	/// As root, on chains for development.
	Sudo,
}
