//! The index on the disk, so that a start reads little of the log.
//!
//! A checkpoint is taken while the store goes on: piece by piece, so that pieces are of different
//! moments. It says from where on the log has to be read again, and what comes of that is right,
//! because each record names the one before it. `docs/zdb-format.md` says more.

mod load;
mod section;

pub(crate) use load::{load, Loaded};
pub(crate) use section::{Section, SectionKind};

use crate::{
	format::{NamespaceRecord, Position},
	index::{Index, KeyHash, KeyIndex, Slot},
	log::{Log, Share, Usage},
	namespace::Mode,
	store::{Namespace, Namespaces, Store},
	NamespaceId,
};
use std::io;

/// The name of the checkpoint's file.
pub(crate) const FILE: &str = "index";

/// The name of one that is being written.
pub(crate) const DRAFT: &str = "index.new";

const MAGIC: &[u8; 8] = b"ZDB-IDX\n";

/// The length of what a checkpoint begins with.
const HEAD: usize = 64;

/// What a checkpoint begins with: all that is small, as it is now.
pub(crate) fn begin(log: &Log, namespaces: &Namespaces, hash: KeyHash) -> Vec<u8> {
	let mut bytes = Vec::new();
	bytes.extend(MAGIC);
	bytes.extend(crate::format::VERSION.to_le_bytes());
	bytes.extend([0; 2]);
	bytes.extend(namespaces.next().0.to_le_bytes());
	bytes.extend(log.identity.0);
	bytes.extend(hash.secret);
	bytes.extend(log.end().raw().to_le_bytes());
	bytes.extend([0; 4]);
	let sum = crc32c::crc32c(&bytes);
	bytes.extend(sum.to_le_bytes());
	debug_assert_eq!(bytes.len(), HEAD);
	for (id, namespace) in namespaces.iter() {
		let kind = SectionKind::Namespace;
		Section { kind, namespace: id.0, depth: 0, body: &describe(namespace) }.write(&mut bytes);
	}
	for segment in log.segments.iter() {
		let mut body = u64::from(segment.first).to_le_bytes().to_vec();
		describe_usage(&segment.usage, &mut body);
		Section { kind: SectionKind::Segment, namespace: 0, depth: 0, body: &body }
			.write(&mut bytes);
	}
	bytes
}

fn describe(namespace: &Namespace) -> Vec<u8> {
	let record =
		NamespaceRecord { settings: namespace.settings.clone(), next_id: namespace.next_id };
	let mut body = Vec::new();
	body.extend(namespace.data_bytes.to_le_bytes());
	body.extend(namespace.disk_bytes.to_le_bytes());
	body.extend((namespace.name.len() as u64).to_le_bytes());
	body.extend(&namespace.name);
	body.extend(record.encode());
	body
}

fn describe_usage(usage: &Usage, body: &mut Vec<u8>) {
	let totals = usage.totals;
	for Share { records, bytes } in
		[totals.all, totals.values, totals.tombstones, totals.kept, usage.live]
	{
		body.extend(records.to_le_bytes());
		body.extend(bytes.to_le_bytes());
	}
	for (id, share) in &usage.of {
		body.extend(u64::from(*id).to_le_bytes());
		body.extend(share.records.to_le_bytes());
		body.extend(share.bytes.to_le_bytes());
	}
}

/// What a checkpoint ends with. The log must be durable up to `end` before it counts.
pub(crate) fn end(end: Position) -> Vec<u8> {
	let mut bytes = Vec::new();
	let body = end.raw().to_le_bytes();
	Section { kind: SectionKind::End, namespace: 0, depth: 0, body: &body }.write(&mut bytes);
	bytes
}

/// How far a checkpoint has come in the indexes.
///
/// Namespaces are emptied, removed and made while it is written. What the log says of that is read
/// at a start, so all that matters is that each namespace that was there at the beginning has an
/// index of the kind that it had then, whatever is in it.
pub(crate) struct Progress {
	/// Which kind that is, for each id.
	modes: Vec<Option<Mode>>,
	namespace: u32,
	from: u64,
}

impl Progress {
	pub(crate) fn new(namespaces: &Namespaces) -> Self {
		let mut modes = vec![None; namespaces.next().0 as usize];
		for (id, namespace) in namespaces.iter() {
			modes[id.0 as usize] = Some(namespace.settings.mode);
		}
		Self { modes, namespace: 0, from: 0 }
	}

	/// Adds the next piece of the indexes. `false` when there is none.
	pub(crate) fn piece(&mut self, namespaces: &Namespaces, out: &mut Vec<u8>) -> bool {
		while let Some(mode) = self.modes.get(self.namespace as usize) {
			let id = self.namespace;
			let index = namespaces.get(NamespaceId(id)).map(|namespace| &namespace.index);
			let next = match (mode, index) {
				(Some(Mode::User), Some(Index::Keys(keys))) => self.keys(keys, out),
				// It is empty now, or no more.
				(Some(Mode::User), _) => self.keys(&KeyIndex::default(), out),
				(Some(Mode::Sequential), Some(Index::Sequence(ids))) => {
					let (found, next) = ids.part(self.from);
					let mut body = Vec::with_capacity(found.len() * 16);
					for (number, position) in found {
						body.extend(number.to_le_bytes());
						body.extend(position.raw().to_le_bytes());
					}
					let kind = SectionKind::Numbers;
					Section { kind, namespace: id, depth: 0, body: &body }.write(out);
					next
				},
				(Some(Mode::Sequential), _) | (None, _) => None,
			};
			match next {
				Some(next) => self.from = next,
				None => (self.namespace, self.from) = (id + 1, 0),
			}
			if !out.is_empty() {
				return true;
			}
		}
		false
	}

	fn keys(&self, keys: &KeyIndex, out: &mut Vec<u8>) -> Option<u64> {
		let (depth, slots, next) = keys.part(self.from);
		let body: Vec<u8> = slots.flat_map(Slot::to_bytes).collect();
		let kind = SectionKind::Keys;
		Section { kind, namespace: self.namespace, depth, body: &body }.write(out);
		next
	}
}

/// Writes a checkpoint at once. The log is durable.
pub(crate) fn write_whole(store: &mut Store) -> io::Result<()> {
	let disk = store.log.disk.clone();
	let file = disk.create(DRAFT)?;
	let mut offset = 0;
	let mut bytes = begin(&store.log, &store.namespaces, store.hash);
	let mut progress = Progress::new(&store.namespaces);
	loop {
		let more = progress.piece(&store.namespaces, &mut bytes);
		if !more {
			bytes.extend(end(store.log.end()));
		}
		if !more || bytes.len() > 1 << 20 {
			crate::log::write_fully(&*file, &mut [io::IoSlice::new(&bytes)], offset)?;
			offset += bytes.len() as u64;
			bytes.clear();
		}
		if !more {
			break;
		}
	}
	file.sync()?;
	disk.rename(DRAFT, FILE)?;
	disk.sync_names()
}
