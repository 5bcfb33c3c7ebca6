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
	use grid_primitives::{capacity::bytes::GIB, machine::Terms, Capacity};

	/// What nodes have to say, and how often.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod heartbeats {
		/// The seconds that must pass between two heartbeats.
		#[codec(index = 0)]
		pub static MinGap: u64 = Terms::AT_FIRST.min_gap;

		/// The seconds between two heartbeats that count as available, at most.
		#[codec(index = 1)]
		pub static MaxGap: u64 = Terms::AT_FIRST.max_gap;

		/// The seconds that must pass between two updates of a node.
		#[codec(index = 2)]
		pub static UpdateInterval: u64 = Terms::AT_FIRST.update_interval;
	}

	/// What things cost, for streams of money that open from now on, and who gets what.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod billing {
		/// What an hour of everything costs, in 1e-7 USD.
		#[codec(index = 0)]
		pub static PriceList: pallet_billing::Prices = pallet_billing::Prices {
			compute: 100_000,
			storage: 50_000,
			public_v4: 40_000,
			public_v6: 0,
			least: 100,
		};

		/// Who gets what of what is paid, in millionths. What is left is burned.
		#[codec(index = 1)]
		pub static PayoutShares: pallet_billing::Shares =
			pallet_billing::Shares { farm: 700_000, treasury: 200_000 };

		/// For how many seconds money is held in advance, at least.
		#[codec(index = 2)]
		pub static Advance: u64 = 3_600;

		/// The seconds after which the price of the token is old.
		#[codec(index = 3)]
		pub static MaxPriceAge: u64 = 7 * 86_400;

		/// For how many seconds it is held by who has plenty, and the longest time between two
		/// settlements.
		#[codec(index = 4)]
		pub static Interval: u64 = 86_400;

		/// For how many seconds a node may not answer to what it is to run, and is paid nevertheless.
		#[codec(index = 5)]
		pub static AnswerTime: u64 = 300;
	}

	/// What machines may join.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod machines {
		/// At least this. Disks of both kinds count together, as `sru`.
		#[codec(index = 0)]
		pub static Least: Capacity = Capacity { cru: 1_000, mru: 2 * GIB, sru: 100 * GIB, hru: 0 };
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
