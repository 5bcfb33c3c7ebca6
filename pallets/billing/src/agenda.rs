//! What is due, and when.

use crate::*;
use frame_support::weights::WeightMeter;
use grid_primitives::ports::Bill;

impl<T: Config> Pallet<T> {
	/// Store a bill that was settled just now. It is due again later, or not at all.
	pub(crate) fn store_settled(bill: Bill, account: AccountOf<T>, due: Option<u64>) {
		// So that no bill is settled twice in one go.
		let due = due.map(|due| due.max(Self::now().saturating_add(1)));
		Self::store(bill, account, due);
	}

	/// Store a bill that is due at this second, or not at all.
	pub(crate) fn store(bill: Bill, mut account: AccountOf<T>, due: Option<u64>) {
		if account.due != due {
			if let Some(due) = account.due {
				Agenda::<T>::remove((due.to_be_bytes(), bill));
			}
			if let Some(due) = due {
				Agenda::<T>::insert((due.to_be_bytes(), bill), ());
			}
			account.due = due;
		}
		Accounts::<T>::insert(bill, account);
	}

	/// Remove a bill.
	pub(crate) fn forget(bill: Bill, account: &AccountOf<T>) {
		if let Some(due) = account.due {
			Agenda::<T>::remove((due.to_be_bytes(), bill));
		}
		Accounts::<T>::remove(bill);
	}

	/// Settle what is due, the longest due first, for as long as there is time.
	pub(crate) fn serve(meter: &mut WeightMeter) {
		let now = Self::now();
		let mut agenda = Agenda::<T>::iter_keys();
		while meter.try_consume(T::WeightInfo::serve_nothing()).is_ok() {
			let Some((due, bill)) = agenda.next() else { return };
			if u64::from_be_bytes(due) > now || !meter.can_consume(Self::heaviest()) {
				return;
			}
			match Self::settle_bill(bill) {
				Some(weight) => meter.consume(weight),
				None => {
					log::error!(target: LOG_TARGET, "{bill:?} is due, and gone");
					Agenda::<T>::remove((due, bill));
				},
			}
		}
	}
}
