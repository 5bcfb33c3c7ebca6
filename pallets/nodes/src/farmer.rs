//! What farmers do with nodes, and governance.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::*,
	traits::{Consideration, Footprint},
};
use frame_system::Pallet as System;
use grid_primitives::{
	ports::{Availability, Farms, OnNode},
	query::NodeState,
	FarmId, NodeId,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_invite(
		sponsor: T::AccountId,
		farm: FarmId,
		account: T::AccountId,
	) -> DispatchResult {
		ensure!(!NodeIds::<T>::contains_key(&account), Error::<T>::OperatesAlready);
		ensure!(!Invitations::<T>::contains_key(&account, farm), Error::<T>::InvitedAlready);
		let deposit = T::Consideration::new(&sponsor, Self::footprint())?;
		// The account can send transactions from now on, without money.
		System::<T>::inc_sufficients(&account);
		Invitations::<T>::insert(&account, farm, Invitation { sponsor, deposit });
		Self::deposit_event(Event::Invited { farm, account });
		Ok(())
	}

	pub(crate) fn do_withdraw_invitation(
		who: &T::AccountId,
		farm: FarmId,
		account: T::AccountId,
	) -> DispatchResult {
		let Invitation { sponsor, deposit } =
			Invitations::<T>::take(&account, farm).ok_or(Error::<T>::NotInvited)?;
		let allowed = sponsor == *who || T::Farms::owner(farm).as_ref() == Some(who);
		ensure!(allowed, Error::<T>::NotFarmer);
		deposit.drop(&sponsor)?;
		System::<T>::dec_sufficients(&account);
		Self::deposit_event(Event::InvitationWithdrawn { farm, account });
		Ok(())
	}

	pub(crate) fn do_set_state(who: &T::AccountId, id: NodeId, state: NodeState) -> DispatchResult {
		Nodes::<T>::try_mutate(id, |node| {
			let node = node.as_mut().ok_or(Error::<T>::NoNode)?;
			Self::ensure_farmer(who, node)?;
			ensure!(state != NodeState::Expelled, Error::<T>::NotForFarmers);
			Self::set_state_of(id, node, state)
		})
	}

	pub(crate) fn do_expel(id: NodeId) -> DispatchResult {
		Nodes::<T>::try_mutate(id, |node| {
			let node = node.as_mut().ok_or(Error::<T>::NoNode)?;
			Self::set_state_of(id, node, NodeState::Expelled)
		})?;
		T::OnNode::expelled(id);
		Ok(())
	}

	fn set_state_of(id: NodeId, node: &mut NodeOf<T>, state: NodeState) -> DispatchResult {
		ensure!(node.state != state, Error::<T>::InThatState);
		ensure!(node.state != NodeState::Expelled, Error::<T>::Expelled);
		node.state = state;
		Self::deposit_event(Event::StateSet { node: id, state });
		Ok(())
	}

	pub(crate) fn do_certify(id: NodeId, certified: bool) -> DispatchResult {
		Nodes::<T>::try_mutate(id, |node| {
			let node = node.as_mut().ok_or(Error::<T>::NoNode)?;
			ensure!(node.certified != certified, Error::<T>::InThatState);
			if certified {
				node.certified = true;
				Self::deposit_event(Event::Certified { node: id });
			} else {
				Self::lose_certificate(id, node);
			}
			Ok(())
		})
	}

	/// Governance no longer vouches for a node: from this second on it earns no more for that.
	pub(crate) fn lose_certificate(id: NodeId, node: &mut NodeOf<T>) {
		node.certified = false;
		node.certificate_lost = Some(Self::this_second(id));
		Self::deposit_event(Event::CertificateLost { node: id });
	}

	pub(crate) fn do_remove(who: &T::AccountId, id: NodeId) -> DispatchResult {
		let node = Nodes::<T>::get(id).ok_or(Error::<T>::NoNode)?;
		Self::ensure_farmer(who, &node)?;
		ensure!(node.reservations == 0 && node.tenant.is_none(), Error::<T>::NotEmpty);
		node.deposit.drop(&node.sponsor)?;
		Nodes::<T>::remove(id);
		NodeIds::<T>::remove(&node.account);
		NodesOfFarm::<T>::remove(node.farm, id);
		Clocks::<T>::remove(id);
		T::Farms::detach_node(node.farm);
		T::OnNode::removed(id);
		System::<T>::dec_sufficients(&node.account);
		Self::deposit_event(Event::Removed { node: id, farm: node.farm });
		Ok(())
	}

	fn ensure_farmer(who: &T::AccountId, node: &NodeOf<T>) -> DispatchResult {
		ensure!(T::Farms::owner(node.farm).as_ref() == Some(who), Error::<T>::NotFarmer);
		Ok(())
	}

	/// What a node takes of the storage, and an invitation before it.
	fn footprint() -> Footprint {
		let size = NodeOf::<T>::max_encoded_len() + Clock::max_encoded_len();
		Footprint::from_parts(4, size)
	}
}
