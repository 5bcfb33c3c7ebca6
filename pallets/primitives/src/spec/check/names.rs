//! Names, variables and texts.

use super::ensure;
use crate::spec::{Reason, Text};

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
