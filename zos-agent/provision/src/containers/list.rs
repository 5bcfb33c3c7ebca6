//! Finding containers: from what is on the machine, never from what was done.

use super::{
	places::{key_of, Places},
	records::{Ending, Phase, Record, State},
	ContainerError, OciContainers,
};
use crate::host::{
	cgroups,
	files::{self, Lock},
	HostError,
};
use std::collections::BTreeSet;
use zos_core::{
	ports::{ContainerFound, ContainerState},
	Key,
};

impl OciContainers {
	pub(super) fn places(&self, key: &Key) -> Places {
		Places::of(key, &self.settings.names, &self.settings.state, &self.settings.run)
	}

	pub(super) fn read_record(&self, places: &Places) -> Result<Option<Record>, HostError> {
		match files::read_record(&places.record(), "what a container is") {
			// What nobody can read is as good as not there: the container is broken.
			Err(HostError::Malformed { .. }) => Ok(None),
			other => other,
		}
	}

	pub(super) fn do_list(&self) -> Result<Vec<ContainerFound>, ContainerError> {
		let names = &self.settings.names;
		let groups = cgroups::find(names.prefix())?;
		let mut keys: BTreeSet<_> = groups.iter().filter_map(|name| names.workload(name)).collect();
		for folder in [&self.settings.state, &self.settings.run] {
			keys.extend(files::names(folder)?.iter().filter_map(|name| key_of(name)));
		}
		keys.iter().map(|key| self.find(key)).collect()
	}

	/// What there is of one container. If its shim was killed, it gets another.
	pub(super) fn find(&self, key: &Key) -> Result<ContainerFound, ContainerError> {
		let places = self.places(key);
		let record = self.read_record(&places)?;
		let known = record.as_ref();
		Ok(ContainerFound {
			key: key.clone(),
			fingerprint: known.and_then(|record| record.fingerprint.parse().ok()),
			image: known.map(|record| record.image),
			state: self.state(&places)?,
		})
	}

	fn state(&self, places: &Places) -> Result<ContainerState, ContainerError> {
		if let Some(state) = self.watched(places)? {
			return Ok(match state.phase {
				Phase::Starting => ContainerState::Broken,
				Phase::Running { .. } => {
					ContainerState::Running { restarts: state.restarts, crashes: state.crashes() }
				},
				Phase::Waiting { .. } => match state.crashes() {
					Some(crashes) => ContainerState::Restarting(crashes),
					None => ContainerState::Broken,
				},
			});
		}
		let ended: Option<Ending> = files::read_record(&places.ended(), "how a container ended")?;
		Ok(ended.map_or(ContainerState::Broken, |ending| ContainerState::Ended(ending.into())))
	}

	/// What the shim of a container says of it, if there is one, or can be one again.
	fn watched(&self, places: &Places) -> Result<Option<State>, ContainerError> {
		let read = || files::read_record::<State>(&places.state(), "the state of a container");
		let Some(state) = read()? else { return Ok(None) };
		if Lock::is_held(&places.lock())? {
			return Ok(Some(state));
		}
		if places.ended().exists() || state.phase == Phase::Starting {
			return Ok(None);
		}
		let Some(lock) = Lock::take(&places.lock())? else { return Ok(read()?) };
		log::warn!("the shim of {} was killed: it gets another", places.name);
		match self.spawn(places, &lock) {
			Ok(()) => Ok(read()?.filter(|_| !places.ended().exists())),
			Err(error) => {
				log::error!("{} has no shim, and none can be started: {error}", places.name);
				// What runs, runs; the next time it is tried again.
				let runs = |state: &State| match state.phase {
					Phase::Running { process, .. } => process.is_alive(),
					_ => false,
				};
				Ok(Some(state).filter(runs))
			},
		}
	}
}
