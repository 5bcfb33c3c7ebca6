//! Who else is in a private network, wherever that is.

use crate::verify::Wanted;
use codec::{Decode, Encode};
use grid_primitives::{
	ip::{Ip, IpVersion},
	report::NetworkKey,
	spec::{Kind, Name, Spec, Subnet},
	NodeId,
};

/// What surrounds a part of a network: all that it takes to make it beside what it is itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Around {
	/// What the owner calls the contract: names within the network end with it.
	pub label: Name,
	/// The public addresses of this part.
	pub addresses: Vec<Ip>,
	/// The parts on other nodes that have made themselves known.
	pub peers: Vec<Peer>,
	/// The workloads in the network, on all nodes.
	pub members: Vec<Member>,
}

/// A part of a network on another node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Peer {
	/// Its addresses.
	pub subnet: Subnet,
	/// By what it is found and known.
	pub key: NetworkKey,
}

/// A workload in a network.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Member {
	/// What it is called.
	pub name: Name,
	/// Where it is.
	pub ip: [u8; 4],
}

fn members<'a>(spec: &'a Spec, network: &'a Name) -> impl Iterator<Item = Member> + 'a {
	spec.workloads().iter().flat_map(move |workload| {
		let attached = match &workload.kind {
			Kind::Container(it) => it.networks.as_slice(),
			Kind::Zdb(it) => it.networks.as_slice(),
			Kind::Network(_) | Kind::Volume(_) => &[],
		};
		let here = attached.iter().filter(move |it| it.network == *network);
		here.map(|it| Member { name: workload.name.clone(), ip: it.ip })
	})
}

impl Around {
	/// What surrounds a network of a spec.
	pub fn of(wanted: &Wanted, spec: &Spec, network: &Name) -> Self {
		let part = spec.networks().find(|(name, _)| *name == network).map(|(_, it)| it);
		let own = part.map(|it| it.subnet);
		let mut around = Self {
			label: wanted.label.clone(),
			members: members(spec, network).collect(),
			..Self::default()
		};
		// The chain lists one that the spec wants no more until this node says that it runs that.
		let wants = |ip: &Ip| {
			part.is_some_and(|it| match ip.version() {
				IpVersion::V4 => it.public_v4,
				IpVersion::V6 => it.public_v6,
			})
		};
		let addresses = wanted.addresses.iter().filter(|it| it.network == *network);
		around.addresses.extend(addresses.map(|it| it.ip).filter(wants));
		for other in &wanted.elsewhere {
			let part = other.spec.networks().find(|(name, _)| *name == network);
			// Who takes addresses that are used here has none of them.
			let part = part.filter(|(_, it)| own.is_none_or(|own| !own.overlaps(&it.subnet)));
			let Some((_, part)) = part else { continue };
			around.members.extend(members(&other.spec, network));
			let key = other.keys.iter().find(|it| it.network == *network);
			around.peers.extend(key.map(|key| Peer { subnet: part.subnet, key: key.clone() }));
		}
		around
	}
}

/// The nodes to whose parts of a network this one has no way, as neither of both says where it is
/// reached.
pub fn hidden_from(wanted: &Wanted, own: &NetworkKey) -> Vec<NodeId> {
	let is_hidden = |it: &NetworkKey| it.network == own.network && it.endpoint.is_none();
	let others = wanted.elsewhere.iter().filter(|it| it.keys.iter().any(is_hidden));
	others.filter(|_| is_hidden(own)).map(|it| it.node).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		desired::{Address, Elsewhere},
		sample::{attached, network_part, spec, text, want},
		verify::Intent,
	};
	use grid_primitives::{
		report::{Endpoint, NetworkKeys},
		spec::Network,
	};

	fn key(network: &str) -> NetworkKey {
		NetworkKey { network: text(network), public_key: [9; 32], endpoint: None }
	}

	fn elsewhere(third: u8, keys: Vec<NetworkKey>) -> Elsewhere {
		let spec = spec(&[
			("net", network_part(third)),
			("db", attached("net", [10, 1, third, 2])),
			("lonely", attached("other", [10, 2, third, 2])),
		]);
		Elsewhere { node: third.into(), spec, keys: NetworkKeys::truncate_from(keys) }
	}

	#[test]
	fn who_is_hidden_does_not_reach_who_is_hidden() {
		let at = |endpoint| NetworkKey { endpoint, ..key("net") };
		let ip = "192.0.2.1".parse::<std::net::IpAddr>().expect("it is one").into();
		let open = at(Some(Endpoint { ip, port: 7 }));
		let mut wanted = want(1, Intent::Run(spec(&[("net", network_part(1))])));
		wanted.elsewhere = vec![
			elsewhere(2, vec![at(None)]),
			elsewhere(3, vec![open.clone(), key("other")]),
			elsewhere(4, vec![]),
		];
		assert_eq!(hidden_from(&wanted, &at(None)), [2]);
		assert_eq!(hidden_from(&wanted, &open), []);
	}

	#[test]
	fn peers_are_the_parts_of_the_same_name() {
		let public = |public_v4| match network_part(1) {
			Kind::Network(part) => Kind::Network(Network { public_v4, ..part }),
			_ => panic!("it is one"),
		};
		let here = spec(&[("net", public(true)), ("web", attached("net", [10, 1, 1, 2]))]);
		let mut wanted = want(1, Intent::Run(here.clone()));
		wanted.label = text("shop");
		let ip = "192.0.2.1".parse::<std::net::IpAddr>().expect("it is one").into();
		wanted.addresses = ["net", "other"].map(|it| Address { network: text(it), ip }).into();
		wanted.elsewhere = vec![
			elsewhere(2, vec![key("other"), key("net")]),
			// It has not said anything yet, but it has names.
			elsewhere(3, vec![]),
			// It takes what is used here.
			elsewhere(1, vec![key("net")]),
		];
		let around = Around::of(&wanted, &here, &text("net"));
		assert_eq!(around.label, text("shop"));
		assert_eq!(around.addresses, [ip]);
		let private = spec(&[("net", public(false))]);
		assert_eq!(Around::of(&wanted, &private, &text("net")).addresses, [], "it wants none");
		let subnets: Vec<_> = around.peers.iter().map(|it| it.subnet.to_string()).collect();
		assert_eq!(subnets, ["10.1.2.0/24"]);
		let members: Vec<_> = around.members.iter().map(|it| it.ip).collect();
		assert_eq!(members, [[10, 1, 1, 2], [10, 1, 2, 2], [10, 1, 3, 2]]);
	}
}
