//! Reading a checkpoint.

use super::{
	section::{SectionHead, SectionKind, SECTION},
	FILE, HEAD, MAGIC,
};
use crate::{
	disk::{Disk, DiskFile},
	format::{u32_at, u64_at, NamespaceRecord, Position, VERSION},
	identity::Identity,
	index::{Index, KeyBuilder, KeyHash, SequenceIndex, Slot},
	log::{read_exactly, Share, Totals, Usage},
	namespace::Mode,
	store::{Namespace, Namespaces},
	NamespaceId,
};
use std::{collections::HashMap, sync::Arc};

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// What a checkpoint says.
pub(crate) struct Loaded {
	pub(crate) identity: Identity,
	pub(crate) hash: KeyHash,
	/// From where on the log has to be read.
	pub(crate) start: Position,
	/// Up to where the log was durable when the checkpoint was.
	pub(crate) end: Position,
	pub(crate) namespaces: Namespaces,
	pub(crate) segments: Vec<LoadedSegment>,
}

/// What it says of a segment.
pub(crate) struct LoadedSegment {
	pub(crate) first: u32,
	pub(crate) usage: Usage,
}

/// Bytes of a file, one after the other.
struct Reader {
	file: Arc<dyn DiskFile>,
	offset: u64,
	buffer: Vec<u8>,
	at: usize,
}

impl Reader {
	fn take(&mut self, length: usize) -> Option<&[u8]> {
		if self.buffer.len() - self.at < length {
			self.buffer.drain(..self.at);
			self.at = 0;
			let wanted = CHUNK.max(length) - self.buffer.len();
			let more = read_exactly(&*self.file, wanted, self.offset).ok()?;
			self.offset += more.len() as u64;
			self.buffer.extend(more);
		}
		let bytes = self.buffer.get(self.at..self.at + length)?;
		self.at += length;
		Some(bytes)
	}
}

/// The checkpoint, if there is one and all of it is as it was written.
pub(crate) fn load(disk: &dyn Disk) -> Option<Loaded> {
	let file = disk.open(FILE).ok()?;
	let mut reader = Reader { file, offset: 0, buffer: Vec::new(), at: 0 };
	let head = reader.take(HEAD)?;
	let version = u16::from_le_bytes([head[8], head[9]]);
	if &head[..8] != MAGIC || version != VERSION || crc32c::crc32c(&head[..60]) != u32_at(head, 60)
	{
		return None;
	}
	let (mut identity, mut secret) = ([0; 16], [0; 16]);
	identity.copy_from_slice(&head[16..32]);
	secret.copy_from_slice(&head[32..48]);
	let count = u32_at(head, 12);
	let start = Position::from_raw(u64_at(head, 48))?;
	let mut loaded = Loaded {
		identity: Identity(identity),
		hash: KeyHash { secret },
		start,
		end: start,
		namespaces: Namespaces::default(),
		segments: Vec::new(),
	};
	let mut keys: HashMap<u32, KeyBuilder> = HashMap::new();
	let mut numbers: HashMap<u32, SequenceIndex> = HashMap::new();
	let mut slots = Vec::new();
	loop {
		let head: [u8; SECTION] = reader.take(SECTION)?.try_into().ok()?;
		let section = SectionHead::decode(&head)?;
		let body = reader.take(section.length)?;
		if !section.verify(&head, body) {
			return None;
		}
		match section.kind {
			SectionKind::Namespace => {
				loaded.namespaces.put(NamespaceId(section.namespace), namespace(body)?);
			},
			SectionKind::Segment => loaded.segments.push(segment(body)?),
			SectionKind::Keys => {
				slots.clear();
				for slot in body.chunks_exact(Slot::BYTES) {
					slots.push(Slot::from_bytes(slot)?);
				}
				if !keys.entry(section.namespace).or_default().add(section.depth, &slots) {
					return None;
				}
			},
			SectionKind::Numbers => {
				let ids = numbers.entry(section.namespace).or_default();
				for number in body.chunks_exact(16) {
					ids.set(u64_at(number, 0), Position::from_raw(u64_at(number, 8))?);
				}
			},
			SectionKind::End => {
				loaded.end = Position::from_raw(u64_at(body.get(..8)?, 0))?;
				break;
			},
		}
	}
	for (id, namespace) in loaded.namespaces.iter_mut() {
		namespace.index = match namespace.settings.mode {
			Mode::User => Index::Keys(keys.remove(&id.0)?.finish()?),
			Mode::Sequential => Index::Sequence(numbers.remove(&id.0).unwrap_or_default()),
		};
	}
	// Those that were removed leave their ids taken.
	if let Some(last) = count.checked_sub(1).filter(|_| loaded.namespaces.next().0 < count) {
		loaded.namespaces.remove(NamespaceId(last));
	}
	Some(loaded)
}

fn namespace(body: &[u8]) -> Option<Namespace> {
	if body.len() < 24 {
		return None;
	}
	let name_end = 24usize.checked_add(usize::try_from(u64_at(body, 16)).ok()?)?;
	let record = NamespaceRecord::decode(body.get(name_end..)?)?;
	let name = body.get(24..name_end)?.to_vec();
	let mut namespace = Namespace::new(name, record.settings, record.next_id);
	namespace.data_bytes = u64_at(body, 0);
	namespace.disk_bytes = u64_at(body, 8);
	Some(namespace)
}

fn segment(body: &[u8]) -> Option<LoadedSegment> {
	const FIXED: usize = 8 + 5 * 16;
	if body.len() < FIXED {
		return None;
	}
	let share = |at| Share { records: u64_at(body, at), bytes: u64_at(body, at + 8) };
	let totals =
		Totals { all: share(8), values: share(24), tombstones: share(40), kept: share(56) };
	let of = body[FIXED..].chunks_exact(24).map(|part| {
		let share = Share { records: u64_at(part, 8), bytes: u64_at(part, 16) };
		(u64_at(part, 0) as u32, share)
	});
	Some(LoadedSegment {
		first: u32_at(body, 0),
		usage: Usage { totals, live: share(72), of: of.collect() },
	})
}
