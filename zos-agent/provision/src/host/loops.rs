//! Files that are block devices.

use super::{Doing, HostError};
use rustix::io::Errno;
use std::{
	fs::{self, File, OpenOptions},
	io,
	os::{
		fd::{AsRawFd, RawFd},
		unix::fs::OpenOptionsExt,
	},
	path::{Path, PathBuf},
};

const LOOP_CLR_FD: libc::c_ulong = 0x4c01;
const LOOP_SET_CAPACITY: libc::c_ulong = 0x4c07;
const LOOP_CONFIGURE: libc::c_ulong = 0x4c0a;
const LOOP_CTL_GET_FREE: libc::c_ulong = 0x4c82;
const AUTOCLEAR: u32 = 4;
/// How often another process may take the device that was free a moment ago.
const MOST_TRIES: u32 = 1_000;

/// A loop device, held open: it is gone when it is neither open nor mounted.
#[derive(Debug)]
pub struct Loop {
	device: File,
	path: PathBuf,
}

/// What a loop device is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
	/// The device.
	pub device: PathBuf,
	/// Where its file is, or was.
	pub file: PathBuf,
	/// Whether the file has no name any more.
	pub removed: bool,
}

#[repr(C)]
struct Info {
	device: u64,
	inode: u64,
	rdevice: u64,
	offset: u64,
	size_limit: u64,
	number: u32,
	encrypt_type: u32,
	encrypt_key_size: u32,
	flags: u32,
	file_name: [u8; 64],
	crypt_name: [u8; 64],
	encrypt_key: [u8; 32],
	init: [u64; 2],
}

#[repr(C)]
struct Configuration {
	file: u32,
	block_size: u32,
	info: Info,
	reserved: [u64; 8],
}

impl Loop {
	/// Makes a device of a file.
	pub fn attach(file: &File) -> Result<Self, HostError> {
		let control_path = Path::new("/dev/loop-control");
		let control = File::open(control_path).doing("open", control_path)?;
		for _ in 0..MOST_TRIES {
			let number = ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE, 0)
				.doing("find a free loop device with", control_path)?;
			let path = PathBuf::from(format!("/dev/loop{number}"));
			let device =
				OpenOptions::new().read(true).write(true).open(&path).doing("open", &path)?;
			match configure(&device, file) {
				Err(error) if error.raw_os_error() == Some(libc::EBUSY) => continue,
				other => other.doing("attach", &path)?,
			}
			return Ok(Self { device, path });
		}
		Err(Errno::BUSY).doing("find a free loop device with", control_path)
	}

	/// Opens a device that is there.
	pub fn open(path: &Path) -> Result<Self, HostError> {
		let device = OpenOptions::new().read(true).write(true).open(path).doing("open", path)?;
		Ok(Self { device, path: path.to_owned() })
	}

	/// Takes the file away from a device, unless it has another by now. If it is mounted somewhere,
	/// that goes on until it is not.
	pub fn detach(attached: &Attached) -> Result<(), HostError> {
		let device = match Self::open(&attached.device) {
			Ok(device) => device,
			Err(error) if error.is_missing() => return Ok(()),
			Err(error) => return Err(error),
		};
		// While it is open here, nobody can give it another. The file may have been removed meanwhile.
		let is_it = |it: &Attached| it.device == attached.device && it.file == attached.file;
		if !list()?.iter().any(is_it) {
			return Ok(());
		}
		match ioctl(device.device.as_raw_fd(), LOOP_CLR_FD, 0) {
			Err(error) if error.raw_os_error() != Some(libc::ENXIO) => {
				Err(error).doing("detach", &device.path)
			},
			_ => Ok(()),
		}
	}

	/// Sees that the file has grown.
	pub fn grow(&self) -> Result<(), HostError> {
		ioctl(self.device.as_raw_fd(), LOOP_SET_CAPACITY, 0).map(drop).doing("grow", &self.path)
	}

	/// Where it is.
	pub fn path(&self) -> &Path {
		&self.path
	}
}

fn configure(device: &File, file: &File) -> io::Result<()> {
	let mut configuration = Configuration {
		file: file.as_raw_fd().try_into().map_err(|_| Errno::BADF)?,
		block_size: 0,
		info: Info {
			device: 0,
			inode: 0,
			rdevice: 0,
			offset: 0,
			size_limit: 0,
			number: 0,
			encrypt_type: 0,
			encrypt_key_size: 0,
			flags: AUTOCLEAR,
			file_name: [0; 64],
			crypt_name: [0; 64],
			encrypt_key: [0; 32],
			init: [0; 2],
		},
		reserved: [0; 8],
	};
	let pointer = std::ptr::from_mut(&mut configuration) as usize;
	ioctl(device.as_raw_fd(), LOOP_CONFIGURE, pointer).map(drop)
}

fn ioctl(fd: RawFd, request: libc::c_ulong, argument: usize) -> io::Result<i32> {
	// SAFETY: the argument is 0, or points to the structure that the request takes, alive here.
	let answer = unsafe { libc::ioctl(fd, request as _, argument) };
	if answer < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(answer)
}

/// All loop devices with their files.
pub fn list() -> Result<Vec<Attached>, HostError> {
	let blocks = Path::new("/sys/block");
	let mut found = Vec::new();
	for entry in fs::read_dir(blocks).doing("list", blocks)? {
		let entry = entry.doing("list", blocks)?;
		// One that is free has no file, and any may be freed while we look.
		let Ok(text) = fs::read_to_string(entry.path().join("loop/backing_file")) else { continue };
		let text = text.trim_end_matches('\n');
		let (file, removed) = match text.strip_suffix(" (deleted)") {
			Some(file) => (file, true),
			None => (text, false),
		};
		let device = Path::new("/dev").join(entry.file_name());
		found.push(Attached { device, file: file.into(), removed });
	}
	Ok(found)
}

/// Makes a file without a name in a folder, with all its space: it is gone when it is closed.
pub fn nameless_file(folder: &Path, bytes: u64) -> Result<File, HostError> {
	let file = OpenOptions::new()
		.read(true)
		.write(true)
		.mode(0o600)
		.custom_flags(libc::O_TMPFILE)
		.open(folder)
		.doing("make a file in", folder)?;
	reserve(&file, bytes, folder)?;
	Ok(file)
}

/// Gives a file all the space of its size, so that there is no lack of it later. New space reads
/// as zeros, whatever was on those blocks.
pub fn reserve(file: &File, bytes: u64, path: &Path) -> Result<(), HostError> {
	match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
		Err(Errno::OPNOTSUPP) => file.set_len(bytes),
		other => other.map_err(io::Error::from),
	}
	.doing("reserve space in", path)
}
