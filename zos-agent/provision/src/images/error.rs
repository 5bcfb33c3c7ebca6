//! What can be wrong with an image, its registry, or the disk.

use super::{archive::ArchiveError, signature::SignatureError, Digest};
use grid_primitives::report::FailureCode;
use rustix::io::Errno;
use std::{io, path::PathBuf, sync::Arc};
use zos_core::ports::Fault;

/// Why an image is not here.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
	/// The reference is no registry and repository.
	#[error("'{0}' is not a registry and a repository: write it as registry.example/team/app")]
	BadReference(String),
	/// Nobody has it.
	#[error("{registry} has no {what}: check the reference and the digest")]
	NotFound {
		/// Who was asked.
		registry: String,
		/// For what.
		what: String,
	},
	/// It is not for everybody.
	#[error("{registry} shows this repository to nobody without a password, or has none such: nodes read only what is public")]
	NotPublic {
		/// Who was asked.
		registry: String,
	},
	/// The registry answers with something else.
	#[error("{registry} answers with status {status}: it may be busy, and is asked again later")]
	BadAnswer {
		/// Who was asked.
		registry: String,
		/// The number in the answer.
		status: u16,
	},
	/// The registry sends nodes where they do not go.
	#[error("{registry} cannot be trusted with a request: {reason}")]
	Insecure {
		/// Who was asked.
		registry: String,
		/// Where it wanted the node to go.
		reason: String,
	},
	/// The registry cannot be reached, or stopped in the middle.
	#[error("{registry} cannot be reached: it is tried again later")]
	Unreachable {
		/// Who was asked.
		registry: String,
		/// What happened.
		#[source]
		source: Box<dyn std::error::Error + Send + Sync>,
	},
	/// Nobody who is known here vouches for the registry.
	#[error("nobody known vouches for {registry}: the farmer may say who does, in `authorities`")]
	Unvouched {
		/// Who was asked.
		registry: String,
		/// What is wrong with what it shows.
		#[source]
		source: Box<dyn std::error::Error + Send + Sync>,
	},
	/// The registry sent other bytes than those that were asked for.
	#[error("{registry} sent {} instead of {}: what it has is damaged or forged", found.short(), wanted.short())]
	WrongBytes {
		/// Who was asked.
		registry: String,
		/// What was asked for.
		wanted: Digest,
		/// What came.
		found: Digest,
	},
	/// The registry sent more or fewer bytes than the manifest says.
	#[error("{registry} sent {found} bytes of {} instead of {wanted}: what it has is damaged or forged", digest.short())]
	WrongLength {
		/// Who was asked.
		registry: String,
		/// What was asked for.
		digest: Digest,
		/// How much was to come.
		wanted: u64,
		/// How much came.
		found: u64,
	},
	/// A manifest, an index or a config is not what it should be.
	#[error("the {what} of the image is malformed ({detail}): build the image anew")]
	Malformed {
		/// What was read.
		what: &'static str,
		/// What is wrong with it.
		detail: String,
	},
	/// The image is for other machines.
	#[error("the image is for {offered}, and this machine is {wanted}: build it for this one too")]
	WrongPlatform {
		/// What machine this is.
		wanted: String,
		/// What the image has.
		offered: String,
	},
	/// The image is larger than a node takes.
	#[error("the image has {found} {what}, and a node takes {limit} at most: make it smaller")]
	TooLarge {
		/// Of what it has too much.
		what: &'static str,
		/// How much it has.
		found: u64,
		/// How much it may have.
		limit: u64,
	},
	/// A layer contains something else than the image's config says.
	#[error("layer {} unpacks to {}: the image is damaged, build it anew", wanted.short(), found.short())]
	WrongLayer {
		/// What the config says.
		wanted: Digest,
		/// What it is.
		found: Digest,
	},
	/// A layer holds what no layer may.
	#[error("layer {} is refused", layer.short())]
	Archive {
		/// Which layer, as it is known in the manifest.
		layer: Digest,
		/// What is wrong with it.
		#[source]
		source: ArchiveError,
	},
	/// The image is not signed as the spec wants it.
	#[error("the image is not signed as it must be")]
	Signature(#[from] SignatureError),
	/// There is no room for it.
	#[error("the disk for images is full: end something on this node, or take another one")]
	DiskFull,
	/// The disk does not do what it should.
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
	/// Who vouches for a registry is not known.
	#[error("who vouches for {registry} must be certificates in PEM: correct `authorities` in the configuration")]
	BadAuthority {
		/// For which registry.
		registry: String,
		/// What is wrong.
		#[source]
		source: Box<dyn std::error::Error + Send + Sync>,
	},
	/// Another agent has these images.
	#[error("another agent uses {}: give each its own state folder", .0.display())]
	InUse(PathBuf),
	/// Nobody wants it any more.
	#[error("it was not wanted any more before it was here")]
	Cancelled,
}

impl ImageError {
	/// Something that the disk did not do.
	pub(super) fn disk(verb: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
		if is_full(&source) {
			Self::DiskFull
		} else {
			Self::Disk { verb, path: path.into(), source }
		}
	}

	/// Something in a manifest, an index or a config.
	pub(super) fn malformed(what: &'static str, detail: impl ToString) -> Self {
		Self::Malformed { what, detail: detail.to_string() }
	}

	/// What unpacking a layer met: the disk's own troubles are not the layer's.
	pub(super) fn unpacking(layer: Digest, error: ArchiveError) -> Self {
		match error {
			ArchiveError::Cancelled => Self::Cancelled,
			ArchiveError::DiskFull => Self::DiskFull,
			ArchiveError::Disk { source, .. } if is_full(&source) => Self::DiskFull,
			ArchiveError::Disk { verb, path, source } => Self::Disk { verb, path, source },
			source => Self::Archive { layer, source },
		}
	}
}

/// Whether there is no room on the disk.
pub(super) fn is_full(error: &io::Error) -> bool {
	matches!(Errno::from_io_error(error), Some(Errno::NOSPC | Errno::DQUOT))
}

impl Fault for ImageError {
	fn code(&self) -> FailureCode {
		match self {
			Self::BadReference(_)
			| Self::NotFound { .. }
			| Self::NotPublic { .. }
			| Self::BadAnswer { .. }
			| Self::Insecure { .. }
			| Self::Unreachable { .. }
			| Self::Unvouched { .. }
			| Self::WrongPlatform { .. } => FailureCode::ImageNotFound,
			Self::WrongBytes { .. }
			| Self::WrongLength { .. }
			| Self::Malformed { .. }
			| Self::TooLarge { .. }
			| Self::WrongLayer { .. }
			| Self::Archive { .. }
			| Self::Signature(_) => FailureCode::ImageRefused,
			Self::DiskFull => FailureCode::NoCapacity,
			Self::Disk { .. } | Self::BadAuthority { .. } | Self::InUse(_) | Self::Cancelled => {
				FailureCode::Other
			},
		}
	}

	/// What a digest stands for never changes, so what is refused for what it is stays refused.
	/// What a registry has or sends may change, and so may the disk.
	fn is_retryable(&self) -> bool {
		match self {
			Self::BadReference(_)
			| Self::BadAuthority { .. }
			| Self::Malformed { .. }
			| Self::WrongPlatform { .. }
			| Self::TooLarge { .. }
			| Self::WrongLayer { .. }
			| Self::Archive { .. } => false,
			Self::Signature(error) => error.is_retryable(),
			Self::NotFound { .. }
			| Self::NotPublic { .. }
			| Self::BadAnswer { .. }
			| Self::Insecure { .. }
			| Self::Unreachable { .. }
			| Self::Unvouched { .. }
			| Self::WrongBytes { .. }
			| Self::WrongLength { .. }
			| Self::DiskFull
			| Self::Disk { .. }
			| Self::InUse(_)
			| Self::Cancelled => true,
		}
	}
}

/// An error that all who waited for the same pull are told.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct PullError(#[from] Arc<ImageError>);

impl PullError {
	/// What it is.
	pub fn kind(&self) -> &ImageError {
		&self.0
	}
}

impl From<ImageError> for PullError {
	fn from(error: ImageError) -> Self {
		Self(Arc::new(error))
	}
}

impl Fault for PullError {
	fn code(&self) -> FailureCode {
		self.0.code()
	}

	fn is_retryable(&self) -> bool {
		self.0.is_retryable()
	}
}
