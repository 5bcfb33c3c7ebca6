//! What owners do with contracts, beside changing them.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::*, traits::Consideration};
use grid_primitives::{
	approval::{Action, Question},
	ports::{ApprovalGate, Bill, CannotAsk, Meter, NodeCapacity, NotFunded, Twins},
	report::NetworkKeys,
	spec::{plan, List, Name, Spec, SpecHash, MAX_NODES},
	ContractId, NodeId, PolicyId, RequestId,
};

impl<T: Config> From<CannotAsk> for Error<T> {
	fn from(why: CannotAsk) -> Self {
		match why {
			CannotAsk::NoPolicy => Self::NoPolicy,
			CannotAsk::Retired => Self::PolicyRetired,
			CannotAsk::NotOpen => Self::PolicyNotOpen,
			CannotAsk::NoDeposit => Self::NotFunded,
		}
	}
}

impl<T: Config> From<NotFunded> for Error<T> {
	fn from(_: NotFunded) -> Self {
		Self::NotFunded
	}
}

impl<AccountId, Ticket> Contract<AccountId, Ticket> {
	/// What its stakeholders see of it: which specs are on which nodes.
	pub fn plan(&self) -> Vec<(NodeId, SpecHash)> {
		let known = |slot: &Slot| match slot.place {
			Place::Taken(hash) | Place::Lost(hash) => Some((slot.node, hash)),
			Place::Leaving => None,
		};
		self.slots.iter().filter_map(known).collect()
	}

	/// A question about it as it is.
	pub(crate) fn question(&self, action: Action, id: ContractId) -> Question {
		Question::about(action, id, self.revision, &self.plan())
	}

	/// The nodes on which it has a spec.
	pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
		let taken = |slot: &&Slot| matches!(slot.place, Place::Taken(_));
		self.slots.iter().filter(taken).map(|slot| slot.node)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(
		owner: T::AccountId,
		label: Name,
		plan: List<(NodeId, Spec), MAX_NODES>,
		policy: Option<PolicyId>,
		most: Option<u64>,
	) -> DispatchResult {
		let twin = T::Twins::twin_of(&owner).ok_or(Error::<T>::NoTwin)?;
		ensure!(label.is_name(), Error::<T>::BadLabel);
		ensure!(!Labels::<T>::contains_key(twin, &label), Error::<T>::LabelTaken);
		Self::check_plan(&plan).map_err(|(_, fault)| Error::<T>::from(fault.reason))?;
		let mut plan = plan.into_inner();
		plan.sort_by_key(|(node, _)| *node);
		let id = NextContractId::<T>::mutate(|next| core::mem::replace(next, *next + 1));

		let wanted: Vec<_> =
			plan.iter().map(|(node, spec)| (*node, spec.usage().capacity)).collect();
		for (node, _) in &wanted {
			ensure!(!Clearing::<T>::contains_key(node), Error::<T>::NodeNotOpen);
		}
		T::Capacity::reserve(twin, &wanted).map_err(|(_, why)| Error::<T>::from(why))?;

		let guarded = policy.is_some_and(|policy| T::Approvals::guards(policy, Action::Create));
		let mut contract = {
			let bytes = plan.iter().map(|(_, spec)| Self::size(spec)).sum();
			let footprint = Self::footprint(plan.len(), bytes);
			let deposit =
				T::Consideration::new(&owner, footprint).map_err(|_| Error::<T>::NotFunded)?;
			let place = |(node, spec): &(NodeId, Spec)| Slot {
				node: *node,
				place: Place::Taken(spec.hash()),
			};
			Contract {
				owner: owner.clone(),
				twin,
				label: label.clone(),
				state: if guarded { State::AwaitingApproval } else { State::Live },
				revision: 1,
				slots: BoundedVec::truncate_from(plan.iter().map(place).collect()),
				policy,
				question: None,
				approved: None,
				accepted: None,
				bytes,
				deposit,
			}
		};

		let mut usage = Vec::new();
		for (node, spec) in plan {
			let rented = Self::rents(twin, node);
			usage.push((node, Self::billed(spec.usage(), rented)));
			let addresses = Self::reserve_addresses(node, &spec, &[])?;
			Self::place(id, node, spec, 1, rented, addresses);
		}
		let rate = T::Meter::open(Bill::Contract(id), &owner, &usage, !guarded)
			.map_err(Error::<T>::from)?;
		Self::check_price(rate, most)?;

		if let Some(policy) = policy {
			T::Approvals::bind(policy, &owner).map_err(Error::<T>::from)?;
		}
		let request = if guarded {
			Some(Self::ask(&mut contract, id, Action::Create)?)
		} else {
			contract.nodes().for_each(T::Capacity::wake);
			None
		};
		Labels::<T>::insert(twin, label, id);
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::Created { contract: id, twin, request });
		Ok(())
	}

	/// Put a spec on a node where all that it needs is reserved.
	pub(crate) fn place(
		id: ContractId,
		node: NodeId,
		spec: Spec,
		revision: u32,
		rented: bool,
		addresses: Addresses,
	) {
		let placement = Placement {
			held: spec.usage().capacity,
			spec: Some(spec),
			revision,
			status: Status::Pending,
			running: None,
			reported: frame_system::Pallet::<T>::block_number(),
			proposed: None,
			rented,
			addresses,
			keys: NetworkKeys::new(),
		};
		Placements::<T>::insert(node, id, placement);
	}

	/// Whether an hour costs no more than somebody wants to pay.
	pub(crate) fn check_price(rate: u128, most: Option<u64>) -> Result<(), Error<T>> {
		ensure!(most.is_none_or(|most| rate <= most.into()), Error::TooExpensive);
		Ok(())
	}

	pub(crate) fn check_plan(plan: &[(NodeId, Spec)]) -> Result<(), plan::PlanFault> {
		plan::check(plan.iter().map(|(node, spec)| (*node, spec)))
	}

	/// Ask the stakeholders of a contract about it as it is.
	fn ask(
		contract: &mut ContractOf<T>,
		id: ContractId,
		action: Action,
	) -> Result<RequestId, Error<T>> {
		let policy = contract.policy.ok_or(Error::NothingToAccept)?;
		let question = contract.question(action, id);
		let request = T::Approvals::ask(policy, &contract.owner, &question)?;
		contract.question = Some((action, request));
		Ok(request)
	}

	pub(crate) fn owned(who: &T::AccountId, id: ContractId) -> Result<ContractOf<T>, Error<T>> {
		let contract = Contracts::<T>::get(id).ok_or(Error::NoContract)?;
		ensure!(contract.owner == *who, Error::NotOwner);
		Ok(contract)
	}

	pub(crate) fn do_cancel(who: &T::AccountId, id: ContractId) -> DispatchResultWithPostInfo {
		let mut contract = Self::owned(who, id)?;
		let guarded =
			contract.policy.is_some_and(|policy| T::Approvals::guards(policy, Action::Cancel));
		if contract.state == State::AwaitingApproval || !guarded {
			return Ok(Some(Self::end(id, contract, Why::Owner)).into());
		}
		ensure!(contract.question.is_none(), Error::<T>::QuestionOpen);
		let request = Self::ask(&mut contract, id, Action::Cancel)?;
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::EndProposed { contract: id, request });
		Ok(Some(T::WeightInfo::deliver(1)).into())
	}

	pub(crate) fn do_withdraw(who: &T::AccountId, id: ContractId) -> DispatchResult {
		let mut contract = Self::owned(who, id)?;
		ensure!(contract.state != State::AwaitingApproval, Error::<T>::NotApproved);
		ensure!(contract.question.is_some(), Error::<T>::NoQuestion);
		Self::drop_question(id, &mut contract, Why::Owner);
		Contracts::<T>::insert(id, contract);
		Ok(())
	}

	pub(crate) fn do_deliver(who: &T::AccountId, id: ContractId) -> DispatchResult {
		let mut contract = Self::owned(who, id)?;
		let asks =
			contract.policy.is_some_and(|policy| T::Approvals::guards(policy, Action::Accept));
		ensure!(asks, Error::<T>::NothingToAccept);
		ensure!(contract.question.is_none(), Error::<T>::QuestionOpen);
		ensure!(contract.accepted != Some(contract.revision), Error::<T>::SaidAlready);
		ensure!(contract.state == State::Live, Error::<T>::NotRunning);
		for node in contract.nodes() {
			let status = Placements::<T>::get(node, id).map(|placement| placement.status);
			ensure!(status == Some(Status::Running), Error::<T>::NotRunning);
		}
		let request = Self::ask(&mut contract, id, Action::Accept)?;
		let revision = contract.revision;
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::Delivered { contract: id, revision, request });
		Ok(())
	}
}
