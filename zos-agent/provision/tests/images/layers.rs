//! What is in layers, as overlayfs shows it.

use crate::node::{Mounted, Node};
use std::{
	fs,
	os::unix::fs::{FileTypeExt, MetadataExt},
	path::Path,
};
use zos_testing::Layer;

type Archive = tar::Builder<Vec<u8>>;

fn entry(kind: tar::EntryType) -> tar::Header {
	let mut header = tar::Header::new_gnu();
	header.set_entry_type(kind);
	header.set_mode(0o755);
	header.set_size(0);
	header
}

fn folder(archive: &mut Archive, name: &str) {
	let mut header = entry(tar::EntryType::Directory);
	archive.append_data(&mut header, name, &b""[..]).expect("in memory");
}

fn file(archive: &mut Archive, name: &str, content: &str) {
	let mut header = entry(tar::EntryType::Regular);
	header.set_size(content.len() as u64);
	archive.append_data(&mut header, name, content.as_bytes()).expect("in memory");
}

fn link(archive: &mut Archive, kind: tar::EntryType, name: &str, to: &str) {
	archive.append_link(&mut entry(kind), name, to).expect("in memory");
}

#[test]
fn a_layer_removes_what_is_below() {
	let below = Layer::build(|it| {
		folder(it, "etc");
		for name in ["etc/kept", "etc/gone", "etc/back", "whole/a", "whole/b/c", "hidden/old"] {
			file(it, name, "below");
		}
	});
	let above = Layer::build(|it| {
		file(it, "etc/.wh.gone", "");
		file(it, "etc/.wh.back", "");
		file(it, "etc/back", "above");
		file(it, ".wh.whole", "");
		file(it, "hidden/new", "above");
		file(it, "hidden/.wh..wh..opq", "");
		file(it, "etc/.wh.never", "");
	});
	let node = Node::new();
	let mounted = Mounted::of(&node.pull_layers([below, above]).expect("it is pulled"));
	assert_eq!(mounted.read("etc/kept").as_deref(), Some("below"));
	assert_eq!(mounted.read("etc/back").as_deref(), Some("above"));
	assert_eq!(mounted.read("hidden/new").as_deref(), Some("above"));
	for gone in ["etc/gone", "whole", "hidden/old", "etc/never", "etc/.wh.gone"] {
		assert!(!mounted.path(gone).exists(), "{gone}");
	}
}

#[test]
fn a_folder_in_the_place_of_another_is_not_one_with_it() {
	let below = Layer::files(&[("a/old", b"x"), ("b/old", b"x"), ("c/old", b"x")]);
	let above = Layer::build(|it| {
		file(it, ".wh.a", "");
		folder(it, "a");
		file(it, "a/new", "y");
		file(it, ".wh.b", "");
		// Nothing is said of the folder itself.
		file(it, "b/new", "y");
		folder(it, "c");
		file(it, "c/new", "y");
		// And said late.
		file(it, ".wh.c", "");
	});
	let node = Node::new();
	let mounted = Mounted::of(&node.pull_layers([below, above]).expect("it is pulled"));
	for name in ["a", "b", "c"] {
		assert!(mounted.path(name).join("new").exists(), "{name}");
		assert!(!mounted.path(name).join("old").exists(), "{name}");
	}
}

#[test]
fn a_layer_may_hide_everything_and_be_there_twice() {
	let base = Layer::files(&[("old", b"1")]);
	let middle = Layer::build(|it| {
		file(it, ".wh..wh..opq", "");
		file(it, "new", "2");
	});
	let top = Layer::files(&[("top", b"3")]);
	let node = Node::new();
	let layers = [base.clone(), middle, top.clone()];
	let mounted = Mounted::of(&node.pull_layers(layers).expect("it is pulled"));
	assert!(!mounted.path("old").exists());
	assert_eq!(mounted.read("new").as_deref(), Some("2"));
	assert_eq!(mounted.read("top").as_deref(), Some("3"));

	let removing = Layer::build(|it| file(it, ".wh.old", ""));
	let again = [base.clone(), top, removing, base];
	let mounted = Mounted::of(&node.pull_layers(again).expect("it is pulled"));
	assert_eq!(mounted.read("old").as_deref(), Some("1"));
	assert_eq!(mounted.read("top").as_deref(), Some("3"));
}

#[test]
fn files_are_as_they_were_packed() {
	let layer = Layer::build(|it| {
		let mut header = entry(tar::EntryType::Regular);
		header.set_mode(0o4751);
		header.set_uid(1234);
		header.set_gid(70_000);
		header.set_mtime(1_000_000_000);
		header.set_size(3);
		let capability: &[u8] = b"\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
		it.append_pax_extensions([
			("SCHILY.xattr.security.capability", capability),
			("SCHILY.xattr.user.note", b"mine"),
			("SCHILY.xattr.security.selinux", b"label"),
			("mtime", b"1000000000.25"),
		])
		.expect("in memory");
		it.append_data(&mut header, "d/program", &b"run"[..]).expect("in memory");

		let mut header = entry(tar::EntryType::Directory);
		header.set_mode(0o1777);
		header.set_uid(7);
		header.set_mtime(5);
		it.append_data(&mut header, "tmp", &b""[..]).expect("in memory");
		file(it, "tmp/inside", "x");

		let mut header = entry(tar::EntryType::Symlink);
		header.set_uid(8);
		header.set_mtime(6);
		it.append_link(&mut header, "tmp/link", "/d/program").expect("in memory");
		link(it, tar::EntryType::Link, "again", "d/program");
		let mut header = entry(tar::EntryType::Fifo);
		header.set_mode(0o620);
		it.append_data(&mut header, "pipe", &b""[..]).expect("in memory");
	});
	let node = Node::new();
	let unpacked = node.pull_layers([layer]).expect("it is pulled");
	let at = |path: &str| fs::symlink_metadata(unpacked.layers[0].join(path)).expect("it is there");

	let program = at("d/program");
	assert_eq!((program.uid(), program.gid(), program.mode() & 0o7777), (1234, 70_000, 0o4751));
	assert_eq!((program.mtime(), program.mtime_nsec()), (1_000_000_000, 250_000_000));
	assert_eq!((at("again").ino(), program.nlink()), (program.ino(), 2));
	let attribute = |name: &str| attribute(&unpacked.layers[0].join("d/program"), name);
	assert_eq!(attribute("user.note").as_deref(), Some(&b"mine"[..]));
	assert!(attribute("security.capability").is_some());
	assert_ne!(attribute("security.selinux").as_deref(), Some(&b"label"[..]));

	let tmp = at("tmp");
	assert_eq!((tmp.uid(), tmp.mode() & 0o7777, tmp.mtime()), (7, 0o1777, 5));
	assert_eq!((at("tmp/link").uid(), at("tmp/link").mtime()), (8, 6));
	assert!(at("pipe").file_type().is_fifo());
	assert_eq!(at("pipe").mode() & 0o7777, 0o620);
	let implied = at("d");
	assert_eq!((implied.uid(), implied.mode() & 0o7777, implied.mtime()), (0, 0o755, 0));
}

fn attribute(path: &Path, name: &str) -> Option<Vec<u8>> {
	let mut value = vec![0; 256];
	let length = rustix::fs::lgetxattr(path, name, &mut value).ok()?;
	value.truncate(length);
	Some(value)
}

#[test]
fn nobody_but_root_looks_into_images() {
	let node = Node::new();
	let layer = Layer::files(&[("program", b"run")]);
	node.pull_layers([layer]).expect("it is pulled");
	for part in ["", "layers", "images", "staging", "downloads"] {
		let mode = fs::metadata(node.images().join(part)).expect("it is there").mode();
		assert_eq!(mode & 0o777, 0o700, "{part}");
	}
}

#[test]
fn the_last_of_two_files_of_one_name_stays() {
	let layer = Layer::build(|it| {
		file(it, "a", "first");
		link(it, tar::EntryType::Link, "b", "a");
		file(it, "a", "second");
		folder(it, "c");
		file(it, "c/inside", "x");
		file(it, "c", "now a file");
		link(it, tar::EntryType::Symlink, "d", "a");
		file(it, "d", "no longer a link");
		file(it, "e", "now a folder");
		folder(it, "e");
		folder(it, "f");
		file(it, "f/kept", "x");
		folder(it, "f");
	});
	let node = Node::new();
	let mounted = Mounted::of(&node.pull_layers([layer]).expect("it is pulled"));
	let wanted = [("a", "second"), ("b", "first"), ("c", "now a file"), ("d", "no longer a link")];
	for (name, content) in wanted {
		assert_eq!(mounted.read(name).as_deref(), Some(content), "{name}");
	}
	assert!(mounted.path("e").is_dir());
	assert_eq!(mounted.read("f/kept").as_deref(), Some("x"));
}

#[test]
fn devices_are_left_out() {
	let layer = Layer::build(|it| {
		for (name, major, minor) in [("sda", 8, 0), ("whiteout", 0, 0)] {
			for kind in [tar::EntryType::Block, tar::EntryType::Char] {
				let mut header = entry(kind);
				header.set_device_major(major).expect("a new header");
				header.set_device_minor(minor).expect("a new header");
				let name = format!("dev/{name}");
				it.append_data(&mut header, name, &b""[..]).expect("in memory");
			}
		}
		file(it, "dev/file", "x");
	});
	let node = Node::new();
	let mounted = Mounted::of(&node.pull_layers([layer]).expect("it is pulled"));
	let names: Vec<_> = mounted.all().into_keys().collect();
	assert_eq!(names, ["dev", "dev/file"]);
}
