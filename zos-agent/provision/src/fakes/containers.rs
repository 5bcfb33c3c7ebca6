use super::FakeHost;
use grid_primitives::report::FailureCode;
use zos_core::{
	ports::{ContainerFound, ContainerOrder, ContainerState, Containers, LogPage, PortError},
	Key,
};

impl Containers for FakeHost {
	fn list(&self) -> Result<Vec<ContainerFound>, PortError> {
		self.read(|state| state.containers.values().cloned().collect())
	}

	fn start(&self, order: &ContainerOrder) -> Result<(), PortError> {
		let key = order.key;
		let found = |state| ContainerFound {
			key: key.clone(),
			fingerprint: Some(order.fingerprint),
			image: Some(order.image.digest),
			state,
		};
		let is_there = |it: &ContainerFound| {
			it.fingerprint == Some(order.fingerprint) && it.state != ContainerState::Broken
		};
		if self.read(|state| state.containers.get(key).is_some_and(is_there))? {
			return Ok(());
		}
		// As on a real machine, nothing runs without its image and volumes.
		let missing = self.read(|state| {
			let volume = order.binds.iter().find(|bind| {
				!state.volumes.values().any(|it| it.ready.as_ref() == Some(&bind.from))
			});
			let volume = volume.map(|bind| format!("no volume at {}", bind.from.display()));
			let image = !state.images.contains(&order.image.digest);
			volume.or_else(|| image.then(|| "no image".into()))
		})?;
		if let Some(missing) = missing {
			return Err(super::FakeFault::passing(FailureCode::NotStarted, &missing).into());
		}
		self.effect(
			format!("start container {key}"),
			|state| drop(state.containers.insert(key.clone(), found(ContainerState::Broken))),
			|state| {
				let running = ContainerState::Running { restarts: 0, crashes: None };
				state.containers.insert(key.clone(), found(running));
			},
		)
	}

	fn remove(&self, key: &Key) -> Result<(), PortError> {
		if !self.read(|state| state.containers.contains_key(key))? {
			return Ok(());
		}
		self.effect(
			format!("remove container {key}"),
			|state| {
				if let Some(it) = state.containers.get_mut(key) {
					it.state = ContainerState::Broken;
				}
			},
			|state| {
				state.containers.remove(key);
				state.logs.remove(key);
			},
		)
	}

	fn logs(&self, key: &Key, after: Option<u64>, limit: usize) -> Result<LogPage, PortError> {
		self.read(|state| {
			let all = state.logs.get(key).map_or(&[][..], Vec::as_slice);
			let first = match after {
				Some(after) => usize::try_from(after).unwrap_or(usize::MAX).min(all.len()),
				None => all.len().saturating_sub(limit),
			};
			let lines: Vec<_> = all[first..].iter().take(limit).cloned().collect();
			LogPage { next: (first + lines.len()) as u64, lines }
		})
	}
}
