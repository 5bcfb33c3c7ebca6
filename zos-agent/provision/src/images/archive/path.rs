use super::{error::shown, ArchiveError};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

/// Where something of a layer is, from the root of the layer: names with one `/` between each, none
/// of them `.` or `..`. The root itself is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::images) struct EntryPath(Vec<u8>);

impl EntryPath {
	/// What an archive calls so.
	pub(in crate::images) fn parse(
		name: &[u8],
		limits: &crate::images::Limits,
	) -> Result<Self, ArchiveError> {
		if name.is_empty() || name.contains(&0) {
			return Err(ArchiveError::BadName(shown(name)));
		}
		if name.starts_with(b"/") {
			return Err(ArchiveError::Absolute(shown(name)));
		}
		let mut path = Vec::with_capacity(name.len());
		let mut depth = 0;
		for part in name.split(|byte| *byte == b'/') {
			match part {
				b"" | b"." => continue,
				b".." => return Err(ArchiveError::Outside(shown(name))),
				_ if part.len() > 255 => return Err(ArchiveError::BadName(shown(name))),
				_ => (),
			}
			depth += 1;
			if !path.is_empty() {
				path.push(b'/');
			}
			path.extend_from_slice(part);
		}
		let bounds = [
			("bytes of a name", path.len(), limits.path),
			("folders within folders", depth, limits.depth),
		];
		for (what, found, limit) in bounds {
			if found > limit {
				return Err(ArchiveError::TooMuch { what, limit: limit as u64 });
			}
		}
		Ok(Self(path))
	}

	/// The folder that it is in, and its name there. The root is in none.
	pub(in crate::images) fn split(&self) -> Option<(Self, &OsStr)> {
		let at = self.0.iter().rposition(|byte| *byte == b'/');
		let (parent, name) = match at {
			Some(at) => (&self.0[..at], &self.0[at + 1..]),
			None => (&[][..], &self.0[..]),
		};
		(!name.is_empty()).then(|| (Self(parent.to_vec()), OsStr::from_bytes(name)))
	}

	/// Its names, from the root on.
	pub(in crate::images) fn parts(&self) -> impl Iterator<Item = &OsStr> {
		self.0.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(OsStr::from_bytes)
	}

	pub(in crate::images) fn is_root(&self) -> bool {
		self.0.is_empty()
	}

	pub(in crate::images) fn as_path(&self) -> &Path {
		Path::new(OsStr::from_bytes(&self.0))
	}

	/// For people.
	pub(in crate::images) fn shown(&self) -> String {
		shown(&self.0)
	}

	/// Whether a symbolic link here to there stays in the image, whatever it passes. What begins at
	/// the root begins at that of the container.
	pub(in crate::images) fn may_link_to(&self, target: &[u8]) -> bool {
		let start = if target.starts_with(b"/") { 0 } else { self.parts().count() as i64 - 1 };
		let mut depth = start;
		for part in target.split(|byte| *byte == b'/') {
			match part {
				b"" | b"." => (),
				b".." => depth -= 1,
				_ => depth += 1,
			}
			if depth < 0 {
				return false;
			}
		}
		true
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::images::Limits;

	fn parse(name: &str) -> Result<String, ArchiveError> {
		EntryPath::parse(name.as_bytes(), &Limits::default())
			.map(|path| path.as_path().display().to_string())
	}

	#[test]
	fn names_are_relative_to_the_root_of_the_layer() {
		for (name, path) in [("a", "a"), ("./a//b/./c/", "a/b/c"), ("./", ""), ("..a/b", "..a/b")] {
			assert_eq!(parse(name).ok().as_deref(), Some(path), "{name}");
		}
	}

	#[test]
	fn names_that_lead_elsewhere_are_refused() {
		assert!(matches!(parse("/etc/passwd"), Err(ArchiveError::Absolute(_))));
		for name in ["..", "a/../../b", "a/..", "./../x"] {
			assert!(matches!(parse(name), Err(ArchiveError::Outside(_))), "{name}");
		}
		assert!(matches!(parse(""), Err(ArchiveError::BadName(_))));
		assert!(matches!(parse("a\0b"), Err(ArchiveError::BadName(_))));
		assert!(matches!(parse(&"x".repeat(256)), Err(ArchiveError::BadName(_))));
		assert!(matches!(parse(&"x/".repeat(129)), Err(ArchiveError::TooMuch { .. })));
		let long = format!("{}/", "y".repeat(250)).repeat(17);
		assert!(matches!(parse(&long), Err(ArchiveError::TooMuch { .. })));
	}

	#[test]
	fn links_stay_in_the_image() {
		let may = |from: &str, to: &str| {
			let path = EntryPath::parse(from.as_bytes(), &Limits::default()).expect("it is good");
			path.may_link_to(to.as_bytes())
		};
		assert!(may("bin/sh", "busybox"));
		assert!(may("usr/bin/sh", "../../bin/busybox"));
		assert!(may("lib", "usr/lib"));
		assert!(may("etc/mtab", "/proc/self/mounts"));
		assert!(!may("bin/sh", "../../etc/passwd"));
		assert!(!may("a", "../a"));
		assert!(!may("etc/x", "/../etc/passwd"));
		assert!(!may("a/b/c", "x/../../../../y"));
	}
}
