//! Memory of large commands, kept for the next ones: to get it from the system anew costs more than
//! to fill it.

/// Larger buffers are given back to the system.
const LARGEST: usize = 1 << 20;
/// All of them are no more than this.
const MOST: usize = 8 << 20;

/// Buffers that nobody uses.
#[derive(Debug, Default)]
pub(super) struct Spare {
	buffers: Vec<Vec<u8>>,
	bytes: usize,
}

impl Spare {
	/// An empty buffer with room for so many bytes.
	pub(super) fn take(&mut self, room: usize) -> Vec<u8> {
		let found = self.buffers.iter().rposition(|buffer| buffer.capacity() >= room);
		let Some(place) = found else {
			// What fits one command should fit the next, which is about as large.
			let rounded = if room <= LARGEST { room.next_power_of_two() } else { room };
			return Vec::with_capacity(rounded);
		};
		let buffer = self.buffers.swap_remove(place);
		self.bytes -= buffer.capacity();
		buffer
	}

	/// A buffer is no longer used.
	pub(super) fn give(&mut self, mut buffer: Vec<u8>) {
		let size = buffer.capacity();
		if size == 0 || size > LARGEST || self.bytes + size > MOST {
			return;
		}
		buffer.clear();
		self.bytes += size;
		self.buffers.push(buffer);
	}

	/// See to it that `buffer` has room for so many bytes more.
	pub(super) fn enlarge(&mut self, buffer: &mut Vec<u8>, room: usize) {
		if buffer.capacity() - buffer.len() < room {
			let mut larger = self.take(buffer.len() + room);
			larger.extend_from_slice(buffer);
			self.give(std::mem::replace(buffer, larger));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_buffer_is_used_again() {
		let mut spare = Spare::default();
		let mut buffer = spare.take(100_000);
		let memory = buffer.as_ptr();
		buffer.extend_from_slice(b"of somebody else");
		spare.give(buffer);
		let again = spare.take(90_000);
		assert!(again.is_empty() && again.capacity() >= 90_000);
		assert_eq!(again.as_ptr(), memory);
	}

	#[test]
	fn what_is_kept_is_bounded() {
		let mut spare = Spare::default();
		spare.give(Vec::with_capacity(LARGEST + 1));
		for _ in 0..100 {
			spare.give(Vec::with_capacity(LARGEST));
		}
		assert_eq!(spare.buffers.len(), MOST / LARGEST);
		spare.take(LARGEST);
		spare.give(Vec::with_capacity(LARGEST));
		assert_eq!(spare.buffers.len(), MOST / LARGEST);
	}

	#[test]
	fn what_grows_keeps_what_it_has() {
		let mut spare = Spare::default();
		let mut buffer = b"the beginning".to_vec();
		spare.enlarge(&mut buffer, 200_000);
		assert_eq!(buffer, b"the beginning");
		assert!(buffer.capacity() >= buffer.len() + 200_000);
	}
}
