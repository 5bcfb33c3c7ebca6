//! Which names there are.

use std::{
	collections::BTreeMap,
	fmt::Write,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	sync::Arc,
};

/// Under what all names of networks are.
const TOP: &str = "grid";
/// Where the names of the internet are asked for.
const PORT: u16 = 53;

/// The names of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
	/// Where each is. Names are in small letters, without a dot at the end.
	pub names: BTreeMap<String, Vec<IpAddr>>,
	/// Who is asked for all others. If nobody, others are refused.
	pub upstream: Vec<SocketAddr>,
}

/// The text describes no names.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} says nothing of names: the agent and zos-wg are of different versions")]
pub struct NotAZone(String);

/// What is known of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
	/// Where it is.
	At(Vec<IpAddr>),
	/// There is none of that name.
	Nobody,
	/// Others know.
	Elsewhere(Arc<[SocketAddr]>),
	/// Nobody may be asked.
	Refused,
}

impl Zone {
	/// A name under the top one.
	pub fn name(labels: &[&str]) -> String {
		let mut name = labels.join(".").to_ascii_lowercase();
		name.push('.');
		name.push_str(TOP);
		name
	}

	/// As the process that answers is told it.
	pub fn write(&self) -> String {
		let mut text = String::from("names=1\n");
		for (name, addresses) in &self.names {
			for address in addresses {
				// Writing into memory does not fail.
				let _ = writeln!(text, "{name}={address}");
			}
		}
		for upstream in &self.upstream {
			let _ = writeln!(text, "={upstream}");
		}
		text.push('\n');
		text
	}

	/// Reads what follows the first line.
	pub fn read(text: &str) -> Result<Self, NotAZone> {
		let mut zone = Self::default();
		for line in text.lines().take_while(|line| !line.is_empty()) {
			let wrong = || NotAZone(line.into());
			let (name, value) = line.split_once('=').ok_or_else(wrong)?;
			if name.is_empty() {
				zone.upstream.push(value.parse().map_err(|_| wrong())?);
			} else {
				let address = value.parse().map_err(|_| wrong())?;
				zone.names.entry(name.into()).or_default().push(address);
			}
		}
		Ok(zone)
	}

	/// Servers that listen where such servers do.
	pub fn servers(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<SocketAddr> {
		addresses.into_iter().map(|ip| SocketAddr::new(ip, PORT)).collect()
	}

	pub(super) fn find(&self, name: &str) -> Found {
		if let Some(addresses) = self.names.get(name) {
			return Found::At(addresses.clone());
		}
		let below =
			name.strip_suffix(TOP).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
		if below {
			return Found::Nobody;
		}
		match self.upstream.as_slice() {
			[] => Found::Refused,
			servers => Found::Elsewhere(servers.into()),
		}
	}

	/// The name of an address, backwards, as one asks for who has it.
	pub(super) fn reverse(&self, name: &str) -> Option<&str> {
		let ip = asked_backwards(name)?;
		self.names.iter().find(|(_, addresses)| addresses.contains(&ip)).map(|(name, _)| &**name)
	}
}

fn asked_backwards(name: &str) -> Option<IpAddr> {
	if let Some(rest) = name.strip_suffix(".in-addr.arpa") {
		let mut octets = [0; 4];
		let mut parts = rest.split('.');
		for octet in octets.iter_mut().rev() {
			*octet = parts.next()?.parse().ok()?;
		}
		return parts.next().is_none().then(|| Ipv4Addr::from(octets).into());
	}
	let rest = name.strip_suffix(".ip6.arpa")?;
	let digits: String = rest.split('.').rev().collect();
	let number = (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok())??;
	Some(Ipv6Addr::from(number).into())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn zone() -> Zone {
		let at = vec!["10.1.2.3".parse().unwrap(), "fd00::a01:203".parse().unwrap()];
		let names = [(Zone::name(&["Web", "shop"]), at)].into();
		Zone { names, upstream: vec!["192.0.2.53:53".parse().unwrap()] }
	}

	#[test]
	fn what_is_written_is_read() {
		let text = zone().write();
		assert_eq!(Zone::read(text.strip_prefix("names=1\n").unwrap()).unwrap(), zone());
	}

	#[test]
	fn only_its_own_names_are_answered() {
		let zone = zone();
		assert!(matches!(zone.find("web.shop.grid"), Found::At(at) if at.len() == 2));
		assert_eq!(zone.find("db.shop.grid"), Found::Nobody);
		assert_eq!(zone.find("grid"), Found::Nobody);
		assert!(matches!(zone.find("example.org"), Found::Elsewhere(_)));
		assert!(matches!(zone.find("notgrid"), Found::Elsewhere(_)));
		assert_eq!(Zone { upstream: Vec::new(), ..zone }.find("example.org"), Found::Refused);
	}

	#[test]
	fn addresses_have_names() {
		let zone = zone();
		assert_eq!(zone.reverse("3.2.1.10.in-addr.arpa"), Some("web.shop.grid"));
		assert_eq!(zone.reverse("4.2.1.10.in-addr.arpa"), None);
		let v6 = "3.0.2.0.1.0.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
		assert_eq!(zone.reverse(v6), Some("web.shop.grid"));
	}
}
