use crate::*;
use frame_support::ensure;
use grid_primitives::ports::Farms;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds between two calls.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextNodeId::<T>::get();
		for (id, node) in Nodes::<T>::iter() {
			ensure!((1..next).contains(&id), "a node has a number that was never given");
			ensure!(NodeIds::<T>::get(&node.account) == Some(id), "an account lost its node");
			ensure!(NodesOfFarm::<T>::contains_key(node.farm, id), "a farm lost a node");
			ensure!(T::Farms::owner(node.farm).is_some(), "a node is of no farm");
			ensure!(Clocks::<T>::contains_key(id), "a node has no clock");
			let offered = Self::offered_of(&node.machine);
			ensure!(offered.covers(&node.reserved), "a node is oversold");
			ensure!(
				node.reservations > 0 || node.reserved.is_zero(),
				"something is reserved by nobody"
			);
		}
		let all = Nodes::<T>::count() as usize;
		ensure!(NodeIds::<T>::iter().count() == all, "an account operates what is not there");
		ensure!(NodesOfFarm::<T>::iter().count() == all, "a farm has a node that is not there");
		ensure!(Clocks::<T>::iter().count() == all, "a clock runs for nothing");
		let now = Self::now();
		ensure!(Clocks::<T>::iter_values().all(|it| it.last_beat <= now), "a clock is ahead");
		Ok(())
	}
}
