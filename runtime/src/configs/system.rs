//! The frame: blocks, time, and the pallets that wrap calls.

use super::{
	governance::EnsureGovernance,
	money::{deposit, StorageDeposit},
};
use crate::*;
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstU32, ConstU64, Contains, EqualPrivilegeOnly, InstanceFilter},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS},
		Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use grid_primitives::time::SLOT_MILLIS;
use pallet_approvals::Call as ApprovalsCall;
use pallet_billing::Call as BillingCall;
use pallet_deployments::Call as DeploymentsCall;
use pallet_farms::Call as FarmsCall;
use pallet_nodes::Call as NodesCall;
use sp_runtime::{traits::BlakeTwo256, Perbill};
use sp_version::RuntimeVersion;

/// What users' transactions may fill of a block; the rest is for operations.
const NORMAL_SHARE: Perbill = Perbill::from_percent(90);

/// A block weighs at most two thirds of a slot: a validator that takes as long as the weights say
/// makes it, or imports it, and has a third of the slot to spare.
const MAX_BLOCK: Weight =
	Weight::from_parts(SLOT_MILLIS * 2 / 3 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);

parameter_types! {
	pub const BlockHashCount: BlockNumber = 4096;
	pub const Version: RuntimeVersion = VERSION;
	pub const SS58Prefix: u16 = grid_primitives::token::ADDRESS_PREFIX;
	pub RuntimeBlockWeights: BlockWeights =
		BlockWeights::with_sensible_defaults(MAX_BLOCK, NORMAL_SHARE);
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(5 * 1024 * 1024)
		.modify_max_length_for_class(DispatchClass::Normal, |max| *max = NORMAL_SHARE * *max)
		.build();
}

/// Everything, except what would endanger the chain.
///
/// `session.purge_keys` would let the last validator vanish; `validators.withdraw_keys` does the
/// same with care.
pub struct SafeCalls;
impl Contains<RuntimeCall> for SafeCalls {
	fn contains(call: &RuntimeCall) -> bool {
		!matches!(call, RuntimeCall::Session(pallet_session::Call::purge_keys { .. }))
	}
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type BaseCallFilter = SafeCalls;
	type Block = Block;
	type BlockHashCount = BlockHashCount;
	type BlockLength = RuntimeBlockLength;
	type BlockWeights = RuntimeBlockWeights;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
	type SS58Prefix = SS58Prefix;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = ConstU64<{ SLOT_MILLIS / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	pub const AnnouncementDepositBase: Balance = deposit(1, 8);
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			Self::NonTransfer => matches!(
				call,
				RuntimeCall::System(..)
					| RuntimeCall::Utility(..)
					| RuntimeCall::Multisig(..)
					| RuntimeCall::Proxy(..)
					| RuntimeCall::Preimage(..)
					| RuntimeCall::Validators(..)
					| RuntimeCall::Session(..)
					| RuntimeCall::Council(..)
					| RuntimeCall::Twins(..)
					| RuntimeCall::Nodes(..)
					| RuntimeCall::Approvals(..)
					| RuntimeCall::Billing(
						BillingCall::settle { .. }
							| BillingCall::set_grace { .. }
							| BillingCall::withdraw { .. }
							| BillingCall::pay_share { .. }
					) | RuntimeCall::Deployments(
					DeploymentsCall::cancel { .. }
						| DeploymentsCall::withdraw { .. }
						| DeploymentsCall::deliver { .. }
						| DeploymentsCall::report { .. }
						| DeploymentsCall::release { .. }
				) | RuntimeCall::Farms(
					FarmsCall::create { payout: None, .. }
						| FarmsCall::update { .. }
						| FarmsCall::add_public_ips { .. }
						| FarmsCall::remove_public_ip { .. }
						| FarmsCall::withdraw_offer { .. }
						| FarmsCall::accept_transfer { .. }
						| FarmsCall::delete { .. }
				)
			),
			Self::Governance => {
				matches!(call, RuntimeCall::Council(..) | RuntimeCall::Utility(..))
			},
			Self::Validator => matches!(
				call,
				RuntimeCall::Validators(..) | RuntimeCall::Session(..) | RuntimeCall::Utility(..)
			),
			Self::CancelProxy => {
				matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
			},
			Self::Farming => matches!(
				call,
				RuntimeCall::Utility(..)
					| RuntimeCall::Farms(
						FarmsCall::create { payout: None, .. }
							| FarmsCall::update { .. }
							| FarmsCall::add_public_ips { .. }
							| FarmsCall::remove_public_ip { .. }
					) | RuntimeCall::Nodes(
					NodesCall::invite { .. }
						| NodesCall::withdraw_invitation { .. }
						| NodesCall::set_state { .. }
						| NodesCall::remove { .. }
				)
			),
			Self::NodeOperation => matches!(
				call,
				RuntimeCall::Utility(..)
					| RuntimeCall::Nodes(
						NodesCall::register { .. }
							| NodesCall::heartbeat { .. }
							| NodesCall::update { .. }
							| NodesCall::set_state { .. }
					) | RuntimeCall::Deployments(DeploymentsCall::report { .. })
			),
			Self::Deploying => matches!(
				call,
				RuntimeCall::Utility(..)
					| RuntimeCall::Deployments(
						DeploymentsCall::create { .. }
							| DeploymentsCall::amend { .. }
							| DeploymentsCall::cancel { .. }
							| DeploymentsCall::withdraw { .. }
							| DeploymentsCall::deliver { .. }
							| DeploymentsCall::rent { .. }
							| DeploymentsCall::release { .. }
					) | RuntimeCall::Billing(
					BillingCall::settle { .. }
						| BillingCall::top_up { .. }
						| BillingCall::set_grace { .. }
						| BillingCall::withdraw { .. }
				)
			),
			Self::Approving => matches!(
				call,
				RuntimeCall::Utility(..)
					| RuntimeCall::Approvals(
						ApprovalsCall::approve { .. }
							| ApprovalsCall::object { .. }
							| ApprovalsCall::retract { .. }
					)
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Any, _) => true,
			(_, Self::Any) => false,
			// That one pays for contracts, which this one may not.
			(Self::NonTransfer, Self::Deploying) => false,
			(Self::NonTransfer, _) => true,
			(mine, theirs) => mine == theirs,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<32>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

parameter_types! {
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
	pub MaximumSchedulerWeight: Weight =
		Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type ManagerOrigin = EnsureGovernance;
	type Consideration = StorageDeposit<PreimageHoldReason>;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	type ScheduleOrigin = frame_system::EnsureRoot<AccountId>;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<64>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = UncheckedExtrinsic;
}

impl<LocalCall> frame_system::offchain::CreateBare<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}
