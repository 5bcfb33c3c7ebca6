//! What happens when money runs out.

use crate::*;
use frame_support::weights::Weight;
use grid_primitives::{
	ports::{Bill, NodeCapacity, OnArrears},
	ContractId, NodeId,
};

impl<T: Config> OnArrears<Weight> for Pallet<T> {
	fn paused(bill: Bill) -> Weight {
		match bill {
			Bill::Contract(id) => Self::turn(id, State::Live, State::Paused),
			Bill::Rental(node) => Self::turn_rental(node, true),
		}
	}

	fn resumed(bill: Bill) -> Weight {
		match bill {
			Bill::Contract(id) => Self::turn(id, State::Paused, State::Live),
			Bill::Rental(node) => Self::turn_rental(node, false),
		}
	}

	fn ended(bill: Bill) -> Weight {
		match bill {
			Bill::Contract(id) => match Contracts::<T>::get(id) {
				Some(contract) => Self::end(id, contract, Why::NotPaid),
				None => Weight::zero(),
			},
			Bill::Rental(node) => {
				Clearing::<T>::insert(node, Why::RentalEnded);
				T::WeightInfo::apply(1, 0)
			},
		}
	}

	fn heaviest() -> Weight {
		Self::heaviest_end()
	}
}

impl<T: Config> Pallet<T> {
	fn turn(id: ContractId, from: State, to: State) -> Weight {
		let Some(mut contract) = Contracts::<T>::get(id) else { return Weight::zero() };
		if contract.state != from {
			return Weight::zero();
		}
		contract.state = to;
		contract.slots.iter().for_each(|slot| T::Capacity::wake(slot.node));
		let nodes = contract.slots.len() as u32;
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(match to {
			State::Paused => Event::Paused { contract: id },
			_ => Event::Resumed { contract: id },
		});
		T::WeightInfo::apply(nodes, 0)
	}

	fn turn_rental(node: NodeId, paused: bool) -> Weight {
		Rentals::<T>::mutate(node, |rental| {
			let Some(rental) = rental.as_mut().filter(|rental| rental.paused != paused) else {
				return;
			};
			rental.paused = paused;
			T::Capacity::wake(node);
			Self::deposit_event(if paused {
				Event::RentalPaused { node }
			} else {
				Event::RentalResumed { node }
			});
		});
		T::WeightInfo::apply(1, 0)
	}
}
