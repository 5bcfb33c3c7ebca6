//! Cutting up what the kernel left whole.

use super::{
	checksum,
	packet::{addresses, put, set_length, u16_at, u32_at, CWR, FIN, PSH, TCP, TCP_FLAGS, UDP},
	virtio::{Cut, Work},
};

/// Where the length is, in the header of UDP.
const UDP_LENGTH: usize = 4;
/// Where the checksum is, in the header of UDP.
const UDP_CHECKSUM: usize = 6;

/// Give all the pieces of a packet, as they travel. `room` is where they are made, and at least as
/// large as each.
pub(super) fn split(work: Work, packet: &mut [u8], room: &mut [u8], mut give: impl FnMut(&[u8])) {
	match (work.cut, work.checksum) {
		(Cut::No, None) => give(packet),
		(Cut::No, Some((from, offset))) => {
			// What is in its place is the sum of what is not in the transport.
			if let Some(transport) = packet.get_mut(from..) {
				let sum = checksum::finish(checksum::sum(transport));
				let is_datagram = offset == UDP_CHECKSUM;
				// In datagrams, zero says that there is none.
				let sum = if is_datagram && sum == [0, 0] { [0xff, 0xff] } else { sum };
				put(transport, offset, &sum);
			}
			give(packet);
		},
		(Cut::Tcp { v4 }, Some((transport, offset))) => {
			let _ = pieces(&Pieces { work, v4, transport, offset, tcp: true }, packet, room, give);
		},
		(Cut::Udp, Some((transport, offset))) => {
			let v4 = packet.first().is_some_and(|byte| byte >> 4 == 4);
			let _ = pieces(&Pieces { work, v4, transport, offset, tcp: false }, packet, room, give);
		},
		// Nobody cuts without making checksums.
		(_, None) => {},
	}
}

struct Pieces {
	work: Work,
	v4: bool,
	transport: usize,
	offset: usize,
	tcp: bool,
}

/// Gives nothing of what makes no sense.
fn pieces(it: &Pieces, packet: &[u8], room: &mut [u8], mut give: impl FnMut(&[u8])) -> Option<()> {
	let Pieces { work, v4, transport, offset, tcp } = *it;
	// What the kernel says of the headers may be too much: they are looked at.
	let headers = match tcp {
		true => transport + usize::from(packet.get(transport + 12)? >> 4) * 4,
		false => transport + 8,
	};
	let fields = if tcp { 20 } else { 8 };
	if work.piece == 0 || headers < transport + fields || packet.len() <= headers {
		return None;
	}
	let first_id = if v4 { u16_at(packet, 4)? } else { 0 };
	let first_number = if tcp { u32_at(packet, transport + 4)? } else { 0 };
	let flags = if tcp { packet[transport + TCP_FLAGS] } else { 0 };
	let protocol = if tcp { TCP } else { UDP };
	let payload = &packet[headers..];
	let pseudo = addresses(packet, v4);
	let count = payload.len().div_ceil(work.piece);
	for (number, part) in payload.chunks(work.piece).enumerate() {
		let length = headers + part.len();
		let piece = room.get_mut(..length)?;
		piece[..headers].copy_from_slice(&packet[..headers]);
		piece[headers..].copy_from_slice(part);
		if v4 {
			put(piece, 4, &first_id.wrapping_add(number as u16).to_be_bytes());
		}
		set_length(piece, v4, length);
		let within = &mut piece[transport..];
		if tcp {
			let at = first_number.wrapping_add((number * work.piece) as u32);
			put(within, 4, &at.to_be_bytes());
			let is_last = number + 1 == count;
			let of_last = if is_last { 0 } else { FIN | PSH };
			let of_first = if number == 0 { 0 } else { CWR };
			within[TCP_FLAGS] = flags & !of_last & !of_first;
		} else {
			put(within, UDP_LENGTH, &(within.len() as u16).to_be_bytes());
		}
		put(within, offset, &[0, 0]);
		let sum = checksum::pseudo_header(pseudo, protocol, within.len());
		let sum = checksum::finish(sum + checksum::sum(within));
		let sum = if !tcp && sum == [0, 0] { [0xff, 0xff] } else { sum };
		put(within, offset, &sum);
		give(piece);
	}
	Some(())
}
