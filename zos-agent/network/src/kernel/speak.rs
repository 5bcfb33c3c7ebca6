//! How the kernel is spoken to about one of its families of messages, in the namespace of the thread.

use super::attributes::{self, Attribute};
use netlink_packet_core::{
	NetlinkDeserializable, NetlinkHeader, NetlinkMessage, NetlinkPayload, NetlinkSerializable,
	NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST,
};
use netlink_sys::{protocols::NETLINK_GENERIC, Socket, SocketAddr};
use std::{convert::Infallible, io};
use zeroize::Zeroizing;

/// Messages begin where this divides.
const ALIGNED: usize = 4;
/// What is before the attributes of a message: its command, its version, and two bytes of nothing.
const HEADER: usize = 4;
const VERSION: u8 = 1;

/// The family that tells of families.
const FAMILIES: u16 = 16;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;

/// A message to the kernel, or from it.
#[derive(Debug)]
struct Message {
	family: u16,
	command: u8,
	/// There may be keys in it.
	attributes: Zeroizing<Vec<u8>>,
}

impl NetlinkSerializable for Message {
	fn message_type(&self) -> u16 {
		self.family
	}

	fn buffer_len(&self) -> usize {
		HEADER + self.attributes.len()
	}

	fn serialize(&self, buffer: &mut [u8]) {
		let (header, rest) = buffer.split_at_mut(HEADER);
		header.copy_from_slice(&[self.command, VERSION, 0, 0]);
		rest.copy_from_slice(&self.attributes);
	}
}

impl NetlinkDeserializable for Message {
	type Error = Infallible;

	fn deserialize(header: &NetlinkHeader, payload: &[u8]) -> Result<Self, Infallible> {
		Ok(Self {
			family: header.message_type,
			command: payload.first().copied().unwrap_or_default(),
			attributes: Zeroizing::new(payload.get(HEADER..).unwrap_or_default().to_vec()),
		})
	}
}

/// The number of a family of messages.
fn family(name: &str) -> io::Result<u16> {
	let name = attributes::bytes(&[attributes::text(FAMILY_NAME, name)]);
	for said in
		exchange(Message { family: FAMILIES, command: GET_FAMILY, attributes: name }, NLM_F_ACK)?
	{
		for (kind, value) in attributes::read(&said)? {
			if let (FAMILY_ID, Ok(number)) = (kind, <[u8; 2]>::try_from(value)) {
				return Ok(u16::from_ne_bytes(number));
			}
		}
	}
	Err(io::Error::other("the kernel does not number its messages"))
}

/// Ask a family for all that there is to say: the attributes of each of its messages.
pub(super) fn ask(
	name: &str,
	command: u8,
	question: &[Attribute],
) -> io::Result<Vec<Zeroizing<Vec<u8>>>> {
	let attributes = attributes::bytes(question);
	exchange(Message { family: family(name)?, command, attributes }, NLM_F_DUMP)
}

/// Have a family do something.
pub(super) fn tell(name: &str, command: u8, order: &[Attribute]) -> io::Result<()> {
	let attributes = attributes::bytes(order);
	exchange(Message { family: family(name)?, command, attributes }, NLM_F_ACK).map(drop)
}

fn exchange(what: Message, flags: u16) -> io::Result<Vec<Zeroizing<Vec<u8>>>> {
	let mut header = NetlinkHeader::default();
	header.flags = NLM_F_REQUEST | flags;
	let mut message = NetlinkMessage::new(header, NetlinkPayload::InnerMessage(what));
	message.finalize();
	let mut bytes = Zeroizing::new(vec![0; message.buffer_len()]);
	message.serialize(&mut bytes);
	let mut socket = Socket::new(NETLINK_GENERIC)?;
	socket.bind_auto()?;
	socket.connect(&SocketAddr::new(0, 0))?;
	socket.send(&bytes, 0)?;
	let mut answers = Vec::new();
	loop {
		let (datagram, _) = socket.recv_from_full()?;
		if take(&Zeroizing::new(datagram), &mut answers)? {
			return Ok(answers);
		}
	}
}

/// Take the messages of a datagram. Says whether that was the last.
fn take(datagram: &[u8], answers: &mut Vec<Zeroizing<Vec<u8>>>) -> io::Result<bool> {
	let mut rest = datagram;
	while !rest.is_empty() {
		let message = NetlinkMessage::<Message>::deserialize(rest);
		let message = message.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
		let length = (message.header.length as usize).next_multiple_of(ALIGNED);
		match message.payload {
			NetlinkPayload::InnerMessage(answer) => answers.push(answer.attributes),
			NetlinkPayload::Done(_) => return Ok(true),
			// No error is how the kernel says that all is done.
			NetlinkPayload::Error(error) if error.code.is_none() => return Ok(true),
			NetlinkPayload::Error(error) => return Err(error.to_io()),
			_ => {},
		}
		rest = rest.get(length..).unwrap_or_default();
	}
	Ok(false)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_kernel_answers() {
		// The family that tells of families is there always.
		assert_eq!(family("nlctrl").expect("it is there"), FAMILIES);
		let missing = family("nobody").expect_err("there is none");
		assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
		let all = ask("nlctrl", GET_FAMILY, &[]).expect("it tells of all");
		let names = all.iter().filter(|said| {
			let said = attributes::read(said).expect("it is understood");
			said.contains(&(FAMILY_NAME, b"nlctrl\0"))
		});
		assert_eq!(names.count(), 1);
	}
}
