use crate::offence::{is_proof, Proof};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityPair, AuthoritySignature},
	Slot,
};
use sp_core::Pair;
use sp_runtime::{
	generic::{DigestItem, Header as GenericHeader},
	traits::{BlakeTwo256, Header as _},
	Digest,
};

type Header = GenericHeader<u32, BlakeTwo256>;

fn pre_digest(slot: u64) -> DigestItem {
	CompatibleDigestItem::<AuthoritySignature>::aura_pre_digest(Slot::from(slot))
}

/// A header for this slot, told from others by `number`, and sealed by `author`.
fn header(author: &AuthorityPair, slot: u64, number: u32) -> Header {
	let digest = Digest { logs: vec![pre_digest(slot)] };
	let mut header =
		Header::new(number, Default::default(), Default::default(), Default::default(), digest);
	let seal = author.sign(header.hash().as_ref());
	header.digest_mut().push(CompatibleDigestItem::<AuthoritySignature>::aura_seal(seal));
	header
}

fn author(seed: u8) -> AuthorityPair {
	AuthorityPair::from_seed(&[seed; 32])
}

fn honest_proof() -> Proof<Header> {
	let author = author(1);
	Proof {
		offender: author.public(),
		slot: Slot::from(7),
		first_header: header(&author, 7, 1),
		second_header: header(&author, 7, 2),
	}
}

#[test]
fn two_headers_of_one_author_for_one_slot_are_a_proof() {
	assert!(is_proof(&honest_proof()));
}

#[test]
fn one_header_twice_is_none() {
	let mut proof = honest_proof();
	proof.second_header = proof.first_header.clone();
	assert!(!is_proof(&proof));
}

#[test]
fn another_slot_is_none() {
	let mut proof = honest_proof();
	proof.second_header = header(&author(1), 8, 2);
	assert!(!is_proof(&proof));
	let mut proof = honest_proof();
	proof.slot = Slot::from(8);
	assert!(!is_proof(&proof));
}

#[test]
fn another_author_is_none() {
	let mut proof = honest_proof();
	proof.second_header = header(&author(2), 7, 2);
	assert!(!is_proof(&proof));
	let mut proof = honest_proof();
	proof.offender = author(2).public();
	assert!(!is_proof(&proof));
}

#[test]
fn without_a_seal_anybody_could_have_made_it() {
	let mut proof = honest_proof();
	proof.second_header.digest_mut().pop();
	assert!(!is_proof(&proof));
}

#[test]
fn a_header_changed_after_sealing_is_none() {
	let mut proof = honest_proof();
	proof.second_header.set_number(3);
	assert!(!is_proof(&proof));
}
