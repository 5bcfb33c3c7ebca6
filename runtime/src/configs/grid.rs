//! The grid: who is on it, with which machines, what runs on them, and who agreed.

use super::{
	governance::{EnsureGovernance, EnsureStakeholder},
	money::{StorageDeposit, StoragePrice, TreasuryAccount, WaitingAccount},
	parameters::dynamic::{billing, heartbeats, machines},
};
use crate::*;
use frame_support::{parameter_types, traits::ConstU32};
use grid_primitives::{
	capacity::bytes::{GIB, TIB},
	time::{DAYS, MINUTES},
	Capacity,
};

parameter_types! {
	pub const TwinHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Twins(pallet_twins::HoldReason::Twin);
	pub const FarmHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Farms(pallet_farms::HoldReason::Farm);
	pub const NodeHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Nodes(pallet_nodes::HoldReason::Node);
	pub const PolicyHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Approvals(pallet_approvals::HoldReason::Policy);
	pub const RequestHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Approvals(pallet_approvals::HoldReason::Request);
	pub const ContractHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Deployments(pallet_deployments::HoldReason::Contract);
}

impl pallet_twins::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type Consideration = StorageDeposit<TwinHoldReason>;
	type MaxRelayLength = ConstU32<128>;
	type Belongings = Deployments;
	type WeightInfo = weights::pallet_twins::Measured;
}

impl pallet_farms::Config for Runtime {
	type Twins = Twins;
	type Consideration = StorageDeposit<FarmHoldReason>;
	type MaxPublicIps = ConstU32<4_096>;
	type MaxAddedIps = ConstU32<256>;
	type WeightInfo = weights::pallet_farms::Measured;
}

parameter_types! {
	pub const LargestMachine: Capacity =
		Capacity { cru: 10_000_000, mru: 1_024 * TIB, sru: 65_536 * TIB, hru: 65_536 * TIB };
	/// The agent, and what it caches.
	pub const MachineOverhead: Capacity = Capacity { cru: 0, mru: GIB, sru: 20 * GIB, hru: 0 };
}

impl pallet_nodes::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type Farms = Farms;
	type OnNode = Deployments;
	type Consideration = StorageDeposit<NodeHoldReason>;
	type Time = Timestamp;
	type Least = machines::Least;
	type Most = LargestMachine;
	type Overhead = MachineOverhead;
	type MinGap = heartbeats::MinGap;
	type MaxGap = heartbeats::MaxGap;
	type UpdateInterval = heartbeats::UpdateInterval;
	type WeightInfo = weights::pallet_nodes::Measured;
	#[cfg(feature = "runtime-benchmarks")]
	type SetTime = Self;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_nodes::SetTime for Runtime {
	fn set_time(seconds: u64) {
		pallet_timestamp::Now::<Runtime>::put(seconds * 1_000);
	}
}

impl pallet_approvals::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type MemberOrigin = EnsureStakeholder;
	type Decided = Deployments;
	type PolicyConsideration = StorageDeposit<PolicyHoldReason>;
	type RequestConsideration = StorageDeposit<RequestHoldReason>;
	type MinTtl = ConstU32<MINUTES>;
	type MaxTtl = ConstU32<{ 90 * DAYS }>;
	type WeightInfo = weights::pallet_approvals::Measured;
}

impl pallet_deployments::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type Twins = Twins;
	type Nodes = Nodes;
	type Capacity = Nodes;
	type Rentals = Nodes;
	type Availability = Nodes;
	type PublicIps = Farms;
	type Approvals = Approvals;
	type Meter = Billing;
	type Consideration = StorageDeposit<ContractHoldReason>;
	type DepositPrice = StoragePrice;
	type ReportInterval = ConstU32<5>;
	type WeightInfo = weights::pallet_deployments::Measured;
}

impl pallet_billing::Config for Runtime {
	type GovernanceOrigin = EnsureGovernance;
	type HoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Availability = Nodes;
	type Nodes = Nodes;
	type Farms = Farms;
	type OnArrears = Deployments;
	type Time = Timestamp;
	type Treasury = TreasuryAccount;
	type Waiting = WaitingAccount;
	type Prices = billing::PriceList;
	type Shares = billing::PayoutShares;
	type Advance = billing::Advance;
	type Interval = billing::Interval;
	type MaxPriceAge = billing::MaxPriceAge;
	type AnswerTime = billing::AnswerTime;
	type LeastTime = heartbeats::MaxGap;
	type DefaultGrace = ConstU32<{ 24 * 3_600 }>;
	type MinGrace = ConstU32<3_600>;
	type MaxGrace = ConstU32<{ 30 * 24 * 3_600 }>;
	type WeightInfo = weights::pallet_billing::Measured;
}
