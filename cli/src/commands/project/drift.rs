//! What is not as it should be, though it was applied.

use crate::{
	chain::records::{Contract, ContractState, Part, Place, Status},
	commands::wait,
};
use grid_primitives::{report::FailureCode, ContractId, NodeId};
use serde::Serialize;
use std::collections::BTreeSet;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Drift {
	/// Where, if it is not about all of it.
	pub(super) node: Option<NodeId>,
	/// What.
	pub(super) what: What,
	/// In words.
	pub(super) says: String,
}

/// What is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum What {
	/// Stakeholders are asked.
	Asked,
	/// There is no money.
	Paused,
	/// A node has not done it yet.
	Waiting,
	/// A node cannot run it.
	Failed,
	/// A node cannot run it, for reasons of its own.
	Unfit,
	/// A node is offline.
	Offline,
	/// A node is gone.
	Gone,
}

impl Drift {
	/// All that is not as it should be.
	pub(super) fn of(id: ContractId, contract: &Contract, offline: &BTreeSet<NodeId>) -> Vec<Self> {
		let mut all = Vec::new();
		if contract.state == ContractState::Paused {
			let says = format!("paused for want of money: `grid bill top-up {id} AMOUNT`");
			all.push(Self { node: None, what: What::Paused, says });
		}
		if let Some((action, request)) = contract.question.0 {
			let says = format!(
				"stakeholders are asked ({action:?}): `grid approvals show {request}` shows what"
			);
			all.push(Self { node: None, what: What::Asked, says });
		}
		// What nobody agreed to, and what nobody pays for, runs nowhere.
		let live = contract.state == ContractState::Live;
		let parts = contract.nodes.iter().filter_map(|part| Some((part, of_part(part, offline)?)));
		all.extend(parts.filter(|(_, what)| live || *what != What::Waiting).map(|(part, what)| {
			let says = anstream::adapter::strip_str(&wait::words(part, offline)).to_string();
			Self { node: Some(part.node), what, says }
		}));
		all
	}

	/// Whether it will not pass by itself.
	pub(super) fn stays(&self) -> bool {
		!matches!(self.what, What::Asked | What::Waiting)
	}
}

fn of_part(part: &Part, offline: &BTreeSet<NodeId>) -> Option<What> {
	match (&part.place, &part.status) {
		(Place::Lost(_), _) => Some(What::Gone),
		(Place::Leaving, _) => None,
		_ if offline.contains(&part.node) => Some(What::Offline),
		(_, Some(Status::Failed(failure))) if is_of_node(failure.code) => Some(What::Unfit),
		(_, Some(Status::Failed(_))) => Some(What::Failed),
		_ => (!part.is_settled()).then_some(What::Waiting),
	}
}

/// Whether something does not run for reasons of its node, so that it may run on another. An image
/// or a program that fails does so everywhere.
fn is_of_node(code: FailureCode) -> bool {
	use FailureCode::{
		Crashed, ImageNotFound, ImageRefused, Network, NoCapacity, NotProven, NotStarted, Other,
		OutOfMemory, SecretNotReadable, Volume, Zdb,
	};
	match code {
		NotProven | NoCapacity | Network | Volume | Zdb => true,
		ImageNotFound | ImageRefused | SecretNotReadable | NotStarted | Crashed | OutOfMemory
		| Other => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::Shared;
	use grid_primitives::{approval::Action, report::Failure, spec::SpecHash};
	use subxt::utils::AccountId32;

	fn part(node: NodeId, status: Status) -> Part {
		Part {
			node,
			place: Place::Taken(SpecHash::default()),
			revision: 1,
			running: (status == Status::Running).then_some(1),
			status: Some(status),
			spec: None,
			addresses: Shared(Vec::new()),
		}
	}

	fn failed(code: FailureCode) -> Status {
		let detail = "no".try_into().expect("it is short");
		Status::Failed(Shared(Failure { code, workload: None, detail }))
	}

	fn contract(nodes: Vec<Part>) -> Contract {
		Contract {
			owner: AccountId32([0; 32]),
			twin: 1,
			label: Shared("shop".try_into().expect("it is a name")),
			state: ContractState::Live,
			revision: 1,
			policy: None,
			question: Shared(None),
			nodes,
		}
	}

	fn found(contract: &Contract, offline: &[NodeId]) -> Vec<(Option<NodeId>, What)> {
		let all = Drift::of(7, contract, &offline.iter().copied().collect());
		all.iter().map(|it| (it.node, it.what)).collect()
	}

	#[test]
	fn what_fails_by_its_image_is_told_from_what_fails_by_its_node() {
		let nodes = vec![
			part(1, Status::Running),
			part(2, failed(FailureCode::Crashed)),
			part(3, failed(FailureCode::ImageNotFound)),
			part(4, failed(FailureCode::NoCapacity)),
		];
		let found = found(&contract(nodes), &[]);
		let (two, three) = ((Some(2), What::Failed), (Some(3), What::Failed));
		assert_eq!(found, [two, three, (Some(4), What::Unfit)]);
	}

	#[test]
	fn what_a_node_said_before_it_fell_silent_is_not_believed() {
		let mut lost = part(2, Status::Running);
		lost.place = Place::Lost(SpecHash::default());
		let contract = contract(vec![part(1, Status::Running), lost]);
		assert_eq!(found(&contract, &[1]), [(Some(1), What::Offline), (Some(2), What::Gone)]);
		assert!(!contract.runs(&[1].into()));
	}

	#[test]
	fn who_has_no_money_or_waits_for_others_does_not_run() {
		let mut it = contract(vec![part(1, Status::Stopped)]);
		it.state = ContractState::Paused;
		let all = Drift::of(7, &it, &BTreeSet::new());
		assert!(all.iter().all(Drift::stays) && all.len() == 1, "{all:?}");
		assert!(all.iter().any(|it| it.says.contains("grid bill top-up 7")), "{all:?}");
		it.state = ContractState::AwaitingApproval;
		it.question = Shared(Some((Action::Create, 3)));
		let all = Drift::of(7, &it, &BTreeSet::new());
		assert!(all.iter().all(|it| !it.stays()) && all.len() == 1, "{all:?}");
		assert!(all.iter().any(|it| it.says.contains("grid approvals show 3")), "{all:?}");
	}
}
