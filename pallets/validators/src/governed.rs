//! What people call: in, out, and back.

use crate::*;
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_add(validator: T::AccountId) -> DispatchResult {
		ensure!(T::Sessions::has_keys(&validator), Error::<T>::NoSessionKeys);
		Standings::<T>::try_mutate(|all| {
			let before = all
				.try_insert(validator.clone(), Standing::Serving)
				.map_err(|_| Error::<T>::TooManyValidators)?;
			ensure!(before != Some(Standing::Serving), Error::<T>::AlreadyServing);
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Added { validator });
		Ok(())
	}

	pub(crate) fn do_remove(validator: &T::AccountId) -> DispatchResult {
		Standings::<T>::try_mutate(|all| {
			let standing = all.remove(validator).ok_or(Error::<T>::NotValidator)?;
			let someone_stays = standing != Standing::Serving || Self::able(all).next().is_some();
			ensure!(someone_stays, Error::<T>::LastValidator);
			LastSeen::<T>::remove(validator);
			Ok(())
		})
	}

	pub(crate) fn do_rejoin(validator: T::AccountId) -> DispatchResult {
		ensure!(T::Sessions::has_keys(&validator), Error::<T>::NoSessionKeys);
		Standings::<T>::try_mutate(|all| {
			let standing = all.get_mut(&validator).ok_or(Error::<T>::NotValidator)?;
			ensure!(*standing == Standing::Resting, Error::<T>::NotResting);
			*standing = Standing::Serving;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Rejoined { validator });
		Ok(())
	}

	pub(crate) fn do_withdraw_keys(who: &T::AccountId) -> DispatchResult {
		ensure!(T::Sessions::has_keys(who), Error::<T>::NoSessionKeys);
		let in_use = Standings::<T>::get().contains_key(who) || T::Sessions::in_use(who);
		ensure!(!in_use, Error::<T>::KeysInUse);
		T::Sessions::drop_keys(who)
	}

	pub(crate) fn do_set_timing(timing: Timing<BlockNumberFor<T>>) -> DispatchResult {
		ensure!(Self::is_sane(&timing), Error::<T>::BadTiming);
		SessionTiming::<T>::put(&timing);
		Self::deposit_event(Event::TimingSet { timing });
		Ok(())
	}

	pub(crate) fn is_sane(timing: &Timing<BlockNumberFor<T>>) -> bool {
		let allowed = T::MinSessionLength::get()..=T::MaxSessionLength::get();
		allowed.contains(&timing.session_length) && timing.silence_limit >= timing.session_length
	}

	/// The validators that can serve: in good standing, with keys.
	pub(crate) fn able(
		all: &BoundedBTreeMap<T::AccountId, Standing, T::MaxValidators>,
	) -> impl Iterator<Item = &T::AccountId> {
		all.iter()
			.filter(|(who, standing)| **standing == Standing::Serving && T::Sessions::has_keys(who))
			.map(|(who, _)| who)
	}
}
