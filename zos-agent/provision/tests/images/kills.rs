//! An agent that is killed while images come and go.

use crate::node::{Mounted, Node};
use std::{
	path::PathBuf,
	process::{Command, Stdio},
	time::Duration,
};
use zos_core::ports::{Cancel, Images};
use zos_provision::images::{ImageSettings, ImageStore};
use zos_testing::{image, Layer, Parts};

const FOLDER: &str = "ZOS_TEST_IMAGES";

fn parts() -> Parts {
	Parts::new((0..8u32).map(|layer| {
		let names: Vec<_> = (0..40).map(|file| format!("d{layer}/{file}")).collect();
		let files: Vec<_> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
		Layer::files(&files)
	}))
}

fn settings(folder: PathBuf) -> ImageSettings {
	let layouts = Some(folder.join("layouts"));
	ImageSettings { layouts, reserve: 0, ..ImageSettings::new(folder.join("images")) }
}

#[test]
#[ignore = "the next one starts it, and kills it"]
fn an_agent_without_rest() {
	let folder = std::env::var_os(FOLDER).expect("it is told where");
	let store = ImageStore::open(settings(folder.into())).expect("images are opened");
	let image = image("layouts.example/tests/app", parts().written().digest);
	for turn in 0u64.. {
		store.pull(&image, None, &Cancel::default()).expect("it is pulled");
		std::thread::sleep(Duration::from_millis(20));
		let keep = if turn % 2 == 0 { vec![image.digest] } else { vec![] };
		store.collect(&keep).expect("it is collected");
	}
}

#[test]
fn whenever_an_agent_is_killed_images_are_whole_or_not_there() {
	let mut node = Node::new();
	let image = node.layout_image(&parts());
	let wanted = Mounted::of(&node.pull(&image).expect("it is pulled")).all();
	assert_eq!(wanted.len(), 8 * 41);
	for round in 0..40u64 {
		node.stop();
		let myself = std::env::current_exe().expect("it is known");
		let mut child = Command::new(myself)
			.args(["kills::an_agent_without_rest", "--exact", "--ignored"])
			.env(FOLDER, node.beside())
			.stdout(Stdio::null())
			.spawn()
			.expect("it starts");
		std::thread::sleep(Duration::from_millis(20 + round * 37 % 300));
		child.kill().expect("it still runs");
		child.wait().expect("it ends");

		node.restart();
		assert_eq!(node.count("staging"), 0);
		if node.store().list().expect("they are listed") == [image.digest] {
			assert!(node.count("layers") >= 8);
		}
		let again = node.pull(&image).expect("it is pulled");
		assert_eq!(Mounted::of(&again).all(), wanted, "in round {round}");
		node.store().collect(&[image.digest]).expect("it is collected");
		assert_eq!((node.count("layers"), node.count("downloads")), (8, 0));
		if round % 2 == 0 {
			node.store().collect(&[]).expect("it is collected");
			node.assert_empty();
		}
	}
}
