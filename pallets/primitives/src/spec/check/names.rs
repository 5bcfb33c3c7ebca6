//! Names, variables and texts.

use super::ensure;
use crate::spec::{Name, Reason, Text};

/// Whether it is 1 to 36 characters of a-z, 0-9 and -, and - neither begins nor ends it.
pub(super) fn check(name: &Name) -> Result<(), Reason> {
	let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
	let good = !name.0.is_empty()
		&& name.0.iter().all(plain)
		&& !name.0.starts_with(b"-")
		&& !name.0.ends_with(b"-");
	ensure(good, Reason::BadName)
}

/// Whether it can be the name of a variable.
pub(super) fn is_variable(name: &Text<128>) -> bool {
	let letter = |byte: u8| byte == b'_' || byte.is_ascii_alphabetic();
	match name.0.split_first() {
		Some((first, rest)) => {
			letter(*first) && rest.iter().all(|byte| letter(*byte) || byte.is_ascii_digit())
		},
		None => false,
	}
}

/// Whether a program can be given it: a line feed is fine, a NUL would end it.
pub(super) fn text<const MOST: u32>(text: &Text<MOST>) -> Result<(), Reason> {
	ensure(!text.0.contains(&0) && text.as_str().is_some(), Reason::BadText)
}
