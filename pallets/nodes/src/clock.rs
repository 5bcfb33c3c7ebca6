//! The availability of a node, from one heartbeat to the next.

use crate::*;
use frame_support::{pallet_prelude::*, traits::UnixTime};
use grid_primitives::NodeId;

/// What a heartbeat is worth.
pub(crate) struct Beat {
	/// The clock after it.
	pub(crate) clock: Clock,
	/// The node was not there before: the gap was too long, or the machine started meanwhile.
	pub(crate) returned: bool,
}

impl Beat {
	/// What a heartbeat makes of a clock.
	fn of<T: Config>(
		before: Clock,
		now: u64,
		boot_id: [u8; 16],
		uptime: u64,
	) -> Result<Self, Error<T>> {
		let gap = now.saturating_sub(before.last_beat);
		if gap < T::MinGap::get() {
			return Err(Error::TooEarly);
		}
		let same_boot = boot_id == before.boot_id;
		if same_boot && uptime < before.uptime {
			return Err(Error::FromThePast);
		}
		let was_there = same_boot && gap <= T::MaxGap::get();
		let earned = if was_there { gap } else { 0 };
		let available_seconds = before.available_seconds.saturating_add(earned);
		let clock = Clock { boot_id, uptime, last_beat: now, available_seconds };
		Ok(Self { clock, returned: !was_there })
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn now() -> u64 {
		T::Time::now().as_secs()
	}

	pub(crate) fn is_online(node: NodeId) -> bool {
		Clocks::<T>::get(node).is_some_and(|clock| clock.is_online(Self::now(), T::MaxGap::get()))
	}

	/// The next beat of an account's node. Changes nothing.
	pub(crate) fn check_heartbeat(
		who: &T::AccountId,
		boot_id: [u8; 16],
		uptime: u64,
	) -> Result<(NodeId, Beat), Error<T>> {
		let node = NodeIds::<T>::get(who).ok_or(Error::NoNode)?;
		let clock = Clocks::<T>::get(node).ok_or(Error::NoNode)?;
		Ok((node, Beat::of::<T>(clock, Self::now(), boot_id, uptime)?))
	}

	pub(crate) fn do_heartbeat(
		who: &T::AccountId,
		boot_id: [u8; 16],
		uptime: u64,
	) -> DispatchResult {
		let (node, Beat { clock, returned }) = Self::check_heartbeat(who, boot_id, uptime)?;
		Clocks::<T>::insert(node, clock);
		if returned {
			Self::deposit_event(Event::Returned { node });
		}
		Ok(())
	}
}
