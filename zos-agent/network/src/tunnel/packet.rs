//! What has to be known of a packet to cut it up or put it together.

use super::checksum;
use std::net::IpAddr;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

const V4_HEADER: usize = 20;
const V6_HEADER: usize = 40;
const TCP_HEADER: usize = 20;

/// Where the checksum is, in the header of TCP.
pub(super) const TCP_CHECKSUM: usize = 16;
/// Where the flags are, in the header of TCP.
pub(super) const TCP_FLAGS: usize = 13;

pub(super) const FIN: u8 = 0x01;
pub(super) const PSH: u8 = 0x08;
pub(super) const ACK: u8 = 0x10;
pub(super) const CWR: u8 = 0x80;

/// The number at a place, in the order of the network.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
	Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The number at a place, in the order of the network.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
	Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(super) fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
	if let Some(to) = bytes.get_mut(at..at + what.len()) {
		to.copy_from_slice(what);
	}
}

/// Whether a packet is of version 4, if it is of any.
pub(super) fn is_v4(packet: &[u8]) -> Option<bool> {
	match packet.first()? >> 4 {
		4 if packet.len() >= V4_HEADER => Some(true),
		6 if packet.len() >= V6_HEADER => Some(false),
		_ => None,
	}
}

/// Where a packet goes.
pub(super) fn destination(packet: &[u8]) -> Option<IpAddr> {
	Some(match is_v4(packet)? {
		true => IpAddr::from(*packet.get(16..)?.first_chunk::<4>()?),
		false => IpAddr::from(*packet.get(24..)?.first_chunk::<16>()?),
	})
}

/// The source and destination, as they are in the header.
pub(super) fn addresses(packet: &[u8], v4: bool) -> &[u8] {
	let range = if v4 { 12..20 } else { 8..40 };
	packet.get(range).unwrap_or_default()
}

/// Write how long a packet is into its header, with the checksum of version 4.
pub(super) fn set_length(packet: &mut [u8], v4: bool, length: usize) {
	if v4 {
		put(packet, 2, &(length as u16).to_be_bytes());
		put(packet, 10, &[0, 0]);
		let sum = checksum::sum(packet.get(..header_v4(packet)).unwrap_or_default());
		put(packet, 10, &checksum::finish(sum));
	} else {
		put(packet, 4, &((length - V6_HEADER) as u16).to_be_bytes());
	}
}

fn header_v4(packet: &[u8]) -> usize {
	packet.first().map_or(0, |byte| usize::from(byte & 0xf) * 4)
}

/// Where the parts of a packet with TCP are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpShape {
	pub(super) v4: bool,
	/// Where TCP begins.
	pub(super) transport: usize,
	/// Where its payload begins.
	pub(super) payload: usize,
}

impl TcpShape {
	/// Of a packet with TCP and nothing unusual: no fragment, no extension headers.
	pub(super) fn of(packet: &[u8]) -> Option<Self> {
		let v4 = is_v4(packet)?;
		let transport = if v4 {
			let is_fragment = u16_at(packet, 6)? & 0x3fff != 0;
			let length = usize::from(u16_at(packet, 2)?);
			let plain = packet[0] == 0x45 && packet[9] == TCP && !is_fragment;
			(plain && length == packet.len()).then_some(V4_HEADER)?
		} else {
			let length = usize::from(u16_at(packet, 4)?) + V6_HEADER;
			(packet[6] == TCP && length == packet.len()).then_some(V6_HEADER)?
		};
		let header = usize::from(packet.get(transport + 12)? >> 4) * 4;
		let payload = transport + header;
		(header >= TCP_HEADER && payload <= packet.len()).then_some(Self { v4, transport, payload })
	}

	/// Whether the checksum of TCP is right.
	pub(super) fn is_whole(&self, packet: &[u8]) -> bool {
		let transport = packet.get(self.transport..).unwrap_or_default();
		let sum = checksum::pseudo_header(addresses(packet, self.v4), TCP, transport.len());
		checksum::fold(sum + checksum::sum(transport)) == [0xff, 0xff]
	}
}
