use super::{FakeFault, FakeHost};
use grid_primitives::{
	report::{FailureCode, NetworkKey},
	spec::Attachment,
};
use std::path::PathBuf;
use zos_core::{
	ports::{Attached, NetworkFound, NetworkOrder, Networks, PortError},
	Key,
};

/// A key that is the same for the same network, and not empty.
fn public_key(key: &Key) -> [u8; 32] {
	let mut public = [1; 32];
	let text = key.to_string();
	let bytes = text.bytes().rev().take(public.len());
	public.iter_mut().rev().zip(bytes).for_each(|(to, from)| *to = from);
	public
}

impl Networks for FakeHost {
	fn list(&self) -> Result<Vec<NetworkFound>, PortError> {
		self.read(|state| state.networks.values().cloned().collect())
	}

	fn make(&self, order: &NetworkOrder) -> Result<(), PortError> {
		let key = order.key;
		let public =
			NetworkKey { network: key.name.clone(), public_key: public_key(key), endpoint: None };
		let found = |public| NetworkFound {
			key: key.clone(),
			fingerprint: Some(order.fingerprint),
			public,
		};
		let whole = found(Some(public));
		if self.read(|state| state.networks.get(key) == Some(&whole))? {
			return Ok(());
		}
		self.effect(
			format!("make network {key}"),
			|state| drop(state.networks.insert(key.clone(), found(None))),
			|state| drop(state.networks.insert(key.clone(), whole.clone())),
		)
	}

	fn attach(&self, workload: &Key, to: &[Attachment]) -> Result<Attached, PortError> {
		let network = |it: &Attachment| Key { name: it.network.clone(), ..workload.clone() };
		let all =
			self.read(|state| to.iter().all(|it| state.networks.contains_key(&network(it))))?;
		if !all {
			return Err(FakeFault::passing(FailureCode::Network, "no such network").into());
		}
		let path = PathBuf::from(format!("/namespaces/{workload}"));
		if !self.read(|state| state.attached.contains(workload))? {
			let what = format!("attach {workload}");
			self.effect(what, |_| {}, |state| state.attached.insert(workload.clone()))?;
		}
		Ok(Attached { namespace: path, ..Attached::default() })
	}

	fn detach(&self, workload: &Key) -> Result<(), PortError> {
		if self.read(|state| state.attached.contains(workload))? {
			let what = format!("detach {workload}");
			self.effect(what, |_| {}, |state| state.attached.remove(workload))?;
		}
		Ok(())
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		if !self.read(|state| state.networks.contains_key(key))? {
			return Ok(());
		}
		self.effect(
			format!("remove network {key}"),
			|state| {
				if let Some(it) = state.networks.get_mut(key) {
					it.public = None;
				}
			},
			|state| drop(state.networks.remove(key)),
		)
	}
}
