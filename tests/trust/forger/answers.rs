//! Answers about the state of a block, and what can be made of them.

use codec::{Decode, Encode};
use grid_runtime::Hash;

/// What is done to answers about the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
	/// The state of another block is proven instead.
	OfAnotherBlock(Hash),
	/// Values are changed in the proof.
	ChangedValues,
	/// Half of the proof is left out.
	HalfOfTheProof,
	/// Nobody answers that anything is there.
	Nothing,
}

impl Lie {
	/// What is asked instead of what was asked.
	pub(super) fn question(self, question: Vec<u8>) -> Vec<u8> {
		let Self::OfAnotherBlock(block) = self else { return question };
		let mut changed = question;
		// A question is a message in a message, and the block is the first in it.
		let (_, start) = field(&changed, 0).expect("a question is a message");
		let (length, start) = field(&changed, start).expect("it is about a block");
		assert_eq!(length, 32, "a block is known by its hash");
		changed[start..start + length].copy_from_slice(block.as_bytes());
		changed
	}

	/// What is answered instead of what is true.
	pub(super) fn answer(self, answer: Vec<u8>) -> Vec<u8> {
		match self {
			Self::OfAnotherBlock(_) => answer,
			Self::Nothing => with_proof(&answer, None),
			Self::ChangedValues => change(&answer, |nodes| {
				// Values are at the end of what they are in.
				for last in nodes.iter_mut().filter_map(|node| node.last_mut()) {
					*last ^= 1;
				}
			}),
			Self::HalfOfTheProof => change(&answer, |nodes| nodes.truncate(nodes.len() / 2)),
		}
	}
}

/// Change the nodes of the tree that an answer proves values with.
fn change(answer: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
	let proof = field(answer, 0).and_then(|(_, start)| field(answer, start));
	// Whoever was asked may not know the block.
	let Some((length, start)) = proof else { return answer.to_vec() };
	let mut nodes =
		Vec::<Vec<u8>>::decode(&mut &answer[start..start + length]).expect("a proof is a list");
	change(&mut nodes);
	with_proof(answer, Some(nodes.encode()))
}

/// The same kind of answer with another proof, or with none.
fn with_proof(answer: &[u8], proof: Option<Vec<u8>>) -> Vec<u8> {
	let inner = proof.map_or(Vec::new(), |proof| message(0x12, &proof));
	message(answer.first().copied().unwrap_or(0x0a), &inner)
}

/// A field of a message: how long its content is, and where it begins.
fn field(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
	let mut length = 0;
	for (place, byte) in bytes.get(at + 1..)?.iter().enumerate() {
		length |= usize::from(byte & 0x7f) << (7 * place);
		if byte & 0x80 == 0 {
			let start = at + 1 + place + 1;
			return (start + length <= bytes.len()).then_some((length, start));
		}
	}
	None
}

fn message(tag: u8, content: &[u8]) -> Vec<u8> {
	let mut bytes = vec![tag];
	let mut length = content.len();
	while length >= 0x80 {
		bytes.push(length as u8 | 0x80);
		length >>= 7;
	}
	bytes.push(length as u8);
	bytes.extend_from_slice(content);
	bytes
}
