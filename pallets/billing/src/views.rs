//! What payers see.

use crate::*;
use frame_support::traits::Get;
use grid_primitives::{
	ports::{Bill, Nodes, Quote},
	spec::Usage,
	Balance, NodeId,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn view_quote(usage: &[(NodeId, Usage)]) -> Quote {
		let price = Self::token();
		let usd_per_hour = usage.iter().map(|(node, it)| u128::from(Self::quoted(*node, it))).sum();
		Quote {
			usd_per_hour,
			per_hour: Self::view_cost(usage, 3_600),
			prepayment: rates::advance(usd_per_hour, T::Advance::get(), price),
		}
	}

	pub(crate) fn view_cost(usage: &[(NodeId, Usage)], seconds: u64) -> Balance {
		let price = Self::token();
		let each = usage.iter().map(|(node, usage)| {
			rates::units(rates::owed(Self::quoted(*node, usage), seconds), price)
		});
		each.sum()
	}

	fn quoted(node: NodeId, usage: &Usage) -> u64 {
		rates::rate(usage, &T::Prices::get(), T::Nodes::is_certified(node))
	}

	pub(crate) fn view_standing(bill: Bill) -> Option<Standing<T::AccountId>> {
		let mut account = Accounts::<T>::get(bill)?;
		Self::accrue(&mut account);
		let price = Self::token();
		let paused = account.paused;
		let owed = account.owed(price);
		let usd_per_hour = account.rate();
		let advance = rates::advance(usd_per_hour, T::Advance::get(), price);
		let running = account.running_rate();
		let runs_out = || {
			let has = account.held.saturating_add(Self::spendable(&account.payer));
			let used = owed.saturating_add(Self::unproven(&account, price));
			let seconds = rates::seconds(has.saturating_sub(used), running, price);
			Self::now().saturating_add(seconds)
		};
		Some(Standing {
			held: account.held,
			usd_per_hour,
			per_hour: account
				.streams
				.iter()
				.map(|(_, it)| rates::units(rates::owed(it.rate, 3_600), price))
				.sum(),
			owed,
			missing: match paused {
				Some(_) => owed.saturating_add(advance).saturating_sub(account.held),
				None => 0,
			},
			paused,
			ends: paused.map(|since| since.saturating_add(account.grace.into())),
			runs_out: (paused.is_none() && running > 0).then(runs_out),
			due: account.due,
			stale_price: Price::<T>::get().is_none_or(|price| Self::is_old(&price)),
			payer: account.payer,
		})
	}
}
