use super::{FakeFault, FakeHost};
use grid_primitives::{report::FailureCode, spec::Volume};
use std::path::PathBuf;
use zos_core::{
	ports::{PortError, VolumeFound, Volumes},
	Key,
};

impl Volumes for FakeHost {
	fn list(&self) -> Result<Vec<VolumeFound>, PortError> {
		self.read(|state| state.volumes.values().cloned().collect())
	}

	fn make(&self, key: &Key, volume: &Volume) -> Result<PathBuf, PortError> {
		let path = PathBuf::from(format!("/volumes/{key}"));
		let is_well = |it: &VolumeFound| it.ready.is_some() && it.size >= volume.size;
		if self.read(|state| state.volumes.get(key).is_some_and(is_well))? {
			return Ok(path);
		}
		let is_used = self.read(|state| {
			let mut used = state.uses.values().flatten();
			state.volumes_grow_alone && used.any(|it| *it == path)
		})?;
		if is_used {
			return Err(FakeFault::passing(FailureCode::Volume, "something still uses it").into());
		}
		let grows_in_use = !self.read(|state| state.volumes_grow_alone)?;
		let found = |before: Option<&VolumeFound>, ready| VolumeFound {
			key: key.clone(),
			size: before.map_or(0, |it| it.size).max(volume.size),
			grows_in_use,
			disk: before.map_or(volume.disk, |it| it.disk),
			ready,
		};
		self.effect(
			format!("make volume {key}"),
			|state| {
				let part = found(state.volumes.get(key), None);
				state.volumes.insert(key.clone(), part);
			},
			|state| {
				let whole = found(state.volumes.get(key), Some(path.clone()));
				state.volumes.insert(key.clone(), whole);
			},
		)?;
		Ok(path)
	}

	fn reserve(&self, key: &Key, _: &Volume) -> Result<(), PortError> {
		self.effect(format!("reserve volume {key}"), |_| (), |_| ())
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		if !self.read(|state| state.volumes.contains_key(key))? {
			return Ok(());
		}
		self.effect(
			format!("remove volume {key}"),
			|state| {
				if let Some(it) = state.volumes.get_mut(key) {
					it.ready = None;
				}
			},
			|state| drop(state.volumes.remove(key)),
		)
	}

	fn sweep(&self) -> Result<usize, PortError> {
		self.read(|_| 0)
	}
}
