//! What a user's device needs to join a network.

use crate::{
	report::NetworkKey,
	spec::{AccessPeer, Network, ULA_PREFIX},
};
use alloc::{
	format,
	string::{String, ToString},
};
use base64::{engine::general_purpose::STANDARD, Engine};
use core::{
	fmt::{self, Write},
	net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// The longest packet of the device, as in the network.
const MTU: u32 = 1_420;
/// After so many seconds of silence the node hears something, so that whatever is between them lets
/// it through.
const KEEPALIVE: u16 = 25;

/// A device that joins a network at a node.
pub struct Device<'a> {
	/// The part of the network that is on the node.
	pub network: &'a Network,
	/// The device, as the network has it.
	pub device: &'a AccessPeer,
	/// What the node has published of its part.
	pub node: &'a NetworkKey,
	/// What the owner calls the contract.
	pub label: &'a str,
}

/// The node cannot be reached by devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReachable;

impl fmt::Display for NotReachable {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str(
			"the node is behind something that hides it: let the device join at another node",
		)
	}
}

impl core::error::Error for NotReachable {}

impl Device<'_> {
	/// A configuration for `wg-quick`. Without a private key, there is a place for it.
	pub fn wg_quick(&self, private_key: Option<&[u8; 32]>) -> Result<String, NotReachable> {
		let Self { network, device, node, label } = self;
		let endpoint = node.endpoint.ok_or(NotReachable)?;
		let endpoint = SocketAddr::new(IpAddr::from(endpoint.ip), endpoint.port);
		let private =
			private_key.map_or("# the private key of this device".into(), |it| STANDARD.encode(it));
		let mut address = format!("{}/32", Ipv4Addr::from(device.ip));
		let mut allowed = network.range.to_string();
		if let (Some(ip), Some(range)) = (network.address_v6(device.ip), network.ula_prefix()) {
			// Writing into memory does not fail.
			let _ = write!(address, ", {ip}/128");
			let _ = write!(allowed, ", {range}/{ULA_PREFIX}");
		}
		let gateway = Ipv4Addr::from(network.subnet.gateway());
		let key = STANDARD.encode(node.public_key);
		Ok(format!(
			"[Interface]\nPrivateKey = {private}\nAddress = {address}\nDNS = {gateway}, {label}.grid\n\
			MTU = {MTU}\n\n[Peer]\nPublicKey = {key}\nEndpoint = {endpoint}\nAllowedIPs = {allowed}\n\
			PersistentKeepalive = {KEEPALIVE}\n"
		))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::report::Endpoint;

	#[test]
	fn a_device_gets_all_it_needs() {
		let network = Network {
			ula: Some([1, 2, 3, 4, 5]),
			..Network::closed("10.1.0.0/16".parse().unwrap(), "10.1.2.0/24".parse().unwrap())
		};
		let name = "laptop".try_into().unwrap();
		let device = AccessPeer { name, public_key: [1; 32], ip: [10, 1, 2, 9] };
		let ip = IpAddr::from([192, 0, 2, 1]).into();
		let endpoint = Some(Endpoint { ip, port: 7 });
		let mut node =
			NetworkKey { network: "net".try_into().unwrap(), public_key: [0; 32], endpoint };
		let config = |node: &NetworkKey| {
			Device { network: &network, device: &device, node, label: "shop" }
				.wg_quick(Some(&[2; 32]))
		};
		let text = config(&node).unwrap();
		for line in [
			"PrivateKey = AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
			"Address = 10.1.2.9/32, fd01:203:405::a01:209/128",
			"DNS = 10.1.2.1, shop.grid",
			"PublicKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
			"Endpoint = 192.0.2.1:7",
			"AllowedIPs = 10.1.0.0/16, fd01:203:405::/48",
		] {
			assert!(text.lines().any(|it| it == line), "{line} is not in {text}");
		}
		node.endpoint = None;
		assert_eq!(config(&node), Err(NotReachable));
	}
}
