use crate::{
	offence::{is_proof, DoubleAuthorship, Proof},
	*,
};
use frame_support::{ensure, pallet_prelude::*, traits::KeyOwnerProofSystem};
use frame_system::{
	offchain::{CreateBare, SubmitTransaction},
	pallet_prelude::HeaderFor,
};
use sp_consensus_aura::sr25519::AuthorityId;
use sp_runtime::{key_types::AURA, KeyTypeId};
use sp_session::{GetSessionNumber, GetValidatorCount};
use sp_staking::offence::ReportOffence;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_report(
		proof: Proof<HeaderFor<T>>,
		key_owner_proof: T::KeyOwnerProof,
	) -> DispatchResult {
		ensure!(is_proof(&proof), Error::<T>::InvalidProof);
		let session = key_owner_proof.session();
		let validators = key_owner_proof.validator_count();
		let offender = Self::owner(&proof.offender, key_owner_proof)
			.ok_or(Error::<T>::InvalidKeyOwnerProof)?;
		let offence = DoubleAuthorship { slot: proof.slot, session, validators, offender };
		T::Offences::report_offence(Default::default(), offence)
			.map_err(|_| Error::<T>::AlreadyReported.into())
	}

	fn owner(key: &AuthorityId, proof: T::KeyOwnerProof) -> Option<Identification<T>> {
		<T::KeyOwners as KeyOwnerProofSystem<(KeyTypeId, AuthorityId)>>::check_proof(
			(AURA, key.clone()),
			proof,
		)
	}

	pub(crate) fn do_validate(source: TransactionSource, call: &Call<T>) -> TransactionValidity {
		let Call::report { proof, .. } = call else {
			return InvalidTransaction::Call.into();
		};
		if source == TransactionSource::External {
			log::warn!(target: LOG_TARGET, "refused a report that came from another node");
			return InvalidTransaction::Call.into();
		}
		Self::do_pre_dispatch(call)?;
		ValidTransaction::with_tag_prefix("Equivocations")
			.priority(TransactionPriority::MAX)
			.and_provides((proof.offender.clone(), proof.slot))
			.longevity(T::ReportLongevity::get())
			.propagate(false)
			.build()
	}

	pub(crate) fn do_pre_dispatch(call: &Call<T>) -> Result<(), TransactionValidityError> {
		let Call::report { proof, key_owner_proof } = call else {
			return Err(InvalidTransaction::Call.into());
		};
		let offender = Self::owner(&proof.offender, key_owner_proof.clone())
			.ok_or(InvalidTransaction::BadProof)?;
		ensure!(
			!T::Offences::is_known_offence(&[offender], &proof.slot),
			InvalidTransaction::Stale
		);
		Ok(())
	}
}

impl<T: Config + CreateBare<Call<T>>> Pallet<T> {
	/// Offer a report to this node's own transaction pool.
	pub fn submit(proof: Proof<HeaderFor<T>>, key_owner_proof: T::KeyOwnerProof) -> Option<()> {
		let call = Call::report { proof: alloc::boxed::Box::new(proof), key_owner_proof };
		let transaction = T::create_bare(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).ok()
	}
}
