use super::{bill, nothing, read_file, status, wait};
use crate::{
	chain::{number, of, option, Call},
	output::parse_usd,
	session::Session,
	Failure,
};
use grid_primitives::{
	spec::{plan, Change, List, Name, Spec, MAX_NODES},
	ContractId, NodeId, PolicyId,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Contracts: what somebody has put on nodes
#[derive(clap::Subcommand)]
pub(super) enum Deployment {
	/// One's contracts
	List,
	/// A contract: what is where, and what its nodes say
	Show {
		/// Which
		contract: ContractId,
	},
	/// Make a contract of a file with specs by node. `grid apply` chooses nodes by itself
	Create {
		/// The file: label, policy, and a plan of nodes and specs
		file: PathBuf,
		/// What an hour may cost at most, in USD, as in 0.05
		#[arg(long, value_parser = parse_usd)]
		most: Option<u128>,
		/// Do not wait until it runs
		#[arg(long)]
		no_wait: bool,
	},
	/// Change a contract by a file with specs by node
	Amend {
		/// Which
		contract: ContractId,
		/// The file: a list of nodes, each with its spec or null
		file: PathBuf,
		/// The revision that it changes, if it was written for a certain one
		#[arg(long)]
		revision: Option<u32>,
		/// What an hour may cost at most then, in USD, as in 0.05
		#[arg(long, value_parser = parse_usd)]
		most: Option<u128>,
		/// Do not wait until it runs
		#[arg(long)]
		no_wait: bool,
	},
	/// End a contract with its data
	Cancel {
		/// Which
		contract: ContractId,
	},
	/// Take back what stakeholders are asked about a contract
	Withdraw {
		/// Which
		contract: ContractId,
	},
	/// Ask stakeholders whether what runs is what they wanted
	Deliver {
		/// Which
		contract: ContractId,
	},
	/// Wait until a contract runs
	Wait {
		/// Which
		contract: ContractId,
	},
	/// End a contract of somebody else (governance: --by)
	ForceCancel {
		/// Which
		contract: ContractId,
	},
}

/// Renting a node as a whole
#[derive(clap::Subcommand)]
pub(super) enum Rental {
	/// Rent an empty node: it takes one's own contracts only
	Start {
		/// Which
		node: NodeId,
		/// What an hour may cost at most, in USD, as in 0.05
		#[arg(long, value_parser = parse_usd)]
		most: Option<u128>,
	},
	/// What the rent of a node would cost
	Quote {
		/// Which
		node: NodeId,
	},
	/// Give a node back
	Stop {
		/// Which
		node: NodeId,
	},
	/// Who rents a node
	Show {
		/// Which
		node: NodeId,
	},
}

/// A contract as a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractFile {
	label: Name,
	#[serde(default)]
	policy: Option<PolicyId>,
	plan: Vec<Placed>,
}

/// A spec on a node.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
	node: NodeId,
	spec: Spec,
}

fn about(name: &str, contract: ContractId) -> Call {
	Call::new("Deployments", name).with("contract", number(contract))
}

/// The call that makes a contract.
pub(super) fn create(
	label: &Name,
	plan: &[(NodeId, Spec)],
	policy: Option<PolicyId>,
	most: Option<u128>,
) -> Call {
	Call::new("Deployments", "create")
		.with("label", of(label))
		.with("plan", of(&plan.to_vec()))
		.with("policy", option(policy.map(number)))
		.with("most", option(most.map(number)))
}

/// The call that changes a contract.
pub(super) fn amend(
	contract: ContractId,
	revision: u32,
	changes: &[Change],
	most: Option<u128>,
) -> Call {
	about("amend", contract)
		.with("revision", number(revision))
		.with("changes", of(&changes.to_vec()))
		.with("most", option(most.map(number)))
}

/// The call that ends a contract.
pub(super) fn cancel(contract: ContractId) -> Call {
	about("cancel", contract)
}

/// Say what is wrong with a plan before the chain does.
fn check(plan: &[(NodeId, Spec)]) -> Result<(), Failure> {
	plan::check(plan.iter().map(|(node, spec)| (*node, spec))).map_err(|(node, fault)| {
		let node = node.map(|node| format!("node {node}: ")).unwrap_or_default();
		let workload = fault.workload.map(|it| format!("workload {}: ", it + 1));
		Failure::Input(format!("{node}{}{}", workload.unwrap_or_default(), fault.reason))
	})
}

impl Deployment {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let (call, wait) = match self {
			Self::List => return status::list(session).await,
			Self::Show { contract } => return status::show(session, contract).await,
			Self::Wait { contract } => return wait::until_it_runs(session, contract).await,
			Self::Create { file, most, no_wait } => {
				let file: ContractFile = read_file(&file)?;
				let plan: Vec<_> = file.plan.into_iter().map(|it| (it.node, it.spec)).collect();
				check(&plan)?;
				(create(&file.label, &plan, file.policy, most), (!no_wait).then_some(None))
			},
			Self::Amend { contract, file, revision, most, no_wait } => {
				let changes: List<Change, MAX_NODES> = read_file(&file)?;
				let found = session.state().await?.contract(contract).await?;
				let found = found.ok_or_else(|| nothing(format!("contract {contract}")))?;
				(
					amend(contract, revision.unwrap_or(found.revision), &changes, most),
					(!no_wait).then_some(Some(contract)),
				)
			},
			Self::Cancel { contract } => {
				session.confirm(&format!("End contract {contract} with its data?"))?;
				(cancel(contract), None)
			},
			Self::Withdraw { contract } => (about("withdraw", contract), None),
			Self::Deliver { contract } => (about("deliver", contract), None),
			Self::ForceCancel { contract } => {
				session.confirm(&format!("End contract {contract} of somebody else?"))?;
				(about("force_cancel", contract), None)
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		let made = done.told("Deployments", "Created", "contract");
		session.done(&done, &[("contract", made)])?;
		for event in &done.events {
			if ["Deployments", "Approvals"].contains(&event.pallet.as_str()) {
				session.note(event.to_string());
			}
		}
		match wait.map(|known| known.or(made)) {
			Some(Some(contract)) => wait::until_it_runs(session, contract).await,
			_ => Ok(()),
		}
	}
}

impl Rental {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let about =
			|name: &str, node: NodeId| Call::new("Deployments", name).with("node", number(node));
		let call = match self {
			Self::Start { node, most } => {
				about("rent", node).with("most", option(most.map(number)))
			},
			Self::Quote { node } => {
				let quote = session.state().await?.quote_rental(node).await?;
				let quote = quote.ok_or_else(|| nothing(format!("node {node}")))?;
				return session.output().write(&bill::quoted(&quote), || bill::in_short(&quote));
			},
			Self::Stop { node } => {
				session.confirm(&format!("Give node {node} back?"))?;
				about("release", node)
			},
			Self::Show { node } => {
				let state = session.state().await?;
				let record = state.get_json("Deployments", "Rentals", (node,)).await?;
				let record = record.ok_or_else(|| nothing(format!("rental of node {node}")))?;
				return session.output().record(&record);
			},
		};
		session.act(call).await
	}
}
