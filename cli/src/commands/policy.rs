use super::{nothing, read_file};
use crate::{
	chain::{number, of, records::Terms, Call},
	output::Table,
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
	/// One's policies
	List,
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
			Self::List => return list(session).await,
			Self::Show { policy } => {
				let state = session.state().await?;
				let record = state.get_json("Approvals", "Policies", (policy,)).await?;
				let record = record.ok_or_else(|| nothing(format!("policy {policy}")))?;
				return session.output().record(&record);
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		session.done(&done, &[("policy", done.told("Approvals", "PolicyCreated", "policy"))])?;
		for event in done.events.iter().filter(|event| event.pallet == "Approvals") {
			session.note(event.to_string());
		}
		Ok(())
	}
}

async fn list(session: &Session) -> Result<(), Failure> {
	let owner = session.account()?.to_string();
	let all = session.state().await?.all_json("Approvals", "Policies", Vec::new()).await?;
	let mut records: Vec<_> = all
		.into_iter()
		.filter(|(_, it)| it["owner"] == owner.as_str())
		.map(|(id, mut it)| {
			it["policy"] = id;
			it
		})
		.collect();
	records.sort_by_key(|it| it["policy"].as_u64());
	session.output().write(&records, || {
		let mut table = Table::new(&["policy", "title", "roles", "in use by", "retired"]);
		for it in &records {
			let roles: Vec<_> = it["terms"]["roles"].as_array().into_iter().flatten().collect();
			let roles: Vec<_> =
				roles.iter().map(|role| super::status::plain(&role["title"])).collect();
			let [id, title, uses, retired] =
				[&it["policy"], &it["terms"]["title"], &it["uses"], &it["retired"]]
					.map(super::status::plain);
			table.row([id, title, roles.join(", "), uses, retired]);
		}
		table.to_string()
	})
}
