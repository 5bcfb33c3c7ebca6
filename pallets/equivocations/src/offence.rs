use alloc::{vec, vec::Vec};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
};
use sp_consensus_slots::{EquivocationProof, Slot};
use sp_runtime::{traits::Header, Perbill, RuntimeAppPublic};
use sp_staking::{
	offence::{Kind, Offence},
	SessionIndex,
};

/// Two headers of one author for one slot.
pub type Proof<H> = EquivocationProof<H, AuthorityId>;

/// Whether the headers do prove that the offender made both, for one slot.
pub(crate) fn is_proof<H: Header>(proof: &Proof<H>) -> bool {
	proof.first_header.hash() != proof.second_header.hash()
		&& is_sealed(&proof.first_header, proof.slot, &proof.offender)
		&& is_sealed(&proof.second_header, proof.slot, &proof.offender)
}

fn is_sealed<H: Header>(header: &H, slot: Slot, author: &AuthorityId) -> bool {
	let slot_of =
		|header: &H| {
			header.digest().logs().iter().find_map(|item| {
				CompatibleDigestItem::<AuthoritySignature>::as_aura_pre_digest(item)
			})
		};
	let mut header = header.clone();
	let seal = header.digest_mut().pop();
	let seal: Option<AuthoritySignature> = seal.and_then(|item| item.as_aura_seal());
	let sealed = seal.is_some_and(|seal| author.verify(&header.hash().as_ref(), &seal));
	sealed && slot_of(&header) == Some(slot)
}

/// A validator made two blocks for one slot.
pub struct DoubleAuthorship<Offender> {
	pub(crate) slot: Slot,
	pub(crate) session: SessionIndex,
	pub(crate) validators: u32,
	pub(crate) offender: Offender,
}

impl<Offender: Clone> Offence<Offender> for DoubleAuthorship<Offender> {
	const ID: Kind = *b"aura:equivocatio";
	type Slot = Slot;

	fn offenders(&self) -> Vec<Offender> {
		vec![self.offender.clone()]
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.validators
	}

	fn slot(&self) -> Slot {
		self.slot
	}

	/// Nothing is staked, so nothing is slashed.
	fn slash_fraction(&self, _: u32) -> Perbill {
		Perbill::zero()
	}
}
