//! Measures what calls cost, for `scripts/weights.sh`.

use crate::cli::Cli;
use frame_benchmarking_cli::BenchmarkCmd;
use grid_runtime::opaque::Block;
use sc_cli::{Result, SubstrateCli};
use sp_runtime::traits::HashingFor;

pub(crate) fn run(cli: &Cli, command: &BenchmarkCmd) -> Result<()> {
	let BenchmarkCmd::Pallet(command) = command else {
		return Err("only 'benchmark pallet' is there".into());
	};
	cli.create_runner(command)?
		.sync_run(|config| command.run_with_spec::<HashingFor<Block>, ()>(Some(config.chain_spec)))
}
