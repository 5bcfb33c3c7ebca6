//! The disk no longer keeps what it is given.

use crate::world::{Talk, PATIENCE};
use std::{os::unix::net::UnixStream, path::Path, sync::Arc, thread};
use tempfile::TempDir;
use zdb::{
	client::Client,
	command::{Access, Database, DatabaseOptions},
	net::{Address, EventLoop, Limits, Listener, Speaks},
};
use zdb_store::{simulation::SimulatedDisk, Options, Store, Sync};

/// A server in a thread of the test. It says in the end why it ended by itself, if it did.
struct Server {
	running: thread::JoinHandle<Option<&'static str>>,
	stop: UnixStream,
	folder: TempDir,
}

impl Server {
	fn start(disk: &SimulatedDisk, stays: bool) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let mut options = Options::on(Arc::new(disk.clone()));
		options.sync = Sync::Always;
		let access = Access { open: true, ..Access::default() };
		let served =
			DatabaseOptions { access, stays, folder: folder.path().into(), ..Default::default() };
		let database = Database::new(Store::open(options).unwrap(), served).unwrap();
		let listener = Listener::bind(&at(folder.path()), Speaks::Resp).unwrap();
		let (stop, stopped) = UnixStream::pair().unwrap();
		let running = thread::spawn(move || {
			let limits = Limits::default();
			let event_loop = EventLoop::new(database, [listener], stopped.into(), limits).unwrap();
			event_loop.run().unwrap().failure()
		});
		Self { running, stop, folder }
	}

	fn client(&self) -> Client {
		Client::connect(&at(self.folder.path()), PATIENCE).unwrap()
	}
}

fn at(folder: &Path) -> Address {
	Address::Unix(folder.join("socket"))
}

#[test]
fn the_server_ends_and_has_all_that_was_acknowledged_when_it_is_started_again() {
	let disk = SimulatedDisk::new();
	let server = Server::start(&disk, false);
	let mut client = server.client();
	assert_eq!(client.say("SET key before"), "key");
	disk.misbehave(|faults| faults.syncs_left = Some(0));
	let refusal = client.say("SET key during");
	assert!(refusal.starts_with("-Cannot write data right now: "), "{refusal}");
	let why = server.running.join().unwrap();
	assert!(why.is_some_and(|why| why.contains("sync")), "{why:?}");

	disk.misbehave(|faults| faults.syncs_left = None);
	let server = Server::start(&disk, false);
	let mut client = server.client();
	let value = client.say("GET key");
	assert!(["before", "during"].contains(&value.as_str()), "{value}");
	assert_eq!(client.say("SET key after"), "key");
	drop(server.stop);
	assert_eq!(server.running.join().unwrap(), None);
}

#[test]
fn who_could_not_be_helped_by_another_start_is_read_on() {
	let disk = SimulatedDisk::new();
	let server = Server::start(&disk, true);
	let mut client = server.client();
	assert_eq!(client.say("SET key before"), "key");
	disk.misbehave(|faults| faults.syncs_left = Some(0));
	for _ in 0..2 {
		let refusal = client.say("SET key during");
		assert!(refusal.starts_with("-Cannot write data right now: "), "{refusal}");
		assert_eq!(client.say("GET key"), "before");
	}
	drop(server.stop);
	assert_eq!(server.running.join().unwrap(), None);
}
