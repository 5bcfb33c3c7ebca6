//! Questions about names and answers to them, as they travel.

use std::net::IpAddr;

const HEADER: usize = 12;
/// How long others may remember an answer, in seconds: contracts change.
const LIFE: u32 = 5;
/// Where the name of the question is, as answers refer to it.
const NAME_OF_QUESTION: u16 = 0xc000 | HEADER as u16;
const INTERNET: u16 = 1;
const LONGEST_NAME: usize = 255;

pub(super) const A: u16 = 1;
pub(super) const POINTER: u16 = 12;
pub(super) const AAAA: u16 = 28;
const ANY: u16 = 255;

/// What an answer says beside addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
	Fine = 0,
	Malformed = 1,
	Failed = 2,
	Nobody = 3,
	NotDone = 4,
	Refused = 5,
}

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question<'a> {
	message: &'a [u8],
	/// Where the question ends.
	end: usize,
	/// In small letters, without a dot at the end.
	pub(super) name: String,
	pub(super) kind: u16,
	class: u16,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
	Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Answers without looking at what was asked, if it was a question at all.
pub(super) fn complaint(message: &[u8], code: Code) -> Option<Vec<u8>> {
	let is_question = message.len() >= HEADER && message[2] & 0x80 == 0;
	is_question.then(|| header(message, code, [0; 4], false))
}

fn header(message: &[u8], code: Code, counts: [u16; 4], authoritative: bool) -> Vec<u8> {
	let mut answer = message.get(..2).unwrap_or_default().to_vec();
	let said = message.get(2).copied().unwrap_or_default();
	// It is an answer, of the same operation, and as much recursion as was desired.
	answer.push(0x80 | (said & 0x79) | if authoritative { 0x04 } else { 0 });
	answer.push(0x80 | code as u8);
	answer.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
	answer
}

impl<'a> Question<'a> {
	/// Reads it; the error is what to answer, if anything.
	pub(super) fn read(message: &'a [u8]) -> Result<Self, Option<Vec<u8>>> {
		let is_question = message.len() >= HEADER && message[2] & 0x80 == 0;
		if !is_question {
			return Err(None);
		}
		if message[2] & 0x78 != 0 {
			return Err(complaint(message, Code::NotDone));
		}
		Self::parse(message).ok_or_else(|| complaint(message, Code::Malformed))
	}

	fn parse(message: &'a [u8]) -> Option<Self> {
		if u16_at(message, 4)? != 1 {
			return None;
		}
		let mut name = String::new();
		let mut at = HEADER;
		loop {
			let length = usize::from(*message.get(at)?);
			at += 1;
			if length == 0 {
				break;
			}
			// Questions come first, so there is nothing that they could refer to.
			let label = message.get(at..at + length).filter(|_| length < 64)?;
			at += length;
			if !name.is_empty() {
				name.push('.');
			}
			// What is not plain text is nobody's name, and goes on as it came if others are asked.
			name.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
			if name.chars().count() > LONGEST_NAME {
				return None;
			}
		}
		let (kind, class) = (u16_at(message, at)?, u16_at(message, at + 2)?);
		Some(Self { message, end: at + 4, name, kind, class })
	}

	/// Whether it is about the internet: there are no others.
	pub(super) fn is_of_internet(&self) -> bool {
		self.class == INTERNET
	}

	/// Answers it.
	pub(super) fn answer(&self, code: Code, records: &[Record]) -> Vec<u8> {
		let authoritative = matches!(code, Code::Fine | Code::Nobody);
		let counts = [1, records.len() as u16, 0, 0];
		let mut answer = header(self.message, code, counts, authoritative);
		answer.extend(self.message.get(HEADER..self.end).unwrap_or_default());
		for record in records {
			let (kind, data) = record.data();
			answer.extend(NAME_OF_QUESTION.to_be_bytes());
			answer.extend(kind.to_be_bytes());
			answer.extend(INTERNET.to_be_bytes());
			answer.extend(LIFE.to_be_bytes());
			answer.extend((data.len() as u16).to_be_bytes());
			answer.extend(data);
		}
		answer
	}

	/// The addresses that were asked for, of these.
	pub(super) fn addresses(&self, all: &[IpAddr]) -> Vec<Record> {
		let wanted = all.iter().filter(|ip| match self.kind {
			A => ip.is_ipv4(),
			AAAA => ip.is_ipv6(),
			kind => kind == ANY,
		});
		wanted.map(|ip| Record::Address(*ip)).collect()
	}
}

/// What an answer consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
	/// An address.
	Address(IpAddr),
	/// A name.
	Name(String),
}

impl Record {
	fn data(&self) -> (u16, Vec<u8>) {
		match self {
			Self::Address(IpAddr::V4(ip)) => (A, ip.octets().into()),
			Self::Address(IpAddr::V6(ip)) => (AAAA, ip.octets().into()),
			Self::Name(name) => {
				let labels = name.split('.').chain([""]);
				let written = labels.flat_map(|it| [&[it.len() as u8], it.as_bytes()].concat());
				(POINTER, written.collect())
			},
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn ask(name: &str, kind: u16) -> Vec<u8> {
		let mut message = vec![0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
		message.extend(Record::Name(name.into()).data().1);
		message.extend([kind.to_be_bytes(), [0, 1]].concat());
		message
	}

	#[test]
	fn a_question_is_read_and_answered() {
		let message = ask("Web.Shop.GRID", A);
		let question = Question::read(&message).unwrap();
		assert_eq!((&*question.name, question.kind), ("web.shop.grid", A));
		let all = ["10.1.2.3".parse().unwrap(), "fd00::1".parse().unwrap()];
		let answer = question.answer(Code::Fine, &question.addresses(&all));
		assert_eq!(answer[..8], [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1]);
		assert_eq!(answer[12..message.len()], message[12..], "asked as it was, letters and all");
		assert_eq!(answer[answer.len() - 6..], [0, 4, 10, 1, 2, 3]);
	}

	#[test]
	fn nonsense_is_not_believed() {
		assert_eq!(Question::read(&[1, 2, 3]), Err(None));
		let mut answer = ask("a.grid", A);
		answer[2] |= 0x80;
		assert_eq!(Question::read(&answer), Err(None), "answers are not answered");
		let whole = ask("a.grid", A);
		for length in 12..whole.len() {
			assert!(matches!(Question::read(&whole[..length]), Err(Some(_))), "{length}");
		}
		let mut pointer = ask("a.grid", A);
		pointer[12] = 0xc0;
		assert!(matches!(Question::read(&pointer), Err(Some(_))), "it refers to nothing");
	}
}
