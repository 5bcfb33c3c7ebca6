use crate::*;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two blocks.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let all = Standings::<T>::get();
		ensure!(Self::able(&all).next().is_some(), "nobody can serve");
		ensure!(Self::is_sane(&SessionTiming::<T>::get()), "the timing is out of bounds");
		for who in LastSeen::<T>::iter_keys() {
			ensure!(
				all.get(&who) == Some(&Standing::Serving),
				"the clock of silence runs for one who does not serve"
			);
		}
		Ok(())
	}
}
