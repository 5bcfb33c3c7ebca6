//! Manifests, watched.

use super::{
	apply,
	found::{Judgement, Project, Trouble},
};
use crate::{commands::nothing, interrupt, manifest::Current, session::Session, Failure};
use grid_primitives::NodeId;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::PathBuf,
	time::{Duration, Instant},
};

/// How long to wait until looking again.
const PAUSE: Duration = Duration::from_secs(6);

/// Watch what a manifest has made, and move it from nodes that fail if told to
#[derive(clap::Args)]
pub(in crate::commands) struct Watch {
	/// The manifest
	file: PathBuf,
	/// Move what is on nodes that are gone, that have been offline for a while, or that say for as
	/// long that they cannot run it, for reasons of their own. Data on them is left behind
	#[arg(long)]
	heal: bool,
	/// For how many seconds a node has to be offline, or unable
	#[arg(long, default_value_t = 600, value_name = "SECONDS")]
	after: u64,
}

/// Since when nodes are in trouble, and for how long that is borne.
struct Patience {
	heals: bool,
	after: Duration,
	offline: BTreeMap<NodeId, Instant>,
	unfit: BTreeMap<NodeId, Instant>,
	/// Those that were unfit once: who comes back to them would never come to rest.
	left: BTreeSet<NodeId>,
}

/// Remember since when, and say who has been so for too long.
fn too_long(
	since: &mut BTreeMap<NodeId, Instant>,
	who: &BTreeSet<NodeId>,
	after: Duration,
	now: Instant,
) -> BTreeSet<NodeId> {
	since.retain(|node, _| who.contains(node));
	for node in who {
		since.entry(*node).or_insert(now);
	}
	let over = since.iter().filter(|(_, since)| now.saturating_duration_since(**since) >= after);
	over.map(|(node, _)| *node).collect()
}

impl Patience {
	fn new(heals: bool, after: Duration) -> Self {
		let (offline, unfit, left) = Default::default();
		Self { heals, after, offline, unfit, left }
	}

	/// Who is waited for, and where nothing is to be any more.
	fn judge(&mut self, trouble: &Trouble, now: Instant) -> Judgement {
		let silent = too_long(&mut self.offline, &trouble.offline, self.after, now);
		let unfit = too_long(&mut self.unfit, &trouble.unfit, self.after, now);
		if self.heals {
			self.left.extend(unfit);
		}
		Judgement { awaited: &trouble.offline - &silent, unfit: self.left.clone() }
	}
}

/// What was said so far.
#[derive(Default)]
struct Said {
	state: Option<String>,
	failed: Option<String>,
}

impl Watch {
	pub(in crate::commands) async fn run(self, session: &Session) -> Result<(), Failure> {
		let mut patience = Patience::new(self.heal, Duration::from_secs(self.after));
		let mut said = Said::default();
		let mut own: Option<Session> = None;
		loop {
			let session = own.as_ref().unwrap_or(session);
			match self.look(session, &mut patience, &mut said).await {
				Err(failure) if said.state.is_some() && failure.may_pass() => {
					let why = failure.explain();
					if said.failed.as_ref() != Some(&why) {
						session.note(format!("not now: {why}"));
						said.failed = Some(why);
					}
					if failure.is_cut_off() {
						own = Some(session.anew());
					}
				},
				other => other?,
			}
			tokio::select! {
				() = tokio::time::sleep(PAUSE) => {},
				() = interrupt::heard() => return Ok(()),
			}
		}
	}

	/// Say what is different, and heal what can be healed.
	async fn look(
		&self,
		session: &Session,
		patience: &mut Patience,
		said: &mut Said,
	) -> Result<(), Failure> {
		let judge = |trouble: &Trouble| patience.judge(trouble, Instant::now());
		let project = Project::of(session, &self.file, judge).await?;
		let Some(id) = project.contract else {
			return Err(nothing("contract of this manifest: `grid apply` makes it"));
		};
		let state = match project.plan.changes.is_empty() && project.drift.is_empty() {
			true => format!("contract {id} is as it should be"),
			false => project.show(),
		};
		// Who was told that it did not work is told that it does.
		if said.state.as_ref() != Some(&state) || said.failed.is_some() {
			session.note(&state);
			*said = Said { state: Some(state), failed: None };
		}
		match self.heal && project.can_heal() {
			true => apply(session, &project, true).await,
			false => Ok(()),
		}
	}
}

impl Project {
	/// Whether something is to be moved that cannot stay, and can be: not while stakeholders are
	/// asked, nor while nobody pays.
	fn can_heal(&self) -> bool {
		let Current { specs, lost, awaited, unfit, .. } = &self.current;
		let cannot_stay = !lost.is_empty()
			|| self.trouble.offline.iter().any(|node| !awaited.contains(node))
			|| specs.keys().any(|node| unfit.contains(node));
		cannot_stay && !self.plan.changes.is_empty() && self.is_changeable().is_ok()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn trouble(offline: &[NodeId], unfit: &[NodeId]) -> Trouble {
		let set = |nodes: &[NodeId]| nodes.iter().copied().collect();
		Trouble { offline: set(offline), unfit: set(unfit) }
	}

	#[test]
	fn who_has_been_offline_for_seconds_is_waited_for_while_another_is_given_up() {
		let mut patience = Patience::new(true, Duration::from_secs(600));
		let start = Instant::now();
		let at = |seconds| start + Duration::from_secs(seconds);
		assert_eq!(patience.judge(&trouble(&[1], &[]), at(0)).awaited, [1].into());
		let then = patience.judge(&trouble(&[1, 2], &[]), at(600));
		assert_eq!(then.awaited, [2].into(), "1 is given up, and 2 is not");
		patience.judge(&trouble(&[2], &[]), at(610));
		let back = patience.judge(&trouble(&[1, 2], &[]), at(620));
		assert_eq!(back.awaited, [1, 2].into(), "it was there in between");
	}

	#[test]
	fn who_cannot_run_it_for_long_is_left_for_good_and_only_by_who_heals() {
		let start = Instant::now();
		for heals in [true, false] {
			let mut patience = Patience::new(heals, Duration::from_secs(60));
			let now = patience.judge(&trouble(&[], &[3]), start);
			assert!(now.unfit.is_empty(), "it may pass");
			let later = start + Duration::from_secs(60);
			let then = patience.judge(&trouble(&[], &[3]), later);
			assert_eq!(then.unfit.contains(&3), heals);
			let after = patience.judge(&trouble(&[], &[]), later);
			assert_eq!(after.unfit.contains(&3), heals, "it would come back to it for ever");
		}
	}
}
