//! What the agent of a node says: that it joins, and what has changed.
//!
//! Each is checked apart from being done, so that the pool can refuse what would fail before it
//! costs anybody anything.

use crate::*;
use frame_support::{ensure, pallet_prelude::*, traits::Get};
use grid_primitives::{ports::Farms, query::NodeState, Capacity, FarmId, NodeId};

impl<T: Config> Pallet<T> {
	/// Whether an account could join a farm with this machine. Changes nothing.
	pub(crate) fn check_register(
		who: &T::AccountId,
		farm: FarmId,
		machine: &Machine,
	) -> Result<(), Error<T>> {
		// Read, not only looked for: a light client has no proof of a value that nobody read.
		ensure!(Invitations::<T>::get(who, farm).is_some(), Error::NotInvited);
		ensure!(T::Farms::owner(farm).is_some(), Error::NoFarm);
		ensure!(!NodeIds::<T>::contains_key(who), Error::OperatesAlready);
		Self::check_machine(machine)
	}

	pub(crate) fn do_register(
		who: T::AccountId,
		farm: FarmId,
		machine: Machine,
		boot_id: [u8; 16],
	) -> DispatchResult {
		Self::check_register(&who, farm, &machine)?;
		let Invitation { sponsor, deposit } =
			Invitations::<T>::take(&who, farm).ok_or(Error::<T>::NotInvited)?;
		let id = NextNodeId::<T>::mutate(|next| core::mem::replace(next, *next + 1));
		let now = Self::now();
		let node = Node {
			account: who.clone(),
			farm,
			machine,
			reserved: Capacity::ZERO,
			reservations: 0,
			state: NodeState::Open,
			certified: false,
			certificate_lost: None,
			tenant: None,
			updated: now,
			sponsor,
			deposit,
			generation: 0,
		};
		Nodes::<T>::insert(id, node);
		NodeIds::<T>::insert(&who, id);
		NodesOfFarm::<T>::insert(farm, id, ());
		Clocks::<T>::insert(id, Clock::start(boot_id, now));
		T::Farms::attach_node(farm);
		Self::deposit_event(Event::Registered { node: id, farm, account: who });
		Ok(())
	}

	/// Whether an account's node could say this of its machine now. Changes nothing.
	pub(crate) fn check_update(
		who: &T::AccountId,
		machine: &Machine,
	) -> Result<(NodeId, NodeOf<T>), Error<T>> {
		let id = NodeIds::<T>::get(who).ok_or(Error::NoNode)?;
		let node = Nodes::<T>::get(id).ok_or(Error::NoNode)?;
		ensure!(node.machine != *machine, Error::NothingChanged);
		let since = Self::now().saturating_sub(node.updated);
		ensure!(since >= T::UpdateInterval::get(), Error::UpdatedJustNow);
		Self::check_machine(machine)?;
		let offered = Self::offered_of(machine);
		// A tenant pays for all that was there when he came.
		let rented = node.tenant.map(|_| Self::offered_of(&node.machine));
		ensure!(offered.covers(&rented.unwrap_or(node.reserved)), Error::CapacityReserved);
		Ok((id, node))
	}

	pub(crate) fn do_update(who: &T::AccountId, machine: Machine) -> DispatchResult {
		let (id, mut node) = Self::check_update(who, &machine)?;
		if node.certified && has_shrunk(&node.machine.capacity, &machine.capacity) {
			Self::lose_certificate(id, &mut node);
		}
		node.machine = machine;
		node.updated = Self::now();
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::Updated { node: id });
		Ok(())
	}

	fn check_machine(machine: &Machine) -> Result<(), Error<T>> {
		let capacity = &machine.capacity;
		ensure!(T::Most::get().covers(capacity), Error::TooLarge);
		let disks = capacity.sru.saturating_add(capacity.hru);
		let all_disks_as_one = Capacity { sru: disks, hru: 0, ..*capacity };
		ensure!(all_disks_as_one.covers(&T::Least::get()), Error::TooSmall);

		let Location { country, city, latitude, longitude } = &machine.location;
		let degrees = |millionths: &i32| millionths.unsigned_abs() / 1_000_000;
		let on_earth = degrees(latitude) <= 90 && degrees(longitude) <= 180;
		let named = country.iter().all(u8::is_ascii_uppercase)
			&& city.as_str().is_some_and(|it| !it.chars().any(char::is_control));
		ensure!(on_earth && named, Error::BadLocation);
		ensure!(machine.encryption_key != [0; 32], Error::BadEncryptionKey);
		Ok(())
	}
}

/// Whether a machine has lost more than a hundredth of anything.
fn has_shrunk(before: &Capacity, after: &Capacity) -> bool {
	let lost = before.saturating_sub(*after);
	let much = |lost: u64, of: u64| u128::from(lost) * 100 > u128::from(of);
	much(lost.cru, before.cru)
		|| much(lost.mru, before.mru)
		|| much(lost.sru, before.sru)
		|| much(lost.hru, before.hru)
}
