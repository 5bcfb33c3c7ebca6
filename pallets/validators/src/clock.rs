//! What blocks call: who was heard, when sessions turn, who has been silent for too long.

use crate::*;
use frame_support::{
	pallet_prelude::*,
	traits::{EstimateNextSessionRotation, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating},
	Permill,
};

/// Slots that each validator gets at least before it can be called silent, however many they are
/// and however short the governed limit.
const CHANCES: u32 = 4;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_on_initialize(now: BlockNumberFor<T>) -> Weight {
		if now < Self::next_turn() {
			return T::DbWeight::get().reads(2);
		}
		SessionStart::<T>::put(now);
		Self::rest_the_silent(now);
		T::Sessions::turn();
		let validators = Standings::<T>::decode_len().unwrap_or_default();
		T::WeightInfo::turn(validators.saturated_into())
	}

	pub(crate) fn next_turn() -> BlockNumberFor<T> {
		SessionStart::<T>::get().saturating_add(SessionTiming::<T>::get().session_length)
	}

	fn rest_the_silent(now: BlockNumberFor<T>) {
		let chances = CHANCES.saturating_mul(T::Sessions::active().len().saturated_into());
		let limit = SessionTiming::<T>::get().silence_limit.max(chances.into());
		let mut all = Standings::<T>::get();
		for (validator, last_seen) in LastSeen::<T>::iter() {
			if now.saturating_sub(last_seen) <= limit {
				continue;
			}
			if Self::take_from_service(&mut all, &validator, Standing::Resting) {
				Self::deposit_event(Event::Rested { validator, last_seen });
			}
		}
		Standings::<T>::put(all);
	}

	/// End the service of one validator, unless it is the last.
	pub(crate) fn take_from_service(
		all: &mut BoundedBTreeMap<T::AccountId, Standing, T::MaxValidators>,
		validator: &T::AccountId,
		because: Standing,
	) -> bool {
		let others_serve = Self::able(all).any(|who| who != validator);
		match all.get_mut(validator) {
			Some(standing) if others_serve && *standing != because => {
				*standing = because;
				LastSeen::<T>::remove(validator);
				true
			},
			_ => false,
		}
	}
}

impl<T: Config + pallet_authorship::Config>
	pallet_authorship::EventHandler<T::AccountId, BlockNumberFor<T>> for Pallet<T>
{
	fn note_author(author: T::AccountId) {
		let now = frame_system::Pallet::<T>::block_number();
		LastSeen::<T>::mutate_extant(author, |last_seen| *last_seen = now);
	}
}

impl<T: Config> EstimateNextSessionRotation<BlockNumberFor<T>> for Pallet<T> {
	fn average_session_length() -> BlockNumberFor<T> {
		SessionTiming::<T>::get().session_length
	}

	fn estimate_current_session_progress(now: BlockNumberFor<T>) -> (Option<Permill>, Weight) {
		let passed = now.saturating_sub(SessionStart::<T>::get()).saturating_add(1u32.into());
		let length = Self::average_session_length();
		(Some(Permill::from_rational(passed.min(length), length)), T::DbWeight::get().reads(2))
	}

	fn estimate_next_session_rotation(_: BlockNumberFor<T>) -> (Option<BlockNumberFor<T>>, Weight) {
		(Some(Self::next_turn()), T::DbWeight::get().reads(2))
	}
}

/// For `pallet-session`: it never ends a session by itself, this pallet has it turn.
impl<T: Config> pallet_session::ShouldEndSession<BlockNumberFor<T>> for Pallet<T> {
	fn should_end_session(_: BlockNumberFor<T>) -> bool {
		false
	}
}
