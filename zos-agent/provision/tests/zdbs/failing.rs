//! What cannot be is said so that somebody can do something about it.

use crate::world::{eventually, kill, open, Network, Ordered, World};
use grid_primitives::{report::FailureCode, spec::Disk};
use rustix::process::Signal;
use std::fs;
use zos_core::ports::Zdbs;

#[test]
fn a_missing_program_is_said_at_the_start() {
	let world = World::new();
	let missing = world.folder().join("no-such-zdb");
	let error = open(&world.names, world.folder(), missing).expect_err("it is not there");
	assert!(error.to_string().contains("no-such-zdb is missing: put it beside"), "{error}");
}

#[test]
fn a_disk_that_the_node_has_not_is_refused() {
	let world = World::new();
	let mut order = Ordered::new(1, "data", None);
	order.zdb.disk = Disk::Hdd;
	let error = world.make(&order).expect_err("there is none");
	assert_eq!((error.code(), error.is_retryable()), (FailureCode::NoCapacity, false));
	assert_eq!(world.zdbs.list().expect("listed"), []);
}

#[test]
fn passwords_that_nobody_could_say_are_refused() {
	let world = World::new();
	let long: &'static str = "a".repeat(129).leak();
	for password in ["", long] {
		let order = Ordered { password: Some(password), ..Ordered::new(1, "data", None) };
		let error = world.make(&order).expect_err("it cannot be said");
		assert_eq!((error.code(), error.is_retryable()), (FailureCode::Zdb, false), "{error}");
	}
}

#[test]
fn a_folder_that_is_no_store_is_said_and_looked_at_again() {
	let world = World::new();
	let network = Network::new();
	let order = Ordered::new(1, "data", Some(&network));
	world.make(&order).expect("it is made");
	network.connect().set("key", b"value").expect("it is written");
	kill(world.server().expect("it runs"), Signal::TERM);
	eventually("it ends", || world.server().is_none());
	let data = world.folder().join("zdbs/data");
	let kept = world.folder().join("kept");
	fs::rename(&data, &kept).expect("it can be moved");
	fs::write(&data, "no folder").expect("there is room");
	let error = world.make(&order).expect_err("there is nothing to serve");
	assert_eq!((error.code(), error.is_retryable()), (FailureCode::Zdb, true), "{error}");
	let found = world.found(&order.key).expect("it is known");
	assert!(!found.serves, "by whom?");
	fs::remove_file(&data).expect("it is there");
	fs::rename(&kept, &data).expect("it can be moved");
	world.make(&order).expect("it is mended");
	let value = network.connect().get("key").expect("it is read");
	assert_eq!(value.as_deref(), Some(&b"value"[..]));
}
