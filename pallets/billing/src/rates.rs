//! What things cost, in integers. Nothing is rounded but where it says so.
//!
//! A rate is in 1e-7 USD for an hour. What is owed is counted in *parts*: of a rate, a second owes
//! `rate × 10^7` of them. The smallest unit of the token costs `3 600 × price` parts, where the price
//! of a whole token is in 1e-7 USD. What is less than a unit stays owed, so that it does not matter
//! how often one settles.

use crate::{Prices, Shares};
use grid_primitives::{spec::Usage, Balance};

/// The smallest units of a token.
const UNITS: u128 = 10_000_000;
/// The seconds of an hour.
const HOUR: u128 = 3_600;
/// Of how many parts a share is so many.
pub const MILLION: u32 = 1_000_000;

/// What an hour of this much costs, rounded up. Certified nodes cost a quarter more, and nothing costs
/// less than the least.
///
/// With C cores, and M, H and S GiB of memory, hard and solid-state disk, these are
/// `min(max(M/4, C/2), max(M/8, C), max(M/2, C/4))` units of compute and `H/1200 + S/200` of storage.
pub fn rate(usage: &Usage, prices: &Prices, certified: bool) -> u64 {
	const GIB: u128 = 1 << 30;
	// So many of these are a unit of compute: both are whole numbers of them.
	const COMPUTE: u128 = 8 * 1_000 * GIB;
	const STORAGE: u128 = 1_200 * GIB;
	let cores = u128::from(usage.capacity.cru) * GIB;
	let memory = u128::from(usage.capacity.mru) * 1_000;
	let compute =
		(2 * memory).max(4 * cores).min(memory.max(8 * cores)).min((4 * memory).max(2 * cores));
	let storage = u128::from(usage.capacity.hru) + 6 * u128::from(usage.capacity.sru);
	let addresses = u128::from(usage.public_v4) * u128::from(prices.public_v4)
		+ u128::from(usage.public_v6) * u128::from(prices.public_v6);
	// All in parts of COMPUTE × STORAGE, so that it is rounded once.
	let whole = [
		compute.saturating_mul(prices.compute.into()).saturating_mul(STORAGE / GIB),
		storage.saturating_mul(prices.storage.into()).saturating_mul(COMPUTE / GIB),
		addresses.saturating_mul(COMPUTE / GIB).saturating_mul(STORAGE / GIB).saturating_mul(GIB),
	]
	.into_iter()
	.fold(0, u128::saturating_add);
	let (more, of) = if certified { (5, 4) } else { (1, 1) };
	let parts = COMPUTE / GIB * (STORAGE / GIB) * GIB * of;
	let rate = whole.saturating_mul(more).div_ceil(parts).try_into().unwrap_or(u64::MAX);
	rate.max(prices.least)
}

/// What is left of a rate when a node is no longer certified.
pub fn without_premium(rate: u64) -> u64 {
	(u128::from(rate) * 4 / 5).max(1) as u64
}

/// What is owed for so many seconds.
pub fn owed(rate: u64, seconds: u64) -> u128 {
	u128::from(rate).saturating_mul(seconds.into()).saturating_mul(UNITS)
}

/// How many parts a unit of the token costs.
fn unit(price: u64) -> u128 {
	HOUR * u128::from(price.max(1))
}

/// How many whole units of the token are owed.
pub fn units(owed: u128, price: u64) -> Balance {
	owed / unit(price)
}

/// How many parts so many units pay.
pub fn parts(units: Balance, price: u64) -> u128 {
	units.saturating_mul(unit(price))
}

/// How many units pay for so many seconds, so that nothing is missing.
pub fn advance(rate: u128, seconds: u64, price: u64) -> Balance {
	rate.saturating_mul(seconds.into()).saturating_mul(UNITS).div_ceil(unit(price))
}

/// For how many seconds so many units pay.
pub fn seconds(units: Balance, rate: u128, price: u64) -> u64 {
	let second = rate.saturating_mul(UNITS).max(1);
	(parts(units, price) / second).try_into().unwrap_or(u64::MAX)
}

/// What of an amount goes to farm, treasury and nobody.
pub struct Split {
	/// To the farm.
	pub farm: Balance,
	/// To the treasury.
	pub treasury: Balance,
	/// To nobody: it is burned.
	pub burned: Balance,
}

/// Split an amount. `carry` is what was split before, modulo a million: by it, many small amounts
/// are split like their sum.
///
/// Of a sum, the farm gets its share, rounded down; the treasury gets its share of the rest, rounded
/// down. Both only grow with the sum, and a million more gives each what a million does. So what an
/// amount adds to them is never negative, and never more than the amount.
pub fn split(amount: Balance, shares: &Shares, carry: &mut u32) -> Split {
	let all = Balance::from(MILLION);
	let farm = Balance::from(shares.farm).min(all);
	let treasury = Balance::from(shares.treasury).min(all - farm);
	let of_sum = |sum: Balance| {
		let (millions, more) = (sum / all, sum % all);
		let to_farm = more * farm / all;
		// With all for the farm, nothing is left to divide.
		let to_treasury = (more - to_farm) * treasury / (all - farm).max(1);
		(millions * farm + to_farm, millions * treasury + to_treasury)
	};
	let before = Balance::from(*carry);
	let after = before.saturating_add(amount);
	let (had, has) = (of_sum(before), of_sum(after));
	*carry = (after % all) as u32;
	let (farm, treasury) = (has.0 - had.0, has.1 - had.1);
	Split { farm, treasury, burned: amount - farm - treasury }
}
