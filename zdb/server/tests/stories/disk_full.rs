//! The disk is full, and then it is not.

use crate::world::{eventually, run, show, Builder, Server, Talk};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;
use zdb::client::Client;

/// A small disk.
struct Disk(TempDir);

impl Disk {
	fn new() -> Self {
		let this = Self(tempfile::tempdir().unwrap());
		let options = ["-t", "tmpfs", "-o", "size=48m", "tmpfs"];
		run(Command::new("mount").args(options).arg(this.path()));
		this
	}

	fn path(&self) -> &Path {
		self.0.path()
	}
}

impl Drop for Disk {
	fn drop(&mut self) {
		// It may be in use for a moment still, by a server that is being killed.
		let _ = Command::new("umount").arg("-l").arg(self.path()).status();
	}
}

const FLAGS: [&str; 3] = ["--segment=4MiB", "--reserve=1MiB", "--open"];

fn server(disk: &Disk) -> Server {
	FLAGS.iter().fold(Builder::on(disk.path()), |builder, flag| builder.flag(*flag)).start()
}

/// Sets keys from a number on until it is refused, and says at which, and how.
fn fill(client: &mut Client, from: usize) -> (usize, String) {
	let value = vec![b'v'; 100_000];
	for number in from..from + 1000 {
		let key = format!("key-{number}");
		match show(&client.call(&[b"SET".as_slice(), key.as_bytes(), &value]).unwrap()) {
			said if said == key => {},
			refusal => return (number, refusal),
		}
	}
	panic!("48 MiB hold no 100 MB");
}

#[test]
fn writes_are_refused_reads_go_on_and_all_is_well_when_there_is_room() {
	let disk = Disk::new();
	let ballast = disk.path().join("ballast");
	fs::write(&ballast, vec![0; 20 << 20]).unwrap();
	let server = server(&disk);
	let mut client = server.client();
	let value = vec![b'v'; 100_000];
	let (written, refusal) = fill(&mut client, 0);
	assert!(refusal.starts_with("-Cannot write data right now: "), "{refusal}");
	assert!(refusal.contains("disk is full"), "{refusal}");
	assert!(written > 50, "{written}");
	for number in [0, written / 2, written - 1] {
		let got = client.call(&["GET", &format!("key-{number}")]).unwrap().bulk().unwrap();
		assert!(got == value, "what was acknowledged is there");
	}
	assert!(show(&client.call(&["GET", &format!("key-{written}")]).unwrap()) == "nil");

	fs::remove_file(&ballast).unwrap();
	eventually("there is room", || client.say("SET after value") == "after");

	let server = server.again(false, &FLAGS);
	let mut client = server.client();
	assert_eq!(client.say("DBSIZE"), format!(":{}", written + 1));
	assert_eq!(client.say("GET after"), "value");
	drop(server);
}

#[test]
fn room_comes_back_wherever_it_was_that_something_was_deleted() {
	let disk = Disk::new();
	let server = server(&disk);
	let mut client = server.client();
	let (mut end, _) = fill(&mut client, 0);
	let full = end;
	let kept = |number: usize| number % 10 == 3;
	for number in (0..full).filter(|number| !kept(*number)) {
		client.fine(&format!("DEL key-{number}"));
	}
	eventually("there is room again", || {
		end = fill(&mut client, end).0;
		end - full > full / 2
	});
	for number in (0..end).filter(|number| *number >= full || kept(*number)) {
		assert_eq!(client.say(&format!("LENGTH key-{number}")), ":100000");
	}
}
