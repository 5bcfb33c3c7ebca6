//! The interface through which packets of the network come and go.

use super::virtio::{self, Work};
use std::{
	fs::{File, OpenOptions},
	io::{self, Read},
	os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
};

const DEVICE: &str = "/dev/net/tun";
/// The longest name of an interface.
const LONGEST_NAME: usize = 15;
/// Checksums are left undone, and streams and datagrams uncut, of both versions.
const STREAMS: libc::c_uint = 0x01 | 0x02 | 0x04;
const DATAGRAMS: libc::c_uint = 0x20 | 0x40;

/// The interface through which packets of the network come and go.
pub(super) struct Device {
	file: File,
}

impl Device {
	/// Makes it, in the namespace of this thread. It is gone with the process.
	pub(super) fn make(name: &str) -> io::Result<Self> {
		if name.len() > LONGEST_NAME || name.is_empty() {
			return Err(io::Error::other("the name of an interface has up to 15 letters"));
		}
		let open =
			OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(DEVICE);
		let file = open?;
		// SAFETY: all zeros is a request without a name.
		let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
		for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
			*to = from as libc::c_char;
		}
		request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI | libc::IFF_VNET_HDR) as _;
		let fd = file.as_raw_fd();
		// SAFETY: the request is alive, and of the kind that this call takes.
		if unsafe { libc::ioctl(fd, libc::TUNSETIFF as _, &request) } < 0 {
			return Err(io::Error::last_os_error());
		}
		// Kernels before 6.2 cut datagrams themselves.
		for offloads in [STREAMS | DATAGRAMS, STREAMS] {
			// SAFETY: this call takes a number.
			if unsafe { libc::ioctl(fd, libc::TUNSETOFFLOAD as _, libc::c_ulong::from(offloads)) }
				== 0
			{
				return Ok(Self { file });
			}
		}
		Err(io::Error::last_os_error())
	}

	/// Read a packet, if there is one.
	pub(super) fn read<'a>(&self, room: &'a mut [u8]) -> io::Result<Option<(Work, &'a mut [u8])>> {
		let length = match (&self.file).read(room) {
			Ok(length) => length,
			Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
			Err(error) => return Err(error),
		};
		let read = room.get_mut(..length).unwrap_or_default();
		let (header, packet) = read
			.split_first_chunk_mut::<{ virtio::LENGTH }>()
			.ok_or_else(|| io::Error::other("a packet without a header"))?;
		Ok(Work::read(header).map(|work| (work, packet)))
	}

	/// Wait until there is a packet.
	pub(super) fn wait(&self) -> io::Result<()> {
		let mut poll = libc::pollfd { fd: self.file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
		// SAFETY: one descriptor to wait for, alive here.
		match unsafe { libc::poll(&mut poll, 1, -1) } {
			-1 => Err(io::Error::last_os_error()),
			_ => Ok(()),
		}
	}

	/// Write a packet. What the kernel does not take is lost, as on the way.
	pub(super) fn write(&self, work: Work, packet: &[u8]) {
		let header = work.write();
		let parts = [
			libc::iovec { iov_base: header.as_ptr().cast_mut().cast(), iov_len: header.len() },
			libc::iovec { iov_base: packet.as_ptr().cast_mut().cast(), iov_len: packet.len() },
		];
		// SAFETY: both parts are alive, and the kernel only reads them.
		let written = unsafe { libc::writev(self.file.as_raw_fd(), parts.as_ptr(), 2) };
		if written < 0 {
			log::trace!("a packet was not taken: {}", io::Error::last_os_error());
		}
	}
}
