//! Sockets in network namespaces: whoever holds one can serve there without being there.

use super::ZdbError;
use rustix::{
	io::Errno,
	net::{bind, listen, socket_with, sockopt, AddressFamily, SocketFlags, SocketType},
	thread::{move_into_link_name_space, LinkNameSpaceType},
};
use std::{
	fs::{self, File},
	io,
	net::{Ipv4Addr, Ipv6Addr, SocketAddr},
	os::{
		fd::{AsFd, OwnedFd},
		unix::fs::MetadataExt,
	},
	path::Path,
	thread,
};

/// Where clients of a zdb look for it.
pub const PORT: u16 = 9900;
/// How many clients may wait to be let in.
const BACKLOG: i32 = 512;

fn at(namespace: &Path) -> impl FnOnce(io::Error) -> ZdbError + '_ {
	move |source| ZdbError::Listen { namespace: namespace.into(), source }
}

/// What tells a network namespace from all others, for as long as a socket of it is open.
pub(super) fn place(namespace: &Path) -> Result<String, ZdbError> {
	let file = fs::metadata(namespace).map_err(at(namespace))?;
	Ok(format!("{}:{}", file.dev(), file.ino()))
}

/// A socket that listens at all addresses of a network namespace.
pub(super) fn listener(namespace: &Path) -> Result<OwnedFd, ZdbError> {
	let file = File::open(namespace).map_err(at(namespace))?;
	// The thread is in the namespace for the rest of its life, so it is one of its own.
	let thread = thread::Builder::new().name("zdb-socket".into()).spawn(move || {
		move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))?;
		match open(SocketAddr::from((Ipv6Addr::UNSPECIFIED, PORT))) {
			Err(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL) => {
				open(SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)))
			},
			other => other,
		}
	});
	let opened = thread.map_err(at(namespace))?.join();
	let opened = opened.unwrap_or(Err(Errno::FAULT));
	opened.map_err(io::Error::from).map_err(at(namespace))
}

fn open(address: SocketAddr) -> Result<OwnedFd, Errno> {
	let family = match address {
		SocketAddr::V6(_) => AddressFamily::INET6,
		SocketAddr::V4(_) => AddressFamily::INET,
	};
	let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
	if address.is_ipv6() {
		sockopt::set_ipv6_v6only(&socket, false)?;
	}
	// Connections of a server that is gone do not keep another from listening.
	sockopt::set_socket_reuseaddr(&socket, true)?;
	bind(&socket, &address)?;
	listen(&socket, BACKLOG)?;
	Ok(socket)
}
