//! Secrets are in memory, and nowhere else.

use crate::world::{Made, World};
use grid_primitives::{report::FailureCode, spec::Delivery};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};
use zos_core::ports::Containers;
use zos_provision::host::mounts;

const SECRET: &str = "correct-horse-battery-staple";

fn variable(name: &str) -> Delivery {
	Delivery::Variable(name.try_into().expect("short"))
}

fn file(path: &str) -> Delivery {
	Delivery::File(path.try_into().expect("short"))
}

/// Whether any file beneath a folder holds the secret.
fn is_written_in(folder: &Path) -> bool {
	fs::read_dir(folder).expect("a folder").any(|entry| {
		let path = entry.expect("a file").path();
		let kind = fs::symlink_metadata(&path).expect("its kind").file_type();
		if kind.is_dir() {
			return is_written_in(&path);
		}
		kind.is_file()
			&& fs::read(&path)
				.expect("its bytes")
				.windows(SECRET.len())
				.any(|bytes| bytes == SECRET.as_bytes())
	})
}

#[test]
fn the_program_reads_them_and_the_disk_never_does() {
	let world = World::new();
	let text = "[ $PASSWORD = $(cat /run/secrets/key) ] && echo same; \
		ls -ln /run/secrets/key; echo x > /run/secrets/key || echo refused; exec sleep 1000";
	let mut made = Made::shell("web", text)
		.secret(variable("PASSWORD"), SECRET.as_bytes())
		.secret(file("/run/secrets/key"), SECRET.as_bytes());
	made.image.config.user = Some("33:34".into());
	world.start(&made).expect("it starts");
	crate::world::eventually("it has read them", || {
		world.printed(&made.key).contains(&"refused".to_owned())
	});
	let printed = world.printed(&made.key);
	assert_eq!(printed[0], "same");
	assert!(printed[1].starts_with("-r--------    1 33       34"), "{printed:?}");

	assert!(!is_written_in(world.state()), "the state folder is on a disk");
	assert!(is_written_in(world.run()), "the test looks in the right way");
	let run = fs::canonicalize(world.run()).expect("a folder");
	let mount = mounts::list().expect("mounts").into_iter().find(|it| it.at == run);
	let mount = mount.expect("the run folder is in memory");
	assert!(
		mount.kind == "ramfs" || mount.kind == "tmpfs" && mount.options.contains("noswap"),
		"{mount:?}"
	);
	let bundle = world.run_of(&made.key).join("config.json");
	for path in [bundle, world.run_of(&made.key).join("setup.json")] {
		let mode = fs::metadata(&path).expect("it is there").permissions().mode();
		assert_eq!(mode & 0o077, 0, "{}", path.display());
	}
	world.containers.remove(&made.key).expect("it is removed");
	assert!(!is_written_in(world.run()));
}

#[test]
fn a_secret_that_is_no_text_is_no_variable_but_can_be_a_file() {
	let world = World::new();
	let made = Made::shell("web", "true").secret(variable("PASSWORD"), b"\xff\xfe");
	let error = world.start(&made).expect_err("a variable is text");
	assert_eq!(error.code(), FailureCode::SecretNotReadable);
	assert!(!error.is_retryable());
	let made = Made::shell("web", "od -An -tx1 /key").secret(file("/key"), b"\xff\xfe");
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert_eq!(world.printed(&made.key)[0].trim(), "ff fe");
}
