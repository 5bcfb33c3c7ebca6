//! The disk: what is kept on it, and what happens when it is full.

use crate::node::{verdict, Mounted, Node};
use grid_primitives::report::FailureCode::NoCapacity;
use rustix::mount::{mount, unmount, MountFlags, UnmountFlags};
use std::{ffi::CString, fs, path::PathBuf};
use zos_core::ports::{Cancel, Images};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{Layer, Packing, Parts, Registry};

#[test]
fn what_nobody_needs_goes_and_what_is_shared_stays() {
	let node = Node::new();
	let base = Layer::noise("base", 100_000);
	let pull = |name: &str| {
		let own = Layer::noise(name, 50_000);
		node.pull_layers([base.clone(), own]).expect("it is pulled")
	};
	let (one, two) = (pull("one"), pull("two"));
	assert_eq!(node.count("layers"), 3);
	assert_eq!(node.store().collect(&[one.digest, two.digest]).expect("it is collected"), 0);

	let freed = node.store().collect(&[two.digest]).expect("it is collected");
	assert!((50_000..100_000).contains(&freed), "{freed}");
	assert_eq!(node.store().list().expect("they are listed"), [two.digest]);
	assert!(Mounted::of(&two).path("base").exists());
	assert!(!one.layers[1].exists());

	let freed = node.store().collect(&[]).expect("it is collected");
	assert!(freed > 150_000, "{freed}");
	node.assert_empty();
	pull("one");
}

#[test]
fn nothing_that_is_being_pulled_goes() {
	let node = Node::new();
	let image = node
		.layout_image(&Parts::new((0..30).map(|at| Layer::files(&[(&format!("f{at}"), b"x")]))));
	std::thread::scope(|scope| {
		let pulls = scope.spawn(|| {
			for _ in 0..20 {
				let unpacked = node.pull(&image).expect("it is pulled");
				assert_eq!(unpacked.layers.len(), 30);
				node.store().collect(&[]).expect("it is collected");
			}
		});
		while !pulls.is_finished() {
			node.store().collect(&[]).expect("it is collected");
		}
	});
	assert_eq!(node.count("staging"), 0);
}

#[test]
fn an_image_that_lost_a_layer_is_had_again() {
	let node = Node::new();
	let image = node.layout_image(&Parts::new([Layer::files(&[("a", b"b")])]));
	let unpacked = node.pull(&image).expect("it is pulled");
	fs::remove_dir_all(&unpacked.layers[0]).expect("it is removed");
	assert!(node.store().list().expect("they are listed").is_empty());
	let again = node.pull(&image).expect("it is pulled again");
	assert_eq!(Mounted::of(&again).read("a").as_deref(), Some("b"));
}

#[test]
fn what_is_deep_goes_too() {
	let node = Node::new();
	let name = format!("{}/", "n".repeat(250)).repeat(16);
	let deep = Layer::build(|archive| {
		let mut header = tar::Header::new_gnu();
		header.set_size(0);
		header.set_mode(0);
		archive.append_data(&mut header, name + "file", &b""[..]).expect("in memory");
	});
	node.pull_layers([deep]).expect("it is pulled");
	node.store().collect(&[]).expect("it is collected");
	node.assert_empty();
}

/// A disk of so many bytes.
struct SmallDisk {
	at: PathBuf,
	_folder: tempfile::TempDir,
}

impl SmallDisk {
	fn new(bytes: u64) -> Self {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let at = folder.path().join("disk");
		fs::create_dir(&at).expect("a folder is made");
		let options = CString::new(format!("size={bytes}")).expect("no zeros");
		mount("tmpfs", &at, "tmpfs", MountFlags::empty(), &*options).expect("it is mounted");
		Self { at, _folder: folder }
	}

	fn store(&self) -> ImageStore {
		let settings = ImageSettings { reserve: 0, ..ImageSettings::new(self.at.join("images")) };
		ImageStore::open(settings).expect("images are opened")
	}

	fn used(&self) -> u64 {
		let stat = rustix::fs::statvfs(&self.at).expect("it is mounted");
		(stat.f_blocks - stat.f_bfree) * stat.f_frsize
	}
}

impl Drop for SmallDisk {
	fn drop(&mut self) {
		let _ = unmount(&self.at, UnmountFlags::DETACH);
	}
}

#[test]
fn a_full_disk_is_told_and_nothing_is_left() {
	let registry = Registry::start();
	let small = registry.put("app", &Parts::new([Layer::noise("small", 300_000)]));
	let fits = Layer::noise("fits", 500_000);
	let zeros = Layer::files(&[("zeros", &vec![0; 20 << 20])]);
	let packed = Layer::of_archive(&zeros.archive(), Packing::Zstd);
	let as_fetched = Parts::new([fits.clone(), Layer::noise("large", 12 << 20)]);
	let as_unpacked = Parts::new([fits, packed]);
	for parts in [as_fetched, as_unpacked] {
		let large = registry.put("app", &parts);
		let disk = SmallDisk::new(10 << 20);
		let store = disk.store();
		store.pull(&small, None, &Cancel::default()).expect("there is room");
		let before = disk.used();
		let (code, again, text) = verdict(store.pull(&large, None, &Cancel::default()));
		assert_eq!((code, again), (NoCapacity, true), "{text}");
		assert!(disk.used() <= before + 65_536, "{} of {before}", disk.used());
		assert_eq!(store.list().expect("they are listed"), [small.digest]);
		store.pull(&small, None, &Cancel::default()).expect("it is still here");
	}
}

#[test]
fn some_of_the_disk_is_left_to_others() {
	let registry = Registry::start();
	let image = registry.put("app", &Parts::new([Layer::noise("small", 300_000)]));
	let disk = SmallDisk::new(10 << 20);
	let folder = disk.at.join("images");
	let settings = ImageSettings { reserve: 10_000_000, ..ImageSettings::new(folder) };
	let store = ImageStore::open(settings).expect("images are opened");
	let (code, again, _) = verdict(store.pull(&image, None, &Cancel::default()));
	assert_eq!((code, again), (NoCapacity, true));
}

#[test]
fn what_is_left_to_others_is_left_by_what_unpacks_to_much_too() {
	const MIB: u64 = 1 << 20;
	let registry = Registry::start();
	let zeros = Layer::files(&[("zeros", &vec![0; 64 << 20])]);
	let packed = Layer::of_archive(&zeros.archive(), Packing::Zstd);
	let image = registry.put("app", &Parts::new([packed]));
	let disk = SmallDisk::new(100 * MIB);
	let folder = disk.at.join("images");
	let settings = ImageSettings { reserve: 60 * MIB, ..ImageSettings::new(folder) };
	let store = ImageStore::open(settings).expect("images are opened");
	let (code, again, text) = verdict(store.pull(&image, None, &Cancel::default()));
	assert_eq!((code, again), (NoCapacity, true), "{text}");
	assert!(disk.used() < MIB, "nothing of it is left: {}", disk.used());
}
