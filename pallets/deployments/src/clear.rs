//! Takes all contracts from nodes, a few in each block.

use crate::*;
use frame_support::weights::WeightMeter;
use grid_primitives::{ports::OnNode, NodeId};

impl<T: Config> OnNode for Pallet<T> {
	fn expelled(node: NodeId) {
		Clearing::<T>::insert(node, Why::NodeExpelled);
	}

	fn removed(node: NodeId) {
		Clearing::<T>::remove(node);
	}
}

impl<T: Config> Pallet<T> {
	/// Take contracts from nodes for as long as there is time.
	pub(crate) fn clear(meter: &mut WeightMeter) {
		while meter.try_consume(T::WeightInfo::clear_nothing()).is_ok() {
			let Some((node, why)) = Clearing::<T>::iter().next() else { return };
			// It is for sure more than the end of a rental.
			if !meter.can_consume(Self::heaviest_end()) {
				return;
			}
			let weight = match Placements::<T>::iter_key_prefix(node).next() {
				Some(contract) => Self::lose(contract, node, why),
				None => {
					Self::end_rental(node, why);
					Clearing::<T>::remove(node);
					T::WeightInfo::release()
				},
			};
			meter.consume(weight);
		}
	}
}
