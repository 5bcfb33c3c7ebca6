use memchr::memchr;
use thiserror::Error;

/// How many arguments a command may have, its name counted.
pub const MAX_ARGUMENTS: usize = 1024;
/// How long one argument may be.
pub const MAX_BULK: usize = 8 << 20;
/// How long a command may be on the wire: one argument of full size and room for the others.
pub const MAX_COMMAND: usize = MAX_BULK + (1 << 20);
/// How long a line may be: an inline command, or the head of an array or an argument.
pub const MAX_LINE: usize = 64 << 10;

/// `$0\r\n\r\n`: no argument takes less.
const LEAST_ARGUMENT: usize = 6;
/// The longest head that is one: a sign, ten digits and what stands around them.
const MAX_HEAD: usize = 16;

/// Why a client's bytes are no command. The connection cannot go on: where the next command would
/// begin is unknown.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProtocolError {
	/// Not an array of bulk strings, nor a line of words.
	#[error("Malformed request, array expected")]
	Malformed,
	/// An array with something else than bulk strings in it.
	#[error("Malformed request, string expected")]
	StringExpected,
	/// More arguments than [`MAX_ARGUMENTS`].
	#[error("Too many arguments")]
	TooManyArguments,
	/// An argument over [`MAX_BULK`], or a command over [`MAX_COMMAND`].
	#[error("Payload too big")]
	TooBig,
}

/// What the bytes at hand amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// A whole command in the first `length` bytes. It has no arguments when the client sent an
	/// empty line or an empty array, to which nothing is answered.
	Command { length: usize },
	/// At least `missing` bytes more are needed, and belong to this command.
	Incomplete { missing: usize },
}

#[derive(Clone, Copy, Debug)]
struct Span {
	start: u32,
	length: u32,
}

/// Finds commands in a stream of bytes that arrives in pieces of any size.
///
/// The caller keeps the bytes of an unfinished command and shows them again, from the command's
/// first byte, with more behind them: what has been looked at is not looked at again.
#[derive(Debug, Default)]
pub struct Parser {
	spans: Vec<Span>,
	/// Where to go on, counted from the command's first byte.
	position: usize,
	/// How many arguments are still to come; nothing is known before the head of the array.
	left: Option<usize>,
}

impl Parser {
	/// A parser at the beginning of a stream.
	pub fn new() -> Self {
		Self::default()
	}

	/// Look for the end of the command that begins with the first byte of `bytes`.
	pub fn step(&mut self, bytes: &[u8]) -> Result<Step, ProtocolError> {
		let mut left = match self.left {
			Some(left) => left,
			None => match bytes.first() {
				None => return Ok(Step::Incomplete { missing: 1 }),
				Some(b'*') => match self.array_head(bytes)? {
					Ok(left) => left,
					Err(step) => return Ok(step),
				},
				Some(_) => return self.line(bytes),
			},
		};
		while left > 0 {
			let rest = bytes.get(self.position..).unwrap_or_default();
			if rest.is_empty() {
				return Ok(self.incomplete(left, left * LEAST_ARGUMENT));
			}
			if rest[0] != b'$' {
				return Err(ProtocolError::StringExpected);
			}
			let Some((length, head)) = head(&rest[1..], ProtocolError::StringExpected)? else {
				let missing = LEAST_ARGUMENT.saturating_sub(rest.len()).max(3);
				return Ok(self.incomplete(left, missing + (left - 1) * LEAST_ARGUMENT));
			};
			let length = usize::try_from(length).map_err(|_| ProtocolError::StringExpected)?;
			let start = self.position + 1 + head;
			let end = start.saturating_add(length).saturating_add(2);
			if length > MAX_BULK || end > MAX_COMMAND {
				return Err(ProtocolError::TooBig);
			}
			if bytes.len() < end {
				let missing = end - bytes.len() + (left - 1) * LEAST_ARGUMENT;
				return Ok(self.incomplete(left, missing));
			}
			if bytes[end - 2..end] != *b"\r\n" {
				return Err(ProtocolError::StringExpected);
			}
			self.spans.push(Span { start: start as u32, length: length as u32 });
			self.position = end;
			left -= 1;
		}
		Ok(Step::Command { length: self.position })
	}

	/// The arguments of the command that `step` found at the beginning of `bytes`.
	pub fn args<'a>(&'a self, bytes: &'a [u8]) -> Args<'a> {
		Args { bytes, spans: &self.spans }
	}

	/// Begin with the next command.
	pub fn reset(&mut self) {
		self.spans.clear();
		// A command with very many arguments is rare, and its memory is not kept for the next one.
		self.spans.shrink_to(16);
		self.position = 0;
		self.left = None;
	}

	fn incomplete(&mut self, left: usize, missing: usize) -> Step {
		self.left = Some(left);
		Step::Incomplete { missing }
	}

	#[inline]
	fn array_head(&mut self, bytes: &[u8]) -> Result<Result<usize, Step>, ProtocolError> {
		let Some((count, head)) = head(&bytes[1..], ProtocolError::Malformed)? else {
			return Ok(Err(Step::Incomplete { missing: 1 }));
		};
		self.position = 1 + head;
		let count = usize::try_from(count).unwrap_or(0);
		if count > MAX_ARGUMENTS {
			return Err(ProtocolError::TooManyArguments);
		}
		Ok(Ok(count))
	}

	/// A command as people type it: words with blanks between them, to the end of the line.
	fn line(&mut self, bytes: &[u8]) -> Result<Step, ProtocolError> {
		let Some(end) = memchr(b'\n', &bytes[self.position..]).map(|at| self.position + at) else {
			if bytes.len() > MAX_LINE {
				return Err(ProtocolError::Malformed);
			}
			self.position = bytes.len();
			return Ok(Step::Incomplete { missing: 1 });
		};
		if end > MAX_LINE {
			return Err(ProtocolError::Malformed);
		}
		let mut start = 0;
		for word in bytes[..end].split(|byte| byte.is_ascii_whitespace()) {
			if !word.is_empty() {
				if self.spans.len() == MAX_ARGUMENTS {
					return Err(ProtocolError::TooManyArguments);
				}
				self.spans.push(Span { start: start as u32, length: word.len() as u32 });
			}
			start += word.len() + 1;
		}
		// Commands are words: what begins otherwise comes from no client of ours. So does a web
		// browser that was sent here to do harm.
		if let Some(word) = self.args(bytes).get(0) {
			let is_web = word.eq_ignore_ascii_case(b"POST") || word.eq_ignore_ascii_case(b"Host:");
			if is_web || !(word[0].is_ascii_alphabetic()) {
				return Err(ProtocolError::Malformed);
			}
		}
		self.position = end + 1;
		self.left = Some(0);
		Ok(Step::Command { length: end + 1 })
	}
}

/// The number at the beginning of `bytes` up to the end of its line, and how long that line is.
#[inline]
fn head(bytes: &[u8], otherwise: ProtocolError) -> Result<Option<(i64, usize)>, ProtocolError> {
	let mut value = 0i64;
	let mut digits = 0;
	let mut negative = false;
	for (at, byte) in bytes.iter().take(MAX_HEAD).enumerate() {
		let digit = byte.wrapping_sub(b'0');
		if digit <= 9 {
			value = value * 10 + i64::from(digit);
			digits += 1;
		} else if *byte == b'\r' && digits > 0 {
			return match bytes.get(at + 1) {
				None => Ok(None),
				Some(b'\n') => Ok(Some((if negative { -value } else { value }, at + 2))),
				Some(_) => Err(otherwise),
			};
		} else if at == 0 && *byte == b'-' {
			negative = true;
		} else {
			return Err(otherwise);
		}
	}
	if bytes.len() >= MAX_HEAD {
		return Err(otherwise);
	}
	Ok(None)
}

/// The arguments of a command, its name first: slices of the bytes that were read.
#[derive(Clone, Copy)]
pub struct Args<'a> {
	bytes: &'a [u8],
	spans: &'a [Span],
}

impl<'a> Args<'a> {
	/// How many there are, the name counted.
	pub fn len(&self) -> usize {
		self.spans.len()
	}

	/// Whether there is not even a name.
	pub fn is_empty(&self) -> bool {
		self.spans.is_empty()
	}

	/// The argument at `index`; the name is at 0.
	#[inline]
	pub fn get(&self, index: usize) -> Option<&'a [u8]> {
		let span = self.spans.get(index)?;
		self.bytes.get(span.start as usize..(span.start + span.length) as usize)
	}

	/// All of them in order.
	pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
		(0..self.len()).filter_map(|index| self.get(index))
	}
}
