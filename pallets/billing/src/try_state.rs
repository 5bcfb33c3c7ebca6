use crate::*;
use alloc::collections::BTreeMap;
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
		let (mut streams, mut due) = (0, 0);
		for (bill, account) in Accounts::<T>::iter() {
			*held.entry(account.payer.clone()).or_default() += account.held;
			let its = Streams::<T>::iter_prefix(bill).count();
			ensure!(its as u32 == account.streams && its > 0, "streams were miscounted");
			streams += its;
			if let Some(at) = account.due {
				ensure!(Agenda::<T>::contains_key((at.to_be_bytes(), bill)), "a bill is not due");
				due += 1;
			}
			let runs = Streams::<T>::iter_prefix(bill).any(|(_, stream)| {
				// What costs nothing is never due.
				stream.from.is_some() && stream.rate > 0
			});
			ensure!(account.due.is_some() || !runs, "nobody settles what runs");
			ensure!(account.paused.is_none() || account.due.is_some(), "a pause has no end");
		}
		ensure!(Streams::<T>::iter_keys().count() == streams, "a stream is left over");
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
