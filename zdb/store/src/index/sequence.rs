//! The index of keys that are numbers: an array, in pieces.

use crate::format::Position;

const PIECE: usize = 512;

/// The index of keys that are numbers.
#[derive(Default)]
pub(crate) struct SequenceIndex {
	pieces: Vec<Option<Box<Piece>>>,
	length: u64,
}

struct Piece {
	used: u32,
	positions: [u64; PIECE],
}

impl SequenceIndex {
	pub(crate) fn len(&self) -> u64 {
		self.length
	}

	pub(crate) fn bytes(&self) -> u64 {
		let pieces = self.pieces.iter().flatten().count() * size_of::<Piece>();
		(pieces + self.pieces.capacity() * size_of::<usize>()) as u64
	}

	/// One more than the greatest number that there may be.
	pub(crate) fn limit(&self) -> u64 {
		(self.pieces.len() * PIECE) as u64
	}

	pub(crate) fn get(&self, id: u64) -> Option<Position> {
		let piece = self.pieces.get(usize::try_from(id / PIECE as u64).ok()?)?.as_ref()?;
		Position::unpack(piece.positions[id as usize % PIECE])
	}

	pub(crate) fn set(&mut self, id: u64, position: Position) {
		let number = id as usize / PIECE;
		if number >= self.pieces.len() {
			self.pieces.resize_with(number + 1, || None);
		}
		let piece = self.pieces[number]
			.get_or_insert_with(|| Box::new(Piece { used: 0, positions: [0; PIECE] }));
		let place = &mut piece.positions[id as usize % PIECE];
		if *place == 0 {
			piece.used += 1;
			self.length += 1;
		}
		*place = position.pack();
	}

	pub(crate) fn remove(&mut self, id: u64) {
		let Some(slot) = self.pieces.get_mut(id as usize / PIECE) else { return };
		let Some(piece) = slot else { return };
		let place = &mut piece.positions[id as usize % PIECE];
		if *place != 0 {
			*place = 0;
			piece.used -= 1;
			self.length -= 1;
		}
		if piece.used == 0 {
			*slot = None;
		}
	}

	pub(crate) fn forget_before(&mut self, position: Position) {
		for id in 0..self.limit() {
			if self.get(id).is_some_and(|found| found < position) {
				self.remove(id);
			}
		}
	}

	/// The numbers and positions of the piece that has a number, and the first number after it.
	pub(crate) fn part(&self, from: u64) -> (Vec<(u64, Position)>, Option<u64>) {
		let next = (from / PIECE as u64 + 1) * PIECE as u64;
		let found = (from..next).filter_map(|id| Some((id, self.get(id)?))).collect();
		(found, (next < self.limit()).then_some(next))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_found_until_they_are_removed() {
		let at = |id: u64| Position::from_raw((id + 1) * 8).expect("it is a multiple of eight");
		let mut index = SequenceIndex::default();
		for id in 0..2_000 {
			index.set(id, at(id));
		}
		for id in (0..2_000).step_by(2) {
			index.remove(id);
		}
		assert_eq!(index.len(), 1_000);
		assert_eq!((index.get(7), index.get(8), index.get(1 << 40)), (Some(at(7)), None, None));
		index.forget_before(at(1_001));
		assert_eq!(index.len(), 500);
		let (first, next) = index.part(512);
		assert_eq!((first.len(), next), (12, Some(1_024)));
	}
}
