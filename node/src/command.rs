//! What each word of the command line does.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	preflight,
	service::{self, Parts},
};
use grid_runtime::opaque::Block;
use sc_cli::{Result, SubstrateCli};
use sc_service::{ChainSpec, Configuration, TaskManager};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Grid Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"docs/operators.md in the source of Grid".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Do what the command line says.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();
	let Some(subcommand) = &cli.subcommand else {
		return run_node(&cli);
	};

	match subcommand {
		Subcommand::Key(cmd) => cmd.run(&cli),
		#[allow(deprecated)]
		Subcommand::BuildSpec(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		},
		Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
		Subcommand::CheckBlock(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			with_parts(config, |parts| cmd.run(parts.client, parts.import_queue))
		}),
		Subcommand::ExportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let database = config.database.clone();
			with_parts(config, |parts| cmd.run(parts.client, database))
		}),
		Subcommand::ExportState(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let chain_spec = config.chain_spec.cloned_box();
			with_parts(config, |parts| cmd.run(parts.client, chain_spec))
		}),
		Subcommand::ImportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			with_parts(config, |parts| cmd.run(parts.client, parts.import_queue))
		}),
		Subcommand::PurgeChain(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database))
		},
		Subcommand::Revert(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			with_parts(config, |parts| {
				let revert_votes = Box::new(|client, _, blocks| {
					sc_consensus_grandpa::revert(client, blocks)?;
					Ok(())
				});
				cmd.run(parts.client, parts.backend, Some(revert_votes))
			})
		}),
		Subcommand::ChainInfo(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config))
		},
	}
}

fn run_node(cli: &Cli) -> Result<()> {
	if let Some(folder) = &cli.run.shared_params.base_path {
		preflight::check_folder(folder).map_err(obstacle)?;
	}
	let cache = cli.runtime_cache.as_deref().map(preflight::check_cache);
	let cache = cache.transpose().map_err(obstacle)?;
	let runner = cli.create_runner(&cli.run)?;
	preflight::check_ports(runner.config(), cli.run.rpc_params.rpc_port).map_err(obstacle)?;
	runner.run_node_until_exit(|config| async move {
		service::start(config, cache.as_deref()).await.map_err(sc_cli::Error::Service)
	})
}

fn obstacle(obstacle: preflight::Obstacle) -> sc_cli::Error {
	sc_cli::Error::Application(Box::new(obstacle))
}

fn with_parts<F>(config: Configuration, run: impl FnOnce(Parts) -> F) -> Result<(F, TaskManager)> {
	let mut parts = service::parts(&config, None)?;
	let task_manager = parts.take_task_manager();
	Ok((run(parts), task_manager))
}

/// An error in one line, with its causes.
pub fn explain(error: &sc_cli::Error) -> String {
	if let sc_cli::Error::NetworkKeyNotFound(path) = error {
		return format!(
			"a validator needs a network key that stays the same, and {0} is not there: \
			 make it with 'grid-node key generate-node-key --file {0}'",
			path.display()
		);
	}
	let mut line = error.to_string();
	let mut cause = std::error::Error::source(error);
	while let Some(error) = cause {
		let text = error.to_string();
		if !line.contains(&text) {
			line.push_str(": ");
			line.push_str(&text);
		}
		cause = error.source();
	}
	line.split_whitespace().collect::<Vec<_>>().join(" ")
}
