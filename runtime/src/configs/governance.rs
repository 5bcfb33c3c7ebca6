//! Who decides.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstU32, EitherOf, EitherOfDiverse, MapSuccess},
	weights::Weight,
	PalletId,
};
use frame_system::{EnsureRoot, EnsureSigned};
use grid_primitives::time::DAYS;
use pallet_collective::{EnsureProportionAtLeast, Instance1, PrimeDefaultVote};
use sp_runtime::{
	traits::{AccountIdConversion, Replace},
	Perbill,
};

/// The governance origin of every pallet: root, or three fifths of the council.
pub type EnsureGovernance =
	EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionAtLeast<AccountId, Instance1, 3, 5>>;

parameter_types! {
	pub CouncilAccount: AccountId = PalletId(*b"grid/cou").into_account_truncating();
}

/// Who answers as a stakeholder: an account, or three fifths of the council as the account
/// `CouncilAccount`.
pub type EnsureStakeholder = EitherOf<
	EnsureSigned<AccountId>,
	MapSuccess<EnsureProportionAtLeast<AccountId, Instance1, 3, 5>, Replace<CouncilAccount>>,
>;

parameter_types! {
	pub const MotionDuration: BlockNumber = 3 * DAYS;
	pub MaxProposalWeight: Weight =
		Perbill::from_percent(50) * super::system::RuntimeBlockWeights::get().max_block;
}

impl pallet_collective::Config<Instance1> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<50>;
	type MaxMembers = ConstU32<21>;
	type DefaultVote = PrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	type SetMembersOrigin = EnsureGovernance;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = EnsureGovernance;
	type KillOrigin = EnsureGovernance;
	type Consideration = ();
}

impl pallet_governance::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type GovernanceOrigin = EnsureGovernance;
	type WeightInfo = weights::pallet_governance::Measured;
}

/// For development: the presets of public chains give nobody its key.
impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
