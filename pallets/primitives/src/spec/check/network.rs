//! Private networks.

use super::{ensure, is_blank, Outside, Seen};
use crate::spec::{
	limits::{LONGEST_SUBNET, RANGE_PREFIX},
	AccessPeer, Forward, Kind, Name, Network, Protocol, Reason,
};
use alloc::collections::BTreeSet;

impl<'a> Seen<'a> {
	pub(super) fn network(
		&mut self,
		index: u32,
		name: &'a Name,
		network: &'a Network,
	) -> Result<(), Reason> {
		addresses(network)?;
		ensure(!network.public_v6, Reason::NoPublicV6)?;
		let outside = network.public_v4.then_some(index);
		if let Some(port) = network.port {
			self.take(outside, Protocol::Udp, port)?;
		}
		for forward in &network.forwards {
			self.take(outside, forward.protocol, forward.port)?;
			self.forward(name, forward)?;
		}
		self.access(index, network)
	}

	fn take(&mut self, outside: Outside, protocol: Protocol, port: u16) -> Result<(), Reason> {
		ensure(port != 0 && self.ports.insert((outside, protocol, port)), Reason::BadPort)
	}

	fn forward(&self, network: &Name, forward: &Forward) -> Result<(), Reason> {
		ensure(forward.to_port != 0, Reason::BadPort)?;
		let Kind::Container(container) = self.kind(&forward.to)? else {
			return Err(Reason::BadReference);
		};
		let attached = container.networks.iter().any(|it| it.network == *network);
		ensure(attached, Reason::BadReference)
	}

	fn access(&mut self, index: u32, network: &'a Network) -> Result<(), Reason> {
		let (mut called, mut keys) = (BTreeSet::new(), BTreeSet::new());
		for AccessPeer { name, public_key, ip } in &network.access {
			ensure(name.is_name(), Reason::BadName)?;
			ensure(called.insert(name), Reason::NameTaken)?;
			ensure(!is_blank(public_key) && keys.insert(public_key), Reason::BadKey)?;
			self.give(index, network, *ip)?;
		}
		Ok(())
	}
}

fn addresses(network: &Network) -> Result<(), Reason> {
	let Network { range, subnet, ula, .. } = network;
	let good = RANGE_PREFIX.contains(&range.prefix)
		&& range.begins_at_first()
		&& range.is_private()
		&& subnet.prefix <= LONGEST_SUBNET
		&& subnet.begins_at_first()
		&& range.covers(subnet);
	ensure(good, Reason::BadSubnet)?;
	ensure(*ula != Some([0; 5]), Reason::BadUla)
}
