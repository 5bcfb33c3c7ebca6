//! Runs the benchmarks of the runtime as WebAssembly, on the state of the development chain.

use anyhow::{anyhow, Context, Result};
use codec::{Decode, Encode};
use frame_benchmarking::{
	Analysis, BenchmarkBatch, BenchmarkList, BenchmarkParameter, BenchmarkResult, BenchmarkSelector,
};
use grid_node::chain_spec;
use grid_runtime::opaque::Block;
use sc_client_db::BenchmarkingState;
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, ReadRuntimeVersionExt};
use sp_externalities::Extensions;
use sp_runtime::{traits::HashingFor, BuildStorage};
use sp_state_machine::{backend::BackendRuntimeCode, backend::TryPendingCode, StateMachine};

type State = BenchmarkingState<HashingFor<Block>>;
type HostFunctions =
	(sp_io::SubstrateHostFunctions, frame_benchmarking::benchmarking::HostFunctions);

/// At how many values each parameter is measured.
const STEPS: u32 = 20;
/// How often each of them.
const REPEATS: u32 = 20;

/// A pallet that has benchmarks.
pub(crate) struct Pallet {
	/// As its crate is called.
	pub(crate) name: String,
	/// What of it is measured.
	pub(crate) functions: Vec<Function>,
	instance: Vec<u8>,
}

/// A call or a hook.
pub(crate) struct Function {
	/// As it is called in the pallet's `WeightInfo`.
	pub(crate) name: String,
	parameters: Vec<(BenchmarkParameter, u32, u32)>,
}

/// What a function costs: a base, and something for each unit of its parameters.
pub(crate) struct Cost {
	pub(crate) name: String,
	pub(crate) parameters: Vec<String>,
	pub(crate) picoseconds: Line,
	pub(crate) reads: Line,
	pub(crate) writes: Line,
}

/// A base and slopes, in the order of the parameters.
pub(crate) struct Line {
	pub(crate) base: u128,
	pub(crate) slopes: Vec<u128>,
}

pub(crate) struct Bench {
	executor: WasmExecutor<HostFunctions>,
	timed: State,
	counted: State,
}

impl Bench {
	pub(crate) fn new() -> Result<Self> {
		let genesis = chain_spec::load("dev")
			.and_then(|spec| spec.build_storage())
			.map_err(|error| anyhow!(error))?;
		let state = |counted| {
			State::new(genesis.clone(), None, false, counted).map_err(|error| anyhow!(error))
		};
		let executor = WasmExecutor::builder().build();
		Ok(Self { executor, timed: state(false)?, counted: state(true)? })
	}

	pub(crate) fn pallets(&self) -> Result<Vec<Pallet>> {
		type Lists = (Vec<BenchmarkList>, Vec<frame_support::traits::StorageInfo>);
		let (lists, _): Lists =
			self.call(&self.timed, "Benchmark_benchmark_metadata", &false.encode())?;
		let text = |bytes| String::from_utf8(bytes).context("names are text");
		lists
			.into_iter()
			.map(|list| {
				let functions = list.benchmarks.into_iter().map(|function| {
					Ok(Function { name: text(function.name)?, parameters: function.components })
				});
				Ok(Pallet {
					name: text(list.pallet)?,
					functions: functions.collect::<Result<_>>()?,
					instance: list.instance,
				})
			})
			.collect()
	}

	pub(crate) fn measure(&self, pallet: &Pallet, function: &Function) -> Result<Cost> {
		let points = points(&function.parameters);
		self.run(&self.timed, pallet, function, &points[0], true, 1)?;
		let (mut times, mut counts) = (Vec::new(), Vec::new());
		for point in &points {
			counts.extend(self.run(&self.counted, pallet, function, point, false, 1)?);
			times.extend(self.run(&self.timed, pallet, function, point, false, REPEATS)?);
		}
		let names: Vec<_> = function.parameters.iter().map(|(it, ..)| it.to_string()).collect();
		Ok(Cost {
			name: function.name.clone(),
			picoseconds: time(&names, &times)?,
			reads: accesses(&counts, |it| it.reads),
			writes: accesses(&counts, |it| it.writes),
			parameters: names,
		})
	}

	fn run(
		&self,
		state: &State,
		pallet: &Pallet,
		function: &Function,
		point: &[(BenchmarkParameter, u32)],
		verify: bool,
		repeats: u32,
	) -> Result<Vec<BenchmarkResult>> {
		let name = (pallet.name.as_bytes(), &pallet.instance, function.name.as_bytes());
		let input = (name, point, verify, repeats).encode();
		let batches: Result<Vec<BenchmarkBatch>, String> =
			self.call(state, "Benchmark_dispatch_benchmark", &input)?;
		let batches = batches.map_err(|error| anyhow!(error))?;
		Ok(batches.into_iter().flat_map(|batch| batch.results).collect())
	}

	fn call<T: Decode>(&self, state: &State, method: &str, input: &[u8]) -> Result<T> {
		let code = BackendRuntimeCode::new(state, TryPendingCode::No);
		let code = code.runtime_code().map_err(|error| anyhow!(error))?;
		let mut extensions = Extensions::default();
		extensions.register(ReadRuntimeVersionExt::new(self.executor.clone()));
		let output = StateMachine::new(
			state,
			&mut Default::default(),
			&self.executor,
			method,
			input,
			&mut extensions,
			&code,
			CallContext::Offchain,
		)
		.execute()
		.map_err(|error| anyhow!("{error}"))?;
		Ok(T::decode(&mut &output[..])?)
	}
}

/// For each parameter some values from its least to its most, while the others are at their most.
fn points(parameters: &[(BenchmarkParameter, u32, u32)]) -> Vec<Vec<(BenchmarkParameter, u32)>> {
	if parameters.is_empty() {
		return vec![vec![]];
	}
	let along = |others_at_most: bool| {
		parameters.iter().flat_map(move |(varied, low, high)| {
			let (low, high) = (u64::from(*low), u64::from(*high));
			(0..STEPS).map(move |step| {
				let value = low + (high - low) * u64::from(step) / u64::from(STEPS - 1);
				let at = |(name, low, high): &(BenchmarkParameter, u32, u32)| {
					let other = if others_at_most { *high } else { *low };
					(*name, if name == varied { value as u32 } else { other })
				};
				parameters.iter().map(at).collect()
			})
		})
	};
	// Most calls are small, so the line has to be right there too.
	along(false).chain(along(true)).collect()
}

/// The time as a line through all results, by least squares without outliers.
fn time(names: &[String], results: &Vec<BenchmarkResult>) -> Result<Line> {
	let fitted = Analysis::min_squares_iqr(results, BenchmarkSelector::ExtrinsicTime)
		.context("too few results")?;
	// The analysis leaves the parameters in no certain order.
	let slope = |name: &String| {
		let index = fitted.names.iter().position(|it| it == name);
		index.map(|index| fitted.slopes[index]).unwrap_or_default()
	};
	Ok(Line { base: fitted.base, slopes: names.iter().map(slope).collect() })
}

/// Accesses to the database as a line that no result is above. They are counted and not timed, so
/// there is nothing to smooth.
fn accesses(results: &[BenchmarkResult], of: impl Fn(&BenchmarkResult) -> u32) -> Line {
	let at_most = &results[results.len() - 1].components;
	let slopes: Vec<_> = (0..at_most.len())
		.map(|index| {
			let value = |result: &BenchmarkResult| result.components[index].1;
			let others_at_most = |result: &&BenchmarkResult| {
				let same = result.components.iter().zip(at_most).filter(|(a, b)| a == b).count();
				same + 1 >= at_most.len()
			};
			let along = || results.iter().filter(others_at_most);
			let (Some(low), Some(high)) =
				(along().min_by_key(|it| value(it)), along().max_by_key(|it| value(it)))
			else {
				return 0;
			};
			let distance = (value(high) - value(low)).max(1);
			u128::from(of(high).saturating_sub(of(low)).div_ceil(distance))
		})
		.collect();
	let beside_slopes = |result: &BenchmarkResult| {
		let values = result.components.iter().map(|(_, value)| u128::from(*value));
		let explained: u128 = values.zip(&slopes).map(|(value, slope)| value * slope).sum();
		u128::from(of(result)).saturating_sub(explained)
	};
	let base = results.iter().map(beside_slopes).max().unwrap_or_default();
	Line { base, slopes }
}
