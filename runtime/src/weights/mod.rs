//! What calls and hooks weigh, as measured on a machine with two cores by `scripts/weights.sh`.
//! Where a pallet is not here, its own figures are used.

pub mod pallet_approvals;
pub mod pallet_balances;
pub mod pallet_billing;
pub mod pallet_deployments;
pub mod pallet_farms;
pub mod pallet_governance;
pub mod pallet_nodes;
pub mod pallet_twins;
pub mod pallet_validators;
