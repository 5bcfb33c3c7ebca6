//! Workloads in networks.

use super::{
	make::{gateway, MTU},
	record::{Attaching, Record},
	LinuxNetworks,
};
use crate::{
	error::Doing,
	host::{
		links::{self, End},
		namespace,
		rules::{Forwarded, Member, BRIDGE},
	},
	places::{self, key_of, mac},
	NetworkError,
};
use grid_primitives::spec::Attachment;
use std::{fs::File, net::IpAddr, os::fd::AsFd};
use zos_core::{ports::Attached, Key};
use zos_provision::host::files::{self, Keep};

/// What anybody may do in a workload, whoever they are there: listen at low ports, and ping.
const ALLOWED: [(&str, &str); 2] =
	[("ipv4/ip_unprivileged_port_start", "0"), ("ipv4/ping_group_range", "0 2147483647")];

impl LinuxNetworks {
	pub(super) fn do_attach(
		&self,
		workload: &Key,
		to: &[Attachment],
	) -> Result<Attached, NetworkError> {
		let wanted = Attaching {
			to: to
				.iter()
				.map(|it| (it.network.as_str().unwrap_or_default().into(), it.ip))
				.collect(),
		};
		let mut networks = Vec::with_capacity(to.len());
		for attachment in to {
			let key = Key { name: attachment.network.clone(), ..workload.clone() };
			let record = self.record(&key)?.ok_or_else(|| NetworkError::NoNetwork(key.clone()))?;
			networks.push((key, record, attachment.ip));
		}
		let namespace = self.settings.attached(workload);
		if self.attaching(workload)?.is_some_and(|before| before != wanted) {
			self.do_detach(workload)?;
		}
		// Who had such an address before never ran, or it would have been stopped and detached.
		for (other, attaching) in self.attached_of(workload.contract)? {
			if other != *workload && attaching.to.iter().any(|it| wanted.to.contains(it)) {
				self.do_detach(&other)?;
			}
		}
		namespace::make(&namespace)?;
		let path = self.settings.attachment(workload);
		files::write_record(&path, &wanted, 0o600, Keep::UntilReboot)?;
		for (number, (key, record, ip)) in networks.iter().enumerate() {
			self.connect(workload, number, (key, record), *ip)?;
			self.filter(key, record)?;
		}
		let resolvers = networks.first().map(|(_, record, _)| gateway(&record.network).0);
		Ok(Attached {
			namespace,
			resolvers: resolvers.into_iter().collect(),
			search: networks
				.iter()
				.filter_map(|(_, record, _)| record.search.clone())
				.take(1)
				.collect(),
		})
	}

	/// What is known of a workload in networks.
	fn attaching(&self, workload: &Key) -> Result<Option<Attaching>, NetworkError> {
		let path = self.settings.attachment(workload);
		Ok(files::read_record(&path, "the record of a workload in networks")?)
	}

	/// The workloads of a contract that are in networks.
	pub(super) fn attached_of(&self, contract: u64) -> Result<Vec<(Key, Attaching)>, NetworkError> {
		let mut all = Vec::new();
		for name in files::names(&self.settings.run.join("attached"))? {
			let Some(key) = key_of(&name).filter(|key| key.contract == contract) else {
				continue;
			};
			if let Some(attaching) = self.attaching(&key)? {
				all.push((key, attaching));
			}
		}
		Ok(all)
	}

	/// Who is in a network.
	pub(super) fn members(&self, network: &Key) -> Result<Vec<Member>, NetworkError> {
		let all = self.attached_of(network.contract)?;
		let to = all.iter().flat_map(|(_, attaching)| &attaching.to);
		let here = to.filter(|(name, _)| name == network.name());
		Ok(here.map(|(_, ip)| Member { port: places::port(*ip), mac: mac(*ip), ip: *ip }).collect())
	}

	/// Where the forwards of a network lead to, of those to workloads that are there.
	pub(super) fn forwards(
		&self,
		network: &Key,
		record: &Record,
	) -> Result<Vec<Forwarded>, NetworkError> {
		let all = self.attached_of(network.contract)?;
		let mut forwards = Vec::new();
		for forward in record.network.forwards.iter() {
			let workload = all.iter().find(|(key, _)| key.name == forward.to);
			let to =
				workload.and_then(|(_, it)| it.to.iter().find(|(name, _)| name == network.name()));
			forwards.extend(to.map(|(_, ip)| Forwarded {
				protocol: forward.protocol,
				port: forward.port,
				to: *ip,
				to_port: forward.to_port,
			}));
		}
		Ok(forwards)
	}

	/// Attach again whoever was in a network that was made anew.
	pub(super) fn attach_all(&self, network: &Key) -> Result<(), NetworkError> {
		let Some(record) = self.record(network)? else { return Ok(()) };
		for (workload, attaching) in self.attached_of(network.contract)? {
			for (number, (name, ip)) in attaching.to.iter().enumerate() {
				let is_there = namespace::exists(&self.settings.attached(&workload));
				if name == network.name() && is_there {
					self.connect(&workload, number, (network, &record), *ip)?;
				}
			}
		}
		Ok(())
	}

	/// Connect a workload with a network.
	fn connect(
		&self,
		workload: &Key,
		number: usize,
		(key, record): (&Key, &Record),
		ip: [u8; 4],
	) -> Result<(), NetworkError> {
		let network = &record.network;
		let (own, own_v6) = (IpAddr::from(ip), network.address_v6(ip).map(IpAddr::V6));
		let inner = format!("eth{number}");
		let namespace = self.settings.attached(workload);
		let file = File::open(&namespace).doing("open the namespace of a workload")?;
		let port = places::port(ip);
		let here = End { name: &port, mac: mac([0xff, ip[1], ip[2], ip[3]]), mtu: MTU };
		let there = End { name: &inner, mac: mac(ip), mtu: MTU };
		namespace::inside(&self.settings.namespace(key), || {
			links::with(async |links| {
				let bridge = links.index(BRIDGE).await?;
				let port = links.pair(&here, &there, file.as_fd()).await?;
				links.port(port, bridge, &there.mac).await?;
				for ip in [Some(own), own_v6].into_iter().flatten() {
					links.neighbour(bridge, ip, &there.mac).await?;
				}
				Ok(())
			})
		})?;
		let (gateway, gateway_v6) = gateway(network);
		let gateway_mac = mac(network.subnet.gateway());
		let is_first = number == 0;
		namespace::inside(&namespace, || {
			ALLOWED.iter().try_for_each(|(name, value)| namespace::set(name, value))?;
			links::with(async |links| {
				links.up("lo", None).await?;
				let index = links.up(&inner, None).await?;
				// Everybody else is behind the gateway, also who is beside.
				links.address(index, own, 32).await?;
				links.neighbour(index, gateway, &gateway_mac).await?;
				links.route(index, (gateway, 32), None).await?;
				let range = (IpAddr::from(network.range.ip), network.range.prefix);
				links.route(index, range, Some(gateway)).await?;
				if is_first {
					let all = (std::net::Ipv4Addr::UNSPECIFIED.into(), 0);
					links.route(index, all, Some(gateway)).await?;
				}
				if let (Some(own), Some(gateway), Some(range)) =
					(own_v6, gateway_v6, network.ula_prefix())
				{
					links.address(index, own, 128).await?;
					links.neighbour(index, gateway, &gateway_mac).await?;
					links.route(index, (gateway, 128), None).await?;
					let range = (range.into(), grid_primitives::spec::ULA_PREFIX);
					links.route(index, range, Some(gateway)).await?;
				}
				Ok(())
			})
		})
	}

	pub(super) fn do_detach(&self, workload: &Key) -> Result<(), NetworkError> {
		let before = self.attaching(workload)?.unwrap_or_default();
		files::remove_file(&self.settings.attachment(workload))?;
		for (name, ip) in &before.to {
			let Ok(network) = Key::new(workload.contract, name) else { continue };
			let namespace = self.settings.namespace(&network);
			if !namespace::exists(&namespace) {
				continue;
			}
			let port = places::port(*ip);
			namespace::inside(&namespace, || links::with(async |links| links.remove(&port).await))?;
			if let Some(record) = self.record(&network)? {
				self.filter(&network, &record)?;
			}
		}
		namespace::remove(&self.settings.attached(workload))
	}
}
