//! Making namespaces, changing them and serving them.

use super::{sockets, ZdbError, ZdbServers};
use grid_primitives::spec::ZdbMode;
use zdb_control::{Order, Password, Serving, MAX_PASSWORD};
use zos_core::ports::ZdbOrder;

impl ZdbServers {
	pub(super) fn do_make(&self, order: &ZdbOrder) -> Result<(), ZdbError> {
		let ZdbOrder { key, fingerprint, zdb, .. } = order;
		let length = order.password.as_ref().map(|password| password.len());
		if let Some(length) = length.filter(|length| *length == 0 || *length > MAX_PASSWORD) {
			return Err(ZdbError::Password(length));
		}
		for server in self.servers.iter().filter(|server| server.disk != zdb.disk) {
			if server.places.read(key)?.is_some() {
				return Err(ZdbError::OtherDisk(server.disk));
			}
		}
		let server = self.server(zdb.disk).ok_or(ZdbError::NoDisk(zdb.disk))?;
		if server.places.read(key)?.is_none() {
			// First what finds it again, whatever happens.
			server.places.write(key, None, zdb.size)?;
		}
		let mut control = server.reach()?;
		let name = self.names.of_workload(key);
		let (found, read_only) = control.list(&name)?;
		if let Some(since) = read_only {
			return Err(ZdbError::ReadOnly { since });
		}
		let place = order.namespace.as_deref().map(sockets::place).transpose()?;
		let is_there = found.iter().any(|found| {
			found.name == name
				&& matches!(&found.serving, Serving::At(at) if Some(at) == place.as_ref())
		});
		let sockets = match order.namespace.as_deref().filter(|_| !is_there) {
			Some(namespace) => vec![sockets::listener(namespace)?],
			None => Vec::new(),
		};
		let told = Order {
			name,
			called: key.name().into(),
			sequential: zdb.mode == ZdbMode::Sequential,
			public: zdb.public,
			bytes: zdb.size,
			entries: Some(server.entries(zdb.size)),
			password: order.password.clone().map(Password),
			clients: self.clients,
			place,
		};
		control.serve(told, &sockets)?;
		Ok(server.places.write(key, Some(*fingerprint), zdb.size)?)
	}
}
