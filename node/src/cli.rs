//! The words of the command line.

use sc_cli::RunCmd;
use std::path::PathBuf;

/// The command line. The default pool is not the SDK's: see ADR 7.
#[derive(Debug, clap::Parser)]
#[command(mut_arg("pool_type", |pool| pool.default_value("single-state")))]
pub struct Cli {
	/// What to do other than run the node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// Keep compiled runtimes in this folder: a start that finds its own there takes no seconds for it.
	/// What is in it is run, so nobody else may be able to write to it.
	#[arg(long, value_name = "FOLDER")]
	pub runtime_cache: Option<PathBuf>,

	/// How to run the node.
	#[clap(flatten)]
	pub run: RunCmd,
}

/// What a node can do other than run.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
	/// Make and inspect keys
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Build a chain specification
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Export a chain specification
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Validate blocks
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state of a given block into a chain specification
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to a previous state
	Revert(sc_cli::RevertCmd),

	/// Show what is known of the chain in the database
	ChainInfo(sc_cli::ChainInfoCmd),
}
