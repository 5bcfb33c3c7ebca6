//! One error type for each kind of operation.

use std::io;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
	/// The disk refused.
	#[error("the disk refused to {action} {file}; see that the folder is mounted and writable")]
	Disk {
		/// What was tried.
		action: &'static str,
		/// On which file.
		file: String,
		/// What the disk said.
		#[source]
		source: io::Error,
	},
	/// Another process has it open.
	#[error("another process has this store open; stop it first")]
	InUse,
	/// A later version wrote it.
	#[error("{file} has version {version} of the format, which this program does not know; use the program that wrote it, or a newer one")]
	Version {
		/// The file.
		file: String,
		/// Its version.
		version: u16,
	},
	/// A part of the log is not there.
	#[error(
		"segment {0} of the log is missing; put its file back, or restore the store from a replica"
	)]
	MissingSegment(u32),
	/// Nothing says which store it is.
	#[error(
		"no segment's header can be read, nor the checkpoint; restore the store from a replica"
	)]
	Unknown,
	/// The segments are not of one store.
	#[error("{0} belongs to another store; move it out of the folder")]
	Foreign(String),
	/// A setting makes no sense.
	#[error("{0}")]
	Options(&'static str),
}

/// Why something was not written. What a refused call would have changed is as before.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
	/// There is no such namespace.
	#[error("there is no such namespace; it was removed")]
	NoNamespace,
	/// The key has no byte, or more than 255.
	#[error("a key has 1 to 255 bytes")]
	KeyLength,
	/// In a sequential namespace only keys that exist are written.
	#[error("this namespace makes its keys itself; only those that exist can be changed")]
	NotAnId,
	/// Only sequential namespaces make keys.
	#[error("keys of this namespace are named by those who write; give one")]
	NotSequential,
	/// The value is longer than 64 MiB.
	#[error("the value is too long; store it in parts")]
	ValueTooLong,
	/// What was written stays for ever here.
	#[error("this namespace keeps for ever what was written; use another key")]
	Worm,
	/// Nothing may be written until it is unlocked.
	#[error("this namespace is locked; unlock it to write")]
	Locked,
	/// Nothing may be read or written until it is unfrozen.
	#[error("this namespace is frozen; unfreeze it to use it")]
	Frozen,
	/// It would hold more than it may.
	#[error("this namespace is full; delete something, or raise its size")]
	NamespaceFull,
	/// The disk is full.
	#[error("the disk is full; delete something, or give it room: writing goes on by itself then")]
	DiskFull,
	/// An earlier write since the last commit failed, and took all others since then with it.
	#[error("an earlier write of the same batch failed; commit, then try again")]
	BatchFailed,
	/// The disk refused.
	#[error("the disk refused to make room for more; look after it")]
	Disk(#[source] io::Error),
	/// There are no more positions.
	#[error("the log has reached the end of its numbers; copy what it holds to a new store")]
	LogEnd,
	/// Something failed so that the store no longer takes changes.
	#[error("the store takes no changes since {0}; look after the disk, then start it again")]
	ReadOnly(&'static str),
	/// What is there could not be looked at.
	#[error("the key's present record cannot be read")]
	Read(#[from] ReadError),
}

/// Why something cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
	/// There is no such namespace.
	#[error("there is no such namespace; it was removed")]
	NoNamespace,
	/// Nothing may be read until it is unfrozen.
	#[error("this namespace is frozen; unfreeze it to use it")]
	Frozen,
	/// What was written is not what the disk returns.
	#[error("the record in segment {segment} at {offset} is damaged; repair it from a replica, or write the key again")]
	Damaged {
		/// The segment.
		segment: u32,
		/// Where in it.
		offset: u32,
	},
	/// The disk refused.
	#[error("the disk refused to read segment {segment} at {offset}")]
	Disk {
		/// The segment.
		segment: u32,
		/// Where in it.
		offset: u32,
		/// What the disk said.
		#[source]
		source: io::Error,
	},
	/// The cursor is not one of ours.
	#[error("this is not a cursor of this namespace; begin again without one")]
	Cursor,
	/// There is no such version of the key.
	#[error("this is not a version of this key, or it is no longer kept")]
	Version,
}

/// Why what was written since the last commit is not there. All of it is undone.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
	/// The disk is full.
	#[error("the disk is full; nothing since the last commit was written")]
	DiskFull,
	/// The disk refused to write.
	#[error("the disk refused to write; nothing since the last commit was written")]
	Write(#[source] io::Error),
	/// The disk could not make it durable, and nobody knows what of it is on the disk.
	#[error("the disk refused to sync, so the store takes no more changes; look after the disk, then start it again")]
	Sync(#[source] io::Error),
	/// Something failed earlier so that the store no longer takes changes.
	#[error("the store takes no changes since {0}; look after the disk, then start it again")]
	ReadOnly(&'static str),
}

/// Why a namespace was not made, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum NamespaceError {
	/// There is one of that name.
	#[error("there is a namespace of that name already")]
	Exists,
	/// There is none.
	#[error("there is no such namespace")]
	Missing,
	/// Its name has no byte, or more than 128.
	#[error("the name of a namespace has 1 to 128 bytes")]
	Name,
	/// The password's bytes are too many.
	#[error("what is kept of a password has at most 1024 bytes")]
	Password,
	/// Keys of one kind cannot become keys of another.
	#[error("who names the keys can only be settled while the namespace is empty")]
	NotEmpty,
	/// Ids are used up.
	#[error("no more namespaces can be made in this store")]
	TooMany,
	/// It could not be written.
	#[error(transparent)]
	Write(#[from] WriteError),
}

/// What went wrong beside the thread that owns the store.
#[derive(Debug, thiserror::Error)]
pub enum MaintainError {
	/// The store takes no more changes.
	#[error("the disk refused to sync, so the store takes no more changes; look after the disk, then start it again")]
	Sync(#[source] io::Error),
	/// No checkpoint was written. It is tried again later.
	#[error("no checkpoint could be written; it is tried again, and a restart reads more of the log until then")]
	Checkpoint(#[source] io::Error),
	/// A segment was not compacted. It is as before, and tried again later.
	#[error("segment {segment} could not be compacted; it is as before")]
	Compaction {
		/// The segment.
		segment: u32,
		/// What the disk said.
		#[source]
		source: io::Error,
	},
}

/// Why a store did not end well. What was committed is there all the same.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
	/// The last commit failed.
	#[error(transparent)]
	Commit(#[from] CommitError),
	/// There is no checkpoint of the end, so that the next start takes longer.
	#[error("no checkpoint could be written: the next start reads more of the log")]
	Checkpoint(#[source] io::Error),
}
