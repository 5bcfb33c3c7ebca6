use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold},
		Get,
	},
};
use grid_primitives::Balance;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
		let mut due = 0;
		for (bill, account) in Accounts::<T>::iter() {
			*held.entry(account.payer.clone()).or_default() += account.held;
			let mut nodes: Vec<_> = account.streams.iter().map(|(node, _)| node).collect();
			nodes.sort();
			nodes.dedup();
			ensure!(nodes.len() == account.streams.len(), "a node has two streams");
			ensure!(!nodes.is_empty(), "a bill is for nothing");
			if let Some(at) = account.due {
				ensure!(Agenda::<T>::contains_key((at.to_be_bytes(), bill)), "a bill is not due");
				due += 1;
			}
			// What costs nothing is never due.
			ensure!(account.due.is_some() || !account.owes(), "nobody settles what owes");
			for (_, stream) in &account.streams {
				let is_agreed = !stream.is_proposal() || stream.proposed.is_some();
				ensure!(is_agreed, "a stream pays for nothing");
				ensure!(stream.rate_then() > 0, "a stream costs nothing");
			}
		}
		ensure!(Agenda::<T>::iter_keys().count() == due, "the agenda has what is not there");
		for (payer, sum) in held {
			let on_hold = T::Currency::balance_on_hold(&Self::reason(), &payer);
			ensure!(on_hold == sum, "advances are not what is held");
		}
		let waiting: Balance = Unpaid::<T>::iter_values().sum();
		let pot = T::Currency::total_balance(&T::Waiting::get());
		ensure!(pot >= waiting, "a share is lost that waits");
		Ok(())
	}
}
