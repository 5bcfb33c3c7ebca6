//! All segments, found by their numbers.

use super::segment::Segment;
use crate::{
	disk::{Disk, DiskFile},
	format::Position,
};
use std::{io, sync::Arc};

/// All segments, in the order of their numbers.
pub(crate) struct Segments {
	list: Vec<Segment>,
	/// For each number, where in the list it is.
	places: Vec<u32>,
	open: usize,
	most_open: usize,
	hand: usize,
	next_serial: u32,
}

impl Segments {
	pub(crate) fn new(most_open: usize) -> Self {
		let most_open = most_open.max(4);
		Self { list: Vec::new(), places: Vec::new(), open: 0, most_open, hand: 0, next_serial: 1 }
	}

	/// A number that no file had since the store was opened.
	pub(crate) fn serial(&mut self) -> u32 {
		self.next_serial += 1;
		self.next_serial - 1
	}

	/// Adds the segment that comes after all others.
	pub(crate) fn push(&mut self, segment: Segment) {
		let place = self.list.len() as u32;
		self.places.resize(segment.last as usize + 1, place);
		self.list.push(segment);
	}

	/// Puts one segment in the place of those whose numbers it has.
	pub(crate) fn replace(&mut self, new: Segment) -> Vec<Segment> {
		let from = self.places[new.first as usize] as usize;
		let to = self.places[new.last as usize] as usize;
		let old: Vec<Segment> = self.list.splice(from..=to, [new]).collect();
		self.open -= old.iter().filter(|segment| segment.file.is_some()).count();
		self.renumber();
		old
	}

	/// Removes all after the first so many.
	pub(crate) fn truncate(&mut self, count: usize) -> Vec<Segment> {
		let gone = self.list.split_off(count);
		self.open -= gone.iter().filter(|segment| segment.file.is_some()).count();
		self.renumber();
		gone
	}

	fn renumber(&mut self) {
		self.places.clear();
		for (place, segment) in self.list.iter().enumerate() {
			self.places.resize(segment.last as usize + 1, place as u32);
		}
	}

	/// Where in the list the segment of a number is.
	pub(crate) fn place(&self, number: u32) -> Option<usize> {
		self.places.get(number as usize).map(|place| *place as usize)
	}

	pub(crate) fn get(&self, place: usize) -> Option<&Segment> {
		self.list.get(place)
	}

	pub(crate) fn at_mut(&mut self, position: Position) -> Option<&mut Segment> {
		let place = self.place(position.segment())?;
		self.list.get_mut(place)
	}

	pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
		self.list.iter()
	}

	pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Segment> {
		self.list.iter_mut()
	}

	pub(crate) fn len(&self) -> usize {
		self.list.len()
	}

	/// The one that grows. There is always one.
	pub(crate) fn active(&self) -> &Segment {
		&self.list[self.list.len() - 1]
	}

	pub(crate) fn active_mut(&mut self) -> &mut Segment {
		let last = self.list.len() - 1;
		&mut self.list[last]
	}

	/// The file of a segment. It is opened if need be, and another closed if there are too many.
	pub(crate) fn file(&mut self, place: usize, disk: &dyn Disk) -> io::Result<Arc<dyn DiskFile>> {
		let segment = &mut self.list[place];
		segment.used = true;
		if let Some(file) = &segment.file {
			return Ok(file.clone());
		}
		let file = disk.open(&segment.name())?;
		segment.file = Some(file.clone());
		self.open += 1;
		while self.open > self.most_open {
			self.hand = (self.hand + 1) % self.list.len();
			let other = &mut self.list[self.hand];
			if self.hand != place && !std::mem::take(&mut other.used) && other.file.is_some() {
				other.file = None;
				self.open -= 1;
			}
		}
		Ok(file)
	}
}
