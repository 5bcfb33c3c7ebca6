//! Where a node may go because a spec says so.
//!
//! Whoever writes a spec makes nodes send requests. They shall not be sent into the private network
//! of the farmer, who did not invite them there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ureq::{
	config::Config,
	http::Uri,
	unversioned::{
		resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
		transport::NextTimeout,
	},
	Error,
};

/// A name stands for an address where nodes are not sent.
#[derive(Debug, thiserror::Error)]
#[error("{0} is in a private network: the farmer may list it in `private_registries`")]
pub(super) struct PrivateAddress(String);

/// Finds addresses, and keeps those of private networks to itself.
#[derive(Debug)]
pub(super) struct PublicAddresses {
	/// Hosts that may be anywhere.
	pub(super) let_in: Vec<String>,
	pub(super) inner: DefaultResolver,
}

impl Resolver for PublicAddresses {
	fn resolve(
		&self,
		uri: &Uri,
		config: &Config,
		timeout: NextTimeout,
	) -> Result<ResolvedSocketAddrs, Error> {
		let found = self.inner.resolve(uri, config, timeout)?;
		let host = uri.host().unwrap_or_default();
		if is_this_machine(host) || self.let_in.iter().any(|it| it == host) {
			return Ok(found);
		}
		let mut public = self.empty();
		for address in found.iter().filter(|address| is_public(address.ip())) {
			public.push(*address);
		}
		if public.is_empty() {
			return Err(Error::Other(Box::new(PrivateAddress(host.to_owned()))));
		}
		Ok(public)
	}
}

/// Whether a host is the machine itself, whatever a name server says.
pub(super) fn is_this_machine(host: &str) -> bool {
	let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(host);
	bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn is_public(address: IpAddr) -> bool {
	match address {
		IpAddr::V4(address) => is_public_v4(address),
		IpAddr::V6(address) => match address.to_ipv4_mapped() {
			Some(inner) => is_public_v4(inner),
			None => is_public_v6(address),
		},
	}
}

fn is_public_v4(address: Ipv4Addr) -> bool {
	let [a, b, ..] = address.octets();
	let shared = a == 100 && (64..128).contains(&b);
	let this_network = a == 0;
	let benchmarks = a == 198 && (18..20).contains(&b);
	!(address.is_private()
		|| address.is_loopback()
		|| address.is_link_local()
		|| address.is_multicast()
		|| a >= 240
		|| shared
		|| this_network
		|| benchmarks)
}

/// Of the whole space, only an eighth is given out to the public. In it, there are ways to name
/// addresses of the other kind.
fn is_public_v6(address: Ipv6Addr) -> bool {
	let [first, second, ..] = address.segments();
	let global = first & 0xe000 == 0x2000;
	let six_to_four = first == 0x2002;
	let teredo = first == 0x2001 && second == 0;
	global && !six_to_four && !teredo
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn private_networks_are_told_from_the_public_one() {
		let public = ["8.8.8.8", "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8"];
		let private = [
			"10.1.2.3",
			"192.168.0.1",
			"172.31.0.1",
			"127.0.0.1",
			"169.254.169.254",
			"0.0.0.0",
			"100.64.0.1",
			"224.0.0.1",
			"255.255.255.255",
			"::1",
			"::",
			"fe80::1",
			"fd00::1",
			"ff02::1",
			"::ffff:10.0.0.1",
			"64:ff9b::a00:1",
			"2002:a00:1::",
			"2001::1",
			"198.18.0.1",
		];
		for (addresses, wanted) in [(&public[..], true), (&private[..], false)] {
			for text in addresses {
				assert_eq!(is_public(text.parse().expect("an address")), wanted, "{text}");
			}
		}
	}

	#[test]
	fn this_machine_is_known_by_its_addresses() {
		for host in ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"] {
			assert!(is_this_machine(host), "{host}");
		}
		for host in ["localhost.example", "128.0.0.1", "[::2]", "", "127.0.0.1.example"] {
			assert!(!is_this_machine(host), "{host}");
		}
	}
}
