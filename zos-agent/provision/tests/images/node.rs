//! A machine that has images.

use grid_primitives::{report::FailureCode, spec::Image};
use rustix::mount::{mount, unmount, MountFlags, UnmountFlags};
use std::{
	collections::BTreeMap,
	ffi::CString,
	fs,
	os::unix::fs::{FileTypeExt, MetadataExt},
	path::{Path, PathBuf},
};
use tempfile::TempDir;
use zos_core::ports::{Cancel, Images, PortError, Unpacked};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{image, Layer, Layout, Parts};

pub(crate) struct Node {
	folder: TempDir,
	store: Option<ImageStore>,
	change: fn(&mut ImageSettings),
}

impl Node {
	pub(crate) fn new() -> Self {
		Self::with(|_| ())
	}

	pub(crate) fn with(change: fn(&mut ImageSettings)) -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let mut node = Self { folder, store: None, change };
		node.restart();
		node
	}

	/// The agent ends.
	pub(crate) fn stop(&mut self) {
		self.store = None;
	}

	/// The agent ends, and begins again.
	pub(crate) fn restart(&mut self) {
		self.stop();
		let mut settings = ImageSettings::new(self.images());
		settings.layouts = Some(self.layouts());
		settings.reserve = 0;
		(self.change)(&mut settings);
		self.store = Some(ImageStore::open(settings).expect("images are opened"));
	}

	pub(crate) fn store(&self) -> &ImageStore {
		self.store.as_ref().expect("it is open")
	}

	/// Where its images are.
	pub(crate) fn images(&self) -> PathBuf {
		self.folder.path().join("images")
	}

	pub(crate) fn layouts(&self) -> PathBuf {
		self.folder.path().join("layouts")
	}

	/// Beside its images: where nothing of an image ever comes to be.
	pub(crate) fn beside(&self) -> &Path {
		self.folder.path()
	}

	/// An image in a folder of this machine, as a spec names it.
	pub(crate) fn layout_image(&self, parts: &Parts) -> Image {
		let reference = "layouts.example/tests/app";
		let layout = Layout::create(self.layouts().join(reference));
		image(reference, layout.add("latest", parts))
	}

	pub(crate) fn pull(&self, image: &Image) -> Result<Unpacked, PortError> {
		self.store().pull(image, None, &Cancel::default())
	}

	/// Pull an image of these layers.
	pub(crate) fn pull_layers(
		&self,
		layers: impl IntoIterator<Item = Layer>,
	) -> Result<Unpacked, PortError> {
		self.pull(&self.layout_image(&Parts::new(layers)))
	}

	/// What is in a folder of its images.
	pub(crate) fn count(&self, part: &str) -> usize {
		fs::read_dir(self.images().join(part)).expect("the folder is there").count()
	}

	/// Nothing of an image is here, whole or half.
	pub(crate) fn assert_empty(&self) {
		for part in ["layers", "images", "downloads", "staging"] {
			assert_eq!(self.count(part), 0, "something is left in {part}");
		}
	}
}

/// What the chain is told, and whether it is tried again.
pub(crate) fn verdict<T>(result: Result<T, PortError>) -> (FailureCode, bool, String) {
	let error = result.err().expect("it must fail");
	let mut text = error.to_string();
	let mut cause = std::error::Error::source(&error);
	while let Some(inner) = cause {
		text = format!("{text}: {inner}");
		cause = inner.source();
	}
	(error.code(), error.is_retryable(), text)
}

/// An image as a container sees it.
pub(crate) struct Mounted {
	folder: TempDir,
}

impl Mounted {
	pub(crate) fn of(image: &Unpacked) -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let empty = folder.path().join("empty");
		let at = folder.path().join("root");
		fs::create_dir(&empty).expect("a folder is made");
		fs::create_dir(&at).expect("a folder is made");
		// A single lower folder is none to overlayfs, so there is an empty one below all.
		let lower: Vec<_> = image
			.layers
			.iter()
			.rev()
			.chain([&empty])
			.map(|it| it.display())
			.map(|it| it.to_string())
			.collect();
		let options = CString::new(format!("lowerdir={}", lower.join(":"))).expect("no zeros");
		mount("overlay", &at, "overlay", MountFlags::RDONLY, &*options)
			.expect("layers are mounted");
		Self { folder }
	}

	pub(crate) fn path(&self, path: &str) -> PathBuf {
		self.folder.path().join("root").join(path)
	}

	pub(crate) fn read(&self, path: &str) -> Option<String> {
		fs::read_to_string(self.path(path)).ok()
	}

	/// Everything, by its path: a letter for what it is, and its content.
	pub(crate) fn all(&self) -> BTreeMap<String, (char, Vec<u8>)> {
		let mut all = BTreeMap::new();
		walk(&self.path(""), "", &mut all);
		all
	}
}

fn walk(folder: &Path, prefix: &str, all: &mut BTreeMap<String, (char, Vec<u8>)>) {
	for entry in fs::read_dir(folder).expect("a folder is read") {
		let entry = entry.expect("a folder is read");
		let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
		let kind = fs::symlink_metadata(entry.path()).expect("it is there").file_type();
		if kind.is_dir() {
			all.insert(name.clone(), ('d', vec![]));
			walk(&entry.path(), &format!("{name}/"), all);
		} else if kind.is_symlink() {
			let target = fs::read_link(entry.path()).expect("it is a link");
			all.insert(name, ('l', target.to_string_lossy().into_owned().into_bytes()));
		} else if kind.is_file() {
			all.insert(name, ('f', fs::read(entry.path()).expect("it is a file")));
		} else if kind.is_fifo() {
			all.insert(name, ('p', vec![]));
		} else {
			let device = fs::symlink_metadata(entry.path()).expect("it is there").rdev();
			all.insert(name, ('?', device.to_be_bytes().to_vec()));
		}
	}
}

impl Drop for Mounted {
	fn drop(&mut self) {
		let _ = unmount(self.folder.path().join("root"), UnmountFlags::DETACH);
	}
}
