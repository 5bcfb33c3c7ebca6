//! Images that nobody needs are removed, and how it goes is shown.

use super::{
	failing::with_causes,
	reconcile::{Event, Reconciler},
};
use crate::status::{ContractStatus, Snapshot};
use grid_primitives::spec::Kind;
use std::collections::BTreeSet;
use tokio::{task::spawn_blocking, time::Instant};
use zos_core::{ports::ImageDigest, Actual};

/// When images were last looked through.
#[derive(Default)]
pub(super) struct Tidying {
	pub(super) is_going: bool,
	last: Option<Instant>,
	kept: BTreeSet<ImageDigest>,
}

impl Reconciler {
	/// Remove the images that nobody needs: when others are needed than before, and now and then.
	pub(super) fn tidy(&mut self, actual: &Actual) {
		// What a container was made of must be known of all of them.
		let used: Option<BTreeSet<_>> = actual.containers.values().map(|it| it.image).collect();
		let Some(mut keep) = used else { return };
		for spec in self.specs() {
			for workload in spec.workloads() {
				if let Kind::Container(container) = &workload.kind {
					keep.insert(container.image.digest);
				}
			}
		}
		let tidying = &mut self.tidying;
		let is_time =
			tidying.last.is_none_or(|last| last.elapsed() >= self.agent.settings.collect_every);
		let is_less = !tidying.kept.is_subset(&keep);
		if !is_less {
			// What is needed from now on is missed once it no longer is.
			tidying.kept.clone_from(&keep);
		}
		if tidying.is_going || !(is_time || is_less) {
			return;
		}
		tidying.is_going = true;
		tidying.last = Some(Instant::now());
		tidying.kept.clone_from(&keep);
		let images = self.agent.host.images.clone();
		self.tasks.spawn(async move {
			let keep: Vec<_> = keep.into_iter().collect();
			match spawn_blocking(move || images.collect(&keep)).await {
				Ok(Ok(0)) => {},
				Ok(Ok(bytes)) => log::info!("images that nobody needs gave {bytes} bytes back"),
				Ok(Err(error)) => log::warn!("{}", with_causes(&error)),
				Err(error) => log::error!("{}", with_causes(&error)),
			}
			Event::Tidied
		});
	}

	/// Show how it goes.
	pub(super) fn show(&self, actual: &Actual) {
		let now = self.now();
		let contracts = self.wanted.iter().map(|wanted| {
			let entry = self.entries.get(&wanted.contract);
			let going = self.is_going(wanted.contract);
			ContractStatus::of(wanted, entry, going, actual, &self.attempts, now)
		});
		let contracts: Vec<_> = contracts.collect();
		let metrics = &self.agent.metrics;
		metrics.contracts.set(contracts.len() as u64);
		metrics.containers.set(actual.containers.len() as u64);
		metrics.failing.set(contracts.iter().filter(|it| it.is_failing()).count() as u64);
		let unwanted = actual.contracts();
		let unwanted = unwanted
			.into_iter()
			.filter(|it| !self.wanted.iter().any(|wanted| wanted.contract == *it));
		self.agent.view.show(Snapshot {
			head: self.hearing.head().map(|it| it.number),
			generation: self.hearing.generation(),
			contracts,
			leaving: unwanted.collect(),
		});
	}
}
