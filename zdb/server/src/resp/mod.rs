//! RESP2, the protocol of redis: commands in, replies out, no allocation per command.

mod parse;
mod reply;

pub use parse::{
	Args, Parser, ProtocolError, Step, MAX_ARGUMENTS, MAX_BULK, MAX_COMMAND, MAX_LINE,
};
pub use reply::{array, bulk, bulk_head, error, integer, nil, simple, text, BULK_END};

/// The number that `digits` spell in decimal, with an optional minus sign and nothing else.
pub fn parse_integer(digits: &[u8]) -> Option<i64> {
	let (negative, digits) = match digits.split_first()? {
		(b'-', rest) => (true, rest),
		_ => (false, digits),
	};
	if digits.is_empty() || digits.len() > 18 {
		return None;
	}
	let mut value = 0i64;
	for digit in digits {
		let digit = digit.wrapping_sub(b'0');
		if digit > 9 {
			return None;
		}
		value = value * 10 + i64::from(digit);
	}
	Some(if negative { -value } else { value })
}
