//! The header before each packet that passes between a program and the kernel, which tells of work
//! that one leaves to the other.

/// How long it is.
pub(super) const LENGTH: usize = 10;

const NEEDS_CHECKSUM: u8 = 1;
const TCP_V4: u8 = 1;
const TCP_V6: u8 = 4;
const UDP_L4: u8 = 5;
/// Something that is said together with the kind of a packet.
const CONGESTED: u8 = 0x80;

/// What a packet is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
	/// It is one.
	No,
	/// Segments of a stream.
	Tcp { v4: bool },
	/// Datagrams.
	Udp,
}

/// What one leaves to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
	pub(super) cut: Cut,
	/// How long the headers are, if it is cut.
	pub(super) headers: usize,
	/// How much each piece has beside the headers.
	pub(super) piece: usize,
	/// From where on a checksum has yet to be made, and where it is put, counted from there.
	pub(super) checksum: Option<(usize, usize)>,
}

impl Work {
	/// Nothing.
	pub(super) const NONE: Self = Self { cut: Cut::No, headers: 0, piece: 0, checksum: None };

	/// Reads it; nothing if it is of a kind that was not asked for.
	pub(super) fn read(header: &[u8; LENGTH]) -> Option<Self> {
		let number = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
		let cut = match header[1] & !CONGESTED {
			0 => Cut::No,
			TCP_V4 => Cut::Tcp { v4: true },
			TCP_V6 => Cut::Tcp { v4: false },
			UDP_L4 => Cut::Udp,
			_ => return None,
		};
		let checksum = (header[0] & NEEDS_CHECKSUM != 0).then(|| (number(6), number(8)));
		Some(Self { cut, headers: number(2), piece: number(4), checksum })
	}

	/// Writes it.
	pub(super) fn write(&self) -> [u8; LENGTH] {
		let mut header = [0; LENGTH];
		header[1] = match self.cut {
			Cut::No => 0,
			Cut::Tcp { v4: true } => TCP_V4,
			Cut::Tcp { v4: false } => TCP_V6,
			Cut::Udp => UDP_L4,
		};
		let mut put = |at: usize, number: usize| {
			header[at..at + 2].copy_from_slice(&(number as u16).to_le_bytes());
		};
		put(2, self.headers);
		put(4, self.piece);
		if let Some((from, offset)) = self.checksum {
			put(6, from);
			put(8, offset);
			header[0] = NEEDS_CHECKSUM;
		}
		header
	}
}
