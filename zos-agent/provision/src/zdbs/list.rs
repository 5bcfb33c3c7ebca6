//! Finding namespaces: from what servers say, and from what was to be made.

use super::{Server, ZdbError, ZdbServers};
use std::collections::BTreeMap;
use zdb_control::{Found, Serving};
use zos_core::{
	ports::{ZdbFound, ZdbUsage},
	Key,
};

impl ZdbServers {
	pub(super) fn do_list(&self) -> Result<Vec<ZdbFound>, ZdbError> {
		let mut all = Vec::new();
		for server in &self.servers {
			all.extend(self.list_of(server)?);
		}
		Ok(all)
	}

	fn list_of(&self, server: &Server) -> Result<Vec<ZdbFound>, ZdbError> {
		let keys = server.places.keys()?;
		let answer = server.ask(self.names.prefix());
		let (found, read_only) = answer.unwrap_or_default();
		let by_key = |found: Found| Some((self.names.workload(&found.name)?, found));
		let mut found: BTreeMap<Key, Found> = found.into_iter().filter_map(by_key).collect();
		let mut all = Vec::new();
		let unknown: Vec<_> = found.keys().filter(|key| !keys.contains(key)).cloned().collect();
		for key in keys.into_iter().chain(unknown) {
			let record = server.places.read(&key)?.unwrap_or_default();
			let found = found.remove(&key);
			// What takes no changes is not as it is to be, whatever it was made as.
			let fingerprint = record.fingerprint.filter(|_| read_only.is_none());
			all.push(ZdbFound {
				key,
				fingerprint: fingerprint.and_then(|text| text.parse().ok()),
				serves: found.as_ref().is_some_and(|found| found.serving != Serving::No),
				usage: found.map(|found| ZdbUsage {
					bytes: found.bytes,
					size: record.size,
					entries: found.entries,
				}),
			});
		}
		Ok(all)
	}
}
