//! What nobody needs is removed, and how it goes is shown.

use super::{
	failing::with_causes,
	reconcile::{Event, Reconciler},
	Host,
};
use crate::status::{ContractStatus, FailureStatus, Snapshot};
use grid_primitives::{spec::Kind, ContractId};
use std::collections::BTreeSet;
use tokio::{task::spawn_blocking, time::Instant};
use zos_core::{
	outcome::{failing, stuck},
	ports::ImageDigest,
	Actual,
};

/// Remove what nobody needs, as far as that is possible.
fn clear(host: &Host, keep: &[ImageDigest]) {
	match host.images.collect(keep) {
		Ok(0) => {},
		Ok(bytes) => log::info!("images that nobody needs gave {bytes} bytes back"),
		Err(error) => log::warn!("{}", with_causes(&error)),
	}
	for swept in [host.containers.sweep(), host.volumes.sweep()] {
		match swept {
			Ok(0) => {},
			Ok(number) => log::warn!("{number} things of this agent were of nothing"),
			Err(error) => log::warn!("{}", with_causes(&error)),
		}
	}
}

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
		let host = self.agent.host.clone();
		self.tasks.spawn(async move {
			let keep: Vec<_> = keep.into_iter().collect();
			if let Err(error) = spawn_blocking(move || clear(&host, &keep)).await {
				log::error!("{}", with_causes(&error));
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
		let usages = actual.zdbs.values().filter_map(|it| Some((it.key.clone(), it.usage?)));
		metrics.zdbs.set(usages.collect());
		let is_wanted = |it: &ContractId| self.wanted.iter().any(|wanted| wanted.contract == *it);
		let leaving: Vec<_> = actual.contracts().into_iter().filter(|it| !is_wanted(it)).collect();
		let mut failures = Vec::new();
		for wanted in &self.wanted {
			let all = failing(wanted, actual, &self.attempts);
			failures.extend(all.into_iter().map(|it| (wanted.contract, it)));
		}
		for contract in &leaving {
			failures.extend(stuck(*contract, &self.attempts).into_iter().map(|it| (*contract, it)));
		}
		let failures = failures
			.iter()
			.map(|(contract, it)| FailureStatus::of(*contract, it, &self.attempts, now));
		self.agent.view.show(Snapshot {
			head: self.hearing.head().map(|it| it.number),
			generation: self.hearing.generation(),
			contracts,
			failures: failures.collect(),
			leaving,
		});
	}
}
