//! # Governance
//!
//! Some calls are root's alone: a runtime upgrade, for one. On a chain without sudo nobody is
//! root, so this pallet lets the body that governs (three fifths of the council, say) dispatch a
//! call as root, once it has agreed on the exact call.
//!
//! A council does so by a motion whose proposal is `governance.enact(call)`. If the call fails,
//! the motion's result says why and nothing is changed.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod tests;
pub mod weights;

#[frame_support::pallet]
pub mod pallet {
	use super::WeightInfo;
	use alloc::boxed::Box;
	use frame_support::{
		dispatch::{GetDispatchInfo, PostDispatchInfo},
		pallet_prelude::*,
		traits::UnfilteredDispatchable,
	};
	use frame_system::{pallet_prelude::*, RawOrigin};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// A call of the runtime.
		type RuntimeCall: Parameter
			+ UnfilteredDispatchable<RuntimeOrigin = Self::RuntimeOrigin>
			+ GetDispatchInfo;
		/// Who governs.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// What the call weighs.
		type WeightInfo: WeightInfo;
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Governance dispatched a call as root.
		Enacted,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Dispatch `call` as root.
		#[pallet::call_index(0)]
		#[pallet::weight({
			let inner = call.get_dispatch_info();
			(T::WeightInfo::enact().saturating_add(inner.call_weight), inner.class)
		})]
		pub fn enact(
			origin: OriginFor<T>,
			call: Box<<T as Config>::RuntimeCall>,
		) -> DispatchResultWithPostInfo {
			T::GovernanceOrigin::ensure_origin(origin)?;
			let declared = call.get_dispatch_info().call_weight;
			let spent = |used: PostDispatchInfo| PostDispatchInfo {
				actual_weight: Some(
					T::WeightInfo::enact().saturating_add(used.actual_weight.unwrap_or(declared)),
				),
				pays_fee: used.pays_fee,
			};
			match call.dispatch_bypass_filter(RawOrigin::Root.into()) {
				Ok(used) => {
					Self::deposit_event(Event::Enacted);
					Ok(spent(used))
				},
				Err(mut failure) => {
					failure.post_info = spent(failure.post_info);
					Err(failure)
				},
			}
		}
	}
}
