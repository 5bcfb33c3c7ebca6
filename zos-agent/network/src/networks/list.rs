//! Which networks there are.

use super::LinuxNetworks;
use crate::{host::namespace, places::key_of, NetworkError};
use grid_primitives::{
	ip::Ip,
	report::{Endpoint, NetworkKey},
};
use std::{
	collections::BTreeSet,
	net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
};
use zos_core::{ports::NetworkFound, Key};
use zos_provision::host::files;

/// Somewhere on the internet: it is only asked which way leads there.
const SOMEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)), 53);

impl LinuxNetworks {
	pub(super) fn do_list(&self) -> Result<Vec<NetworkFound>, NetworkError> {
		let all = self.all()?;
		all.into_iter().map(|key| self.find(key)).collect()
	}

	/// All of which there is anything.
	fn all(&self) -> Result<BTreeSet<Key>, NetworkError> {
		let settings = &self.settings;
		let mut all = BTreeSet::new();
		for folder in [settings.state.clone(), settings.run.join("made")] {
			all.extend(files::names(&folder)?.iter().filter_map(|name| key_of(name)));
		}
		let namespaces = files::names(&settings.namespaces)?;
		all.extend(namespaces.iter().filter_map(|name| settings.network_of(name)));
		Ok(all)
	}

	/// The records of all.
	pub(super) fn records(&self) -> Result<Vec<(Key, super::Record)>, NetworkError> {
		let mut all = Vec::new();
		for key in self.all()? {
			all.extend(self.record(&key)?.map(|record| (key, record)));
		}
		Ok(all)
	}

	fn find(&self, key: Key) -> Result<NetworkFound, NetworkError> {
		let nothing = NetworkFound { key: key.clone(), fingerprint: None, public: None };
		let (Some(pair), Some(record)) = (self.find_key(&key)?, self.record(&key)?) else {
			return Ok(nothing);
		};
		if !namespace::exists(&self.settings.namespace(&key)) {
			return Ok(nothing);
		}
		let Some(status) = self.tunnel(&key).status()? else { return Ok(nothing) };
		if status.private_key != Some(pair.private) {
			return Ok(nothing);
		}
		let public = NetworkKey {
			network: key.name.clone(),
			public_key: pair.public,
			endpoint: self.reached_at().map(|ip| Endpoint { ip, port: status.listen_port }),
		};
		let fingerprint = record.fingerprint.and_then(|text| text.parse().ok());
		Ok(NetworkFound { key, fingerprint, public: Some(public) })
	}

	/// Where other nodes reach this one, if they do.
	fn reached_at(&self) -> Option<Ip> {
		if let Some(address) = self.settings.address {
			return Some(address.into());
		}
		// A socket that is connected has an address, though nothing was sent.
		let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
		socket.connect(SOMEWHERE).ok()?;
		let ip = socket.local_addr().ok()?.ip();
		is_public(ip).then(|| ip.into())
	}
}

/// Whether others on the internet may reach it.
fn is_public(ip: IpAddr) -> bool {
	let IpAddr::V4(ip) = ip else { return false };
	let [a, b, ..] = ip.octets();
	let shared = a == 100 && (64..128).contains(&b);
	let measuring = a == 198 && (18..20).contains(&b);
	let none = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
	!none && !shared && !measuring
}
