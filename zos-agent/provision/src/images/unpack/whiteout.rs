//! What a layer says of the layers below it.

use super::super::archive::{ArchiveError, EntryPath};
use std::{
	ffi::{OsStr, OsString},
	os::unix::ffi::{OsStrExt, OsStringExt},
};

/// What tells overlayfs that a folder hides those below.
pub(in crate::images) const OPAQUE: &str = "trusted.overlay.opaque";
/// What tells overlayfs that a folder may hold what is gone. Empty, it says nothing else.
pub(super) const ORIGIN: &str = "trusted.overlay.origin";

const PREFIX: &[u8] = b".wh.";
/// What old layers kept for themselves.
const OWN: &[u8] = b".wh..wh.";

/// What an entry means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
	/// Itself.
	Itself,
	/// That this name in the same folder is gone.
	Gone(OsString),
	/// That all in the same folder is gone.
	AllGone,
	/// Nothing, to this machine.
	Nothing,
}

impl Meaning {
	pub(super) fn of(path: &EntryPath) -> Result<Self, ArchiveError> {
		let Some((parent, name)) = path.split() else { return Ok(Self::Itself) };
		if parent.parts().chain([name]).any(|part| is_own(part) && part != OPAQUE_NAME) {
			return Ok(Self::Nothing);
		}
		let bad = || Err(ArchiveError::BadName(path.shown()));
		if parent.parts().any(|part| part.as_bytes().starts_with(PREFIX)) {
			return bad();
		}
		match name.as_bytes().strip_prefix(PREFIX) {
			None => Ok(Self::Itself),
			Some(_) if name == OPAQUE_NAME => Ok(Self::AllGone),
			Some(b"" | b"." | b"..") => bad(),
			Some(gone) => Ok(Self::Gone(OsString::from_vec(gone.to_vec()))),
		}
	}
}

const OPAQUE_NAME: &str = ".wh..wh..opq";

fn is_own(name: &OsStr) -> bool {
	name.as_bytes().starts_with(OWN)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::images::Limits;

	fn meaning(path: &str) -> Result<Meaning, ArchiveError> {
		let path = EntryPath::parse(path.as_bytes(), &Limits::default()).expect("it is good");
		Meaning::of(&path)
	}

	#[test]
	fn names_tell_what_is_gone() {
		let gone = |name: &str| Some(Meaning::Gone(name.into()));
		assert_eq!(meaning("etc/.wh.passwd").ok(), gone("passwd"));
		assert_eq!(meaning(".wh.etc").ok(), gone("etc"));
		assert_eq!(meaning(".wh..hidden").ok(), gone(".hidden"));
		assert_eq!(meaning("etc/.wh..wh..opq").ok(), Some(Meaning::AllGone));
		assert_eq!(meaning(".wh..wh..opq").ok(), Some(Meaning::AllGone));
		assert_eq!(meaning("etc/wh.x").ok(), Some(Meaning::Itself));
		assert_eq!(meaning(".wh..wh.plnk/44.2").ok(), Some(Meaning::Nothing));
		assert_eq!(meaning("a/.wh..wh.aufs").ok(), Some(Meaning::Nothing));
	}

	#[test]
	fn names_that_would_lead_elsewhere_are_refused() {
		for path in [".wh.", "a/.wh..", "a/.wh...", ".wh.a/b", "a/.wh.b/c", ".wh..wh..opq/a"] {
			assert!(matches!(meaning(path), Err(ArchiveError::BadName(_))), "{path}");
		}
	}
}
