//! How other pallets see twins.

use crate::*;
use grid_primitives::{ports, TwinId};

impl<T: Config> ports::Twins<T::AccountId> for Pallet<T> {
	fn twin_of(who: &T::AccountId) -> Option<TwinId> {
		TwinIds::<T>::get(who)
	}

	fn attach(twin: TwinId) {
		Self::count(twin, |attached| attached.checked_add(1));
	}

	fn detach(twin: TwinId) {
		Self::count(twin, |attached| attached.checked_sub(1));
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_twin(who: &T::AccountId) -> TwinId {
		TwinIds::<T>::get(who).unwrap_or_else(|| {
			Self::do_create(who.clone(), None, [1; 32]).expect("whoever is measured can pay");
			TwinIds::<T>::get(who).expect("just created")
		})
	}
}

impl<T: Config> Pallet<T> {
	fn count(id: TwinId, change: impl FnOnce(u32) -> Option<u32>) {
		Twins::<T>::mutate(id, |twin| {
			let Some(twin) = twin else {
				log::error!(target: LOG_TARGET, "something hangs on twin {id}, which is not there");
				return;
			};
			match change(twin.attached) {
				Some(attached) => twin.attached = attached,
				None => log::error!(target: LOG_TARGET, "what hangs on twin {id} was miscounted"),
			}
		});
	}
}
