//! Requests expire, whether anybody looks or not. Blocks with room for it clear them away.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::*, weights::WeightMeter};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System};
use grid_primitives::{ports::Decision, RequestId};
use sp_runtime::traits::Saturating;

/// How many requests are looked up at once, at most.
const MAX_BATCH: usize = 256;

impl<T: Config> Pallet<T> {
	/// Whether it is too late to answer.
	pub(crate) fn has_expired(request: &RequestOf<T>) -> bool {
		System::<T>::block_number() >= request.expires
	}

	pub(crate) fn await_expiry(id: RequestId, expires: BlockNumberFor<T>) {
		Expiring::<T>::insert(expires, id, ());
		NextExpiry::<T>::mutate(|next| {
			*next = Some(next.map_or(expires, |next| next.min(expires)));
		});
	}

	pub(crate) fn do_expire(id: RequestId) -> Result<Weight, DispatchError> {
		let request = Requests::<T>::get(id).ok_or(Error::<T>::NoRequest)?;
		ensure!(Self::has_expired(&request), Error::<T>::StillOpen);
		Ok(Self::decide(id, request, Decision::Expired))
	}

	/// Let what has expired expire, block by block, as far as the weight goes. What is left is
	/// there for the next block. How much was used.
	pub(crate) fn sweep(now: BlockNumberFor<T>, limit: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(limit);
		if meter.try_consume(T::WeightInfo::sweep_nothing()).is_err() {
			return meter.consumed();
		}
		let Some(first) = NextExpiry::<T>::get().filter(|first| *first <= now) else {
			return meter.consumed();
		};
		let mut block = first;
		while block <= now
			&& meter.try_consume(T::WeightInfo::sweep_empty_block()).is_ok()
			&& Self::sweep_block(block, &mut meter)
		{
			block.saturating_inc();
		}
		if block == first {
			return meter.consumed();
		}
		let anything_left = Expiring::<T>::iter_keys().next().is_some();
		NextExpiry::<T>::set(anything_left.then_some(block));
		meter.consumed()
	}

	/// Whether all that expires in a block has.
	fn sweep_block(block: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
		let each = Self::with_decision(T::WeightInfo::expire_one());
		loop {
			let room = meter.remaining().checked_div_per_component(&each).unwrap_or(u64::MAX);
			let room = usize::try_from(room).map_or(MAX_BATCH, |room| room.min(MAX_BATCH));
			// One more, to know whether there is more.
			let due = Expiring::<T>::iter_key_prefix(block).take(room.saturating_add(1));
			let due: Vec<RequestId> = due.collect();
			if due.is_empty() {
				return true;
			}
			if room == 0 {
				return false;
			}
			for id in due.into_iter().take(room) {
				let others = Self::let_expire(block, id);
				meter.consume(T::WeightInfo::expire_one().saturating_add(others));
			}
		}
	}

	fn let_expire(block: BlockNumberFor<T>, id: RequestId) -> Weight {
		match Requests::<T>::get(id) {
			Some(request) => Self::decide(id, request, Decision::Expired),
			// Whoever heard of another one's end has withdrawn this one.
			None => {
				Expiring::<T>::remove(block, id);
				Weight::zero()
			},
		}
	}
}
