use crate::*;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextTwinId::<T>::get();
		for (id, twin) in Twins::<T>::iter() {
			ensure!((1..next).contains(&id), "a twin has a number that was never given");
			ensure!(TwinIds::<T>::get(&twin.account) == Some(id), "an account lost its twin");
		}
		ensure!(
			TwinIds::<T>::iter().count() == Twins::<T>::count() as usize,
			"an account has a twin that is not there"
		);
		Ok(())
	}
}
