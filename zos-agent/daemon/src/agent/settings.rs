use crate::config::Config;
use std::time::Duration;
use zos_core::Backoff;

/// How often, how much, how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
	/// After what time the machine is looked at though the chain says nothing new.
	pub look_every: Duration,
	/// The least time between two looks.
	pub look_apart: Duration,
	/// How many things are done to the machine at the same time, beside pulls.
	pub parallel: usize,
	/// How many images are fetched at the same time.
	pub pulls: usize,
	/// When something that failed is tried again.
	pub backoff: Backoff,
	/// After what time images that nobody needs are removed.
	pub collect_every: Duration,
	/// The time between two heartbeats, unless the chain wants more.
	pub heartbeat_every: Duration,
	/// After what time the chain is asked or told again.
	pub chain_retry: Duration,
	/// How many reports are on their way at the same time. The light client forgets transactions
	/// when it has 64 on their way, and those that are final for a while count as well.
	pub reports: usize,
}

impl Default for Settings {
	fn default() -> Self {
		Self {
			look_every: Duration::from_secs(5),
			look_apart: Duration::from_millis(50),
			parallel: 4,
			pulls: 3,
			backoff: Backoff::default(),
			collect_every: Duration::from_secs(600),
			heartbeat_every: Duration::from_secs(60),
			chain_retry: Duration::from_secs(6),
			reports: 16,
		}
	}
}

impl Settings {
	/// As the configuration says.
	pub fn of(config: &Config) -> Self {
		Self {
			look_every: Duration::from_secs(config.reconcile.look_seconds),
			parallel: config.reconcile.parallel,
			pulls: config.reconcile.pulls,
			backoff: config.backoff(),
			heartbeat_every: Duration::from_secs(config.heartbeat_seconds),
			..Self::default()
		}
	}
}
