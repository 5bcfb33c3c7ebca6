use super::FakeHost;
use grid_primitives::report::FailureCode;
use zos_core::{
	ports::{
		ContainerFound, ContainerOrder, ContainerState, Containers, LogFrom, LogPage, PortError,
	},
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
				let volumes = order.binds.iter().map(|it| it.from.clone()).collect();
				state.uses.insert(key.clone(), volumes);
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
				state.uses.remove(key);
			},
		)
	}

	fn sweep(&self) -> Result<usize, PortError> {
		self.read(|_| 0)
	}

	fn logs(&self, key: &Key, from: LogFrom, most: usize) -> Result<Option<LogPage>, PortError> {
		self.read(|state| {
			state.containers.get(key)?;
			let all = state.logs.get(key).map_or(&[][..], Vec::as_slice);
			let first = match from {
				// A container that was made anew has printed less than the one before it.
				LogFrom::Position(position) => {
					let position = usize::try_from(position).unwrap_or(usize::MAX);
					Some(position).filter(|it| *it <= all.len()).unwrap_or(0)
				},
				LogFrom::Last { lines, since } => {
					let new = all.iter().filter(|it| it.at >= since).count();
					all.len() - new.min(lines)
				},
			};
			let lines: Vec<_> = all[first..].iter().take(most).cloned().collect();
			Some(LogPage { next: (first + lines.len()) as u64, lines })
		})
	}
}
