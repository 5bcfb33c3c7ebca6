//! Public addresses, with the subnets that their gateways are in.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{
	fmt,
	net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use scale_info::TypeInfo;

/// An address, in the order of the network.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "IpAddr", from = "IpAddr"))]
pub enum Ip {
	/// Of version 4.
	V4([u8; 4]),
	/// Of version 6.
	V6([u8; 16]),
}

/// The versions of addresses.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum IpVersion {
	/// 32 bits.
	V4,
	/// 128 bits.
	V6,
}

/// Why an address cannot be a farm's public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum IpFault {
	/// Nobody can reach it from the internet: it is private, local, multicast or reserved.
	NotPublic,
	/// The prefix leaves no room for an address and its gateway, or is longer than an address.
	BadPrefix,
	/// It is the first address of its subnet, or the last, which have a meaning of their own.
	NotOfOneHost,
	/// The gateway is outside of the address's subnet, or of another version.
	GatewayOutside,
	/// The gateway is the address itself.
	GatewayIsAddress,
}

impl Ip {
	/// Its version.
	pub fn version(&self) -> IpVersion {
		match self {
			Self::V4(_) => IpVersion::V4,
			Self::V6(_) => IpVersion::V6,
		}
	}

	/// The address as a number, shifted to the left, so that prefixes of both versions are alike.
	fn bits(&self) -> u128 {
		match self {
			Self::V4(bytes) => u128::from(u32::from_be_bytes(*bytes)) << 96,
			Self::V6(bytes) => u128::from_be_bytes(*bytes),
		}
	}

	/// The bits of it after a prefix, all of which are ones in the last address of a subnet.
	fn host(&self, prefix: u8) -> (u128, u128) {
		let width = match self {
			Self::V4(_) => 32,
			Self::V6(_) => 128,
		};
		let unused = 128 - width;
		let mask = (u128::MAX >> prefix) >> unused << unused;
		(self.bits() & mask, mask)
	}

	/// Whether both are in the same subnet of this prefix.
	pub fn shares_subnet(&self, other: &Self, prefix: u8) -> bool {
		let subnet = |ip: &Self| ip.bits() ^ ip.host(prefix).0;
		self.version() == other.version() && subnet(self) == subnet(other)
	}

	/// Whether the internet can reach it, so far as one can tell by looking. Addresses set aside
	/// for documentation pass: test grids use them.
	pub fn is_public(&self) -> bool {
		match IpAddr::from(*self) {
			IpAddr::V4(ip) => {
				let [a, b, ..] = ip.octets();
				let shared_by_a_provider = a == 100 && (64..128).contains(&b);
				let reserved = a == 0 || a >= 240;
				!(ip.is_private()
					|| ip.is_loopback()
					|| ip.is_link_local()
					|| ip.is_multicast()
					|| shared_by_a_provider
					|| reserved)
			},
			// What is handed out begins with the bits 001.
			IpAddr::V6(ip) => ip.octets()[0] >> 5 == 0b001,
		}
	}
}

/// Whether `ip`, in a subnet of this prefix behind this gateway, can be a farm's public address.
pub fn check(ip: &Ip, prefix: u8, gateway: &Ip) -> Result<(), IpFault> {
	if !ip.is_public() || !gateway.is_public() {
		return Err(IpFault::NotPublic);
	}
	let longest = match ip {
		Ip::V4(_) => 30,
		Ip::V6(_) => 127,
	};
	if !(8..=longest).contains(&prefix) {
		return Err(IpFault::BadPrefix);
	}
	if !ip.shares_subnet(gateway, prefix) {
		return Err(IpFault::GatewayOutside);
	}
	if ip == gateway {
		return Err(IpFault::GatewayIsAddress);
	}
	let names_the_subnet = |ip: &Ip| {
		let (host, all) = ip.host(prefix);
		ip.version() == IpVersion::V4 && (host == 0 || host == all)
	};
	if names_the_subnet(ip) || names_the_subnet(gateway) {
		return Err(IpFault::NotOfOneHost);
	}
	Ok(())
}

impl From<IpAddr> for Ip {
	fn from(ip: IpAddr) -> Self {
		match ip {
			IpAddr::V4(ip) => Self::V4(ip.octets()),
			IpAddr::V6(ip) => Self::V6(ip.octets()),
		}
	}
}

impl From<Ip> for IpAddr {
	fn from(ip: Ip) -> Self {
		match ip {
			Ip::V4(bytes) => Self::V4(Ipv4Addr::from(bytes)),
			Ip::V6(bytes) => Self::V6(Ipv6Addr::from(bytes)),
		}
	}
}

impl fmt::Display for Ip {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		IpAddr::from(*self).fmt(f)
	}
}

impl fmt::Debug for Ip {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn ip(text: &str) -> Ip {
		text.parse::<IpAddr>().expect("an address").into()
	}

	fn checked(address: &str, prefix: u8, gateway: &str) -> Result<(), IpFault> {
		check(&ip(address), prefix, &ip(gateway))
	}

	#[test]
	fn takes_addresses_behind_their_gateway() {
		assert_eq!(checked("203.0.113.7", 24, "203.0.113.1"), Ok(()));
		assert_eq!(checked("203.0.113.6", 30, "203.0.113.5"), Ok(()));
		assert_eq!(checked("2001:db8::7", 64, "2001:db8::1"), Ok(()));
		assert_eq!(checked("2001:db8::", 127, "2001:db8::1"), Ok(()));
	}

	#[test]
	fn refuses_what_the_internet_cannot_reach() {
		let unreachable = [
			"0.1.2.3",
			"10.0.0.2",
			"100.64.0.2",
			"127.0.0.2",
			"169.254.0.2",
			"172.16.0.2",
			"192.168.0.2",
			"224.0.0.2",
			"255.255.255.254",
		];
		for address in unreachable {
			assert_eq!(checked(address, 8, address), Err(IpFault::NotPublic), "{address}");
		}
		for address in ["::1", "fe80::2", "fd00::2", "ff02::2", "::ffff:8.8.8.8"] {
			assert_eq!(checked(address, 64, address), Err(IpFault::NotPublic), "{address}");
		}
	}

	#[test]
	fn refuses_prefixes_without_room() {
		for prefix in [0, 7, 31, 32, 33, 255] {
			let found = checked("203.0.113.7", prefix, "203.0.113.1");
			assert_eq!(found, Err(IpFault::BadPrefix), "{prefix}");
		}
		for prefix in [0, 128, 129, 255] {
			let found = checked("2001:db8::7", prefix, "2001:db8::1");
			assert_eq!(found, Err(IpFault::BadPrefix), "{prefix}");
		}
	}

	#[test]
	fn refuses_gateways_that_cannot_serve() {
		let outside = Err(IpFault::GatewayOutside);
		assert_eq!(checked("203.0.113.7", 29, "203.0.113.9"), outside);
		assert_eq!(checked("203.0.113.7", 24, "2001:db8::1"), outside);
		assert_eq!(checked("203.0.113.7", 24, "203.0.113.7"), Err(IpFault::GatewayIsAddress));
	}

	#[test]
	fn refuses_the_names_of_subnets() {
		for address in ["203.0.113.0", "203.0.113.255"] {
			let found = checked(address, 24, "203.0.113.1");
			assert_eq!(found, Err(IpFault::NotOfOneHost), "{address}");
			let found = checked("203.0.113.1", 24, address);
			assert_eq!(found, Err(IpFault::NotOfOneHost), "{address}");
		}
	}
}
