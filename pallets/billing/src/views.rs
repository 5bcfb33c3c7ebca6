//! What payers see.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::Get;
use grid_primitives::{
	ports::{Bill, Proposal, Quote},
	spec::Usage,
	Balance, NodeId,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn view_quote(bill: Bill, proposals: &[(NodeId, Proposal)]) -> Quote {
		let price = Self::token();
		let account = Accounts::<T>::get(bill);
		let stays = |node: &NodeId| !proposals.iter().any(|(other, _)| other == node);
		let streams = account.iter().flat_map(|it| &it.streams);
		let stay = streams.filter(|(node, _)| stays(node)).map(|(_, stream)| stream.rate_then());
		let new = proposals.iter().filter_map(|(node, proposal)| match proposal {
			Proposal::Use { then, .. } => Some(Self::rate_for(bill, *node, then)),
			Proposal::Close => None,
		});
		let each: Vec<_> = stay.chain(new).collect();
		let usd_per_hour = each.iter().map(|rate| u128::from(*rate)).sum();
		let grace = account.as_ref().map_or(T::DefaultGrace::get(), |it| it.grace);
		Quote {
			deposit: 0,
			usd_per_hour,
			per_hour: each.iter().map(|rate| Self::cost_of(*rate, 3_600, price)).sum(),
			advance: rates::advance(usd_per_hour, T::Advance::get(), price),
			grace: rates::advance(usd_per_hour, grace.into(), price),
		}
	}

	pub(crate) fn view_cost(usage: &[(NodeId, Usage)], seconds: u64) -> Balance {
		let price = Self::token();
		let rate = |(node, usage): &(NodeId, Usage)| Self::rate_for(Bill::NEW, *node, usage);
		usage.iter().map(|it| Self::cost_of(rate(it), seconds, price)).sum()
	}

	fn cost_of(rate: u64, seconds: u64, price: u64) -> Balance {
		rates::units(rates::owed(rate, seconds), price)
	}

	pub(crate) fn view_standing(bill: Bill) -> Option<Standing<T::AccountId>> {
		let mut account = Accounts::<T>::get(bill)?;
		Self::accrue(&mut account);
		let price = Self::token();
		let needs = Self::needs(&account, price);
		let each = account.streams.iter().map(|(node, it)| Self::rate_of(*node, it));
		let after = |has: Balance, kept: Balance| {
			let left = has.saturating_sub(needs.used).saturating_sub(kept);
			let seconds = rates::seconds(left, Self::running_rate(&account), price);
			account.owes().then(|| Self::now().saturating_add(seconds))
		};
		let (has, pauses) = match account.paused {
			Some(_) => (account.held, None),
			None => {
				let has = account.held.saturating_add(Self::spendable(&account.payer));
				(has, after(has, needs.grace))
			},
		};
		Some(Standing {
			held: account.held,
			grace: needs.grace.min(account.held),
			usd_per_hour: each.clone().map(u128::from).sum(),
			per_hour: each.map(|rate| Self::cost_of(rate, 3_600, price)).sum(),
			owed: account.owed(price),
			missing: match account.paused {
				Some(_) => needs.least().saturating_sub(account.held),
				None => 0,
			},
			paused: account.paused,
			pauses,
			ends: after(has, 0),
			due: account.due,
			stale_price: Price::<T>::get().is_none_or(|price| Self::is_old(&price)),
			payer: account.payer.clone(),
		})
	}
}
