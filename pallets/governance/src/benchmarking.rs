use crate::*;
use alloc::{boxed::Box, vec};
use frame_benchmarking::v2::*;
use frame_support::{storage::unhashed, traits::EnsureOrigin};

#[benchmarks(where <T as Config>::RuntimeCall: From<frame_system::Call<T>>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn enact() -> Result<(), BenchmarkError> {
		let origin =
			T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let items = vec![(b"key".to_vec(), b"value".to_vec())];
		let call = frame_system::Call::<T>::set_storage { items };

		#[extrinsic_call]
		enact(origin as T::RuntimeOrigin, Box::new(call.into()));

		assert_eq!(unhashed::get_raw(b"key"), Some(b"value".to_vec()));
		Ok(())
	}
}
