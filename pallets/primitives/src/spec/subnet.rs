//! Addresses of version 4 that begin alike.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, net::Ipv4Addr, str::FromStr};
use scale_info::TypeInfo;

/// Addresses of version 4 that begin alike. As text: `10.1.0.0/16`.
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
pub struct Subnet {
	/// The first of them.
	pub ip: [u8; 4],
	/// How many bits are alike.
	pub prefix: u8,
}

/// The ranges that nobody has on the internet: three that are private, and the one that providers
/// share.
const PRIVATE: [Subnet; 4] = [
	Subnet { ip: [10, 0, 0, 0], prefix: 8 },
	Subnet { ip: [172, 16, 0, 0], prefix: 12 },
	Subnet { ip: [192, 168, 0, 0], prefix: 16 },
	Subnet { ip: [100, 64, 0, 0], prefix: 10 },
];

impl Subnet {
	/// The bits that are not alike, as ones.
	fn host_mask(&self) -> u32 {
		u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0)
	}

	fn first(&self) -> u32 {
		u32::from_be_bytes(self.ip) & !self.host_mask()
	}

	/// Whether `ip` is really the first.
	pub fn begins_at_first(&self) -> bool {
		u32::from_be_bytes(self.ip) == self.first()
	}

	/// Whether an address is one of these.
	pub fn contains(&self, ip: [u8; 4]) -> bool {
		u32::from_be_bytes(ip) & !self.host_mask() == self.first()
	}

	/// Whether all of the other's addresses are among these.
	pub fn covers(&self, other: &Self) -> bool {
		self.prefix <= other.prefix && self.contains(other.ip)
	}

	/// Whether they have an address in common. Then one is inside of the other.
	pub fn overlaps(&self, other: &Self) -> bool {
		self.covers(other) || other.covers(self)
	}

	/// Whether nobody on the internet has these addresses.
	pub fn is_private(&self) -> bool {
		PRIVATE.iter().any(|range| range.covers(self))
	}

	/// The address of the gateway: the one after the first, which names the subnet.
	pub fn gateway(&self) -> [u8; 4] {
		(self.first() | 1).to_be_bytes()
	}

	/// The last address, which means everybody.
	pub fn broadcast(&self) -> [u8; 4] {
		(self.first() | self.host_mask()).to_be_bytes()
	}

	/// Whether an address can be given to somebody: it is one of these, and has no other meaning.
	pub fn can_give(&self, ip: [u8; 4]) -> bool {
		let special = [self.first().to_be_bytes(), self.gateway(), self.broadcast()];
		self.contains(ip) && !special.contains(&ip)
	}
}

impl fmt::Display for Subnet {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		write!(f, "{}/{}", Ipv4Addr::from(self.ip), self.prefix)
	}
}

/// The text is no subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSubnet;

impl fmt::Display for NoSubnet {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str("a subnet is an address and how many bits are alike, as in 10.1.0.0/16")
	}
}

impl core::error::Error for NoSubnet {}

impl FromStr for Subnet {
	type Err = NoSubnet;

	fn from_str(text: &str) -> Result<Self, NoSubnet> {
		let (ip, prefix) = text.split_once('/').ok_or(NoSubnet)?;
		let ip: Ipv4Addr = ip.parse().map_err(|_| NoSubnet)?;
		let plain = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
		let prefix =
			if plain { prefix.parse().map_err(|_| NoSubnet)? } else { return Err(NoSubnet) };
		if prefix > 32 {
			return Err(NoSubnet);
		}
		Ok(Self { ip: ip.octets(), prefix })
	}
}
