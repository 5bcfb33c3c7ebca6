//! What containers printed.

use super::{log, ContainerError, OciContainers};
use zos_core::{ports::LogPage, Key};

impl OciContainers {
	pub(super) fn do_logs(
		&self,
		key: &Key,
		after: Option<u64>,
		limit: usize,
	) -> Result<LogPage, ContainerError> {
		Ok(log::read(&self.places(key).kept.join("log"), after, limit)?)
	}
}
