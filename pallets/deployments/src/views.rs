//! What agents and user interfaces see of contracts.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use grid_primitives::{
	approval::{Action, Digest},
	ports::{Bill, Meter, NodeCapacity, Nodes, Proposal, Quote, Twins},
	report::NetworkKeys,
	spec::{Change, Name, Spec, SpecHash, Usage},
	ContractId, NodeId, PolicyId, RequestId, TwinId,
};
use scale_info::TypeInfo;
use sp_runtime::traits::Convert;

/// How many records one question returns, at most.
const MAX_PAGE: u32 = 100;

/// A contract, with what it has on its nodes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ContractView<AccountId> {
	/// Whose it is, and who pays.
	pub owner: AccountId,
	/// The owner's twin.
	pub twin: TwinId,
	/// What the owner calls it.
	pub label: Name,
	/// Whether it runs.
	pub state: State,
	/// Which version of its plan is in force.
	pub revision: u32,
	/// Who has to agree.
	pub policy: Option<PolicyId>,
	/// What they are asked at the moment.
	pub question: Option<(Action, RequestId)>,
	/// The question with which they agreed to the revision in force.
	pub approved: Option<Digest>,
	/// The revision of which they said that it is what they wanted.
	pub accepted: Option<u32>,
	/// What it has on its nodes.
	pub nodes: Vec<NodeView>,
}

/// What a contract has on a node.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NodeView {
	/// The node.
	pub node: NodeId,
	/// What it has there.
	pub place: Place,
	/// The revision that this came with. 0 if the node is lost.
	pub revision: u32,
	/// What became of it, if the node is not lost.
	pub status: Option<Status>,
	/// The last revision that the node has said to run.
	pub running: Option<u32>,
	/// What it is to run.
	pub spec: Option<Spec>,
	/// Its public addresses.
	pub addresses: Addresses,
	/// The keys that the node made for its networks.
	pub keys: NetworkKeys,
}

/// What a node is to run for one contract.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Desired {
	/// The contract.
	pub contract: ContractId,
	/// What its owner calls it.
	pub label: Name,
	/// The owner's twin.
	pub twin: TwinId,
	/// Whether the spec is to run. If not, its data stays.
	pub run: bool,
	/// The revision that it came with: the one that the node reports.
	pub revision: u32,
	/// What is to run. Nothing, not even data, if there is none.
	pub spec: Option<Spec>,
	/// Its public addresses.
	pub addresses: Addresses,
	/// What became of it so far.
	pub status: Status,
	/// Which specs the contract has, in the revision in force.
	pub plan: Vec<(NodeId, SpecHash)>,
	/// That revision.
	pub contract_revision: u32,
	/// The question with which stakeholders agreed to it, if they were asked.
	pub approved: Option<Digest>,
}

/// Some of what a node is to run.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct DesiredPage {
	/// How often it has changed.
	pub generation: u64,
	/// Some of it.
	pub contracts: Vec<Desired>,
	/// After which to go on, if there is more.
	pub next: Option<ContractId>,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn view_contract(id: ContractId) -> Option<ContractView<T::AccountId>> {
		let contract = Contracts::<T>::get(id)?;
		let view = |slot: &Slot| {
			let placement = Placements::<T>::get(slot.node, id);
			let (node, place) = (slot.node, slot.place);
			match placement {
				Some(placement) => NodeView {
					node,
					place,
					revision: placement.revision,
					status: Some(placement.status),
					running: placement.running,
					spec: placement.spec,
					addresses: placement.addresses,
					keys: placement.keys,
				},
				None => NodeView {
					node,
					place,
					revision: 0,
					status: None,
					running: None,
					spec: None,
					addresses: Default::default(),
					keys: Default::default(),
				},
			}
		};
		Some(ContractView {
			nodes: contract.slots.iter().map(view).collect(),
			owner: contract.owner,
			twin: contract.twin,
			label: contract.label,
			state: contract.state,
			revision: contract.revision,
			policy: contract.policy,
			question: contract.question,
			approved: contract.approved,
			accepted: contract.accepted,
		})
	}

	pub(crate) fn view_contracts_of(
		twin: TwinId,
		after: Option<Name>,
		limit: u32,
	) -> Vec<(Name, ContractId)> {
		let labels = match after {
			None => Labels::<T>::iter_prefix(twin),
			Some(label) => {
				Labels::<T>::iter_prefix_from(twin, Labels::<T>::hashed_key_for(twin, label))
			},
		};
		labels.take(limit.min(MAX_PAGE) as usize).collect()
	}

	pub(crate) fn view_desired(node: NodeId, after: Option<ContractId>, limit: u32) -> DesiredPage {
		let mut placements = match after {
			None => Placements::<T>::iter_prefix(node),
			Some(id) => {
				Placements::<T>::iter_prefix_from(node, Placements::<T>::hashed_key_for(node, id))
			},
		};
		let limit = limit.clamp(1, MAX_PAGE) as usize;
		let mut contracts = Vec::new();
		let mut last = None;
		for (id, placement) in placements.by_ref().take(limit) {
			last = Some(id);
			contracts.extend(Self::view_one(node, id, placement));
		}
		DesiredPage {
			generation: T::Capacity::generation(node),
			contracts,
			next: last.filter(|_| placements.next().is_some()),
		}
	}

	fn view_one(node: NodeId, id: ContractId, placement: PlacementOf<T>) -> Option<Desired> {
		let contract = Contracts::<T>::get(id)?;
		(contract.state != State::AwaitingApproval).then(|| Desired {
			contract: id,
			run: Self::is_to_run(&contract, node, &placement),
			plan: contract.plan(),
			label: contract.label,
			twin: contract.twin,
			revision: placement.revision,
			spec: placement.spec,
			addresses: placement.addresses,
			status: placement.status,
			contract_revision: contract.revision,
			approved: contract.approved,
		})
	}

	pub(crate) fn view_quote(who: &T::AccountId, plan: &[(NodeId, Spec)]) -> Quote {
		let twin = T::Twins::twin_of(who);
		let new = |(node, spec): &(NodeId, Spec)| {
			let rented = twin.is_some_and(|twin| Self::rents(twin, *node));
			(*node, Proposal::of(Self::billed(spec.usage(), rented)))
		};
		let proposals: Vec<_> = plan.iter().map(new).collect();
		let bytes = plan.iter().map(|(_, spec)| Self::size(spec)).sum();
		Quote {
			deposit: T::DepositPrice::convert(Self::footprint(plan.len(), bytes)),
			..T::Meter::quote(Bill::NEW, &proposals)
		}
	}

	pub(crate) fn view_quote_amendment(id: ContractId, changes: &[Change]) -> Option<Quote> {
		let contract = Contracts::<T>::get(id)?;
		let (mut bytes, mut slots) = (contract.bytes, contract.slots.len());
		let mut proposals = Vec::new();
		for Change { node, spec } in changes {
			let placement = Placements::<T>::get(node, id);
			let has = placement.as_ref().and_then(|it| it.spec.as_ref()).map_or(0, Self::size);
			bytes = bytes.saturating_sub(has);
			let proposal = match spec {
				Some(spec) => {
					bytes = bytes.saturating_add(Self::size(spec));
					slots += usize::from(placement.is_none());
					Proposal::of(Self::billed(spec.usage(), Self::rents(contract.twin, *node)))
				},
				None => Proposal::Close,
			};
			proposals.push((*node, proposal));
		}
		Some(Quote {
			deposit: T::DepositPrice::convert(Self::footprint(slots, bytes)),
			..T::Meter::quote(Bill::Contract(id), &proposals)
		})
	}

	pub(crate) fn view_quote_rental(node: NodeId) -> Option<Quote> {
		let capacity = T::Nodes::offered(node)?;
		let all = Proposal::of(Usage { capacity, ..Default::default() });
		Some(Quote {
			deposit: T::DepositPrice::convert(Self::rental_footprint()),
			..T::Meter::quote(Bill::Rental(node), &[(node, all)])
		})
	}
}
