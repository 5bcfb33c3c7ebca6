//! Fetching a blob to a file, going on where it stopped.

use super::{
	digest::Hashing,
	formats::Descriptor,
	source::{unreachable, wrong_length, Source},
	stop::Stop,
	Digest, ImageError,
};
use std::{
	fs::{File, OpenOptions},
	io::{self, Read, Seek, SeekFrom, Write},
	path::Path,
	time::{Duration, Instant},
};

/// How often a source may stop without having sent anything.
const TRIES: u32 = 3;
/// A source that sends less than this in so much time does not send.
const LEAST: u64 = 1 << 20;
const WINDOW: Duration = Duration::from_secs(60);

/// Have a blob in a file, proven, ready to be read from its start. What an earlier attempt left
/// there is gone on with. What cannot be the blob is removed.
pub(super) fn download(
	source: &dyn Source,
	wanted: &Descriptor,
	path: &Path,
	stop: &Stop,
) -> Result<File, ImageError> {
	let disk = |verb| move |error| ImageError::disk(verb, path, error);
	let mut options = OpenOptions::new();
	let options = options.read(true).write(true).create(true).truncate(false);
	let mut file = options.open(path).map_err(disk("create"))?;
	let mut fruitless = 0;
	loop {
		let had = file.metadata().map_err(disk("look at"))?.len();
		match attempt(source, wanted, path, &mut file, stop) {
			Ok(()) => {
				file.rewind().map_err(disk("read"))?;
				return Ok(file);
			},
			Err(error @ ImageError::Unreachable { .. }) => {
				let progress = file.metadata().map_err(disk("look at"))?.len() > had;
				fruitless = if progress { 0 } else { fruitless + 1 };
				if fruitless == TRIES {
					return Err(error);
				}
				pause(Duration::from_millis(200) * fruitless, stop)?;
			},
			Err(error @ (ImageError::WrongBytes { .. } | ImageError::WrongLength { .. })) => {
				file.set_len(0).map_err(disk("empty"))?;
				return Err(error);
			},
			Err(error) => return Err(error),
		}
	}
}

fn attempt(
	source: &dyn Source,
	wanted: &Descriptor,
	path: &Path,
	file: &mut File,
	stop: &Stop,
) -> Result<(), ImageError> {
	let disk = |verb| move |error| ImageError::disk(verb, path, error);
	let mut had = file.metadata().map_err(disk("look at"))?.len();
	// As when the disk kept the length of a file, and not what was in it: the digest will tell.
	if had > wanted.size {
		file.set_len(0).map_err(disk("empty"))?;
		had = 0;
	}
	if had < wanted.size {
		let blob = source.blob(wanted.digest, had)?;
		file.set_len(blob.from).map_err(disk("empty"))?;
		file.seek(SeekFrom::End(0)).map_err(disk("write"))?;
		let left = wanted.size - blob.from;
		copy(source, blob.bytes.take(left.saturating_add(1)), file, path, stop)?;
	}
	let found = file.metadata().map_err(disk("look at"))?.len();
	if found < wanted.size {
		let early = io::Error::from(io::ErrorKind::UnexpectedEof);
		return Err(unreachable(source, early));
	}
	if found > wanted.size {
		return Err(wrong_length(source, wanted, found));
	}
	let found = digest(file, stop).map_err(disk("read"))?;
	match found {
		None => Err(ImageError::Cancelled),
		Some(found) if found == wanted.digest => Ok(()),
		Some(found) => {
			let registry = source.name().into();
			Err(ImageError::WrongBytes { registry, wanted: wanted.digest, found })
		},
	}
}

fn copy(
	source: &dyn Source,
	mut from: impl Read,
	to: &mut File,
	path: &Path,
	stop: &Stop,
) -> Result<(), ImageError> {
	let mut buffer = vec![0; 128 << 10];
	let (mut since, mut sent) = (Instant::now(), 0);
	loop {
		if stop.is_set() {
			return Err(ImageError::Cancelled);
		}
		let read = match from.read(&mut buffer) {
			Ok(0) => return Ok(()),
			Ok(read) => read,
			Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
			Err(error) => return Err(unreachable(source, error)),
		};
		to.write_all(&buffer[..read]).map_err(|it| ImageError::disk("write", path, it))?;
		sent += read as u64;
		if since.elapsed() > WINDOW {
			if sent < LEAST {
				return Err(unreachable(source, "it sends almost nothing"));
			}
			(since, sent) = (Instant::now(), 0);
		}
	}
}

/// Of all that is on the disk, as a second reader will find it: nothing if nobody wants it.
fn digest(file: &mut File, stop: &Stop) -> io::Result<Option<Digest>> {
	file.rewind()?;
	let mut hashing = Hashing::new(file);
	let mut buffer = vec![0; 128 << 10];
	while hashing.read(&mut buffer)? > 0 {
		if stop.is_set() {
			return Ok(None);
		}
	}
	Ok(Some(hashing.digest()))
}

fn pause(time: Duration, stop: &Stop) -> Result<(), ImageError> {
	let until = Instant::now() + time;
	while Instant::now() < until {
		if stop.is_set() {
			return Err(ImageError::Cancelled);
		}
		std::thread::sleep(Duration::from_millis(50).min(time));
	}
	Ok(())
}
