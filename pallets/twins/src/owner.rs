//! What the owner of a twin does with it.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use grid_primitives::{ports::Belongings, TwinId};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(
		who: T::AccountId,
		relay: Option<Relay<T>>,
		encryption_key: [u8; 32],
	) -> DispatchResult {
		Self::ensure_usable(&relay, &encryption_key)?;
		ensure!(!TwinIds::<T>::contains_key(&who), Error::<T>::HasTwin);
		let deposit = T::Consideration::new(&who, Self::footprint())?;
		let twin = NextTwinId::<T>::mutate(|next| core::mem::replace(next, *next + 1));
		Twins::<T>::insert(
			twin,
			Twin { account: who.clone(), relay, encryption_key, attached: 0, deposit },
		);
		TwinIds::<T>::insert(&who, twin);
		Self::deposit_event(Event::Created { twin, account: who });
		Ok(())
	}

	pub(crate) fn do_update(
		who: &T::AccountId,
		relay: Option<Relay<T>>,
		encryption_key: [u8; 32],
	) -> DispatchResult {
		Self::ensure_usable(&relay, &encryption_key)?;
		let id = TwinIds::<T>::get(who).ok_or(Error::<T>::NoTwin)?;
		Twins::<T>::try_mutate(id, |twin| {
			let twin = twin.as_mut().ok_or(Error::<T>::NoTwin)?;
			twin.relay = relay;
			twin.encryption_key = encryption_key;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Updated { twin: id });
		Ok(())
	}

	pub(crate) fn do_delete(who: T::AccountId) -> DispatchResult {
		let id: TwinId = TwinIds::<T>::get(&who).ok_or(Error::<T>::NoTwin)?;
		let twin = Twins::<T>::get(id).ok_or(Error::<T>::NoTwin)?;
		let in_use = twin.attached > 0 || T::Belongings::has_any(id);
		ensure!(!in_use, Error::<T>::TwinInUse);
		twin.deposit.drop(&who)?;
		Self::forget_acceptance(&who)?;
		Twins::<T>::remove(id);
		TwinIds::<T>::remove(&who);
		Self::deposit_event(Event::Deleted { twin: id, account: who });
		Ok(())
	}

	fn ensure_usable(relay: &Option<Relay<T>>, encryption_key: &[u8; 32]) -> DispatchResult {
		if let Some(relay) = relay {
			let readable = !relay.is_empty() && relay.iter().all(u8::is_ascii_graphic);
			ensure!(readable, Error::<T>::BadRelay);
		}
		ensure!(*encryption_key != [0; 32], Error::<T>::BadEncryptionKey);
		Ok(())
	}

	/// What a twin takes of the storage, however long its relay is.
	fn footprint() -> Footprint {
		Footprint::from_parts(2, TwinOf::<T>::max_encoded_len())
	}
}
