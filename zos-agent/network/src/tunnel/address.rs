//! Addresses with ports, as the kernel takes them.

use std::{
	mem,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
};

/// Room for the address of a peer.
#[derive(Clone, Copy)]
pub(super) struct RawAddress {
	pub(super) bytes: libc::sockaddr_in6,
	pub(super) length: libc::socklen_t,
}

impl RawAddress {
	/// Room for any.
	pub(super) fn empty() -> Self {
		// SAFETY: all zeros is an address of no family.
		let bytes: libc::sockaddr_in6 = unsafe { mem::zeroed() };
		Self { bytes, length: mem::size_of::<libc::sockaddr_in6>() as libc::socklen_t }
	}

	/// An address, for a socket of version 6 or of version 4.
	pub(super) fn of(address: SocketAddr, v6: bool) -> Self {
		let mut raw = Self::empty();
		let port = address.port().to_be();
		match address.ip() {
			IpAddr::V4(ip) if !v6 => {
				// SAFETY: an address of version 4 fits into the room of one of version 6, begins
				// like it, and needs no stricter alignment.
				let to = unsafe { &mut *(&raw mut raw.bytes).cast::<libc::sockaddr_in>() };
				to.sin_family = libc::AF_INET as libc::sa_family_t;
				to.sin_port = port;
				to.sin_addr.s_addr = u32::from_ne_bytes(ip.octets());
				raw.length = mem::size_of::<libc::sockaddr_in>() as libc::socklen_t;
			},
			ip => {
				let (octets, scope) = match (ip, address) {
					(IpAddr::V6(ip), SocketAddr::V6(it)) => (ip.octets(), it.scope_id()),
					(IpAddr::V6(ip), _) => (ip.octets(), 0),
					(IpAddr::V4(ip), _) => (ip.to_ipv6_mapped().octets(), 0),
				};
				raw.bytes.sin6_family = libc::AF_INET6 as libc::sa_family_t;
				raw.bytes.sin6_port = port;
				raw.bytes.sin6_addr.s6_addr = octets;
				raw.bytes.sin6_scope_id = scope;
			},
		}
		raw
	}

	/// The address, version 4 as such.
	pub(super) fn get(&self) -> Option<SocketAddr> {
		let port = u16::from_be(self.bytes.sin6_port);
		match i32::from(self.bytes.sin6_family) {
			libc::AF_INET => {
				// SAFETY: its family says that it is one of version 4, which fits.
				let from = unsafe { &*(&raw const self.bytes).cast::<libc::sockaddr_in>() };
				let ip = Ipv4Addr::from(from.sin_addr.s_addr.to_ne_bytes());
				Some(SocketAddrV4::new(ip, port).into())
			},
			libc::AF_INET6 => {
				let ip = Ipv6Addr::from(self.bytes.sin6_addr.s6_addr);
				Some(match ip.to_ipv4_mapped() {
					Some(ip) => SocketAddrV4::new(ip, port).into(),
					None => SocketAddrV6::new(ip, port, 0, self.bytes.sin6_scope_id).into(),
				})
			},
			_ => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_written_is_read() {
		for (text, v6) in
			[("192.0.2.1:51820", false), ("192.0.2.1:51820", true), ("[2001:db8::1]:7", true)]
		{
			let address: SocketAddr = text.parse().unwrap();
			assert_eq!(RawAddress::of(address, v6).get(), Some(address), "{text} {v6}");
		}
		assert_eq!(RawAddress::empty().get(), None);
	}
}
