//! # Equivocations
//!
//! A validator may make one block for a slot of its own. One that makes two can lead others onto
//! different chains: by malice, or because its operator runs the same keys on two machines.
//!
//! Every node that sees two sealed headers of one author for one slot has the proof in its hands,
//! and reports it here with a proof of who owned the key. (Contradictory *votes* are GRANDPA's
//! affair, and end in the same place.) What follows is decided by whoever handles offences.
//!
//! Reports are unsigned, cost nothing, and come from block authors only: a node offers them to its
//! own pool and does not pass them on.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use offence::{DoubleAuthorship, Proof};
pub use pallet::*;
pub use weights::WeightInfo;

pub mod api;
mod offence;
mod report;
#[cfg(test)]
mod tests;
pub mod weights;

const LOG_TARGET: &str = "runtime::equivocations";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use frame_support::{pallet_prelude::*, traits::KeyOwnerProofSystem};
	use frame_system::pallet_prelude::*;
	use sp_consensus_aura::sr25519::AuthorityId;
	use sp_runtime::KeyTypeId;
	use sp_session::{GetSessionNumber, GetValidatorCount};
	use sp_staking::offence::ReportOffence;

	/// Who the owner of a key is, in the words of whoever handles offences.
	pub(crate) type Identification<T> = <<T as Config>::KeyOwners as KeyOwnerProofSystem<(
		KeyTypeId,
		AuthorityId,
	)>>::IdentificationTuple;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// A proof that somebody owned a key in some session.
		type KeyOwnerProof: Parameter + GetSessionNumber + GetValidatorCount;
		/// Who checks such proofs.
		type KeyOwners: KeyOwnerProofSystem<
			(KeyTypeId, AuthorityId),
			Proof = Self::KeyOwnerProof,
			IdentificationTuple: Clone,
		>;
		/// Who takes the report.
		type Offences: ReportOffence<
			Self::AccountId,
			Identification<Self>,
			DoubleAuthorship<Identification<Self>>,
		>;
		/// For how many blocks a report is worth including.
		#[pallet::constant]
		type ReportLongevity: Get<u64>;
		/// What a report weighs.
		type WeightInfo: WeightInfo;
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The two headers are no proof: same block, other slots, or a seal that is not the
		/// offender's.
		InvalidProof,
		/// Nobody is shown to own the key.
		InvalidKeyOwnerProof,
		/// This was reported before.
		AlreadyReported,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Report a validator that made two blocks for one slot. For block authors only.
		#[pallet::call_index(0)]
		#[pallet::weight((
			T::WeightInfo::report(key_owner_proof.validator_count()),
			DispatchClass::Operational,
		))]
		pub fn report(
			origin: OriginFor<T>,
			proof: Box<Proof<HeaderFor<T>>>,
			key_owner_proof: T::KeyOwnerProof,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::do_report(*proof, key_owner_proof)
		}
	}

	#[allow(deprecated)]
	#[pallet::validate_unsigned]
	impl<T: Config> ValidateUnsigned for Pallet<T> {
		type Call = Call<T>;

		fn validate_unsigned(source: TransactionSource, call: &Self::Call) -> TransactionValidity {
			Self::do_validate(source, call)
		}

		fn pre_dispatch(call: &Self::Call) -> Result<(), TransactionValidityError> {
			Self::do_pre_dispatch(call)
		}
	}
}
