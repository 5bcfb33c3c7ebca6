//! A process that is killed while it writes: what it said it wrote is there.

use std::{
	io::{BufRead, BufReader, Write},
	path::Path,
	process::{Child, Command, Stdio},
};
use zdb_store::{Options, Settings, Store, Sync};

const FOLDER: &str = "ZDB_STORE_WRITES_TO";

/// Ends the writer even when the test fails.
struct Writer(Child);

impl Drop for Writer {
	fn drop(&mut self) {
		self.0.kill().ok();
		self.0.wait().ok();
	}
}

fn options(folder: &Path) -> Options {
	let mut options = Options::new(folder);
	options.sync = Sync::Always;
	options.segment_bytes = 256 << 10;
	options
}

fn value(number: u64) -> Vec<u8> {
	number.to_le_bytes().repeat(1 + number as usize % 50)
}

/// Not a test by itself: what the process that is killed does.
#[test]
fn writes_until_it_is_killed() {
	let Ok(folder) = std::env::var(FOLDER) else { return };
	let mut store = Store::open(options(Path::new(&folder))).expect("the folder is writable");
	let id = store.find(b"default").expect("it was made");
	let from = store.info(id).map_or(0, |info| info.entries);
	for number in from.. {
		store.set(id, &number.to_le_bytes(), &value(number), 0).expect("there is room");
		store.commit().expect("the disk works");
		store.maintain().expect("the disk works");
		println!("wrote {number}");
		std::io::stdout().flush().expect("the test listens");
	}
}

#[test]
fn what_was_acknowledged_is_there_after_kill_9() {
	let folder = tempfile::tempdir().expect("there is a temporary folder");
	let mut store = Store::open(options(folder.path())).expect("the folder is writable");
	store.create(b"default", Settings::default()).expect("there is none yet");
	store.close().expect("the disk works");
	for round in 0..5 {
		let program = std::env::current_exe().expect("the test has a file");
		let writer = Command::new(program)
			.args(["--exact", "writes_until_it_is_killed", "--nocapture"])
			.env(FOLDER, folder.path())
			.stdout(Stdio::piped())
			.spawn();
		let mut writer = Writer(writer.expect("the test can be started"));
		let output = writer.0.stdout.take().expect("it is a pipe");
		let lines = BufReader::new(output).lines().map_while(Result::ok);
		let numbers = lines.filter_map(|line| line.strip_prefix("wrote ")?.parse::<u64>().ok());
		let last = numbers.take(200 + round * 150).last().expect("it wrote something");
		writer.0.kill().expect("it runs");
		writer.0.wait().expect("it ends");

		let mut store = Store::open(options(folder.path())).expect("a kill is no obstacle");
		let id = store.find(b"default").expect("it was made");
		for number in 0..=last {
			let mut found = Vec::new();
			assert!(store.get(id, &number.to_le_bytes(), &mut found).expect("it is well"));
			assert!(found == value(number), "{number} is wrong");
		}
	}
}
