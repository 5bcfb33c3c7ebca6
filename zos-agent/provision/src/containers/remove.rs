//! Stopping and removing containers.

use super::{places::Places, records::State, ContainerError, OciContainers};
use crate::host::{
	cgroups,
	files::{self, Lock},
	mounts,
};
use rustix::process::Signal;
use std::{
	thread,
	time::{Duration, Instant},
};
use zos_core::Key;

/// How long a shim may take beyond what its container may.
const LONGEST: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(5);

impl OciContainers {
	pub(super) fn do_remove(&self, key: &Key) -> Result<(), ContainerError> {
		let places = self.places(key);
		self.clear(&places)?;
		Ok(files::remove_folder(&places.kept)?)
	}

	/// Ends all of a container that lives, and removes what of it is in memory.
	pub(super) fn clear(&self, places: &Places) -> Result<(), ContainerError> {
		self.end_shim(places)?;
		cgroups::remove(&places.name)?;
		if !places.run.exists() {
			return Ok(());
		}
		// Nobody begins anything here until it is gone.
		let _lock =
			Lock::take(&places.lock())?.ok_or(ContainerError::StillThere { what: "its shim" })?;
		for mount in mounts::beneath(&places.run)? {
			mounts::detach(&mount.at)?;
		}
		Ok(files::remove_folder(&places.run)?)
	}

	/// Asks the shim to end with its container, then makes it.
	fn end_shim(&self, places: &Places) -> Result<(), ContainerError> {
		let deadline = Instant::now() + self.settings.grace + LONGEST;
		let mut asked = None;
		while Lock::is_held(&places.lock())? {
			let state: Option<State> =
				files::read_record(&places.state(), "the state of a container")?;
			let late = Instant::now() > deadline;
			match state {
				Some(state) if late => state.shim.signal(Signal::KILL)?,
				Some(state) if asked != Some(state.shim) => {
					state.shim.signal(Signal::TERM)?;
					asked = Some(state.shim);
				},
				// One that was just begun says in a moment who it is.
				_ => {},
			}
			if let Some(shim) = asked {
				shim.wait(deadline.saturating_duration_since(Instant::now()));
			}
			if Instant::now() > deadline + LONGEST {
				return Err(ContainerError::StillThere { what: "its shim" });
			}
			thread::sleep(PAUSE);
		}
		Ok(())
	}
}
