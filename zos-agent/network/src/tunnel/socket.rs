//! The socket through which peers are reached.

use super::{
	address::RawAddress,
	train::{Train, Trains},
};
use std::{
	io, mem,
	net::SocketAddr,
	os::fd::{AsRawFd, FromRawFd, OwnedFd},
	ptr,
	sync::atomic::{AtomicBool, Ordering},
};

/// How much the kernel holds for a socket, each way.
const HELD: libc::c_int = 4 << 20;
/// Room for what is said beside a datagram: one number.
const BESIDE: usize = 64;
/// The longest that datagrams are together.
const LONGEST: usize = 65_536;
/// How many are taken at once.
const MESSAGES: usize = 8;

/// The socket through which peers are reached.
pub(super) struct Socket {
	fd: OwnedFd,
	v6: bool,
	/// Whether the kernel cuts up trains: not on every way.
	cuts: AtomicBool,
}

#[repr(align(8))]
struct Beside([u8; BESIDE]);

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
	if result < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(result)
}

impl Socket {
	/// Opens it in the namespace of this thread; of both versions if the machine has version 6.
	pub(super) fn open(port: u16) -> io::Result<Self> {
		match Self::bind(libc::AF_INET6, port) {
			Err(error) if error.raw_os_error() == Some(libc::EAFNOSUPPORT) => {
				Self::bind(libc::AF_INET, port)
			},
			other => other,
		}
	}

	fn bind(family: libc::c_int, port: u16) -> io::Result<Self> {
		let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC;
		// SAFETY: a new descriptor, which nobody else has.
		let fd = unsafe { OwnedFd::from_raw_fd(check(libc::socket(family, kind, 0))?) };
		let v6 = family == libc::AF_INET6;
		let socket = Self { fd, v6, cuts: AtomicBool::new(true) };
		if v6 {
			socket.set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 0)?;
		}
		// More than users may have; who may not has what others have.
		for (forced, usual) in
			[(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)]
		{
			if socket.set(libc::SOL_SOCKET, forced, HELD).is_err() {
				socket.set(libc::SOL_SOCKET, usual, HELD)?;
			}
		}
		// Older kernels give datagrams one by one.
		let _ = socket.set(libc::SOL_UDP, libc::UDP_GRO, 1);
		let any = if v6 { "[::]" } else { "0.0.0.0" };
		let any = format!("{any}:{port}").parse().map_err(io::Error::other)?;
		let address = RawAddress::of(any, v6);
		// SAFETY: the address is alive and as long as said.
		check(unsafe {
			libc::bind(socket.fd.as_raw_fd(), (&raw const address.bytes).cast(), address.length)
		})?;
		Ok(socket)
	}

	fn set(&self, level: i32, option: i32, value: libc::c_int) -> io::Result<()> {
		let length = mem::size_of_val(&value) as libc::socklen_t;
		let value = (&raw const value).cast();
		// SAFETY: the value is alive and as long as said.
		check(unsafe { libc::setsockopt(self.fd.as_raw_fd(), level, option, value, length) })?;
		Ok(())
	}

	/// The port that it has.
	pub(super) fn port(&self) -> io::Result<u16> {
		let mut address = RawAddress::empty();
		let at = (&raw mut address.bytes).cast();
		// SAFETY: there is as much room as said.
		check(unsafe { libc::getsockname(self.fd.as_raw_fd(), at, &mut address.length) })?;
		address.get().map(|it| it.port()).ok_or_else(|| io::Error::other("it has no address"))
	}

	/// Send one datagram. What cannot be sent is lost, as on the way.
	pub(super) fn send(&self, to: SocketAddr, datagram: &[u8]) {
		let to = RawAddress::of(to, self.v6);
		let (bytes, length) = (datagram.as_ptr().cast(), datagram.len());
		let fd = self.fd.as_raw_fd();
		// SAFETY: datagram and address are alive and as long as said.
		let sent =
			unsafe { libc::sendto(fd, bytes, length, 0, (&raw const to.bytes).cast(), to.length) };
		if sent < 0 {
			log::trace!("a datagram was not sent: {}", io::Error::last_os_error());
		}
	}

	/// Send all trains, and empty them.
	pub(super) fn depart(&self, trains: &mut Trains) {
		for (train, bytes) in trains.waiting() {
			let whole = train.cars == 1 || self.cuts.load(Ordering::Relaxed);
			if whole && self.depart_whole(train, bytes).is_ok() {
				continue;
			}
			for car in bytes.chunks(train.car.max(1)) {
				self.send(train.to, car);
			}
		}
		trains.clear();
	}

	fn depart_whole(&self, train: &Train, bytes: &[u8]) -> io::Result<()> {
		if train.cars == 1 {
			self.send(train.to, bytes);
			return Ok(());
		}
		let mut to = RawAddress::of(train.to, self.v6);
		let mut beside = Beside([0; BESIDE]);
		let mut part =
			libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
		// SAFETY: all zeros is an empty message; what it points to lives until it is sent. The
		// kernel does not write to what is sent. The room beside is aligned and large enough.
		let sent = unsafe {
			let mut message: libc::msghdr = mem::zeroed();
			message.msg_name = (&raw mut to.bytes).cast();
			message.msg_namelen = to.length;
			message.msg_iov = &mut part;
			message.msg_iovlen = 1;
			message.msg_control = beside.0.as_mut_ptr().cast();
			message.msg_controllen = libc::CMSG_SPACE(mem::size_of::<u16>() as u32) as _;
			let header = libc::CMSG_FIRSTHDR(&message);
			(*header).cmsg_level = libc::SOL_UDP;
			(*header).cmsg_type = libc::UDP_SEGMENT;
			(*header).cmsg_len = libc::CMSG_LEN(mem::size_of::<u16>() as u32) as _;
			libc::CMSG_DATA(header).cast::<u16>().write_unaligned(train.car as u16);
			libc::sendmsg(self.fd.as_raw_fd(), &message, 0)
		};
		if sent >= 0 {
			return Ok(());
		}
		let error = io::Error::last_os_error();
		match error.raw_os_error() {
			Some(libc::EIO | libc::EINVAL | libc::EOPNOTSUPP) => {
				log::info!("datagrams leave one by one: {error}");
				self.cuts.store(false, Ordering::Relaxed);
				Err(error)
			},
			// Parts of a train fare no better.
			_ => {
				log::trace!("datagrams were not sent: {error}");
				Ok(())
			},
		}
	}
}

/// Where datagrams come in.
pub(super) struct Arrivals {
	buffers: Vec<u8>,
	from: [RawAddress; MESSAGES],
	beside: [Beside; MESSAGES],
	lengths: [usize; MESSAGES],
	cars: [usize; MESSAGES],
}

impl Arrivals {
	pub(super) fn new() -> Self {
		Self {
			buffers: vec![0; MESSAGES * LONGEST],
			from: [RawAddress::empty(); MESSAGES],
			beside: [const { Beside([0; BESIDE]) }; MESSAGES],
			lengths: [0; MESSAGES],
			cars: [0; MESSAGES],
		}
	}

	/// Wait for datagrams. Says in how many trains they came.
	pub(super) fn wait(&mut self, socket: &Socket) -> io::Result<usize> {
		// SAFETY: all zeros is an empty message. All that messages point to is part of this value,
		// which nobody else uses until the call is over.
		let count = unsafe {
			let mut parts: [libc::iovec; MESSAGES] = mem::zeroed();
			let mut messages: [libc::mmsghdr; MESSAGES] = mem::zeroed();
			for (at, buffer) in self.buffers.chunks_mut(LONGEST).enumerate() {
				self.from[at] = RawAddress::empty();
				parts[at] = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: LONGEST };
				let message = &mut messages[at].msg_hdr;
				message.msg_name = (&raw mut self.from[at].bytes).cast();
				message.msg_namelen = self.from[at].length;
				message.msg_iov = &mut parts[at];
				message.msg_iovlen = 1;
				message.msg_control = self.beside[at].0.as_mut_ptr().cast();
				message.msg_controllen = BESIDE as _;
			}
			let (fd, flags) = (socket.fd.as_raw_fd(), libc::MSG_WAITFORONE);
			let messages_at = messages.as_mut_ptr();
			let count =
				check(libc::recvmmsg(fd, messages_at, MESSAGES as _, flags, ptr::null_mut()))?;
			for (at, message) in messages.iter().enumerate().take(count as usize) {
				self.lengths[at] = message.msg_len as usize;
				self.cars[at] = car(&message.msg_hdr).unwrap_or(self.lengths[at]).max(1);
			}
			count
		};
		Ok(count as usize)
	}

	/// The datagrams of a train, and where they come from.
	pub(super) fn train(
		&mut self,
		at: usize,
	) -> Option<(SocketAddr, std::slice::ChunksMut<'_, u8>)> {
		let from = self.from.get(at)?.get()?;
		let bytes = self.buffers.get_mut(at * LONGEST..)?.get_mut(..self.lengths[at])?;
		Some((from, bytes.chunks_mut(self.cars[at])))
	}
}

/// How long the datagrams are that came as one.
///
/// # Safety
/// The message has to be one that the kernel has filled.
unsafe fn car(message: &libc::msghdr) -> Option<usize> {
	// SAFETY: as the kernel has filled it, what is beside it is well-formed.
	unsafe {
		let mut header = libc::CMSG_FIRSTHDR(message);
		while !header.is_null() {
			if (*header).cmsg_level == libc::SOL_UDP && (*header).cmsg_type == libc::UDP_GRO {
				let car = libc::CMSG_DATA(header).cast::<libc::c_int>().read_unaligned();
				return usize::try_from(car).ok();
			}
			header = libc::CMSG_NXTHDR(message, header);
		}
	}
	None
}
