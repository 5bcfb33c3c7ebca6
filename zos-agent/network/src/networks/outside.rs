//! What networks have to do with the machine they are on.

use super::LinuxNetworks;
use crate::{
	host::{
		firewall, links, passing, ports,
		rules::{self, Outside},
	},
	places::{self, MOST_LINKS},
	NetworkError,
};
use grid_primitives::spec::{Forward, Protocol};
use std::collections::BTreeSet;
use zos_core::ports::NetworkOrder;
use zos_provision::host::files::{self, Keep};

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
		if is_public {
			return Ok(());
		}
		let before = self.record(order.key)?.filter(|record| record.public().is_none());
		let known = before.map(|record| record.network.forwards).unwrap_or_default();
		let is_known = |it: &Forward| {
			known.iter().any(|old| (old.protocol, old.port) == (it.protocol, it.port))
		};
		// What leads to a network already is not seen by whoever listens there now.
		for it in order.network.forwards.iter().filter(|it| !is_known(it)) {
			if ports::is_used(it.protocol, it.port) {
				return Err(NetworkError::PortInUse(it.port));
			}
		}
		Ok(())
	}

	/// Whether what comes to this UDP port of the machine is led to a network, and not to a tunnel.
	pub(super) fn leads_away(&self, port: u16) -> Result<bool, NetworkError> {
		let records = self.records()?;
		let mut forwards = records
			.iter()
			.filter(|(_, record)| record.public().is_none())
			.flat_map(|(_, record)| record.network.forwards.iter());
		Ok(forwards.any(|it| it.protocol == Protocol::Udp && it.port == port))
	}

	/// A way between machine and network that nobody has.
	pub(super) fn free_link(&self) -> Result<u32, NetworkError> {
		let taken: BTreeSet<_> =
			self.records()?.into_iter().filter_map(|(_, record)| record.link).collect();
		let first = places::any_link();
		let mut all = (0..MOST_LINKS).map(|number| (first + number) % MOST_LINKS);
		all.find(|number| !taken.contains(number)).ok_or(NetworkError::NoPlace)
	}

	/// Nobody is promised what this machine cannot give.
	pub(super) fn check_addresses(order: &NetworkOrder) -> Result<(), NetworkError> {
		if order.network.public_v6 {
			return Err(NetworkError::NoPublicV6);
		}
		Ok(())
	}

	/// The machine's own table, the public addresses of all networks, and what is passed on.
	pub(super) fn outside(&self) -> Result<(), NetworkError> {
		let mut networks = Vec::new();
		let mut left = Vec::new();
		for (key, record) in self.records()? {
			left.extend(record.left_addresses.iter().copied());
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
		left.retain(|ip| !publics.contains(ip));
		links::with(async |links| {
			for ip in left {
				links.no_address(ip.into()).await?;
			}
			Ok(())
		})?;
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
			self.shut()?;
			return firewall::remove("inet", &table);
		}
		let opened = self.to_open()?;
		let all = format!("{}*", self.settings.uplinks());
		firewall::replace(vec![rules::outside(&table, &all, &networks, &opened)])?;
		// Only now, as the table sees to it that nobody else is served.
		let own = networks.iter().map(|it| &it.interface);
		own.chain(&opened).try_for_each(|name| passing::pass(name, true))
	}

	/// The interfaces that pass packets on for networks alone. They are written down, so that it is
	/// known later that nobody else has opened them.
	fn to_open(&self) -> Result<BTreeSet<String>, NetworkError> {
		let path = self.settings.opened();
		let mut opened = BTreeSet::new();
		if !passing::is_router()? {
			opened.extend(self.opened()?);
			opened.extend(passing::shut()?);
			let uplinks = self.settings.uplinks();
			opened.retain(|name| !name.starts_with(&uplinks) && passing::passes(name).is_some());
		}
		files::write_record(&path, &opened, 0o600, Keep::UntilReboot)?;
		Ok(opened)
	}

	fn opened(&self) -> Result<BTreeSet<String>, NetworkError> {
		let what = "the record of interfaces that pass packets on";
		Ok(files::read_record(&self.settings.opened(), what)?.unwrap_or_default())
	}

	/// What was opened for networks passes nothing on any more.
	fn shut(&self) -> Result<(), NetworkError> {
		if !passing::is_router()? {
			self.opened()?.iter().try_for_each(|name| passing::pass(name, false))?;
		}
		Ok(files::remove_file(&self.settings.opened())?)
	}
}
