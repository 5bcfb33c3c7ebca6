//! The disk is full, and then it is not.

use crate::world::{eventually, run, show, Builder, Talk};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

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

#[test]
fn writes_are_refused_reads_go_on_and_all_is_well_when_there_is_room() {
	let disk = Disk::new();
	let ballast = disk.path().join("ballast");
	fs::write(&ballast, vec![0; 20 << 20]).unwrap();
	let flags = ["--segment=4MiB", "--reserve=1MiB", "--open"];
	let server =
		flags.iter().fold(Builder::on(disk.path()), |builder, flag| builder.flag(*flag)).start();
	let mut client = server.client();
	let value = vec![b'v'; 100_000];
	let mut written = 0;
	let refusal = loop {
		let key = format!("key-{written}");
		match show(&client.call(&[b"SET".as_slice(), key.as_bytes(), &value]).unwrap()) {
			said if said == key => written += 1,
			refusal => break refusal,
		}
		assert!(written < 1000, "48 MiB hold no 100 MB");
	};
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

	let server = server.again(false, &flags);
	let mut client = server.client();
	assert_eq!(client.say("DBSIZE"), format!(":{}", written + 1));
	assert_eq!(client.say("GET after"), "value");
	drop(server);
}
