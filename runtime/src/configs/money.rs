//! The token, and what things cost.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration, tokens::imbalance::ResolveTo, ConstU32, Footprint,
		VariantCountOf,
	},
	weights::{ConstantMultiplier, Weight, WeightToFee},
	PalletId,
};
use grid_primitives::token::MILLI_TFT;
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{AccountIdConversion, Bounded, Convert},
	FixedPointNumber, Perquintill, SaturatedConversion,
};

/// The deposit on a record of one account: a tenth of a token an item, a thousandth a byte.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 100 * MILLI_TFT + bytes as Balance * MILLI_TFT
}

/// A deposit held on storage for as long as the storage is used.
pub type StorageDeposit<Reason> = HoldConsideration<AccountId, Balances, Reason, StoragePrice>;

/// What the deposit on storage is: so much for each item, and for each byte of them all.
pub struct StoragePrice;
impl Convert<Footprint, Balance> for StoragePrice {
	fn convert(Footprint { count, size }: Footprint) -> Balance {
		let items = Balance::from(count).saturating_mul(deposit(1, 0));
		let bytes = Balance::from(size).saturating_mul(deposit(0, 1));
		items.saturating_add(bytes)
	}
}

parameter_types! {
	pub const ExistentialDeposit: Balance = MILLI_TFT;
	pub const TreasuryId: PalletId = PalletId(*b"grid/tsy");
	pub TreasuryAccount: AccountId = TreasuryId::get().into_account_truncating();
	pub const WaitingId: PalletId = PalletId(*b"grid/wai");
	/// Where the shares of those wait who cannot receive them yet.
	pub WaitingAccount: AccountId = WaitingId::get().into_account_truncating();
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type WeightInfo = weights::pallet_balances::Measured;
	type Balance = Balance;
	type DustRemoval = ();
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

/// A millisecond of execution costs five thousandths of a token, so that a transfer costs about
/// one.
pub struct ExecutionPrice;
impl WeightToFee for ExecutionPrice {
	type Balance = Balance;

	fn weight_to_fee(weight: &Weight) -> Balance {
		const PICOSECONDS_PER_UNIT: u64 = 20_000;
		weight.ref_time().div_ceil(PICOSECONDS_PER_UNIT).saturated_into()
	}
}

parameter_types! {
	/// The price of a byte in a block.
	pub const PricePerByte: Balance = 10;
	/// Prices rise when blocks are fuller than this, and fall when they are emptier.
	pub const TargetFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast: at most about a third in a day of full blocks.
	pub AdjustmentSpeed: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 1);
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
	pub const OperationalFeeMultiplier: u8 = 5;
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ResolveTo<TreasuryAccount, Balances>>;
	type WeightToFee = ExecutionPrice;
	type LengthToFee = ConstantMultiplier<Balance, PricePerByte>;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Runtime,
		TargetFullness,
		AdjustmentSpeed,
		MinimumMultiplier,
		MaximumMultiplier,
	>;
	type OperationalFeeMultiplier = OperationalFeeMultiplier;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}
