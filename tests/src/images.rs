use grid_primitives::spec::Image;
use std::path::PathBuf;
use tempfile::TempDir;
use zos_testing::{busybox_root, Layout, Registry};

/// Small systems as images in a registry of their own, gone when this is dropped.
pub struct Images {
	/// The registry.
	pub registry: Registry,
	_folder: TempDir,
	layout: Layout,
	root: PathBuf,
}

impl Images {
	/// A registry with nothing in it yet.
	#[allow(clippy::new_without_default, reason = "it starts a process")]
	pub fn new() -> Self {
		let folder = TempDir::new().expect("a folder can be made");
		let root = folder.path().join("root");
		busybox_root(&root);
		let layout = Layout::create(folder.path().join("layout"));
		Self { registry: Registry::start(), _folder: folder, layout, root }
	}

	/// An image that says its name, adds it to a file of the volume at `/data`, and stays.
	pub fn make(&self, name: &str) -> Image {
		let script = format!(
			"echo I am {name}; echo {name} >>/data/visits; cat /data/visits; \
			trap exit TERM; sleep 100000 & wait"
		);
		self.running(name, &script)
	}

	/// An image that runs a script.
	pub fn running(&self, name: &str, script: &str) -> Image {
		self.layout.pack_root(name, &self.root, &["/bin/sh", "-c", script]);
		self.registry.push(&self.layout, name, &format!("shop/{name}"))
	}
}
