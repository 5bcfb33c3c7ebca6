use crate::{holdings::satisfied, *};
use frame_support::ensure;
use grid_primitives::{
	approval::Action,
	ports::{Rentals as _, Twins},
	spec::Spec,
	ContractId,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextContractId::<T>::get();
		let (mut placements, mut amendments) = (0, 0);
		for (id, contract) in Contracts::<T>::iter() {
			ensure!((1..next).contains(&id), "a contract has a number that was never given");
			let labelled = Labels::<T>::get(contract.twin, &contract.label);
			ensure!(labelled == Some(id), "a contract lost its label");
			ensure!(
				T::Twins::twin_of(&contract.owner) == Some(contract.twin),
				"the owner of a contract lost its twin"
			);
			ensure!(contract.nodes().next().is_some(), "a contract is nowhere");
			let sorted = contract.slots.windows(2).all(|two| two[0].node < two[1].node);
			ensure!(sorted, "slots are in disorder");
			placements += Self::try_slots(id, &contract)?;

			let asked = contract.question.map(|(action, _)| action);
			ensure!(
				(contract.state == State::AwaitingApproval) == (asked == Some(Action::Create)),
				"a contract waits for nobody"
			);
			ensure!(
				Amendments::<T>::contains_key(id) == (asked == Some(Action::Amend)),
				"an amendment waits for nobody"
			);
			ensure!(asked.is_none() || contract.policy.is_some(), "nobody was asked");
			amendments += usize::from(asked == Some(Action::Amend));
		}
		ensure!(Placements::<T>::iter_keys().count() == placements, "a placement is left over");
		ensure!(Amendments::<T>::iter_keys().count() == amendments, "an amendment is left over");
		let contracts = Contracts::<T>::iter_keys().count();
		ensure!(Labels::<T>::iter_keys().count() == contracts, "a label is left over");
		for (node, rental) in Rentals::<T>::iter() {
			ensure!(T::Rentals::tenant(node) == Some(rental.twin), "a rental is not known");
		}
		Ok(())
	}

	/// Checks what a contract has on its nodes, and says on how many.
	fn try_slots(id: ContractId, contract: &ContractOf<T>) -> Result<usize, TryRuntimeError> {
		let (mut placements, mut bytes) = (0, 0);
		let amendment = Amendments::<T>::get(id);
		for Slot { node, place } in &contract.slots {
			let placement = Placements::<T>::get(node, id);
			let hash = placement.as_ref().and_then(|it| it.spec.as_ref()).map(|it| it.hash());
			match place {
				Place::Taken(known) => {
					ensure!(hash == Some(*known), "a spec is not what it was")
				},
				Place::Leaving => {
					ensure!(placement.is_some() && hash.is_none(), "a leaving node is to run")
				},
				Place::Lost(_) => ensure!(placement.is_none(), "a lost node has a placement"),
			}
			let Some(placement) = placement else { continue };
			placements += 1;
			bytes += placement.spec.as_ref().map_or(0, Self::size);
			ensure!(placement.revision <= contract.revision, "a placement is ahead");
			let needed = placement.spec.as_ref().map_or(Default::default(), Spec::usage).capacity;
			ensure!(placement.held.covers(&needed), "a placement holds too little");
			let has = placement.addresses.iter();
			let is_satisfied = placement.spec.as_ref().is_none_or(|it| satisfied(it, has.clone()));
			ensure!(is_satisfied, "a placement lacks a public address");
			let entry = amendment.iter().flat_map(|it| &it.entries).find(|it| it.node == *node);
			let proposed = entry.and_then(|entry| Some((entry, entry.spec.as_ref()?)));
			let capacity = proposed.map(|(entry, _)| entry.usage.capacity);
			ensure!(placement.proposed == capacity, "something is reserved for no amendment");
			let is_satisfied =
				proposed.is_none_or(|(entry, spec)| satisfied(spec, has.chain(&entry.addresses)));
			ensure!(is_satisfied, "an amendment lacks a public address");
		}
		ensure!(bytes == contract.bytes, "bytes were miscounted");
		Ok(placements)
	}
}
