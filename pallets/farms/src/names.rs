//! What farms may be called.

use crate::*;
use frame_support::{ensure, pallet_prelude::*};
use grid_primitives::FarmId;

const MIN_NAME: usize = 3;

impl<T: Config> Pallet<T> {
	/// Let a farm have a name that is free. Whoever had it before gave it back.
	pub(crate) fn take_name(name: &Name, farm: FarmId) -> DispatchResult {
		let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
		let well_formed = name.len() >= MIN_NAME && name.iter().all(allowed);
		ensure!(well_formed, Error::<T>::BadName);
		FarmIds::<T>::try_mutate(Self::in_lower_case(name), |taken| {
			ensure!(taken.is_none(), Error::<T>::NameTaken);
			*taken = Some(farm);
			Ok(())
		})
	}

	pub(crate) fn free_name(name: &Name) {
		FarmIds::<T>::remove(Self::in_lower_case(name));
	}

	pub(crate) fn in_lower_case(name: &Name) -> Name {
		let mut name = name.clone();
		for byte in name.iter_mut() {
			byte.make_ascii_lowercase();
		}
		name
	}
}
