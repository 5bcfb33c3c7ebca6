//! Sums over what is alive in a segment, by which copies are compared.

use crate::{
	error::ReadError,
	format::{Kind, Step, Want, HEADER},
	log::Share,
	store::Store,
};

/// A sum over all that is alive in a segment, the same on all copies that are as far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
	/// How many values are alive.
	pub records: u64,
	/// Their checksums, in no order.
	pub sum: u64,
	/// How many of them are damaged here.
	pub damaged: u64,
}

/// A sum that is being made, over what is alive in a segment.
#[derive(Clone, Debug)]
pub struct Digesting {
	segment: u32,
	/// What the segment was like when it began.
	serial: u32,
	live: Share,
	offset: u32,
	digest: Digest,
}

/// How far a sum has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digested {
	/// There is more to read.
	Partly,
	/// It is of all the time since it was begun.
	Whole(Digest),
	/// What is alive there is no longer what it was.
	Changed,
}

impl Store {
	/// A sum over all that is alive in a segment, to be compared with that of a copy that is as
	/// far. It reads the segment's file. `None` where there is no such segment.
	pub fn digest(&mut self, segment: u32) -> Result<Option<Digest>, ReadError> {
		let Some(mut digesting) = self.begin_digest(segment) else { return Ok(None) };
		loop {
			match self.go_on_with_digest(&mut digesting, u64::MAX)? {
				Digested::Partly => (),
				Digested::Whole(digest) => return Ok(Some(digest)),
				Digested::Changed => return Ok(None),
			}
		}
	}

	/// Begins to sum up what is alive in a segment. `None` where there is no such segment.
	pub fn begin_digest(&self, segment: u32) -> Option<Digesting> {
		let place = self.log.segments.place(segment)?;
		let found = self.log.segments.get(place)?;
		Some(Digesting {
			segment,
			serial: found.serial,
			live: found.usage.live,
			offset: HEADER,
			digest: Digest::default(),
		})
	}

	/// Goes on to sum up: reads about so many bytes.
	pub fn go_on_with_digest(
		&mut self,
		digesting: &mut Digesting,
		bytes: u64,
	) -> Result<Digested, ReadError> {
		self.write_log()?;
		let Digesting { segment, serial, live, .. } = *digesting;
		let Some(place) = self.log.segments.place(segment) else { return Ok(Digested::Changed) };
		let found = self.log.segments.get(place);
		if found.is_none_or(|found| found.serial != serial || found.usage.live != live) {
			return Ok(Digested::Changed);
		}
		let mut walk = self.walk(place, digesting.offset, Want::Values)?;
		let limit = u64::from(digesting.offset).saturating_add(bytes);
		let digest = &mut digesting.digest;
		loop {
			let at = walk.offset();
			if u64::from(at) >= limit {
				digesting.offset = at;
				return Ok(Digested::Partly);
			}
			let step = walk.step().map_err(|source| self.refused(place, at, source))?;
			let (head, key, value) = match step {
				Step::Record { head, key, value, .. } => (head, key, value),
				Step::Damaged { .. } => {
					digest.damaged += 1;
					continue;
				},
				Step::End => return Ok(Digested::Whole(*digest)),
			};
			if head.position.segment() != segment || head.kind != Kind::Set {
				continue;
			}
			if self.is_alive(&head, key) {
				let sum = u64::from(self.record_sum(&head, key)) << 32 | u64::from(head.value_sum);
				digest.records += 1;
				digest.sum = digest.sum.wrapping_add(sum.wrapping_mul(0x9E37_79B9_7F4A_7C15));
				digest.damaged += u64::from(value.is_none());
			}
		}
	}
}
