use super::{
	super::{
		formats::{Index, TAG},
		Digest, ImageError,
	},
	read_bounded, unreachable, Blob, Source,
};
use std::{
	fs::File,
	io::{self, Seek, SeekFrom},
	path::{Path, PathBuf},
};

/// A folder as the OCI image layout describes it.
pub(in crate::images) struct Layout {
	folder: PathBuf,
	name: String,
}

impl Layout {
	/// The one in this folder, if it is one.
	pub(in crate::images) fn find(folder: &Path) -> Option<Self> {
		let name = format!("the folder {}", folder.display());
		folder.join("oci-layout").is_file().then(|| Self { folder: folder.into(), name })
	}

	fn open(&self, path: &Path, what: impl ToString) -> Result<File, ImageError> {
		File::open(path).map_err(|error| match error.kind() {
			io::ErrorKind::NotFound => {
				ImageError::NotFound { registry: self.name.clone(), what: what.to_string() }
			},
			_ => ImageError::disk("open", path, error),
		})
	}

	fn open_blob(&self, digest: Digest) -> Result<File, ImageError> {
		self.open(&self.folder.join("blobs/sha256").join(digest.hex()), digest)
	}
}

impl Source for Layout {
	fn name(&self) -> &str {
		&self.name
	}

	fn manifest(&self, digest: Digest, limit: u64) -> Result<Vec<u8>, ImageError> {
		read_bounded(self, self.open_blob(digest)?, "bytes of manifest", limit)
	}

	fn tagged(&self, tag: &str, limit: u64) -> Result<Vec<u8>, ImageError> {
		let index = self.open(&self.folder.join("index.json"), "index.json")?;
		let index = read_bounded(self, index, "bytes of index", limit)?;
		let index: Index = serde_json::from_slice(&index)
			.map_err(|error| ImageError::malformed("index", error))?;
		let has_tag = |it: &&super::Descriptor| it.annotations.get(TAG).is_some_and(|it| it == tag);
		let found = index.manifests.iter().find(has_tag).ok_or_else(|| ImageError::NotFound {
			registry: self.name.clone(),
			what: tag.to_owned(),
		})?;
		self.manifest(found.digest, limit)
	}

	fn blob(&self, digest: Digest, from: u64) -> Result<Blob, ImageError> {
		let mut file = self.open_blob(digest)?;
		file.seek(SeekFrom::Start(from)).map_err(|error| unreachable(self, error))?;
		Ok(Blob { from, bytes: Box::new(file) })
	}
}
