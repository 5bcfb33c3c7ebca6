//! Who listens at ports of the machine.

use grid_primitives::spec::Protocol;
use std::{
	io,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket},
};

/// Whether somebody has a port, in the namespace of this thread: a program or the kernel.
pub(crate) fn is_used(protocol: Protocol, port: u16) -> bool {
	let all: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
	all.into_iter().any(|ip| {
		let tried = match protocol {
			Protocol::Tcp => TcpListener::bind((ip, port)).map(drop),
			Protocol::Udp => UdpSocket::bind((ip, port)).map(drop),
		};
		tried.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
	})
}
