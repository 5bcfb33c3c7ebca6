//! What governance can turn without a new runtime.

use super::governance::EnsureGovernance;
use crate::*;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::AsEnsureOriginWithArg,
};

/// What governance can turn.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic {
	use super::*;

	/// What nodes have to say, and how often.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod heartbeats {
		/// The seconds that must pass between two heartbeats.
		#[codec(index = 0)]
		pub static MinGap: u64 = 60;

		/// The seconds between two heartbeats that count as available, at most.
		#[codec(index = 1)]
		pub static MaxGap: u64 = 300;

		/// The seconds that must pass between two updates of a node.
		#[codec(index = 2)]
		pub static UpdateInterval: u64 = 600;
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		Self::Heartbeats(dynamic::heartbeats::Parameters::MinGap(
			dynamic::heartbeats::MinGap,
			Some(60),
		))
	}
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<EnsureGovernance>;
	type WeightInfo = ();
}
