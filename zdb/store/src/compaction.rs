//! Writing segments anew without what is dead in them.
//!
//! The thread that owns the store says what is alive; the worker reads and writes. Records keep
//! their positions, so that nothing that names a record has to be changed.

use crate::{
	disk::DiskFile,
	format::{Header, Kind, Position, Step, Walk, Want, HEADER},
	index::Locator,
	log::{file_name, write_fully, Footer, Marks, Totals},
	namespace::Mode,
	worker::Desk,
};
use std::{
	collections::HashMap,
	io::{self, IoSlice},
	sync::Arc,
};

/// Segments, one after the other, that become one file.
pub(crate) struct Run {
	pub(crate) first: u32,
	pub(crate) last: u32,
	/// Of the file that is written.
	pub(crate) generation: u32,
	pub(crate) parts: Vec<Part>,
	/// The position after the last record.
	pub(crate) end_offset: u32,
	/// Where the records of the segment before end.
	pub(crate) previous_end: u32,
	/// Who names the keys of each namespace.
	pub(crate) modes: HashMap<u32, Mode>,
	/// How many values there are, as far as is known.
	pub(crate) values: u64,
	/// All records dead by then are left out: none where the history is kept.
	pub(crate) cleaned: Option<Position>,
	/// Records before this that say that a key is gone have nothing more to say.
	pub(crate) spent: Option<Position>,
	/// The segment that was written when such a record was left out of these, the last time.
	pub(crate) forgetful: Option<u32>,
}

/// A segment of a run.
pub(crate) struct Part {
	pub(crate) file: Arc<dyn DiskFile>,
	pub(crate) numbers: (u32, u32),
	pub(crate) in_place: bool,
	pub(crate) end: u32,
}

/// A value whose key may have a newer one.
pub(crate) struct Candidate {
	pub(crate) namespace: u32,
	pub(crate) locator: Locator,
	pub(crate) position: Position,
}

/// What is in a run.
pub(crate) struct Looked {
	pub(crate) candidates: Vec<Candidate>,
	/// Of each sequential namespace the number that is the greatest here of those deleted since it
	/// was last emptied. It stays, lest it be given again.
	pub(crate) greatest: Greatest,
}

/// Numbers with their namespaces, and where it is said that they are gone.
pub(crate) type Greatest = HashMap<u32, (u64, Position)>;

/// What of a run stays.
pub(crate) struct Survivors {
	/// For each candidate, whether it does.
	pub(crate) alive: Vec<bool>,
	pub(crate) greatest: Greatest,
}

/// A file that takes the place of a run.
pub(crate) struct Compacted {
	pub(crate) footer: Footer,
}

/// Why a run stays as it is.
#[derive(Debug)]
pub(crate) enum Failure {
	/// A record of it is damaged. It may yet be repaired.
	Damaged,
	/// The disk refused.
	Disk(io::Error),
}

impl From<io::Error> for Failure {
	fn from(error: io::Error) -> Self {
		Self::Disk(error)
	}
}

/// How much is gathered before it is written.
const CHUNK: usize = 1 << 20;

impl Part {
	fn walk(&self, desk: &Desk, want: Want) -> Walk {
		let range = (HEADER, self.end);
		Walk::new(self.file.clone(), desk.checksum, self.numbers, self.in_place, range, want)
	}
}

/// What values are in a run.
pub(crate) fn look(desk: &Desk, run: &Run) -> Result<Looked, Failure> {
	let mut candidates = Vec::with_capacity(run.values as usize);
	let mut greatest = Greatest::new();
	for part in &run.parts {
		let mut walk = part.walk(desk, Want::Heads);
		loop {
			match walk.step()? {
				Step::Record { head, key, .. } if head.kind == Kind::Set => {
					let id = <[u8; 8]>::try_from(key).map(u64::from_le_bytes);
					let locator = match (run.modes.get(&head.namespace), id) {
						(Some(Mode::Sequential), Ok(id)) => id,
						_ => desk.hash.of(key),
					};
					candidates.push(Candidate {
						namespace: head.namespace,
						locator: Locator(locator),
						position: head.position,
					});
				},
				Step::Record { head, key, .. } if head.kind == Kind::Delete => {
					let id = <[u8; 8]>::try_from(key).map(u64::from_le_bytes);
					if let (Some(Mode::Sequential), Ok(id)) = (run.modes.get(&head.namespace), id) {
						let found = (id, head.position);
						let known = greatest.entry(head.namespace).or_insert(found);
						*known = found.max(*known);
					}
				},
				// Numbers are given from the beginning again, and those before say nothing of that.
				Step::Record { head, .. } if head.kind == Kind::Flush => {
					greatest.remove(&head.namespace);
				},
				Step::Record { .. } => (),
				Step::Damaged { .. } => return Err(Failure::Damaged),
				Step::End => break,
			}
		}
	}
	Ok(Looked { candidates, greatest })
}

/// Writes those records of a run that are needed.
pub(crate) fn write(desk: &Desk, run: &Run, survivors: &Survivors) -> Result<Compacted, Failure> {
	let draft = format!("{}.new", file_name(run.first, run.generation));
	let written = write_draft(desk, run, survivors, &draft);
	if written.is_err() {
		desk.disk.remove(&draft).ok();
	}
	written
}

fn write_draft(
	desk: &Desk,
	run: &Run,
	survivors: &Survivors,
	draft: &str,
) -> Result<Compacted, Failure> {
	let file = desk.disk.create(draft)?;
	let header = Header {
		identity: desk.identity,
		first: run.first,
		last: run.last,
		generation: run.generation,
		previous_end: run.previous_end,
	};
	let mut pending = header.encode().to_vec();
	let (mut marks, mut totals) = (Marks::default(), Totals::default());
	let (mut end, mut written) = (HEADER, 0u64);
	let mut alive = survivors.alive.iter().copied();
	let mut forgetful = run.forgetful;
	for part in &run.parts {
		let mut walk = part.walk(desk, Want::Values);
		loop {
			let (head, raw) = match walk.step()? {
				Step::Record { head, value: Some(_), raw, .. } => (head, raw),
				Step::Record { head, .. } if head.kind == Kind::Set => match alive.next() {
					// Nobody needs it, damaged or not.
					Some(false) => continue,
					_ => return Err(Failure::Damaged),
				},
				Step::Record { .. } | Step::Damaged { .. } => return Err(Failure::Damaged),
				Step::End => break,
			};
			let greatest = survivors.greatest.get(&head.namespace);
			let is_greatest = greatest.is_some_and(|(_, position)| *position == head.position);
			let spent = || run.spent.is_some_and(|spent| head.position < spent);
			let there = run.modes.contains_key(&head.namespace);
			let needed = match head.kind {
				Kind::Set => alive.next().ok_or(Failure::Damaged)?,
				Kind::Delete => there && (is_greatest || !spent()),
				Kind::Namespace | Kind::Flush => there,
				Kind::Removed => true,
				Kind::Mark | Kind::Gap => false,
			};
			if head.kind == Kind::Delete && there && !needed {
				forgetful = forgetful.max(run.cleaned.map(Position::segment));
			}
			if needed {
				marks.note(head.position, end);
				// What stays for ever is not counted as what waits to be taken.
				let kind = if is_greatest { Kind::Namespace } else { head.kind };
				totals.count(kind, head.length());
				pending.extend_from_slice(raw);
				end += head.length() as u32;
				if pending.len() >= CHUNK {
					write_fully(&*file, &mut [IoSlice::new(&pending)], written)?;
					written += pending.len() as u64;
					pending.clear();
				}
			}
		}
	}
	let (end_offset, cleaned) = (run.end_offset, run.cleaned);
	let footer = Footer { marks, end, end_offset, cleaned, forgetful, totals };
	pending.extend(footer.encode(desk.checksum));
	write_fully(&*file, &mut [IoSlice::new(&pending)], written)?;
	// What is left out is dead because of records that must be durable before it is gone.
	desk.sync.sync()?;
	file.sync()?;
	desk.disk.rename(draft, &file_name(run.first, run.generation))?;
	desk.disk.sync_names()?;
	Ok(Compacted { footer })
}
