//! What nodes say of what they run.

use crate::*;
use codec::Encode;
use frame_support::{ensure, pallet_prelude::*};
use grid_primitives::{
	ports::{Bill, Meter, NodeCapacity, Nodes},
	report::{Failure, NetworkKeys, Outcome},
	spec::{Spec, Text, Usage},
	ContractId, NodeId,
};

/// What a report is about.
pub(crate) struct About<T: Config> {
	node: NodeId,
	contract: ContractOf<T>,
	placement: PlacementOf<T>,
}

impl<T: Config> Pallet<T> {
	/// Whether an account's node could say this now. Changes nothing.
	pub(crate) fn check_report(
		who: &T::AccountId,
		id: ContractId,
		revision: u32,
		outcome: &Outcome,
	) -> Result<About<T>, Error<T>> {
		let node = T::Nodes::node_of(who).ok_or(Error::NotANode)?;
		let contract = Contracts::<T>::get(id).ok_or(Error::NoContract)?;
		let placement = Placements::<T>::get(node, id).ok_or(Error::NotOnNode)?;
		ensure!(contract.state != State::AwaitingApproval, Error::NotApproved);
		ensure!(placement.revision == revision, Error::OtherRevision);
		let to_run = Self::is_to_run(&contract, node, &placement);
		ensure!(to_run != matches!(outcome, Outcome::Stopped), Error::NotAsWanted);

		let known = match (outcome, &placement.status) {
			(Outcome::Running { keys }, Status::Running) => *keys == placement.keys,
			(Outcome::Failed(failure), Status::Failed(known)) => failure == known,
			(Outcome::Stopped, Status::Stopped) => true,
			_ => false,
		};
		ensure!(!known, Error::SaidAlready);
		// What the chain has changed since can be answered at once.
		let answers = *outcome == Outcome::Stopped
			|| matches!(placement.status, Status::Pending | Status::Stopped);
		ensure!(answers || Self::may_say_again(&placement), Error::SaidJustNow);

		let spec = placement.spec.as_ref();
		match outcome {
			Outcome::Running { keys } => Self::check_keys(spec, keys)?,
			Outcome::Failed(failure) => Self::check_failure(spec, failure)?,
			Outcome::Stopped => {},
		}
		Ok(About { node, contract, placement })
	}

	/// Whether a node is to run what a contract has on it.
	pub(crate) fn is_to_run(
		contract: &ContractOf<T>,
		node: NodeId,
		placement: &PlacementOf<T>,
	) -> bool {
		let rent_is_paid =
			|| !placement.rented || Rentals::<T>::get(node).is_some_and(|rental| !rental.paused);
		contract.state == State::Live && placement.spec.is_some() && rent_is_paid()
	}

	fn check_keys(spec: Option<&Spec>, keys: &NetworkKeys) -> Result<(), Error<T>> {
		for (index, key) in keys.iter().enumerate() {
			let known = spec.is_some_and(|spec| spec.networks().any(|(it, _)| *it == key.network));
			ensure!(known, Error::BadReference);
			ensure!(keys[..index].iter().all(|it| it.network != key.network), Error::NameTaken);
			ensure!(key.public_key != [0; 32], Error::BadKey);
		}
		Ok(())
	}

	fn check_failure(spec: Option<&Spec>, failure: &Failure) -> Result<(), Error<T>> {
		let plain = |text: &Text<128>| {
			text.as_str().is_some_and(|text| !text.chars().any(char::is_control))
		};
		ensure!(plain(&failure.detail), Error::BadText);
		let Some(name) = &failure.workload else { return Ok(()) };
		let known = spec.is_some_and(|spec| spec.workloads().iter().any(|it| it.name == *name));
		ensure!(known, Error::BadReference);
		Ok(())
	}

	pub(crate) fn do_report(
		who: &T::AccountId,
		id: ContractId,
		revision: u32,
		outcome: Outcome,
	) -> DispatchResultWithPostInfo {
		let About { node, contract, mut placement } =
			Self::check_report(who, id, revision, &outcome)?;
		let had = placement.addresses.len() as u32;
		let bytes = placement.spec.as_ref().map_or(0, |spec| spec.encoded_size() as u32);
		placement.reported = frame_system::Pallet::<T>::block_number();
		let mut peers = 0;
		match outcome {
			Outcome::Running { keys } => {
				Self::runs(id, node, &mut placement);
				if placement.keys != keys {
					placement.keys = keys;
					for other in contract.nodes().filter(|other| *other != node) {
						T::Capacity::wake(other);
						peers += 1;
					}
				}
				Self::deposit_event(Event::Running { contract: id, node, revision });
			},
			Outcome::Failed(failure) => {
				let code = failure.code;
				if code.is_of_node() {
					T::Meter::excuse(Bill::Contract(id), node);
				} else {
					T::Meter::answer(Bill::Contract(id), node);
				}
				placement.status = Status::Failed(failure);
				Self::deposit_event(Event::Failed { contract: id, node, revision, code });
			},
			Outcome::Stopped if placement.spec.is_none() => {
				Self::leave(id, node, contract, &placement);
				return Ok(Some(T::WeightInfo::report(1, had, bytes)).into());
			},
			Outcome::Stopped => {
				T::Meter::answer(Bill::Contract(id), node);
				placement.status = Status::Stopped;
				Self::deposit_event(Event::Stopped { contract: id, node, revision });
			},
		}
		let released = had - placement.addresses.len() as u32;
		Placements::<T>::insert(node, id, placement);
		Ok(Some(T::WeightInfo::report(peers, released, bytes)).into())
	}

	/// A node runs what it is to run: what it held besides is free.
	fn runs(id: ContractId, node: NodeId, placement: &mut PlacementOf<T>) {
		let bill = Bill::Contract(id);
		if placement.running == Some(placement.revision) {
			T::Meter::answer(bill, node);
		} else {
			Self::release_surplus(node, placement);
			T::Meter::arrive(bill, node, Self::still_proposed(id, node, placement));
			placement.running = Some(placement.revision);
		}
		placement.status = Status::Running;
	}

	/// What is reserved while an amendment waits, if one does that changes this placement.
	fn still_proposed(id: ContractId, node: NodeId, placement: &PlacementOf<T>) -> Option<Usage> {
		placement.proposed?;
		let amendment = Amendments::<T>::get(id)?;
		let entry = amendment.entries.iter().find(|entry| entry.node == node)?;
		Some(Self::all_reserved(placement, &entry.addresses))
	}

	/// A node that was leaving has stopped.
	fn leave(
		id: ContractId,
		node: NodeId,
		mut contract: ContractOf<T>,
		placement: &PlacementOf<T>,
	) {
		Self::release_all(node, placement);
		Placements::<T>::remove(node, id);
		T::Capacity::wake(node);
		contract.slots.retain(|slot| slot.node != node);
		if contract.question.is_none() {
			Self::settle_deposit(&mut contract);
		}
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::Left { contract: id, node, why: Why::Owner });
	}
}
