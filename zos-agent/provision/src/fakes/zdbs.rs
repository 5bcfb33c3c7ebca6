use super::FakeHost;
use zos_core::{
	ports::{PortError, ZdbFound, ZdbOrder, ZdbUsage, Zdbs},
	Key,
};

impl Zdbs for FakeHost {
	fn list(&self) -> Result<Vec<ZdbFound>, PortError> {
		self.read(|state| state.zdbs.values().cloned().collect())
	}

	fn make(&self, order: &ZdbOrder) -> Result<(), PortError> {
		let key = order.key;
		let found = |serves| ZdbFound {
			key: key.clone(),
			fingerprint: Some(order.fingerprint),
			serves,
			usage: Some(ZdbUsage { bytes: 0, size: order.zdb.size, entries: 0 }),
		};
		if self.read(|state| state.zdbs.get(key) == Some(&found(true)))? {
			return Ok(());
		}
		self.effect(
			format!("make zdb {key}"),
			|state| drop(state.zdbs.insert(key.clone(), found(false))),
			|state| drop(state.zdbs.insert(key.clone(), found(true))),
		)
	}

	fn pause(&self, key: &Key) -> Result<(), PortError> {
		if !self.read(|state| state.zdbs.get(key).is_some_and(|it| it.serves))? {
			return Ok(());
		}
		self.effect(
			format!("pause zdb {key}"),
			|_| {},
			|state| {
				if let Some(it) = state.zdbs.get_mut(key) {
					it.serves = false;
				}
			},
		)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		if !self.read(|state| state.zdbs.contains_key(key))? {
			return Ok(());
		}
		self.effect(
			format!("remove zdb {key}"),
			|state| {
				if let Some(it) = state.zdbs.get_mut(key) {
					it.serves = false;
				}
			},
			|state| drop(state.zdbs.remove(key)),
		)
	}
}
