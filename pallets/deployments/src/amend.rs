//! Another revision of a contract: proposed, then applied or dropped.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::*, traits::Consideration};
use grid_primitives::{
	approval::{Action, Question},
	ports::{ApprovalGate, Availability, Bill, Meter, NodeCapacity, Nodes, Proposal},
	report::NetworkKeys,
	spec::{plan, Change, List, Spec, SpecHash, Usage, MAX_NODES},
	ContractId, NodeId,
};

/// What an amendment proposes to its bill.
type Proposals = Vec<(NodeId, Proposal)>;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_amend(
		who: &T::AccountId,
		id: ContractId,
		revision: u32,
		changes: List<Change, MAX_NODES>,
		most: Option<u64>,
	) -> DispatchResultWithPostInfo {
		let mut contract = Self::owned(who, id)?;
		match contract.state {
			State::AwaitingApproval => return Err(Error::<T>::NotApproved.into()),
			State::Paused => return Err(Error::<T>::ContractPaused.into()),
			State::Live => {},
		}
		ensure!(contract.question.is_none(), Error::<T>::QuestionOpen);
		ensure!(contract.revision == revision, Error::<T>::ChangedMeanwhile);
		let mut changes = changes.into_inner();
		changes.sort_by_key(|change| change.node);
		let (_, bytes, addresses) =
			Self::extent(changes.iter().filter_map(|change| change.spec.as_ref()));
		let nodes = contract.slots.len().max(changes.len()) as u32;
		let mut weight = T::WeightInfo::amend(nodes, bytes, addresses);

		Self::check_changes(&contract, &changes)?;
		let kept = Self::kept(id, &contract, &changes);
		Self::check_amended(&kept, &changes)?;
		let plan = Self::amended_plan(&contract, &changes);
		let (amendment, proposals) = Self::reserve_amendment(id, &mut contract, changes)?;
		let rate = T::Meter::propose(Bill::Contract(id), &proposals).map_err(Error::<T>::from)?;
		Self::check_price(rate, most)?;

		let question = Question::about(Action::Amend, id, amendment.revision, &plan);
		match contract.policy {
			Some(policy) if T::Approvals::guards(policy, Action::Amend) => {
				let request =
					T::Approvals::ask(policy, who, &question).map_err(Error::<T>::from)?;
				contract.question = Some((Action::Amend, request));
				weight += T::WeightInfo::ask();
				let revision = amendment.revision;
				Amendments::<T>::insert(id, amendment);
				Self::deposit_event(Event::AmendmentProposed { contract: id, revision, request });
			},
			_ => {
				contract.approved = None;
				weight += Self::apply_amendment(id, &mut contract, amendment);
			},
		}
		Contracts::<T>::insert(id, contract);
		Ok(Some(weight).into())
	}

	/// Whether changes, in the order of nodes, can be made of a contract.
	fn check_changes(contract: &ContractOf<T>, changes: &[Change]) -> Result<(), Error<T>> {
		ensure!(!changes.is_empty(), Error::NothingChanged);
		ensure!(changes.windows(2).all(|two| two[0].node != two[1].node), Error::NodeTwice);
		for change in changes {
			ensure!(!Clearing::<T>::contains_key(change.node), Error::NodeNotOpen);
			let slot = contract.slots.iter().find(|slot| slot.node == change.node);
			match (slot.map(|slot| slot.place), &change.spec) {
				(Some(Place::Leaving), _) => return Err(Error::NodeLeaving),
				(Some(Place::Taken(hash)), Some(spec)) => {
					ensure!(spec.hash() != hash, Error::NothingChanged)
				},
				(None | Some(Place::Lost(_)), None) => return Err(Error::NotOnNode),
				_ => {},
			}
		}
		Ok(())
	}

	/// What changes leave as it is.
	fn kept(id: ContractId, contract: &ContractOf<T>, changes: &[Change]) -> Vec<(NodeId, Spec)> {
		let stays = |node: &NodeId| !changes.iter().any(|change| change.node == *node);
		contract
			.nodes()
			.filter(stays)
			.filter_map(|node| Some((node, Placements::<T>::get(node, id)?.spec?)))
			.collect()
	}

	/// Whether what is kept and what is changed make a plan.
	fn check_amended(kept: &[(NodeId, Spec)], changes: &[Change]) -> Result<(), Error<T>> {
		let kept = kept.iter().map(|(node, spec)| (*node, spec));
		let changed =
			changes.iter().filter_map(|change| Some((change.node, change.spec.as_ref()?)));
		for (_, spec) in changed.clone() {
			spec.check().map_err(|fault| Error::from(fault.reason))?;
		}
		let plan = kept.chain(changed);
		let nodes = plan.clone().count();
		ensure!(nodes > 0, Error::NoNodesLeft);
		ensure!(nodes <= MAX_NODES as usize, Error::TooManyNodes);
		plan::check_together(plan).map_err(|(_, fault)| Error::from(fault.reason))
	}

	/// The plan as stakeholders would see it.
	fn amended_plan(contract: &ContractOf<T>, changes: &[Change]) -> Vec<(NodeId, SpecHash)> {
		let changed = |node: NodeId| changes.iter().any(|change| change.node == node);
		let taken = |slot: &Slot| match slot.place {
			Place::Taken(hash) if !changed(slot.node) => Some((slot.node, hash)),
			_ => None,
		};
		let mut plan: Vec<_> = contract.slots.iter().filter_map(taken).collect();
		plan.extend(changes.iter().filter_map(|it| Some((it.node, it.spec.as_ref()?.hash()))));
		plan.sort_by_key(|(node, _)| *node);
		plan
	}

	/// Reserve what changes need more: capacity, public addresses, and the deposit.
	fn reserve_amendment(
		id: ContractId,
		contract: &mut ContractOf<T>,
		changes: Vec<Change>,
	) -> Result<(Amendment, Proposals), Error<T>> {
		let mut entries = List::new();
		let mut proposals = Vec::new();
		let (mut bytes, mut slots) = (contract.bytes, contract.slots.len());
		for Change { node, spec } in changes {
			let (entry, proposal) = match spec {
				Some(spec) => {
					bytes += Self::size(&spec);
					Self::reserve_entry(id, contract, node, spec)?
				},
				None => {
					let (usage, addresses) = (Usage::default(), Addresses::new());
					let entry = Entry { node, spec: None, usage, new: false, addresses };
					(entry, Proposal::Close)
				},
			};
			proposals.push((node, proposal));
			slots += usize::from(entry.new);
			entries.try_push(entry).map_err(|_| Error::TooManyNodes)?;
		}
		// A node that was lost gives its slot away.
		let lost = |slot: &&Slot| matches!(slot.place, Place::Lost(_));
		let free = contract.slots.iter().filter(lost).count();
		ensure!(slots - free <= MAX_NODES as usize, Error::TooManyNodes);
		let footprint = Self::footprint(slots, bytes);
		contract.deposit = contract
			.deposit
			.clone()
			.update(&contract.owner, footprint)
			.map_err(|_| Error::NotFunded)?;
		Ok((Amendment { revision: contract.revision + 1, entries }, proposals))
	}

	fn reserve_entry(
		id: ContractId,
		contract: &ContractOf<T>,
		node: NodeId,
		spec: Spec,
	) -> Result<(Entry, Proposal), Error<T>> {
		let usage = spec.usage();
		let existing = Placements::<T>::get(node, id);
		let new = existing.is_none();
		let (addresses, proposal) = match existing {
			Some(mut placement) => {
				let fresh = Self::reserve_addresses(node, &spec, &placement.addresses)?;
				let before = placement.reserved();
				placement.proposed = Some(usage.capacity);
				T::Capacity::resize(node, before, placement.reserved())?;
				let then = Self::billed(usage, placement.rented);
				let meanwhile = Self::all_reserved(&placement, &fresh);
				Placements::<T>::insert(node, id, placement);
				(fresh, Proposal::Use { meanwhile, then })
			},
			None => {
				T::Capacity::reserve(contract.twin, &[(node, usage.capacity)])
					.map_err(|(_, why)| Error::from(why))?;
				let then = Self::billed(usage, Self::rents(contract.twin, node));
				let addresses = Self::reserve_addresses(node, &spec, &[])?;
				(addresses, Proposal::of(then))
			},
		};
		Ok((Entry { node, spec: Some(spec), usage, new, addresses }, proposal))
	}

	/// Whether an amendment can still come into force: its nodes are on the grid.
	pub(crate) fn can_apply(amendment: &Amendment) -> bool {
		let entries = amendment.entries.iter();
		entries.filter(|entry| entry.spec.is_some()).all(|entry| {
			!T::Nodes::is_expelled(entry.node) && !Clearing::<T>::contains_key(entry.node)
		})
	}

	/// Let an amendment come into force. All nodes of the contract hear of it: what is on one of them
	/// is known by name in the networks of the others.
	pub(crate) fn apply_amendment(
		id: ContractId,
		contract: &mut ContractOf<T>,
		amendment: Amendment,
	) -> Weight {
		let Amendment { revision, entries } = amendment;
		let (_, bytes, _) = Self::extent(entries.iter().filter_map(|entry| entry.spec.as_ref()));
		T::Meter::agree(Bill::Contract(id));
		contract.slots.retain(|slot| !matches!(slot.place, Place::Lost(_)));
		// What is new comes first, so that a contract that moves is never without a node.
		let (puts, drops): (Vec<_>, Vec<_>) =
			entries.into_iter().partition(|entry| entry.spec.is_some());
		for Entry { node, spec, usage: _, new, addresses } in puts {
			let Some(spec) = spec else { continue };
			contract.bytes += Self::size(&spec);
			let place = Place::Taken(spec.hash());
			if new {
				Self::apply_new(id, contract, node, spec, revision, addresses);
			} else {
				Self::apply_change(id, contract, node, spec, revision, addresses);
			}
			match contract.slots.iter_mut().find(|slot| slot.node == node) {
				Some(slot) => slot.place = place,
				None => {
					let at = contract.slots.partition_point(|slot| slot.node < node);
					if contract.slots.try_insert(at, Slot { node, place }).is_err() {
						log::error!(target: LOG_TARGET, "contract {id} has too many nodes");
					}
				},
			}
		}
		contract.nodes().for_each(T::Capacity::wake);
		let woken = contract.slots.len() as u32;
		for Entry { node, .. } in drops {
			Self::apply_drop(id, contract, node, revision);
		}
		contract.revision = revision;
		Self::settle_deposit(contract);
		Self::deposit_event(Event::Amended { contract: id, revision });
		T::WeightInfo::apply(woken, bytes)
	}

	fn apply_new(
		id: ContractId,
		contract: &ContractOf<T>,
		node: NodeId,
		spec: Spec,
		revision: u32,
		addresses: Addresses,
	) {
		let rented = Self::rents(contract.twin, node);
		Self::place(id, node, spec, revision, rented, addresses);
	}

	fn apply_change(
		id: ContractId,
		contract: &mut ContractOf<T>,
		node: NodeId,
		spec: Spec,
		revision: u32,
		addresses: Addresses,
	) {
		Placements::<T>::mutate(node, id, |placement| {
			let Some(placement) = placement else {
				log::error!(target: LOG_TARGET, "contract {id} has nothing on node {node}");
				return;
			};
			contract.bytes -= placement.spec.as_ref().map_or(0, Self::size);
			placement.held = placement.reserved();
			placement.proposed = None;
			placement.spec = Some(spec);
			placement.revision = revision;
			placement.status = Status::Pending;
			for address in addresses {
				if placement.addresses.try_push(address).is_err() {
					log::error!(target: LOG_TARGET, "contract {id} has too many addresses");
				}
			}
		});
	}

	fn apply_drop(id: ContractId, contract: &mut ContractOf<T>, node: NodeId, revision: u32) {
		T::Meter::close(Bill::Contract(id), node);
		let Some(mut placement) = Placements::<T>::take(node, id) else { return };
		contract.bytes -= placement.spec.as_ref().map_or(0, Self::size);
		if !T::Availability::is_online(node) {
			Self::release_all(node, &placement);
			contract.slots.retain(|slot| slot.node != node);
			let why = Why::NodeOffline;
			Self::deposit_event(Event::Left { contract: id, node, why });
			return;
		}
		placement.spec = None;
		placement.revision = revision;
		placement.status = Status::Pending;
		placement.keys = NetworkKeys::new();
		Placements::<T>::insert(node, id, placement);
		if let Some(slot) = contract.slots.iter_mut().find(|slot| slot.node == node) {
			slot.place = Place::Leaving;
		}
	}

	/// An amendment is not to be: give back what it reserved.
	pub(crate) fn drop_amendment(
		id: ContractId,
		contract: &mut ContractOf<T>,
		amendment: Amendment,
		why: Why,
	) {
		Self::unreserve(id, &amendment);
		Self::settle_deposit(contract);
		let revision = amendment.revision;
		Self::deposit_event(Event::AmendmentDropped { contract: id, revision, why });
	}
}
