use crate::{eventually, specs::text, Chain, Included, Person};
use anyhow::Context;
use grid_primitives::{
	report::{Failure, FailureCode},
	spec::{Change, Name, Spec},
	ContractId, NodeId, PolicyId,
};
use grid_runtime::{Runtime, RuntimeCall, RuntimeEvent};
use pallet_deployments::{ContractOf, Contracts, PlacementOf, Placements, Status};
use pallet_nodes::{NodeOf, Nodes};
use std::time::Duration;

/// How long a user waits for a node.
const LIMIT: Duration = Duration::from_secs(90);

/// Who deploys on a node.
pub struct User<'a> {
	/// The chain.
	pub chain: &'a Chain,
	/// Who signs.
	pub who: Person,
	/// Where everything is deployed.
	pub node: NodeId,
}

impl<'a> User<'a> {
	/// Somebody who gets a twin.
	pub fn new(chain: &'a Chain, who: Person, node: NodeId) -> Self {
		let twin = pallet_twins::Call::create { relay: None, encryption_key: [8; 32] };
		chain.send(who, RuntimeCall::Twins(twin)).expect("he has money");
		Self { chain, who, node }
	}

	/// The key of the node, to which secrets are sealed.
	pub fn sealing_key(&self) -> [u8; 32] {
		let key = Nodes::<Runtime>::hashed_key_for(self.node);
		let joined: Option<NodeOf<Runtime>> = self.chain.storage(&key, None).expect("it answers");
		joined.expect("it has joined").machine.encryption_key
	}

	/// Have a spec run.
	pub fn deploy(&self, label: &str, spec: Spec) -> ContractId {
		let call = self.creation(label, spec, None);
		let included = self.chain.send(self.who, call).expect("there is room");
		Self::created(&included)[0]
	}

	/// The same person, who looks at another node.
	pub fn at(&self, node: NodeId) -> Self {
		Self { node, ..*self }
	}

	/// Have a contract run on several nodes.
	pub fn deploy_over(&self, label: &str, plan: Vec<(NodeId, Spec)>) -> ContractId {
		let call = Self::creation_over(label, plan, None);
		let included = self.chain.send(self.who, call).expect("there is room");
		Self::created(&included)[0]
	}

	/// Have other specs run on some nodes instead, or nothing.
	pub fn amend_over(&self, contract: ContractId, changes: Vec<Change>) {
		let changes = changes.try_into().expect("they are few");
		let revision = self.revision(contract);
		let amend = pallet_deployments::Call::amend { contract, revision, changes, most: None };
		self.chain.send(self.who, RuntimeCall::Deployments(amend)).expect("it is his");
	}

	/// Have another spec run instead.
	pub fn amend(&self, contract: ContractId, spec: Spec) {
		self.chain
			.send(self.who, self.amendment(contract, self.revision(contract), spec))
			.expect("it is his");
	}

	/// End a contract.
	pub fn cancel(&self, contract: ContractId) {
		self.chain.send(self.who, Self::cancellation(contract)).expect("it is his");
	}

	/// Do all of this in one block, or none of it.
	pub fn at_once(&self, calls: Vec<RuntimeCall>) -> Included {
		let all = pallet_utility::Call::batch_all { calls };
		self.chain.send(self.who, RuntimeCall::Utility(all)).expect("all of it can be done")
	}

	/// The call that has a spec run, once the stakeholders of a policy agree.
	pub fn creation(&self, label: &str, spec: Spec, policy: Option<PolicyId>) -> RuntimeCall {
		Self::creation_over(label, vec![(self.node, spec)], policy)
	}

	fn creation_over(
		label: &str,
		plan: Vec<(NodeId, Spec)>,
		policy: Option<PolicyId>,
	) -> RuntimeCall {
		let plan = plan.try_into().expect("they are few");
		let create =
			pallet_deployments::Call::create { label: text(label), plan, policy, most: None };
		RuntimeCall::Deployments(create)
	}

	/// The call that has another spec run instead of that of a revision.
	pub fn amendment(&self, contract: ContractId, revision: u32, spec: Spec) -> RuntimeCall {
		let change = Change { node: self.node, spec: Some(spec) };
		let changes = vec![change].try_into().expect("one");
		let amend = pallet_deployments::Call::amend { contract, revision, changes, most: None };
		RuntimeCall::Deployments(amend)
	}

	/// The revision that a contract is at.
	fn revision(&self, contract: ContractId) -> u32 {
		let key = Contracts::<Runtime>::hashed_key_for(contract);
		let found: Option<ContractOf<Runtime>> =
			self.chain.storage(&key, None).expect("it answers");
		found.expect("there is such a contract").revision
	}

	/// The call that ends a contract.
	pub fn cancellation(contract: ContractId) -> RuntimeCall {
		RuntimeCall::Deployments(pallet_deployments::Call::cancel { contract })
	}

	/// The contracts that a transaction has made.
	pub fn created(included: &Included) -> Vec<ContractId> {
		let created = |event: &RuntimeEvent| match event {
			RuntimeEvent::Deployments(pallet_deployments::Event::Created { contract, .. }) => {
				Some(*contract)
			},
			_ => None,
		};
		included.events.iter().filter_map(created).collect()
	}

	/// What the chain has of a contract on the node.
	pub fn placement(&self, contract: ContractId) -> Option<PlacementOf<Runtime>> {
		let key = Placements::<Runtime>::hashed_key_for(self.node, contract);
		self.chain.storage(&key, None).context("the placement of a contract").expect("it answers")
	}

	/// What the chain has of a contract on the node, as far as that is final.
	pub fn finalized_placement(&self, contract: ContractId) -> Option<PlacementOf<Runtime>> {
		let key = Placements::<Runtime>::hashed_key_for(self.node, contract);
		self.chain.storage(&key, Some(self.chain.finalized_hash())).expect("it answers")
	}

	/// What the node said of a contract, and of which revision.
	pub fn status(&self, contract: ContractId) -> Option<(u32, Status)> {
		self.placement(contract).map(|it| (it.revision, it.status))
	}

	/// Wait until the node says that a revision runs.
	#[track_caller]
	pub fn runs(&self, contract: ContractId, revision: u32) {
		eventually(&format!("revision {revision} of {contract} runs"), LIMIT, || {
			(self.status(contract)? == (revision, Status::Running)).then_some(())
		});
	}

	/// Wait until the node says that a contract fails, and why.
	#[track_caller]
	pub fn fails(&self, contract: ContractId) -> (FailureCode, Option<Name>) {
		let Failure { code, workload, .. } = self.failure(contract);
		(code, workload)
	}

	/// Wait until the node says that a contract fails, and why in its own words.
	#[track_caller]
	pub fn failure(&self, contract: ContractId) -> Failure {
		eventually(&format!("contract {contract} fails"), LIMIT, || {
			match self.status(contract)? {
				(_, Status::Failed(failure)) => Some(failure),
				_ => None,
			}
		})
	}
}
