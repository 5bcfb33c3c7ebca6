//! Putting together what belongs together, so that the kernel handles it once and not in pieces.

use super::{
	checksum,
	packet::{
		addresses, put, set_length, u16_at, u32_at, TcpShape, ACK, PSH, TCP, TCP_CHECKSUM,
		TCP_FLAGS,
	},
	virtio::{Cut, Work},
};

/// How many streams are put together at the same time.
const STREAMS: usize = 8;
/// The longest packet that there can be.
const LONGEST: usize = 65_535;

/// Segments of a stream, one after the other.
struct Stream {
	/// The packet so far: the headers of the first, and the payload of all.
	packet: Vec<u8>,
	shape: TcpShape,
	/// How much payload each has but the last.
	piece: usize,
	count: u16,
	/// Where the next goes on.
	next: u32,
	/// Nothing may follow what was pushed, or is shorter.
	is_closed: bool,
}

/// Puts together segments of streams that come one after the other. What comes out keeps the order
/// of each stream.
pub(super) struct Merger {
	streams: Vec<Stream>,
	/// How many of them are in use.
	used: usize,
}

/// Whether two packets are of the same stream: addresses and ports.
fn same_stream(one: &[u8], other: &[u8], shape: TcpShape) -> bool {
	let ports = shape.transport..shape.transport + 4;
	addresses(one, shape.v4) == addresses(other, shape.v4)
		&& one.get(ports.clone()) == other.get(ports)
}

impl Stream {
	fn begin(&mut self, packet: &[u8], shape: TcpShape) -> Option<()> {
		self.packet.clear();
		self.packet.extend_from_slice(packet);
		self.shape = shape;
		self.piece = packet.len() - shape.payload;
		self.count = 1;
		self.next = u32_at(packet, shape.transport + 4)?.wrapping_add(self.piece as u32);
		self.is_closed = packet[shape.transport + TCP_FLAGS] & PSH != 0;
		Some(())
	}

	/// Adds a segment, if it is what comes next. Says whether it did.
	fn add(&mut self, packet: &[u8], shape: TcpShape) -> bool {
		let length = packet.len() - shape.payload;
		let fits = !self.is_closed
			&& self.shape == shape
			&& length <= self.piece
			&& self.packet.len() + length <= LONGEST
			&& self.follows(packet) == Some(true)
			&& (self.count > 1 || self.shape.is_whole(&self.packet))
			&& shape.is_whole(packet);
		if !fits {
			return false;
		}
		self.packet.extend_from_slice(&packet[shape.payload..]);
		self.count += 1;
		self.next = self.next.wrapping_add(length as u32);
		let pushed = packet[shape.transport + TCP_FLAGS] & PSH;
		self.packet[shape.transport + TCP_FLAGS] |= pushed;
		self.is_closed = pushed != 0 || length < self.piece;
		true
	}

	/// Whether nothing but the place in the stream is different.
	fn follows(&self, packet: &[u8]) -> Option<bool> {
		let first = &self.packet;
		let TcpShape { v4, transport, payload } = self.shape;
		let same = |range: std::ops::Range<usize>| first.get(range.clone()) == packet.get(range);
		let network = match v4 {
			// Kind of service, fragments, time to live; numbers one after the other.
			true => {
				let number = u16_at(first, 4)?.wrapping_add(self.count);
				same(1..2) && same(6..9) && u16_at(packet, 4)? == number
			},
			false => same(0..4) && same(7..8),
		};
		Some(
			network
				&& u32_at(packet, transport + 4)? == self.next
				&& same(transport + 8..transport + 13)
				&& same(transport + 14..transport + 16)
				&& same(transport + 20..payload),
		)
	}

	/// The packet, and what is left to the kernel.
	fn finish(&mut self) -> (Work, &[u8]) {
		if self.count == 1 {
			return (Work::NONE, &self.packet);
		}
		let TcpShape { v4, transport, payload } = self.shape;
		let length = self.packet.len();
		set_length(&mut self.packet, v4, length);
		let pseudo = addresses(&self.packet, v4);
		let sum = checksum::fold(checksum::pseudo_header(pseudo, TCP, length - transport));
		put(&mut self.packet, transport + TCP_CHECKSUM, &sum);
		let work = Work {
			cut: Cut::Tcp { v4 },
			headers: payload,
			piece: self.piece,
			checksum: Some((transport, TCP_CHECKSUM)),
		};
		(work, &self.packet)
	}
}

impl Merger {
	pub(super) fn new() -> Self {
		Self { streams: Vec::with_capacity(STREAMS), used: 0 }
	}

	/// Take a packet. What cannot be put together is given as it is.
	pub(super) fn take(&mut self, packet: &[u8], give: &mut impl FnMut(Work, &[u8])) {
		let Some(shape) = TcpShape::of(packet) else { return give(Work::NONE, packet) };
		let flags = packet[shape.transport + TCP_FLAGS] & !PSH;
		let can_merge = flags == ACK && shape.payload < packet.len();
		let streams = self.streams.iter().take(self.used);
		let mut streams = streams.enumerate().filter(|(_, it)| it.shape.v4 == shape.v4);
		let same = streams.find(|(_, it)| same_stream(&it.packet, packet, shape));
		match same.map(|(at, _)| at) {
			Some(at) if can_merge && self.streams[at].add(packet, shape) => return,
			// It comes after what is there.
			Some(at) => self.give(at, give),
			None => {},
		}
		if !can_merge {
			return give(Work::NONE, packet);
		}
		if self.used == STREAMS {
			self.give(0, give);
		}
		if self.used == self.streams.len() {
			let packet = Vec::with_capacity(LONGEST);
			self.streams.push(Stream {
				packet,
				shape,
				piece: 0,
				count: 0,
				next: 0,
				is_closed: true,
			});
		}
		if self.streams[self.used].begin(packet, shape).is_some() {
			self.used += 1;
		}
	}

	/// Give all that is held.
	pub(super) fn flush(&mut self, give: &mut impl FnMut(Work, &[u8])) {
		while self.used > 0 {
			self.give(0, give);
		}
	}

	fn give(&mut self, at: usize, give: &mut impl FnMut(Work, &[u8])) {
		let (work, packet) = self.streams[at].finish();
		give(work, packet);
		// The memory of what was given is used again, behind those that are in use.
		self.streams[at..self.used].rotate_left(1);
		self.used -= 1;
	}
}
