//! Proofs that a block is final, as GRANDPA writes them, by whoever is asked to sign.

use codec::Encode;
use grid_runtime::Header;
use sp_core::{ed25519, Pair};

/// No set of validators has followed the first on the chains of these stories.
const SET: u64 = 0;

/// Far enough beyond the rounds that validators are at.
const ROUND: u64 = 1_000;

/// By what a block is known: its hash and its number.
type Target = ([u8; 32], u32);

/// Who vouches for a block that it is final, and with what.
#[derive(Clone)]
pub(crate) struct Signature {
	signer: [u8; 32],
	signature: [u8; 64],
}

/// A proof that a block is final. It may prove nothing.
#[derive(Clone)]
pub(crate) struct Proof {
	header: Header,
	claimed: u32,
	signatures: Vec<Signature>,
}

/// A vote for a block, as it is signed: the second kind of message, in its round of its set.
fn vote(target: Target) -> Vec<u8> {
	(1_u8, target, ROUND, SET).encode()
}

impl Proof {
	/// A proof by nobody yet.
	pub(crate) fn of(header: Header) -> Self {
		Self { claimed: header.number, header, signatures: Vec::new() }
	}

	/// It is claimed that so many blocks more are final: then others ask for proofs.
	pub(crate) fn boasting(mut self, blocks: u32) -> Self {
		self.claimed += blocks;
		self
	}

	/// One more stands for it.
	pub(crate) fn signed_by(mut self, key: &ed25519::Pair) -> Self {
		let signature = key.sign(&vote(self.target())).0;
		self.signatures.push(Signature { signer: key.public().0, signature });
		self
	}

	/// Somebody signs in the name of somebody else.
	pub(crate) fn signed_in_the_name_of(
		mut self,
		name: ed25519::Public,
		key: &ed25519::Pair,
	) -> Self {
		let signature = key.sign(&vote(self.target())).0;
		self.signatures.push(Signature { signer: name.0, signature });
		self
	}

	/// A validator's signature below another block is moved below this one.
	pub(crate) fn with_signature_of(mut self, other: &Self) -> Self {
		self.signatures.extend_from_slice(&other.signatures);
		self
	}

	fn target(&self) -> Target {
		(self.header.hash().0, self.header.number)
	}

	/// What is told while the chain is followed: a commit.
	pub(crate) fn commit(&self) -> Vec<u8> {
		let target = self.target();
		let votes: Vec<_> = self.signatures.iter().map(|_| target).collect();
		let signatures: Vec<_> =
			self.signatures.iter().map(|it| (it.signature, it.signer)).collect();
		(1_u8, ROUND, SET, target, votes, signatures).encode()
	}

	/// How far everything is final.
	pub(crate) fn claim(&self) -> Vec<u8> {
		(2_u8, 1_u8, ROUND + 1, SET, self.claimed).encode()
	}

	/// What is told to who asks for a proof of all that became final meanwhile.
	pub(crate) fn warp_proof(&self) -> Vec<u8> {
		let no_ancestries = Vec::<Header>::new();
		let fragment = (&self.header, self.justification(), no_ancestries);
		(vec![fragment], true).encode()
	}

	fn justification(&self) -> impl Encode {
		let target = self.target();
		let votes = self.signatures.iter().map(|it| (target, it.signature, it.signer));
		(ROUND, target, votes.collect::<Vec<_>>())
	}
}
