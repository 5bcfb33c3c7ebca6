use super::{nothing, read_file, tell_number};
use crate::{
	chain::{number, of, records::Terms, Call},
	session::Session,
	Failure,
};
use grid_primitives::PolicyId;
use std::path::PathBuf;

/// Policies: who has to agree
#[derive(clap::Subcommand)]
pub(super) enum Policy {
	/// Make a policy of a file
	#[command(
		after_help = "The file has title, roles (each with title, members, threshold, veto), \
		ttl in blocks,\nguards (create, amend, cancel), acceptance, several_roles and open."
	)]
	Create {
		/// The file
		file: PathBuf,
	},
	/// Change a policy: its stakeholders are asked if it is in use
	Amend {
		/// Which
		policy: PolicyId,
		/// The file with the new terms
		file: PathBuf,
	},
	/// Take a change back that is asked about
	WithdrawAmendment {
		/// Which
		policy: PolicyId,
	},
	/// Have nothing new come under a policy
	Retire {
		/// Which
		policy: PolicyId,
	},
	/// A policy
	Show {
		/// Which
		policy: PolicyId,
	},
}

impl Policy {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let about = |name: &str, policy: PolicyId| {
			Call::new("Approvals", name).with("policy", number(policy))
		};
		let call = match self {
			Self::Create { file } => {
				let terms: Terms = read_file(&file)?;
				Call::new("Approvals", "create_policy").with("terms", of(&terms))
			},
			Self::Amend { policy, file } => {
				let terms: Terms = read_file(&file)?;
				about("amend_policy", policy).with("terms", of(&terms))
			},
			Self::WithdrawAmendment { policy } => about("withdraw_amendment", policy),
			Self::Retire { policy } => about("retire_policy", policy),
			Self::Show { policy } => {
				let state = session.state().await?;
				let record = state.get_json("Approvals", "Policies", (policy,)).await?;
				let record = record.ok_or_else(|| nothing(format!("policy {policy}")))?;
				return session.output().record(&record);
			},
		};
		let done = session.send(call).await?;
		tell_number(
			session,
			"policy",
			done.and_then(|it| it.told("Approvals", "PolicyCreated", "policy")),
		)
	}
}
