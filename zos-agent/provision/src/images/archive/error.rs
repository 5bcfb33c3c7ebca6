use std::{io, path::PathBuf};

/// What no layer may hold, and what can go wrong with one.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
	/// It ends in the middle.
	#[error("it ends before it should: build or push the image again")]
	Truncated,
	/// It cannot be decompressed.
	#[error("it cannot be decompressed: build or push the image again")]
	Corrupt(#[source] io::Error),
	/// A header is no header of a tar archive.
	#[error("it is not a well-formed tar archive: {0}")]
	BadHeader(&'static str),
	/// It becomes too large.
	#[error("it becomes more than {limit} {what} when unpacked: a node takes no such layers")]
	TooMuch {
		/// Of what.
		what: &'static str,
		/// How much it may become.
		limit: u64,
	},
	/// A name begins at the root of the machine.
	#[error("it names {0} from the root of the file system: names in a layer are relative")]
	Absolute(String),
	/// A name leaves the layer.
	#[error("it names {0}, which is out of the image")]
	Outside(String),
	/// A name cannot be one.
	#[error("it has a name that no file can have: {0}")]
	BadName(String),
	/// Something is to be written through a symbolic link.
	#[error("it writes to {0} through a symbolic link")]
	ThroughLink(String),
	/// Something is to be in what is no folder.
	#[error("it puts {0} into something that is not a folder")]
	NotAFolder(String),
	/// A hard link to nothing that there is before it in the same layer.
	#[error("{0} is a hard link to no file of the same layer")]
	NoLinkTarget(String),
	/// A symbolic link out of the image.
	#[error("{0} is a symbolic link that leads out of the image")]
	LinkOutside(String),
	/// An attribute that speaks to the file system of the node.
	#[error("{path} has the attribute {name}, which is the node's own")]
	ForbiddenAttribute {
		/// Of which file.
		path: String,
		/// What it is called.
		name: String,
	},
	/// An attribute that is not what its name says.
	#[error("{path} has the attribute {name}, which is malformed")]
	BadAttribute {
		/// Of which file.
		path: String,
		/// What it is called.
		name: String,
	},
	/// A file with holes.
	#[error("{0} is a sparse file: layers hold files as they are")]
	Sparse(String),
	/// Something that is no file.
	#[error("{path} is of kind '{}', which no layer holds", kind.escape_ascii())]
	UnknownKind {
		/// What it is called.
		path: String,
		/// The letter in its header.
		kind: u8,
	},
	/// Nobody wants it any more.
	#[error("it was not wanted any more")]
	Cancelled,
	/// Others are to have what is left of the node's disk.
	#[error("the disk of the node is full")]
	DiskFull,
	/// The node's disk.
	#[error("cannot {verb} {}", path.display())]
	Disk {
		/// What was tried.
		verb: &'static str,
		/// With what.
		path: PathBuf,
		/// What happened.
		#[source]
		source: io::Error,
	},
}

impl ArchiveError {
	/// What reading the layer met: errors with a number are the disk's, others the decompressor's.
	pub(in crate::images) fn reading(error: io::Error) -> Self {
		match error.downcast::<Self>() {
			Ok(own) => own,
			Err(source) if source.kind() == io::ErrorKind::UnexpectedEof => Self::Truncated,
			Err(source) if source.raw_os_error().is_some() => {
				Self::Disk { verb: "read", path: "a fetched layer".into(), source }
			},
			Err(source) => Self::Corrupt(source),
		}
	}
}

/// A name for people: whatever bytes it is made of, and not all of it if it is long.
pub(in crate::images) fn shown(name: &[u8]) -> String {
	let cut = name.get(..100).map(|start| format!("{}…", start.escape_ascii()));
	cut.unwrap_or_else(|| name.escape_ascii().to_string())
}
