//! What reports of offences call.

use crate::*;
use frame_support::weights::Weight;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OnOffenceHandler},
	SessionIndex,
};

impl<T: Config, Reporter> OnOffenceHandler<Reporter, (T::AccountId, ()), Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<Reporter, (T::AccountId, ())>],
		_: &[Perbill],
		_: SessionIndex,
	) -> Weight {
		let mut all = Standings::<T>::get();
		for OffenceDetails { offender: (validator, ()), .. } in offenders {
			T::Sessions::disable(validator);
			if Self::take_from_service(&mut all, validator, Standing::Barred) {
				Self::deposit_event(Event::Barred { validator: validator.clone() });
			}
		}
		Standings::<T>::put(all);
		Weight::zero()
	}
}
