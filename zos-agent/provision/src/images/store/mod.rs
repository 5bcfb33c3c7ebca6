//! The images on this machine.

mod collect;
mod files;
mod held;
mod record;
mod removal;

use super::{
	flights::Flights,
	source::{Client, Registries},
	Digest, ImageError, Limits, PullError,
};
pub(super) use files::Files;
pub(super) use held::Held;
pub(super) use record::Record;
use rustix::fs::{flock, FlockOperation};
use std::{fs::File, path::PathBuf};
use zos_core::ports::{Cancel, ImageDigest, Images, PortError, Unpacked};

/// How a node has its images.
#[derive(Clone, Debug)]
pub struct ImageSettings {
	/// Where they are: a folder of their own, on a file system with extended attributes.
	pub folder: PathBuf,
	/// OCI layouts that are looked into before any registry: the image `registry.example/team/app`
	/// is in the folder of this name in here.
	pub layouts: Option<PathBuf>,
	/// Registries that are not like the others.
	pub registries: Registries,
	/// How much an image may be.
	pub limits: Limits,
	/// Bytes of the disk that images leave to others.
	pub reserve: u64,
}

impl ImageSettings {
	/// In this folder, with nothing out of the ordinary.
	pub fn new(folder: impl Into<PathBuf>) -> Self {
		Self {
			folder: folder.into(),
			layouts: None,
			registries: Registries::default(),
			limits: Limits::default(),
			// Databases write no more when less than half of this is free.
			reserve: 2 << 30,
		}
	}
}

/// Who wants an image from where, signed by whom: all who want the same share one pull.
pub(super) type Wish = (Digest, Vec<u8>, Option<Vec<u8>>);

/// The images on this machine, and how more of them are had.
pub struct ImageStore {
	pub(super) settings: ImageSettings,
	pub(super) files: Files,
	pub(super) client: Client,
	pub(super) pulls: Flights<Wish, Result<Unpacked, PullError>>,
	/// One pull of an image, and one of a layer, at a time: whatever wish it is for.
	pub(super) images: Flights<Digest, Result<Unpacked, PullError>>,
	pub(super) layers: Flights<Digest, Result<(), PullError>>,
	pub(super) held: Held,
	/// Nobody else changes the folder while this is open.
	_lock: File,
}

impl ImageStore {
	/// Those in a folder, which is made if it is not there. What was half done is removed.
	pub fn open(settings: ImageSettings) -> Result<Self, ImageError> {
		let files = Files::open(&settings.folder)?;
		let path = settings.folder.join("lock");
		let lock = File::create(&path).map_err(|it| ImageError::disk("create", &path, it))?;
		flock(&lock, FlockOperation::NonBlockingLockExclusive)
			.map_err(|_| ImageError::InUse(settings.folder.clone()))?;
		files.clear_staging()?;
		Ok(Self {
			client: Client::new(settings.registries.clone())?,
			pulls: Flights::default(),
			images: Flights::default(),
			layers: Flights::default(),
			held: Held::default(),
			files,
			settings,
			_lock: lock,
		})
	}
}

impl Images for ImageStore {
	fn pull(
		&self,
		image: &grid_primitives::spec::Image,
		signer: Option<&[u8]>,
		cancel: &Cancel,
	) -> Result<Unpacked, PortError> {
		Ok(self.have(image, signer, cancel)?)
	}

	fn list(&self) -> Result<Vec<ImageDigest>, PortError> {
		let images = self.files.images()?;
		let whole = images.into_iter().filter(|image| self.files.find(*image).is_some());
		Ok(whole.map(|image| image.0).collect())
	}

	fn collect(&self, keep: &[ImageDigest]) -> Result<u64, PortError> {
		let keep: Vec<_> = keep.iter().copied().map(Digest).collect();
		Ok(self.collect_all_but(&keep)?)
	}
}
