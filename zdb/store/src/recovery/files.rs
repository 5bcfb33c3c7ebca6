//! Which files there are, and which of them are the log.

use super::refused;
use crate::{
	checkpoint::Loaded,
	disk::Disk,
	error::OpenError,
	format::{Checksum, Header, NoHeader, HEADER},
	identity::Identity,
	log::{file_name, parse_name, read_exactly, write_fully, Segment, Segments, Trailer, Usage},
	Options,
};
use std::{collections::BTreeMap, io::IoSlice};

/// The files of a log.
pub(super) struct Found {
	/// In the order of their numbers.
	pub(super) segments: Vec<FoundSegment>,
	/// What their headers say.
	pub(super) identity: Option<Identity>,
}

/// A file of a log.
pub(super) struct FoundSegment {
	first: u32,
	last: u32,
	generation: u32,
	length: u32,
	/// `None` where the header is damaged.
	header: Option<Header>,
}

/// Finds the files of a log, and removes those that came to nothing.
pub(super) fn find(disk: &dyn Disk) -> Result<Found, OpenError> {
	let names = disk.list().map_err(refused("list", "the folder"))?;
	let mut files: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
	for name in &names {
		if name.ends_with(".new") {
			disk.remove(name).map_err(refused("remove", name))?;
		}
		if let Some((first, generation)) = parse_name(name) {
			files.entry(first).or_default().push(generation);
		}
	}
	let mut segments: Vec<FoundSegment> = Vec::new();
	let mut identity = None;
	let mut expected = 0;
	let numbers: Vec<u32> = files.keys().copied().collect();
	for (first, mut generations) in files {
		generations.sort_unstable_by(|a, b| b.cmp(a));
		if first < expected {
			// It was compacted, and the end came before it was removed.
			for generation in generations {
				let name = file_name(first, generation);
				disk.remove(&name).map_err(refused("remove", &name))?;
			}
			continue;
		}
		if first > expected {
			return Err(OpenError::MissingSegment(expected));
		}
		let next = numbers.iter().find(|number| **number > first);
		let mut chosen: Option<FoundSegment> = None;
		for generation in &generations {
			let one = look(disk, first, *generation, next.copied())?;
			// A damaged one is better than none.
			if one.header.is_some() || chosen.is_none() {
				let good = one.header.is_some();
				chosen = Some(one);
				if good {
					break;
				}
			}
		}
		let Some(chosen) = chosen else { continue };
		for generation in generations.iter().filter(|one| **one != chosen.generation) {
			let name = file_name(first, *generation);
			disk.remove(&name).map_err(refused("remove", &name))?;
		}
		if let Some(header) = chosen.header {
			if identity.is_some_and(|identity| identity != header.identity) {
				return Err(OpenError::Foreign(file_name(first, chosen.generation)));
			}
			identity = Some(header.identity);
		}
		expected = chosen.last + 1;
		segments.push(chosen);
	}
	// The last ones had just been made.
	let unmade = |one: &FoundSegment| one.header.is_none() && one.length <= HEADER && one.first > 0;
	while let Some(unmade) = segments.pop_if(|one| unmade(one)) {
		let name = file_name(unmade.first, unmade.generation);
		disk.remove(&name).map_err(refused("remove", &name))?;
	}
	Ok(Found { segments, identity })
}

fn look(
	disk: &dyn Disk,
	first: u32,
	generation: u32,
	next: Option<u32>,
) -> Result<FoundSegment, OpenError> {
	let name = file_name(first, generation);
	let file = disk.open(&name).map_err(refused("open", &name))?;
	let length = file.length().map_err(refused("measure", &name))?;
	let length = u32::try_from(length).unwrap_or(u32::MAX);
	// What cannot be read is as good as damaged: the rest of the file may be well.
	let bytes = read_exactly(&*file, HEADER as usize, 0).unwrap_or_default();
	let header = match Header::decode(&bytes) {
		Ok(header) => (header.first == first && header.generation == generation).then_some(header),
		Err(NoHeader::Version(version)) => return Err(OpenError::Version { file: name, version }),
		Err(NoHeader::Damaged) => None,
	};
	let last = match header {
		Some(header) => header.last,
		None if generation == 0 => first,
		None => next.map_or(first, |next| next - 1),
	};
	Ok(FoundSegment { first, last, generation, length, header })
}

/// The segments of a log, with what the checkpoint says of them, and whether the log ends before
/// the checkpoint's end.
pub(super) fn segments(
	options: &Options,
	found: &Found,
	identity: Identity,
	loaded: Option<&Loaded>,
) -> Result<(Segments, bool), OpenError> {
	let checksum = Checksum::of(identity);
	let mut segments = Segments::new(options.open_files);
	for (at, one) in found.segments.iter().enumerate() {
		let name = file_name(one.first, one.generation);
		if one.header.is_some_and(|header| header.identity != identity) {
			return Err(OpenError::Foreign(name));
		}
		let serial = segments.serial();
		let mut usage = Usage::default();
		let known = loaded.map(|loaded| &loaded.segments[..]).unwrap_or_default();
		for share in known.iter().filter(|known| (one.first..=one.last).contains(&known.first)) {
			usage.join(&share.usage);
			usage.totals = share.usage.totals;
		}
		let mut segment = if one.generation == 0 {
			let next = found.segments.get(at + 1).and_then(|next| next.header);
			let end = next.map_or(one.length, |next| one.length.min(next.previous_end));
			Segment::plain(one.first, serial, end.max(HEADER)).with(usage)
		} else {
			let file = options.disk.open(&name).map_err(refused("open", &name))?;
			let trailer = Trailer::read(&*file, checksum).ok().flatten();
			let numbers = (one.first, one.last, one.generation, serial);
			match trailer {
				Some(trailer) => {
					usage.totals = trailer.totals;
					let ends = (trailer.end, trailer.end_offset, trailer.cleaned);
					Segment::compacted(numbers, ends, usage, None).forgetful(trailer.forgetful)
				},
				None => {
					let next = found.segments.get(at + 1).and_then(|next| next.header);
					let end_offset = next.map_or(HEADER, |next| next.previous_end);
					log::error!("the end of {name} is damaged; its records say where they are");
					let ends = (one.length, end_offset, None);
					// Nobody knows, but it was before now.
					let forgetful = found.segments.last().map(|last| last.first);
					Segment::compacted(numbers, ends, usage, None).forgetful(forgetful)
				},
			}
		};
		segment.headless = one.header.is_none();
		segments.push(segment);
	}
	let last = segments.active();
	if !last.in_place() {
		return Err(OpenError::MissingSegment(last.last + 1));
	}
	let shortened = loaded.is_some_and(|loaded| {
		loaded.end.segment() > last.first
			|| loaded.end.segment() == last.first && loaded.end.offset() > last.end
	});
	if shortened {
		// What the checkpoint says of them does not hold.
		for segment in segments.iter_mut() {
			segment.usage.clear_live();
			if segment.in_place() {
				segment.usage = Usage::default();
			}
		}
	}
	Ok((segments, shortened))
}

/// The first segment of a store that is new.
pub(super) fn first_segment(options: &Options, identity: Identity) -> Result<Segments, OpenError> {
	let disk = &*options.disk;
	let name = file_name(0, 0);
	let header = Header { identity, first: 0, last: 0, generation: 0, previous_end: 0 };
	let file = disk.create(&name).map_err(refused("make", &name))?;
	write_fully(&*file, &mut [IoSlice::new(&header.encode())], 0)
		.map_err(refused("write", &name))?;
	file.sync().map_err(refused("sync", &name))?;
	disk.sync_names().map_err(refused("sync", "the folder"))?;
	let mut segments = Segments::new(options.open_files);
	let serial = segments.serial();
	segments.push(Segment::plain(0, serial, HEADER));
	Ok(segments)
}
