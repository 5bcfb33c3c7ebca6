//! Manifests, watched.

use super::{apply, found::Project};
use crate::{commands::nothing, interrupt, session::Session, Failure};
use grid_primitives::NodeId;
use std::{
	collections::BTreeMap,
	path::PathBuf,
	time::{Duration, Instant},
};

/// Watch what a manifest has made, and move what fails if told to
#[derive(clap::Args)]
pub(in crate::commands) struct Watch {
	/// The manifest
	file: PathBuf,
	/// Move what is on nodes that have been offline for a while. Data on them is left behind
	#[arg(long)]
	heal: bool,
	/// For how many seconds a node has to be offline
	#[arg(long, default_value_t = 600, value_name = "SECONDS")]
	after: u64,
}

impl Watch {
	pub(in crate::commands) async fn run(self, session: &Session) -> Result<(), Failure> {
		let mut since: BTreeMap<NodeId, Instant> = BTreeMap::new();
		let (mut said, mut failed) = (String::new(), None);
		loop {
			match self.look(session, &mut since, &mut said).await {
				Err(failure) if !said.is_empty() && failure.may_pass() => {
					let why = Some(failure.explain());
					if why != failed {
						session.note(format!("not now: {}", why.as_deref().unwrap_or_default()));
						failed = why;
					}
				},
				other => {
					other?;
					failed = None;
				},
			}
			tokio::select! {
				() = tokio::time::sleep(Duration::from_secs(6)) => {},
				() = interrupt::heard() => return Ok(()),
			}
		}
	}

	/// Say what is different, and heal what can be healed.
	async fn look(
		&self,
		session: &Session,
		since: &mut BTreeMap<NodeId, Instant>,
		said: &mut String,
	) -> Result<(), Failure> {
		let project = Project::of(session, &self.file).await?;
		since.retain(|node, _| project.offline.contains(node));
		for node in &project.offline {
			since.entry(*node).or_insert_with(Instant::now);
		}
		let state = match (project.contract, project.plan.changes.is_empty()) {
			(None, _) => return Err(nothing("contract of this manifest: `grid apply` makes it")),
			(Some(id), true) if project.failed.is_empty() => {
				format!("contract {id} is as it should be")
			},
			_ => project.show(),
		};
		if state != *said {
			session.note(&state);
			*said = state;
		}
		let waited = since.values().any(|since| since.elapsed().as_secs() >= self.after);
		let gone = !project.current.lost.is_empty() || waited;
		if self.heal && gone && !project.plan.changes.is_empty() {
			apply(session, &project, true).await?;
		}
		Ok(())
	}
}
