//! What networks have to do with the machine they are on.

use super::LinuxNetworks;
use crate::{
	host::{
		firewall, links,
		rules::{self, Outside},
	},
	places::{self, MOST_LINKS},
	NetworkError,
};
use std::collections::BTreeSet;
use zos_core::ports::NetworkOrder;

impl LinuxNetworks {
	/// Nobody else's port is taken.
	pub(super) fn check_ports(&self, order: &NetworkOrder) -> Result<(), NetworkError> {
		let wants = |protocol, port| {
			order.network.forwards.iter().any(|it| it.protocol == protocol && it.port == port)
		};
		let is_public =
			order.around.addresses.iter().any(|ip| matches!(ip, grid_primitives::ip::Ip::V4(_)));
		for (key, record) in self.records()? {
			// Who has an address of its own has all its ports.
			if key == *order.key || is_public || record.public().is_some() {
				continue;
			}
			let mut forwards = record.network.forwards.iter();
			if let Some(taken) = forwards.find(|it| wants(it.protocol, it.port)) {
				return Err(NetworkError::PortTaken { port: taken.port, to: key });
			}
		}
		Ok(())
	}

	/// A way between machine and network that nobody has.
	pub(super) fn free_link(&self) -> Result<u32, NetworkError> {
		let taken: BTreeSet<_> =
			self.records()?.into_iter().filter_map(|(_, record)| record.link).collect();
		let first = places::any_link();
		let mut all = (0..MOST_LINKS).map(|number| (first + number) % MOST_LINKS);
		all.find(|number| !taken.contains(number)).ok_or(NetworkError::NoPlace)
	}

	/// The machine's own table, and the public addresses of all networks.
	pub(super) fn outside(&self) -> Result<(), NetworkError> {
		let mut networks = Vec::new();
		for (key, record) in self.records()? {
			let Some(link) = record.link else { continue };
			networks.push(Outside {
				interface: self.settings.uplink(&key),
				inside: places::link(link).1,
				public: record.public(),
				egress: record.network.egress,
				ports: record.network.forwards.iter().map(|it| (it.protocol, it.port)).collect(),
			});
		}
		let publics: Vec<_> = networks.iter().filter_map(|it| it.public).collect();
		if !publics.is_empty() {
			links::with(async |links| {
				let uplink = links.uplink().await?.ok_or(NetworkError::NoUplink)?;
				for ip in &publics {
					links.address(uplink, (*ip).into(), 32).await?;
				}
				Ok(())
			})?;
		}
		let table = self.settings.table();
		if networks.is_empty() {
			return firewall::remove("inet", &table);
		}
		let all = format!("{}*", self.settings.uplinks());
		firewall::replace(vec![rules::outside(&table, &all, &networks)])
	}
}
