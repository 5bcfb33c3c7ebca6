use super::{Cancel, PortError};
use grid_primitives::spec::Image;
use std::path::PathBuf;

/// The sha256 of an image's manifest.
pub type ImageDigest = [u8; 32];

/// The images on this machine.
pub trait Images: Send + Sync {
	/// Have an image here: fetch what is missing of it, and believe nothing that is not proven by
	/// a digest. With a signer, its signature is proven too, each time. What is here already is
	/// answered at once.
	fn pull(
		&self,
		image: &Image,
		signer: Option<&[u8]>,
		cancel: &Cancel,
	) -> Result<Unpacked, PortError>;

	/// The images that are here as a whole.
	fn list(&self) -> Result<Vec<ImageDigest>, PortError>;

	/// Remove whatever no image of these needs, and what is left of interrupted pulls. Says how
	/// many bytes are free again. Nothing that a pull needs at the same time goes away.
	fn collect(&self, keep: &[ImageDigest]) -> Result<u64, PortError>;
}

/// An image, ready to run. It stays where it is for as long as [`Images::collect`] is told so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
	/// Which image.
	pub digest: ImageDigest,
	/// The folders of its layers, lowest first, as overlayfs understands them.
	pub layers: Vec<PathBuf>,
	/// How it wants to be run.
	pub config: ImageConfig,
}

/// How an image wants to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
	/// Variables, as in `NAME=value`.
	pub env: Vec<String>,
	/// What to run.
	pub entrypoint: Vec<String>,
	/// What to tell it.
	pub cmd: Vec<String>,
	/// Where.
	pub working_dir: Option<String>,
	/// As whom: `user`, `uid`, `user:group` or `uid:gid`.
	pub user: Option<String>,
}
