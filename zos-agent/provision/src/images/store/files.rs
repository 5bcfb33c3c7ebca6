use super::{super::signature::Signature, removal::remove, Digest, ImageError, Record};
use rustix::fs::fgetxattr;
use serde::{de::DeserializeOwned, Serialize};
use std::{
	collections::HashSet,
	fs::{self, DirBuilder, File},
	io::{self, Write},
	os::unix::fs::DirBuilderExt,
	path::{Path, PathBuf},
	sync::atomic::{AtomicU64, Ordering},
};
use zos_core::ports::Unpacked;

/// The folder in which everything is.
pub(in crate::images) struct Files {
	root: PathBuf,
	/// Names in the staging folder.
	next: AtomicU64,
}

const PARTS: [&str; 5] = ["layers", "images", "signatures", "downloads", "staging"];

impl Files {
	/// Only root can look inside: images hold programs that run as their owner.
	pub(super) fn open(root: &Path) -> Result<Self, ImageError> {
		let files = Self { root: root.to_owned(), next: AtomicU64::new(0) };
		for folder in [""].into_iter().chain(PARTS) {
			make(&root.join(folder))?;
		}
		Ok(files)
	}

	/// Where a layer is, once it is unpacked.
	pub(in crate::images) fn layer(&self, layer: Digest) -> PathBuf {
		self.root.join("layers").join(layer.hex())
	}

	/// Where what is not the whole image is.
	pub(in crate::images) fn downloads(&self, image: Digest) -> PathBuf {
		self.root.join("downloads").join(image.hex())
	}

	fn plan(&self, image: Digest) -> PathBuf {
		self.downloads(image).join("layers.json")
	}

	fn record(&self, image: Digest) -> PathBuf {
		self.root.join("images").join(format!("{}.json", image.hex()))
	}

	fn signatures(&self, image: Digest) -> PathBuf {
		self.root.join("signatures").join(image.hex())
	}

	fn signature_by(&self, image: Digest, signer: &[u8]) -> PathBuf {
		let name = format!("{}.json", Digest::of(signer).hex());
		self.signatures(image).join(name)
	}

	/// The folder, to ask how much room there is.
	pub(in crate::images) fn root(&self) -> &Path {
		&self.root
	}

	/// A path in the staging folder that nobody has.
	pub(in crate::images) fn stage(&self) -> PathBuf {
		let number = self.next.fetch_add(1, Ordering::Relaxed);
		self.root.join("staging").join(number.to_string())
	}

	/// What did not become what it should. The next start removes what is left of it.
	pub(in crate::images) fn remove_staged(&self, staged: &Path) {
		if let Err(error) = remove(staged) {
			log::warn!("cannot remove {}: {error}", staged.display());
		}
	}

	/// What an agent left there that is no more.
	pub(super) fn clear_staging(&self) -> Result<(), ImageError> {
		for path in children(&self.root.join("staging"))? {
			remove(&path)?;
		}
		Ok(())
	}

	/// An image, if it is here as a whole.
	pub(in crate::images) fn find(&self, image: Digest) -> Option<Unpacked> {
		let record: Record = read(&self.record(image))?;
		let whole = record.layers.iter().all(|layer| self.layer(*layer).is_dir());
		whole.then(|| Unpacked {
			digest: image.0,
			layers: self.stack(&record.layers),
			config: record.run.clone().into_config(),
		})
	}

	/// The folders that overlayfs is given. It takes none twice; what is in the upper one of two
	/// that are the same hides all that is in the lower. And it does not see that a root hides
	/// those below.
	fn stack(&self, layers: &[Digest]) -> Vec<PathBuf> {
		let mut stack = Vec::new();
		let mut seen = HashSet::new();
		for layer in layers.iter().rev().filter(|layer| seen.insert(**layer)) {
			let path = self.layer(*layer);
			let hides = hides_those_below(&path);
			stack.push(path);
			if hides {
				break;
			}
		}
		stack.reverse();
		stack
	}

	/// The layers of an image that is or will be here.
	pub(super) fn layers_of(&self, image: Digest) -> Vec<Digest> {
		let record: Option<Record> = read(&self.record(image));
		let planned = || read(&self.plan(image)).unwrap_or_default();
		record.map_or_else(planned, |record| record.layers)
	}

	/// All layers that are here.
	pub(super) fn layers(&self) -> Result<Vec<Digest>, ImageError> {
		self.named_in("layers", "")
	}

	/// All images that are here, or should be.
	pub(super) fn images(&self) -> Result<Vec<Digest>, ImageError> {
		self.named_in("images", ".json")
	}

	/// Folders and files that belong to an image, whether it is whole or not.
	pub(super) fn traces(&self) -> Result<HashSet<Digest>, ImageError> {
		let mut found = HashSet::new();
		for (part, suffix) in [("images", ".json"), ("signatures", ""), ("downloads", "")] {
			found.extend(self.named_in(part, suffix)?);
		}
		Ok(found)
	}

	fn named_in(&self, part: &str, suffix: &str) -> Result<Vec<Digest>, ImageError> {
		let paths = children(&self.root.join(part))?;
		let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
		Ok(names.filter_map(|name| Digest::from_hex(name.strip_suffix(suffix)?)).collect())
	}

	/// All that belongs to an image but its layers.
	pub(super) fn belongings(&self, image: Digest) -> [PathBuf; 3] {
		[self.record(image), self.signatures(image), self.downloads(image)]
	}

	/// From now on the image is here.
	pub(in crate::images) fn keep(&self, image: Digest, record: &Record) -> Result<(), ImageError> {
		self.write(&self.record(image), record)?;
		remove(&self.downloads(image))?;
		Ok(())
	}

	/// What an image that is being pulled will consist of.
	pub(in crate::images) fn keep_plan(
		&self,
		image: Digest,
		layers: &[Digest],
	) -> Result<(), ImageError> {
		make(&self.downloads(image))?;
		self.write(&self.plan(image), &layers)
	}

	/// What proves that an image is signed by somebody, if that was kept.
	pub(in crate::images) fn signature(&self, image: Digest, signer: &[u8]) -> Option<Signature> {
		read(&self.signature_by(image, signer))
	}

	pub(in crate::images) fn keep_signature(
		&self,
		image: Digest,
		signer: &[u8],
		signature: &Signature,
	) -> Result<(), ImageError> {
		make(&self.signatures(image))?;
		self.write(&self.signature_by(image, signer), signature)
	}

	/// Whole or not at all, whatever happens to the machine.
	fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), ImageError> {
		let staged = self.stage();
		let disk = |verb| {
			let staged = &staged;
			move |error| ImageError::disk(verb, staged, error)
		};
		let bytes =
			serde_json::to_vec(value).map_err(|error| disk("write")(io::Error::other(error)))?;
		let written = File::create(&staged)
			.and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
			.map_err(disk("write"))
			.and_then(|()| self.rename(&staged, path));
		written.inspect_err(|_| {
			let _ = fs::remove_file(&staged);
		})
	}

	/// Give what is complete its name.
	pub(in crate::images) fn rename(&self, from: &Path, to: &Path) -> Result<(), ImageError> {
		let disk = |error| ImageError::disk("rename", to, error);
		fs::rename(from, to).map_err(disk)?;
		let parent = to.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all());
		parent.map_err(disk)
	}
}

/// A folder for root alone.
fn make(path: &Path) -> Result<(), ImageError> {
	let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
	made.map_err(|error| ImageError::disk("make", path, error))
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
	let disk = |error| ImageError::disk("list", folder, error);
	let entries = fs::read_dir(folder).map_err(disk)?;
	entries.map(|entry| entry.map(|it| it.path()).map_err(disk)).collect()
}

/// What cannot be read is as good as not there: it is had again.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
	serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn hides_those_below(layer: &Path) -> bool {
	let mut value = [0; 1];
	let found = File::open(layer)
		.ok()
		.and_then(|it| fgetxattr(it, super::super::unpack::OPAQUE, &mut value).ok());
	found == Some(1) && value == *b"y"
}
