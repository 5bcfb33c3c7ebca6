//! Datagrams that leave together: the kernel takes a train of them, all of one length but the last,
//! as one.

use std::net::SocketAddr;

/// The most datagrams of a train.
const CARS: usize = 64;
/// The most bytes of a train.
const LONGEST: usize = 65_000;
/// How much waits before it has to leave.
const FULL: usize = 2 * LONGEST;

/// Datagrams to one address, all of one length but the last.
pub(super) struct Train {
	pub(super) to: SocketAddr,
	/// Where they are in the buffer.
	pub(super) from: usize,
	pub(super) length: usize,
	/// How long each is but the last.
	pub(super) car: usize,
	pub(super) cars: usize,
	is_closed: bool,
}

/// Trains that wait to leave.
pub(super) struct Trains {
	buffer: Vec<u8>,
	used: usize,
	trains: Vec<Train>,
}

impl Trains {
	pub(super) fn new() -> Self {
		Self { buffer: vec![0; FULL + LONGEST + 4_096], used: 0, trains: Vec::new() }
	}

	/// Room for the next datagram.
	pub(super) fn room(&mut self) -> &mut [u8] {
		self.buffer.get_mut(self.used..).unwrap_or_default()
	}

	/// Couple the datagram that is in the room to the train that goes there.
	pub(super) fn couple(&mut self, to: SocketAddr, length: usize) {
		let from = self.used;
		self.used += length;
		if let Some(last) = self.trains.last_mut() {
			let fits = !last.is_closed
				&& last.to == to
				&& length <= last.car
				&& last.cars < CARS
				&& last.length + length <= LONGEST;
			if fits {
				last.length += length;
				last.cars += 1;
				last.is_closed = length < last.car;
				return;
			}
		}
		self.trains.push(Train { to, from, length, car: length, cars: 1, is_closed: length == 0 });
	}

	/// Whether they should leave.
	pub(super) fn are_full(&self) -> bool {
		self.used >= FULL || self.trains.len() >= CARS
	}

	pub(super) fn are_empty(&self) -> bool {
		self.trains.is_empty()
	}

	/// All of them, with their datagrams.
	pub(super) fn waiting(&self) -> impl Iterator<Item = (&Train, &[u8])> {
		let of = |train: &Train| self.buffer.get(train.from..train.from + train.length);
		self.trains.iter().map(move |train| (train, of(train).unwrap_or_default()))
	}

	pub(super) fn clear(&mut self) {
		self.used = 0;
		self.trains.clear();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn trains(datagrams: &[(u16, usize)]) -> Vec<(usize, usize)> {
		let mut trains = Trains::new();
		for (port, length) in datagrams {
			trains.couple(SocketAddr::from(([192, 0, 2, 1], *port)), *length);
		}
		trains.waiting().map(|(train, bytes)| (train.cars, bytes.len())).collect()
	}

	#[test]
	fn equal_ones_and_one_that_is_shorter_travel_together() {
		assert_eq!(trains(&[(1, 9), (1, 9), (1, 5), (1, 5)]), [(3, 23), (1, 5)]);
		assert_eq!(trains(&[(1, 5), (1, 9)]), [(1, 5), (1, 9)]);
	}

	#[test]
	fn nobody_travels_with_those_who_go_elsewhere() {
		assert_eq!(trains(&[(1, 9), (2, 9), (2, 9), (1, 9)]), [(1, 9), (2, 18), (1, 9)]);
	}

	#[test]
	fn a_train_has_an_end() {
		assert_eq!(trains(&[(1, 100); 65]), [(64, 6_400), (1, 100)]);
		assert_eq!(trains(&[(1, 30_000); 3]), [(2, 60_000), (1, 30_000)]);
	}
}
