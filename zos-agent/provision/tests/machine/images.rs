//! Containers of images that were pulled: what a registry has is what runs.

use crate::world::{Made, World};
use grid_primitives::spec::{Image, LogTarget, RestartPolicy};
use zos_core::ports::{Cancel, Containers, Exit, Images, Unpacked};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{busybox_root, Layer, Layout, Parts, Registry};

/// A container that does what its image says.
fn as_packed(name: &str, image: &Image, unpacked: Unpacked) -> Made {
	let mut made = Made::shell(name, "").restart(RestartPolicy::Never);
	made.container.command = Default::default();
	made.container.image = image.clone();
	made.container.log = LogTarget::Node(1 << 20);
	made.image = unpacked;
	made
}

#[test]
fn what_a_registry_has_is_what_runs() {
	let (world, registry) = (World::new(), Registry::start());
	let store = ImageStore::open(ImageSettings::new(world.state().join("images")));
	let store = store.expect("images are opened");
	let folder = tempfile::tempdir().expect("a temporary folder");
	let root = folder.path().join("root");
	busybox_root(&root);
	let layout = Layout::create(folder.path().join("layout"));
	layout.pack_root("v1", &root, &["/bin/sh", "-c", "echo hello; ls /etc; exit 3"]);
	let image = registry.push(&layout, "v1", "team/app");

	let unpacked = store.pull(&image, None, &Cancel::default()).expect("it is pulled");
	let made = as_packed("packed", &image, unpacked);
	world.start(&made).expect("it starts");
	assert_eq!(world.end_of(&made.key), Exit::Code(3));
	let printed = world.printed(&made.key);
	assert_eq!(printed.first().map(String::as_str), Some("hello"));
	assert!(printed.iter().any(|line| line == "passwd"), "{printed:?}");
	let used = world.found(&made.key).and_then(|found| found.image);
	assert_eq!(used, Some(image.digest), "so that it is not collected");
	world.containers.remove(&made.key).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn layers_add_and_remove_as_a_container_sees_it() {
	let world = World::new();
	let mut settings = ImageSettings::new(world.state().join("images"));
	let layouts = tempfile::tempdir().expect("a temporary folder");
	settings.layouts = Some(layouts.path().to_owned());
	let store = ImageStore::open(settings).expect("images are opened");
	let reference = "layouts.example/team/app";
	let layout = Layout::create(layouts.path().join(reference));
	let root = layouts.path().join("root");
	busybox_root(&root);
	let base = Layer::build(|it| {
		it.follow_symlinks(false);
		it.append_dir_all("", &root).expect("in memory");
	});
	let above = Layer::files(&[
		("etc/.wh.group", b""),
		("data/.wh.never", b""),
		("data/file", b"above"),
		("var/.wh..wh..opq", b""),
	]);
	let mut parts = Parts::new([base, above]);
	let script = "cat /data/file; echo; ls -a /data; ls /etc; ls /var; echo $WHO; id -u; pwd; \
		touch /data/.x && rm /data/file && ls -a /data";
	parts.run = serde_json::json!({
		"Entrypoint": ["/bin/sh", "-c", script],
		"Env": ["WHO=me", "PATH=/bin"],
		"WorkingDir": "/tmp",
	});
	let image = zos_testing::image(reference, layout.add("v1", &parts));
	let unpacked = store.pull(&image, None, &Cancel::default()).expect("it is pulled");
	let made = as_packed("layers", &image, unpacked);
	world.start(&made).expect("it starts");
	assert_eq!(world.end_of(&made.key), Exit::Code(0), "{:?}", world.printed(&made.key));
	let printed = world.printed(&made.key);
	let etc = ["hostname", "hosts", "passwd", "resolv.conf"];
	let first = ["above", ".", "..", "file"];
	let last = ["me", "0", "/tmp", ".", "..", ".x"];
	let wanted: Vec<_> = first.iter().chain(&etc).chain(&last).copied().collect();
	assert_eq!(printed, wanted);
}
