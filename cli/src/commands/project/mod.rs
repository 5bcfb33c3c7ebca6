//! Manifests: planned, applied, watched, and ended.

mod drift;
mod found;
mod show;
mod watch;

pub(super) use watch::Watch;

use super::{deployment, wait};
use crate::{session::Session, Failure};
use found::{contract, load, Judgement, Project};
use grid_primitives::{spec::Spec, NodeId};
use serde_json::json;
use std::path::PathBuf;

/// Show what applying a manifest would change, and what that costs
#[derive(clap::Args)]
pub(super) struct Plan {
	/// The manifest
	file: PathBuf,
	/// End with 10 if there are changes, or something is not as it should be
	#[arg(long)]
	exit_code: bool,
}

/// Make it so: everything of it or nothing, and wait until it runs
#[derive(clap::Args)]
pub(super) struct Apply {
	/// The manifest
	file: PathBuf,
	/// Do not wait until it runs
	#[arg(long)]
	no_wait: bool,
}

/// End what a manifest has made
#[derive(clap::Args)]
pub(super) struct Destroy {
	/// The manifest
	file: PathBuf,
}

impl Plan {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let project = Project::of(session, &self.file, |_| Judgement::default()).await?;
		session.output().write(&project.record(), || project.show())?;
		match self.exit_code && project.differs() {
			true => Err(Failure::Changes),
			false => Ok(()),
		}
	}
}

impl Apply {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let project = Project::of(session, &self.file, |_| Judgement::default()).await?;
		session.note(project.show());
		apply(session, &project, !self.no_wait).await
	}
}

/// Do what was planned.
async fn apply(session: &Session, project: &Project, wait: bool) -> Result<(), Failure> {
	let mut contract = project.contract;
	if !project.plan.changes.is_empty() {
		project.is_changeable()?;
		session.confirm("Do that?")?;
		// Nobody pays more than he was shown.
		let most = Some(project.quote.usd_per_hour);
		let call = match project.contract {
			Some(id) => {
				let revision = project.found.as_ref().map_or(0, |found| found.revision);
				deployment::amend(id, revision, &project.plan.changes, most)
			},
			None => {
				let plan: Vec<(NodeId, Spec)> = project.plan.whole();
				deployment::create(&project.plan.label, &plan, project.manifest.policy, most)
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		contract = contract.or(done.told("Deployments", "Created", "contract"));
	}
	let Some(id) = contract else { return Ok(()) };
	if wait {
		wait::until_it_runs(session, id).await?;
	}
	let record = json!({ "contract": id, "changed": !project.plan.changes.is_empty() });
	session.output().write(&record, || match project.plan.changes.is_empty() {
		true => format!("contract {id}: nothing to change"),
		false => format!("contract {id}"),
	})
}

impl Destroy {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let manifest = load(&self.file)?;
		let state = session.state().await?;
		let twin = state.twin_of(session.account()?).await?;
		let Some(id) = contract(&state, twin, &manifest).await? else {
			return session
				.output()
				.write(&json!({ "contract": null }), || "nothing to end".into());
		};
		session
			.confirm(&format!("End {} (contract {id}) with all its data?", manifest.name.value))?;
		let Some(done) = session.send(deployment::cancel(id)).await? else { return Ok(()) };
		let asked = done.told("Deployments", "EndProposed", "request");
		session.output().write(&json!({ "contract": id, "request": asked }), || match asked {
			Some(request) => format!("stakeholders are asked: `grid approvals show {request}`"),
			None => format!("contract {id} has ended"),
		})
	}
}
