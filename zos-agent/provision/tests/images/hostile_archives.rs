//! Layers that try to leave their place, to fill the disk, or to deceive.

use crate::node::{verdict, Mounted, Node};
use grid_primitives::report::FailureCode::ImageRefused;
use std::fs;
use zos_testing::{Layer, Packing, Parts};

/// A header as no honest tool writes it: names are put in as they are.
fn raw(kind: tar::EntryType, name: &str, link: &str, size: u64) -> tar::Header {
	let mut header = tar::Header::new_gnu();
	header.set_entry_type(kind);
	header.set_mode(0o777);
	header.set_size(size);
	let fields = header.as_old_mut();
	fields.name[..name.len()].copy_from_slice(name.as_bytes());
	fields.linkname[..link.len()].copy_from_slice(link.as_bytes());
	header.set_cksum();
	header
}

enum Say<'a> {
	File(&'a str),
	Folder(&'a str),
	Soft(&'a str, &'a str),
	Hard(&'a str, &'a str),
}

fn layer(entries: &[Say]) -> Layer {
	Layer::build(|archive| {
		for entry in entries {
			let content = b"evil";
			let (header, content) = match entry {
				Say::File(name) => (raw(tar::EntryType::Regular, name, "", 4), &content[..]),
				Say::Folder(name) => (raw(tar::EntryType::Directory, name, "", 0), &b""[..]),
				Say::Soft(name, to) => (raw(tar::EntryType::Symlink, name, to, 0), &b""[..]),
				Say::Hard(name, to) => (raw(tar::EntryType::Link, name, to, 0), &b""[..]),
			};
			archive.append(&header, content).expect("in memory");
		}
	})
}

/// It is refused for this reason, for good, and nothing of it is anywhere.
fn assert_refused(entries: &[Say], reason: &str) {
	let node = Node::new();
	assert_layer_refused(&node, layer(entries), reason);
}

fn assert_layer_refused(node: &Node, layer: Layer, reason: &str) {
	let good = Layer::files(&[("good", b"x")]);
	let (code, again, text) = verdict(node.pull_layers([good, layer]));
	assert_eq!((code, again), (ImageRefused, false), "{text}");
	assert!(text.contains(reason), "{text}");
	node.assert_empty();
	let names: Vec<_> = fs::read_dir(node.beside()).expect("it is there").flatten().collect();
	assert_eq!(names.len(), 2, "something is beside the images: {names:?}");
}

#[test]
fn names_that_climb_out() {
	assert_refused(&[Say::File("../evil")], "out of the image");
	assert_refused(&[Say::Folder("a"), Say::File("a/../../evil")], "out of the image");
	assert_refused(&[Say::Folder("..")], "out of the image");
	assert_refused(&[Say::File("a/..")], "out of the image");
}

#[test]
fn names_from_the_root_of_the_machine() {
	let node = Node::new();
	let evil = format!("{}/evil", node.beside().display());
	assert_layer_refused(&node, layer(&[Say::File(&evil)]), "from the root");
}

#[test]
fn links_out_of_the_image() {
	assert_refused(&[Say::Soft("out", "../../etc")], "leads out of the image");
	assert_refused(&[Say::Soft("a/b/out", "../../../etc")], "leads out of the image");
	assert_refused(&[Say::Soft("out", "/../etc")], "leads out of the image");
	assert_refused(&[Say::Hard("shadow", "../../../../etc/shadow")], "out of the image");
	assert_refused(&[Say::Hard("shadow", "/etc/shadow")], "from the root");
}

#[test]
fn writes_through_links() {
	let through = "through a symbolic link";
	let node = Node::new();
	let out = node.beside().to_str().expect("a plain path").to_owned();
	let door = || Say::Soft("door", &out);
	for next in [
		Say::File("door/evil"),
		Say::Folder("door/evil"),
		Say::File("door/images/evil"),
		Say::File("door/.wh.layouts"),
		Say::File("door/.wh..wh..opq"),
		Say::Hard("stolen", "door/images/lock"),
	] {
		assert_layer_refused(&node, layer(&[door(), next]), through);
	}
	assert_refused(&[Say::Folder("a"), Say::Soft("b", "a"), Say::File("b/c/d")], through);
	assert_refused(&[Say::Soft("door", "."), Say::Folder("door/evil")], through);
}

#[test]
fn a_link_is_replaced_and_never_written_to() {
	let node = Node::new();
	let victim = node.beside().join("images/victim");
	fs::write(&victim, "untouched").expect("a file is written");
	let to = victim.to_str().expect("a plain path");
	let entries = [Say::Soft("door", to), Say::File("door"), Say::Folder("wall")];
	let unpacked = node.pull_layers([layer(&entries)]).expect("it is harmless");
	assert_eq!(Mounted::of(&unpacked).read("door").as_deref(), Some("evil"));
	assert_eq!(fs::read_to_string(victim).expect("it is there"), "untouched");
}

#[test]
fn hard_links_to_what_is_not_in_the_layer() {
	let reason = "hard link to no file";
	assert_refused(&[Say::Hard("b", "a")], reason);
	assert_refused(&[Say::Folder("a"), Say::Hard("b", "a")], reason);
	assert_refused(&[Say::File(".wh.a"), Say::Hard("b", "a")], reason);
	assert_refused(&[Say::Hard("b", "good")], reason);
}

#[test]
fn files_in_files() {
	assert_refused(&[Say::File("a"), Say::File("a/b")], "not a folder");
	assert_refused(&[Say::File("."), Say::File("x")], "no file can have");
}

#[test]
fn whiteouts_that_lead_elsewhere() {
	for name in [".wh...", ".wh..", ".wh.", "a/.wh...", ".wh.a/b"] {
		assert_refused(&[Say::File(name)], "no file can have");
	}
}

#[test]
fn attributes_that_speak_to_the_node() {
	let names = ["trusted.overlay.redirect", "trusted.overlay.opaque", "user.overlay.redirect"];
	for name in names {
		let layer = Layer::build(|archive| {
			let key = format!("SCHILY.xattr.{name}");
			archive.append_pax_extensions([(&*key, &b"/"[..])]).expect("in memory");
			archive.append(&raw(tar::EntryType::Directory, "a", "", 0), &b""[..]).expect("so");
		});
		assert_layer_refused(&Node::new(), layer, "the node's own");
	}
	let broken = Layer::build(|archive| {
		let capability = [("SCHILY.xattr.security.capability", &b"nonsense"[..])];
		archive.append_pax_extensions(capability).expect("in memory");
		archive.append(&raw(tar::EntryType::Regular, "a", "", 0), &b""[..]).expect("in memory");
	});
	assert_layer_refused(&Node::new(), broken, "malformed");
	let heavy = Layer::build(|archive| {
		let note = [b'x'; 3000];
		archive.append_pax_extensions([("SCHILY.xattr.user.note", &note[..])]).expect("so");
		archive.append(&raw(tar::EntryType::Regular, "a", "", 0), &b""[..]).expect("in memory");
	});
	assert_layer_refused(&Node::new(), heavy, "bytes of attributes");
}

#[test]
fn holes_and_sizes_that_lie() {
	let sparse = Layer::build(|archive| {
		let header = raw(tar::EntryType::GNUSparse, "holes", "", 0);
		archive.append(&header, &b""[..]).expect("in memory");
	});
	assert_layer_refused(&Node::new(), sparse, "sparse");
	let huge = Layer::build(|archive| {
		let header = raw(tar::EntryType::Regular, "huge", "", 1 << 40);
		archive.append(&header, &b"little"[..]).expect("in memory");
	});
	assert_layer_refused(&Node::new(), huge, "ends before it should");
}

#[test]
fn bombs_of_bytes() {
	let node = Node::with(|it| {
		it.limits.ratio_counts_from = 1 << 20;
		it.limits.unpacked = 64 << 20;
	});
	let zeros = |length| Layer::files(&[("zeros", &vec![0; length])]).archive();
	for packing in [Packing::Gzip, Packing::Zstd] {
		let bomb = Layer::of_archive(&zeros(32 << 20), packing);
		assert_layer_refused(&node, bomb, "it was fetched as far fewer");
	}
	let large = Layer::of_archive(&zeros(65 << 20), Packing::Plain);
	assert_layer_refused(&node, large, "more than");
	// Each is small enough, and all together are not.
	let layers = (0..3u8).map(|at| {
		let file = vec![at; 30 << 20];
		Layer::of_archive(&Layer::files(&[("a", &file)]).archive(), Packing::Plain)
	});
	let (code, _, text) = verdict(node.pull_layers(layers));
	assert_eq!(code, ImageRefused, "{text}");
	node.assert_empty();
}

#[test]
fn bombs_of_names() {
	let node = Node::with(|it| it.limits.entries = 1000);
	let many = Layer::build(|archive| {
		for at in 0..1001 {
			let header = raw(tar::EntryType::Regular, &format!("f{at}"), "", 0);
			archive.append(&header, &b""[..]).expect("in memory");
		}
	});
	assert_layer_refused(&node, many, "files and folders");
	// Folders that nobody names count too.
	let implied = Layer::build(|archive| {
		for at in 0..40 {
			let name = format!("{at}/{}", "d/".repeat(30));
			archive.append(&raw(tar::EntryType::Directory, &name, "", 0), &b""[..]).expect("so");
		}
	});
	assert_layer_refused(&node, implied, "files and folders");
	let deep = Layer::build(|archive| {
		let mut header = tar::Header::new_gnu();
		header.set_size(0);
		archive.append_data(&mut header, "d/".repeat(200) + "f", &b""[..]).expect("in memory");
	});
	assert_layer_refused(&node, deep, "folders within folders");
	let long = Layer::build(|archive| {
		let mut header = tar::Header::new_gnu();
		header.set_size(0);
		let name = format!("{}/", "n".repeat(250)).repeat(20);
		archive.append_data(&mut header, name + "f", &b""[..]).expect("in memory");
	});
	assert_layer_refused(&node, long, "bytes of a name");
	let layers = (0..129).map(|at| Layer::files(&[("a", format!("{at}").as_bytes())]));
	let (code, again, _) = verdict(node.pull_layers(layers));
	assert_eq!((code, again), (ImageRefused, false));
	node.assert_empty();
}

#[test]
fn archives_that_are_cut_or_no_archives() {
	let whole = Layer::noise("noise", 100_000).archive();
	let cut = Layer::of_archive(&whole[..50_000], Packing::Gzip);
	assert_layer_refused(&Node::new(), cut, "ends before it should");
	let noise = Layer::of_archive(&Layer::noise("n", 5000).bytes, Packing::Plain);
	assert_layer_refused(&Node::new(), noise, "not a well-formed tar archive");
	for packing in [Packing::Gzip, Packing::Zstd] {
		let mut layer = Layer::of_archive(&whole, packing);
		layer.bytes.truncate(layer.bytes.len() / 2);
		assert_layer_refused(&Node::new(), layer, "ends before it should");
		let mut layer = Layer::of_archive(&whole, packing);
		let middle = layer.bytes.len() / 2;
		layer.bytes[middle..middle + 64].fill(0x55);
		let (code, again, text) = verdict(Node::new().pull_layers([layer]));
		assert_eq!((code, again), (ImageRefused, false), "{text}");
		let mut layer = Layer::of_archive(&whole, Packing::Plain);
		layer.packing = packing;
		assert_layer_refused(&Node::new(), layer, "decompressed");
	}
}

#[test]
fn files_behind_the_end() {
	let mut archive = layer(&[Say::File("seen")]).archive();
	archive.truncate(1024);
	archive.extend([0; 512]);
	archive.extend(layer(&[Say::File("hidden")]).archive());
	let hidden = Layer::of_archive(&archive, Packing::Gzip);
	assert_layer_refused(&Node::new(), hidden, "after its end");
}

#[test]
fn layers_that_are_not_what_the_config_says() {
	let node = Node::new();
	let mut parts = Parts::new([Layer::files(&[("a", b"b")])]);
	parts.contents = Some(vec![Layer::files(&[("a", b"c")]).content]);
	let (code, again, text) = verdict(node.pull(&node.layout_image(&parts)));
	assert_eq!((code, again), (ImageRefused, false));
	assert!(text.contains("unpacks to"), "{text}");
	node.assert_empty();
}
