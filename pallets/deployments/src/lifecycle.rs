//! How contracts begin to run, lose nodes, and end.

use crate::*;
use frame_support::{traits::Consideration, weights::Weight};
use grid_primitives::{
	approval::Action,
	ports::{ApprovalGate, Belongings, Bill, Meter, NodeCapacity},
	spec::{MAX_BYTES, MAX_NODES},
	ContractId, NodeId, TwinId,
};

impl<T: Config> Belongings for Pallet<T> {
	fn has_any(twin: TwinId) -> bool {
		Labels::<T>::iter_key_prefix(twin).next().is_some()
	}
}

impl<T: Config> Pallet<T> {
	/// End a contract: give back all that it holds.
	pub(crate) fn end(id: ContractId, mut contract: ContractOf<T>, why: Why) -> Weight {
		let mut addresses = 0;
		if let Some((_, request)) = contract.question.take() {
			T::Approvals::withdraw(request);
		}
		if let Some(amendment) = Amendments::<T>::take(id) {
			addresses += Self::unreserve(id, &amendment);
		}
		for Slot { node, place } in &contract.slots {
			if let Some(placement) = Placements::<T>::take(node, id) {
				addresses += placement.addresses.len();
				Self::release_all(*node, &placement);
				T::Capacity::wake(*node);
			}
			if matches!(place, Place::Taken(_)) {
				T::Meter::close(Bill::Contract(id), *node);
			}
		}
		Labels::<T>::remove(contract.twin, &contract.label);
		if let Some(policy) = contract.policy {
			T::Approvals::unbind(policy);
		}
		if let Err(error) = contract.deposit.drop(&contract.owner) {
			log::error!(target: LOG_TARGET, "the deposit on contract {id} stays: {error:?}");
		}
		Contracts::<T>::remove(id);
		Self::deposit_event(Event::Ended { contract: id, twin: contract.twin, why });
		T::WeightInfo::end(contract.slots.len() as u32, addresses as u32, contract.bytes)
	}

	/// The most that the end of a contract weighs.
	pub(crate) fn heaviest_end() -> Weight {
		T::WeightInfo::end(MAX_NODES, MAX_NODES * MAX_ADDRESSES, MAX_BYTES)
	}

	/// The most that it weighs to drop an amendment.
	pub(crate) fn heaviest_withdrawal() -> Weight {
		T::WeightInfo::withdraw(MAX_NODES, MAX_NODES * MAX_ADDRESSES, MAX_BYTES)
	}

	/// Take back what stakeholders are asked about a contract that runs.
	pub(crate) fn drop_question(id: ContractId, contract: &mut ContractOf<T>, why: Why) {
		if let Some((action, request)) = contract.question.take() {
			T::Approvals::withdraw(request);
			Self::come_to_nothing(id, contract, action, why);
		}
	}

	/// What was asked about a contract is not to be.
	pub(crate) fn come_to_nothing(
		id: ContractId,
		contract: &mut ContractOf<T>,
		action: Action,
		why: Why,
	) {
		match action {
			Action::Amend => {
				if let Some(amendment) = Amendments::<T>::take(id) {
					Self::drop_amendment(id, contract, amendment, why);
				}
			},
			Action::Cancel => Self::deposit_event(Event::EndDropped { contract: id, why }),
			Action::Accept => {
				let revision = contract.revision;
				Self::deposit_event(Event::DeliveryNotAccepted { contract: id, revision, why });
			},
			Action::Create | Action::AmendPolicy => {},
		}
	}

	/// Take a node from a contract. The contract goes on on its other nodes, if it has others and
	/// runs already.
	pub(crate) fn lose(id: ContractId, node: NodeId, why: Why) -> Weight {
		let Some(mut contract) = Contracts::<T>::get(id) else {
			log::error!(target: LOG_TARGET, "node {node} runs contract {id}, which is gone");
			Placements::<T>::remove(node, id);
			return Self::heaviest_end();
		};
		let others = contract.nodes().any(|other| other != node);
		if contract.state == State::AwaitingApproval || !others {
			return Self::end(id, contract, why);
		}
		// It was asked about a plan that is no longer.
		Self::drop_question(id, &mut contract, why);
		if let Some(placement) = Placements::<T>::take(node, id) {
			contract.bytes -= placement.spec.as_ref().map_or(0, Self::size);
			Self::release_all(node, &placement);
		}
		let at = contract.slots.iter().position(|slot| slot.node == node);
		if let Some(at) = at {
			match contract.slots[at].place {
				Place::Taken(hash) => {
					T::Meter::close(Bill::Contract(id), node);
					contract.slots[at].place = Place::Lost(hash);
				},
				Place::Leaving | Place::Lost(_) => {
					contract.slots.remove(at);
				},
			}
		}
		T::Capacity::wake(node);
		contract.nodes().for_each(T::Capacity::wake);
		Self::settle_deposit(&mut contract);
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::Left { contract: id, node, why });
		// With the amendment that it may have had.
		Self::heaviest_end()
	}

	/// Give back what is reserved for an amendment, and say how many public addresses.
	pub(crate) fn unreserve(id: ContractId, amendment: &Amendment) -> usize {
		T::Meter::retract(Bill::Contract(id));
		let mut addresses = 0;
		for entry in &amendment.entries {
			addresses += entry.addresses.len();
			Self::release_addresses(&entry.addresses);
			if entry.new {
				T::Capacity::release(entry.node, entry.usage.capacity);
				continue;
			}
			Placements::<T>::mutate(entry.node, id, |placement| {
				let Some(placement) = placement else { return };
				let before = placement.reserved();
				placement.proposed = None;
				Self::resize(entry.node, before, placement.reserved());
				if placement.running == Some(placement.revision) {
					Self::release_unwanted(entry.node, placement);
				}
			});
		}
		addresses
	}
}
