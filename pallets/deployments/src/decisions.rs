//! What stakeholders decided about contracts.

use crate::*;
use frame_support::weights::Weight;
use grid_primitives::{
	approval::{Action, Digest, Question},
	ports::{Bill, Decision, Meter, NodeCapacity, OnDecision},
	spec::{MAX_BYTES, MAX_NODES},
	ContractId,
};

impl<T: Config> OnDecision<Weight> for Pallet<T> {
	fn decided(question: &Question, decision: Decision) -> Weight {
		let id = question.subject;
		let Some(mut contract) = Contracts::<T>::get(id) else {
			log::error!(target: LOG_TARGET, "decided about contract {id}, which is gone");
			return Self::heaviest();
		};
		if contract.question.take().map(|(action, _)| action) != Some(question.action) {
			log::error!(target: LOG_TARGET, "decided about contract {id}, which was not asked");
			return Self::heaviest();
		}
		let why = match decision {
			Decision::Approved => return Self::agreed(id, contract, question),
			Decision::Rejected => Why::Rejected,
			Decision::Expired => Why::Expired,
		};
		if question.action == Action::Create {
			return Self::end(id, contract, why);
		}
		Self::come_to_nothing(id, &mut contract, question.action, why);
		Contracts::<T>::insert(id, contract);
		Self::heaviest_withdrawal()
	}

	fn heaviest() -> Weight {
		let apply = T::WeightInfo::apply(MAX_NODES, MAX_BYTES);
		Self::heaviest_end().max(apply).max(Self::heaviest_withdrawal())
	}
}

impl<T: Config> Pallet<T> {
	fn agreed(id: ContractId, mut contract: ContractOf<T>, question: &Question) -> Weight {
		let digest = question.digest();
		let weight = match question.action {
			Action::Create => {
				contract.state = State::Live;
				contract.approved = Some(digest);
				contract.nodes().for_each(T::Capacity::wake);
				T::Meter::ask(Bill::Contract(id));
				Self::deposit_event(Event::Approved { contract: id });
				T::WeightInfo::apply(contract.slots.len() as u32, 0)
			},
			Action::Amend => Self::amendment_agreed(id, &mut contract, digest),
			Action::Cancel => return Self::end(id, contract, Why::Owner),
			Action::Accept => {
				let revision = contract.revision;
				contract.accepted = Some(revision);
				Self::deposit_event(Event::DeliveryAccepted { contract: id, revision });
				T::WeightInfo::apply(1, 0)
			},
			Action::AmendPolicy => Weight::zero(),
		};
		Contracts::<T>::insert(id, contract);
		weight
	}

	fn amendment_agreed(id: ContractId, contract: &mut ContractOf<T>, digest: Digest) -> Weight {
		let Some(amendment) = Amendments::<T>::take(id) else {
			log::error!(target: LOG_TARGET, "contract {id} has no amendment");
			return Weight::zero();
		};
		if !Self::can_apply(&amendment) {
			Self::drop_amendment(id, contract, amendment, Why::NodeExpelled);
			return Self::heaviest_withdrawal();
		}
		contract.approved = Some(digest);
		Self::apply_amendment(id, contract, amendment)
	}
}
