//! What a disk that turns sees: the log is written in one place, onward, and nothing is when nobody
//! writes.

use std::{
	collections::HashMap,
	io::{self, IoSlice},
	sync::{Arc, Mutex},
	time::{Duration, Instant},
};
use zdb_store::{Disk, DiskFile, Folder, Options, Settings, Store, Sync};

/// Where in each file of the log the last write ended, and what was done out of turn.
#[derive(Default)]
struct Seen {
	ends: HashMap<String, u64>,
	backward: Vec<String>,
	calls: u64,
}

struct Watched {
	disk: Folder,
	seen: Arc<Mutex<Seen>>,
}

struct WatchedFile {
	name: String,
	file: Arc<dyn DiskFile>,
	seen: Arc<Mutex<Seen>>,
}

impl Watched {
	fn watch(&self, name: &str, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
		self.seen.lock().unwrap().calls += 1;
		Arc::new(WatchedFile { name: name.into(), file, seen: self.seen.clone() })
	}

	fn count(&self) {
		self.seen.lock().unwrap().calls += 1;
	}
}

impl Disk for Watched {
	fn lock(&self) -> io::Result<()> {
		self.disk.lock()
	}

	fn unlock(&self) {
		self.disk.unlock();
	}

	fn list(&self) -> io::Result<Vec<String>> {
		self.count();
		self.disk.list()
	}

	fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		Ok(self.watch(name, self.disk.open(name)?))
	}

	fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
		self.seen.lock().unwrap().ends.remove(name);
		Ok(self.watch(name, self.disk.create(name)?))
	}

	fn rename(&self, from: &str, to: &str) -> io::Result<()> {
		self.count();
		self.disk.rename(from, to)
	}

	fn remove(&self, name: &str) -> io::Result<()> {
		self.count();
		self.disk.remove(name)
	}

	fn sync_names(&self) -> io::Result<()> {
		self.count();
		self.disk.sync_names()
	}

	// The system knows that without asking the disk.
	fn free_bytes(&self) -> io::Result<u64> {
		self.disk.free_bytes()
	}
}

impl WatchedFile {
	fn count(&self) {
		self.seen.lock().unwrap().calls += 1;
	}
}

impl DiskFile for WatchedFile {
	fn length(&self) -> io::Result<u64> {
		self.file.length()
	}

	fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
		self.count();
		self.file.read_at(buffer, offset)
	}

	fn read_to(&self, buffer: &mut Vec<u8>, length: usize, offset: u64) -> io::Result<usize> {
		self.count();
		self.file.read_to(buffer, length, offset)
	}

	fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
		let written = self.file.write_at(parts, offset)?;
		let mut seen = self.seen.lock().unwrap();
		seen.calls += 1;
		let end = seen.ends.insert(self.name.clone(), offset + written as u64).unwrap_or(0);
		if offset != end {
			seen.backward.push(format!("{} at {offset}, not at {end}", self.name));
		}
		Ok(written)
	}

	fn sync(&self) -> io::Result<()> {
		self.count();
		self.file.sync()
	}

	fn truncate(&self, length: u64) -> io::Result<()> {
		self.count();
		self.file.truncate(length)
	}

	fn reserve(&self, from: u64, length: u64) -> io::Result<()> {
		self.count();
		self.file.reserve(from, length)
	}

	fn forget(&self, offset: u64) -> io::Result<()> {
		self.file.forget(offset)
	}
}

#[test]
fn all_files_are_written_onward_and_idle_times_are_silent() {
	let folder = tempfile::tempdir().unwrap();
	let seen = Arc::new(Mutex::new(Seen::default()));
	let disk = Watched { disk: Folder::new(folder.path().join("data")), seen: seen.clone() };
	let mut options = Options::on(Arc::new(disk));
	options.segment_bytes = 256 << 10;
	options.sync = Sync::Interval(Duration::from_millis(10));
	let mut store = Store::open(options).unwrap();
	let id = store.create(b"default", Settings::default()).unwrap();
	for number in 0..20_000u32 {
		let length = 1 + number as usize % 300;
		store.set(id, &(number % 2000).to_le_bytes(), &[number as u8; 300][..length], 0).unwrap();
		if number % 1000 == 7 {
			store.set(id, b"large", &number.to_le_bytes().repeat(20_000), 0).unwrap();
		}
		if number % 50 == 0 {
			store.commit().unwrap();
			store.maintain().unwrap();
		}
	}
	store.commit().unwrap();
	assert_eq!(seen.lock().unwrap().backward, Vec::<String>::new());

	// It settles, and then nothing happens for as many calls as a server makes in a minute and more.
	let calls = || seen.lock().unwrap().calls;
	let rest = |store: &mut Store| {
		for _ in 0..1000 {
			store.maintain().unwrap();
			std::thread::sleep(Duration::from_micros(500));
		}
	};
	let start = Instant::now();
	loop {
		let before = calls();
		rest(&mut store);
		if calls() == before {
			break;
		}
		assert!(start.elapsed() < Duration::from_secs(60), "it does not come to rest");
	}
	assert_eq!(seen.lock().unwrap().backward, Vec::<String>::new());
}
