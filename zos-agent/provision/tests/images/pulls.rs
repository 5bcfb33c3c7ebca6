//! Images from a registry, and what happens while they come.

use crate::node::{verdict, Mounted, Node};
use grid_primitives::report::FailureCode::{ImageNotFound, Other};
use std::{
	fs,
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc,
	},
};
use zos_core::ports::{Cancel, Images};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{
	architecture, busybox_root, image, named, Answer, Layer, Layout, Packing, Parts, Registry,
	Server,
};

#[test]
fn an_image_that_people_made_with_their_tools_runs() {
	let (node, registry) = (Node::new(), Registry::start());
	let folder = tempfile::tempdir().expect("a temporary folder");
	let root = folder.path().join("root");
	busybox_root(&root);
	let layout = Layout::create(folder.path().join("layout"));
	layout.pack_root("v1", &root, &["/bin/echo", "hello"]);
	let image = registry.push(&layout, "v1", "team/busybox");

	let unpacked = node.pull(&image).expect("it is pulled");
	assert_eq!(unpacked.digest, image.digest);
	assert_eq!(unpacked.config.cmd, ["/bin/echo", "hello"]);
	let mounted = Mounted::of(&unpacked);
	let output = std::process::Command::new("chroot")
		.arg(mounted.path(""))
		.args(&unpacked.config.cmd)
		.output()
		.expect("chroot is there");
	assert_eq!(output.stdout, b"hello\n");
	assert_eq!(node.store().list().expect("they are listed"), [image.digest]);
	assert_eq!(node.count("downloads"), 0);
}

#[test]
fn a_registry_may_be_known_by_another_name_than_that_of_its_host() {
	let (registry, parts) = (Registry::start(), Parts::new([Layer::files(&[("file", b"x")])]));
	let digest = registry.put("team/app", &parts).digest;
	let folder = tempfile::tempdir().expect("a temporary folder");
	let mut settings = ImageSettings::new(folder.path().join("images"));
	settings.registries.served_by = [("known.example".into(), registry.address().into())].into();
	let store = ImageStore::open(settings).expect("images are opened");
	let pull = |reference| store.pull(&image(reference, digest), None, &Cancel::default());
	assert_eq!(pull("known.example/team/app").expect("it is there").digest, digest);

	let other = image("known.example/team/other", [1; 32]);
	let (code, _, text) = verdict(store.pull(&other, None, &Cancel::default()));
	assert_eq!(code, ImageNotFound);
	let both = format!("known.example (served by {})", registry.address());
	assert!(text.contains(&both), "whoever reads it knows whom to ask: {text}");
}

#[test]
fn layers_come_in_every_packing_and_once_each() {
	let (node, registry) = (Node::new(), Registry::start());
	let base = Layer::files(&[("base", b"of all")]);
	for packing in Packing::ALL {
		let own = Layer::files(&[("own", format!("{packing:?}").as_bytes())]).archive();
		let parts = Parts::new([base.clone(), Layer::of_archive(&own, packing)]);
		let unpacked = node.pull(&registry.put("app", &parts)).expect("it is pulled");
		let mounted = Mounted::of(&unpacked);
		assert_eq!(mounted.read("base").as_deref(), Some("of all"));
		assert_eq!(mounted.read("own"), Some(format!("{packing:?}")));
	}
	assert_eq!(node.count("layers"), 4, "the base is there once");
}

#[test]
fn the_image_for_this_machine_is_taken_from_a_list() {
	let node = Node::new();
	let reference = "layouts.example/app";
	let layout = Layout::create(node.layouts().join(reference));
	let foreign = Parts {
		architecture: "riscv64".into(),
		..Parts::new([Layer::files(&[("which", b"foreign")])])
	};
	let foreign = layout.add("foreign", &foreign);
	let ours = layout.add("ours", &Parts::new([Layer::files(&[("which", b"ours")])]));
	let both = layout.add_index("both", &[("riscv64", foreign), (architecture(), ours)]);
	let none = layout.add_index("none", &[("riscv64", foreign)]);
	let lies = layout.add_index("lies", &[(architecture(), foreign)]);

	let unpacked = node.pull(&image(reference, both)).expect("it is pulled");
	assert_eq!(unpacked.digest, both, "it is known by what the spec calls it");
	assert_eq!(Mounted::of(&unpacked).read("which").as_deref(), Some("ours"));
	for other in [foreign, none, lies] {
		let (code, again, text) = verdict(node.pull(&image(reference, other)));
		assert_eq!((code, again), (ImageNotFound, false));
		assert!(text.contains("riscv64"), "{text}");
	}
}

#[test]
fn what_is_here_needs_no_registry() {
	let (mut node, mut registry) = (Node::new(), Registry::start());
	let image = registry.put("app", &Parts::new([Layer::files(&[("a", b"b")])]));
	let first = node.pull(&image).expect("it is pulled");
	registry.stop();
	node.restart();
	assert_eq!(node.pull(&image).expect("it is here"), first);
}

#[test]
fn what_nobody_has_is_not_found_and_tried_again() {
	let (node, mut registry) = (Node::new(), Registry::start());
	let parts = Parts::new([Layer::files(&[("a", b"b")])]);
	let (code, again, _) = verdict(node.pull(&registry.image("app", parts.written().digest)));
	assert_eq!((code, again), (ImageNotFound, true));
	let image = registry.put("app", &parts);
	registry.stop();
	let (code, again, text) = verdict(node.pull(&image));
	assert_eq!((code, again), (ImageNotFound, true));
	assert!(text.contains("cannot be reached"), "{text}");
	registry.go_on();
	node.pull(&image).expect("it is pulled after all");
}

/// A registry that stops in the middle of each answer, and says how many bytes it sent of a blob.
fn stopping(parts: &Parts, each: usize) -> (Server, Arc<AtomicUsize>) {
	let written = parts.written();
	let sent = Arc::new(AtomicUsize::new(0));
	let counted = sent.clone();
	let server = Server::start(move |request| {
		if request.path.contains("/manifests/") {
			return Answer::of(written.manifest.clone());
		}
		let found = written.blobs.iter().find(|(digest, _)| request.path.contains(&named(digest)));
		let Some((_, blob)) = found else { return Answer::status(404) };
		let from = request.from();
		let until = blob.len().min(from + each);
		counted.fetch_add(until - from, Ordering::SeqCst);
		let promised = Some((blob.len() - from) as u64);
		let range = format!("bytes {from}-{}/{}", blob.len() - 1, blob.len());
		let status = if from > 0 { 206 } else { 200 };
		Answer { status, promised, ..Answer::of(&blob[from..until]) }.with("Content-Range", range)
	});
	(server, sent)
}

#[test]
fn a_download_that_is_cut_goes_on_where_it_was() {
	let node = Node::new();
	let parts = Parts::new([Layer::noise("noise", 900_000)]);
	let (server, sent) = stopping(&parts, 100_000);
	let image = image(&format!("{}/app", server.address()), parts.written().digest);
	node.pull(&image).expect("it is pulled in pieces");
	let whole: usize = parts.written().blobs.iter().map(|(_, bytes)| bytes.len()).sum();
	assert_eq!(sent.load(Ordering::SeqCst), whole, "no byte came twice");
}

#[test]
fn a_download_goes_on_after_the_agent_was_killed() {
	let mut node = Node::new();
	let parts = Parts::new([Layer::noise("noise", 300_000)]);
	let (server, sent) = stopping(&parts, 400_000);
	let image = image(&format!("{}/app", server.address()), parts.written().digest);
	let (blob, bytes) = parts.written().blobs[0].clone();
	// As a killed agent leaves it: half of a blob, half of a layer, and a record half written.
	let downloads = node.images().join("downloads").join(zos_testing::hex(&image.digest));
	fs::create_dir_all(&downloads).expect("a folder is made");
	let part = downloads.join(format!("{}.part", zos_testing::hex(&blob)));
	fs::write(part, &bytes[..200_000]).expect("a file is written");
	fs::create_dir_all(node.images().join("staging/7/half/of/it")).expect("a folder is made");
	fs::write(node.images().join("staging/8"), "{\"layers\":[").expect("a file is written");
	node.restart();

	assert_eq!(node.count("staging"), 0);
	node.pull(&image).expect("it is pulled");
	let whole: usize = parts.written().blobs.iter().map(|(_, bytes)| bytes.len()).sum();
	assert_eq!(sent.load(Ordering::SeqCst), whole - 200_000);
}

#[test]
fn what_is_left_of_a_download_is_never_believed() {
	let mut node = Node::new();
	let parts = Parts::new([Layer::noise("noise", 300_000)]);
	let (server, _) = stopping(&parts, 400_000);
	let image = image(&format!("{}/app", server.address()), parts.written().digest);
	let downloads = node.images().join("downloads").join(zos_testing::hex(&image.digest));
	fs::create_dir_all(&downloads).expect("a folder is made");
	let (blob, bytes) = parts.written().blobs[0].clone();
	let part = downloads.join(format!("{}.part", zos_testing::hex(&blob)));
	fs::write(&part, vec![0; bytes.len()]).expect("a file is written");
	node.restart();
	assert!(node.pull(&image).is_err());
	node.pull(&image).expect("what was bad is gone, so now it is pulled");
}

#[test]
fn who_wants_the_same_at_the_same_time_shares_one_download() {
	let node = Node::new();
	let shared = Layer::noise("shared", 400_000);
	let one = Parts::new([shared.clone(), Layer::files(&[("a", b"1")])]);
	let two = Parts::new([shared.clone(), Layer::files(&[("a", b"2")])]);
	let fetched = Arc::new(AtomicUsize::new(0));
	let counted = fetched.clone();
	let all = [one.written(), two.written()];
	let wanted = named(&zos_testing::sha256(&shared.bytes));
	let server = Server::start(move |request| {
		for written in &all {
			if request.path.contains(&named(&written.digest)) {
				return Answer::of(written.manifest.clone());
			}
			for (digest, bytes) in &written.blobs {
				if request.path.contains(&named(digest)) {
					if request.path.contains(&wanted) {
						counted.fetch_add(1, Ordering::SeqCst);
						std::thread::sleep(std::time::Duration::from_millis(200));
					}
					return Answer::of(bytes.clone());
				}
			}
		}
		Answer::status(404)
	});
	let reference = format!("{}/app", server.address());
	std::thread::scope(|scope| {
		for parts in [&one, &one, &one, &two, &two, &two] {
			let image = image(&reference, parts.written().digest);
			let node = &node;
			scope.spawn(move || node.pull(&image).expect("it is pulled"));
		}
	});
	assert_eq!(fetched.load(Ordering::SeqCst), 1);
	assert_eq!(node.count("images"), 2);
}

#[test]
fn a_pull_that_nobody_wants_ends_soon_and_leaves_nothing() {
	let node = Node::new();
	let parts = Parts::new([Layer::noise("noise", 300_000)]);
	let written = parts.written();
	let image_of = |server: &Server| image(&format!("{}/app", server.address()), written.digest);
	let cancel = Cancel::default();
	let wanted = cancel.clone();
	let all = parts.written();
	let server = Server::start(move |request| {
		if request.path.contains("/manifests/") {
			return Answer::of(all.manifest.clone());
		}
		let found = all.blobs.iter().find(|(digest, _)| request.path.contains(&named(digest)));
		let Some((_, blob)) = found else { return Answer::status(404) };
		if blob.len() > 100_000 {
			wanted.cancel();
		}
		Answer::of(blob.clone())
	});
	let image = image_of(&server);
	let (code, again, _) = verdict(node.store().pull(&image, None, &cancel));
	assert_eq!((code, again), (Other, true));
	node.assert_empty();
}

#[test]
fn two_agents_never_share_a_folder() {
	let node = Node::new();
	let settings = zos_provision::images::ImageSettings::new(node.images());
	let error = zos_provision::images::ImageStore::open(settings).err().expect("it is refused");
	assert!(error.to_string().contains("another agent"), "{error}");
}
