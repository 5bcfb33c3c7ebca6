//! What containers printed.

use super::{log, ContainerError, OciContainers};
use zos_core::{
	ports::{LogFrom, LogPage},
	Key,
};

impl OciContainers {
	pub(super) fn do_logs(
		&self,
		key: &Key,
		from: LogFrom,
		most: usize,
	) -> Result<Option<LogPage>, ContainerError> {
		let kept = self.places(key).kept;
		if !kept.exists() {
			return Ok(None);
		}
		Ok(Some(log::read(&kept.join("log"), from, most)?))
	}
}
