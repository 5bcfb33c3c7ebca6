use crate::*;
use alloc::{format, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Consideration, Footprint, UnfilteredDispatchable},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::RawOrigin;
use grid_primitives::{
	approval::{Action, Question},
	ports::{ApprovalGate, Decision, Meter, Nodes as _, OnDecision, PublicIps, Twins},
	report::{NetworkKey, NetworkKeys, Outcome},
	spec::{
		sample, Change, Disk, Egress, Kind, List, Name, Network, Spec, Subnet, Volume, Workload,
		MAX_NODES,
	},
	ContractId, NodeId,
};

/// The most workloads of a sample, so that there is room for networks.
const WORKLOADS: u32 = 48;
/// The most bytes of a sample, so that there is room for networks.
const BYTES: u32 = 15_000;

fn user<T: Config>() -> T::AccountId {
	let who: T::AccountId = whitelisted_caller();
	T::Consideration::ensure_successful(&who, Footprint::from_parts(10_000, 10_000_000));
	T::Meter::endow(&who);
	T::Twins::ensure_twin(&who);
	who
}

fn agent<T: Config>(index: u32) -> T::AccountId {
	account("agent", index, 0)
}

/// So many nodes, with public addresses in their farms.
fn nodes<T: Config>(number: u32) -> Result<Vec<NodeId>, BenchmarkError> {
	(0..number)
		.map(|index| {
			let node = T::Nodes::create_node(&agent::<T>(index));
			let farm = T::Nodes::farm_of(node).ok_or("it is of a farm")?;
			if index == 0 {
				T::PublicIps::supply(farm, 2 * MAX_ADDRESSES);
			}
			Ok(node)
		})
		.collect()
}

fn name(text: &str) -> Name {
	text.try_into().expect("it is short")
}

/// Networks of their own, each with a public address.
fn public_networks(number: u32) -> impl Iterator<Item = Workload> {
	(0..number).map(|index| {
		let range = Subnet { ip: [172, 16 + index as u8, 0, 0], prefix: 16 };
		let network =
			Network { egress: Egress::Full, public_v4: true, ..Network::closed(range, range) };
		Workload { name: name(&format!("public{index}")), kind: Kind::Network(network) }
	})
}

/// A part of the network that all nodes share.
fn shared_network(index: u32) -> Workload {
	let range = Subnet { ip: [192, 168, 0, 0], prefix: 16 };
	let subnet = Subnet { ip: [192, 168, index as u8, 0], prefix: 24 };
	let network = Network { egress: Egress::Full, ..Network::closed(range, subnet) };
	Workload { name: name("shared"), kind: Kind::Network(network) }
}

/// What the first node runs: about so many bytes, with so many public addresses.
fn large(bytes: u32, addresses: u32) -> Spec {
	let Spec::V1(mut workloads) = sample((bytes / 200).clamp(1, WORKLOADS), bytes);
	for workload in public_networks(addresses).chain([shared_network(0)]) {
		workloads.try_push(workload).expect("there is room");
	}
	Spec::V1(workloads)
}

/// What the other nodes run: little, in the network that they share.
fn small(index: u32, size: u64) -> Spec {
	let volume = Kind::Volume(Volume { size: size << 20, disk: Disk::Ssd });
	let workloads = [shared_network(index), Workload { name: name("volume"), kind: volume }];
	Spec::V1(BoundedVec::truncate_from(workloads.into()))
}

fn specs(nodes: &[NodeId], first: Spec, size: u64) -> impl Iterator<Item = (NodeId, Spec)> + '_ {
	let spec = move |(index, node): (usize, &NodeId)| {
		let spec = if index == 0 { first.clone() } else { small(index as u32, size) };
		(*node, spec)
	};
	nodes.iter().enumerate().map(spec)
}

fn plan(nodes: &[NodeId], first: Spec) -> List<(NodeId, Spec), MAX_NODES> {
	BoundedVec::truncate_from(specs(nodes, first, 1).collect())
}

fn changes(nodes: &[NodeId], first: Spec) -> List<Change, MAX_NODES> {
	let change = |(node, spec)| Change { node, spec: Some(spec) };
	BoundedVec::truncate_from(specs(nodes, first, 2).map(change).collect())
}

/// A contract under the largest policy, to which all have agreed.
fn contract<T: Config>(
	nodes: &[NodeId],
	first: Spec,
) -> Result<(T::AccountId, ContractId), BenchmarkError> {
	let who = user::<T>();
	let policy = T::Approvals::largest_policy(&who);
	let id = NextContractId::<T>::get();
	Pallet::<T>::do_create(who.clone(), name("shop"), plan(nodes, first), Some(policy), None)?;
	agree::<T>(id)?;
	Ok((who, id))
}

/// The question about a contract that is open.
fn question<T: Config>(id: ContractId) -> Result<Question, BenchmarkError> {
	let contract = Contracts::<T>::get(id).ok_or("it is there")?;
	let (action, request) = contract.question.ok_or("it was asked")?;
	T::Approvals::withdraw(request);
	Ok(contract.question(action, id))
}

fn agree<T: Config>(id: ContractId) -> Result<(), BenchmarkError> {
	let question = question::<T>(id)?;
	Pallet::<T>::decided(&question, Decision::Approved);
	Ok(())
}

fn keys(spec: &Spec) -> NetworkKeys {
	let key = |(network, _): (&Name, _)| NetworkKey {
		network: network.clone(),
		public_key: [7; 32],
		endpoint: None,
	};
	BoundedVec::truncate_from(spec.networks().map(key).collect())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create(
		n: Linear<1, MAX_NODES>,
		b: Linear<400, BYTES>,
		a: Linear<0, MAX_ADDRESSES>,
	) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n)?;
		let who = user::<T>();
		let plan = plan(&nodes, large(b, a));

		#[extrinsic_call]
		create(RawOrigin::Signed(who), name("shop"), plan, None, Some(u64::MAX));

		assert_eq!(Contracts::<T>::iter_keys().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn ask() -> Result<(), BenchmarkError> {
		let who = user::<T>();
		let policy = T::Approvals::largest_policy(&who);
		let question =
			Question { action: Action::Create, subject: 1, revision: 1, content: [7; 32] };

		#[block]
		{
			T::Approvals::bind(policy, &who).map_err(|_| "it is his")?;
			T::Approvals::ask(policy, &who, &question).map_err(|_| "he can pay")?;
		}

		Ok(())
	}

	#[benchmark]
	fn amend(
		n: Linear<1, MAX_NODES>,
		b: Linear<400, BYTES>,
		a: Linear<0, MAX_ADDRESSES>,
	) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n)?;
		let (who, id) = contract::<T>(&nodes, small(0, 1))?;
		let changes = changes(&nodes, large(b, a));

		#[extrinsic_call]
		amend(RawOrigin::Signed(who), id, 1, changes, Some(u64::MAX));

		assert!(Amendments::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn apply(n: Linear<1, MAX_NODES>, b: Linear<400, BYTES>) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n)?;
		let (who, id) = contract::<T>(&nodes, small(0, 1))?;
		Pallet::<T>::do_amend(&who, id, 1, changes(&nodes, large(b, MAX_ADDRESSES)), None)
			.map_err(|error| error.error)?;
		let mut question = question::<T>(id)?;
		question.action = Action::Amend;

		#[block]
		{
			Pallet::<T>::decided(&question, Decision::Approved);
		}

		assert_eq!(Contracts::<T>::get(id).map(|contract| contract.revision), Some(2));
		Ok(())
	}

	#[benchmark]
	fn end(
		n: Linear<1, MAX_NODES>,
		a: Linear<0, MAX_ADDRESSES>,
		b: Linear<400, BYTES>,
	) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n)?;
		let (who, id) = contract::<T>(&nodes, large(b, a))?;
		// A question is taken back too.
		Pallet::<T>::do_cancel(&who, id).map_err(|error| error.error)?;
		let found = Contracts::<T>::get(id).ok_or("it is there")?;

		#[block]
		{
			Pallet::<T>::end(id, found, Why::Owner);
		}

		assert!(!Contracts::<T>::contains_key(id));
		Ok(())
	}

	// Of nodes that were to come: what they have reserved is paid.
	#[benchmark]
	fn withdraw(
		n: Linear<1, { MAX_NODES - 1 }>,
		a: Linear<0, MAX_ADDRESSES>,
		b: Linear<400, BYTES>,
	) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n + 1)?;
		let (who, id) = contract::<T>(&nodes[n as usize..], small(n, 1))?;
		Pallet::<T>::do_amend(&who, id, 1, changes(&nodes[..n as usize], large(b, a)), None)
			.map_err(|error| error.error)?;

		#[extrinsic_call]
		withdraw(RawOrigin::Signed(who), id);

		assert!(!Amendments::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn deliver(n: Linear<1, MAX_NODES>) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(n)?;
		let (who, id) = contract::<T>(&nodes, small(0, 1))?;
		for node in nodes {
			Placements::<T>::mutate(node, id, |placement| {
				if let Some(placement) = placement {
					placement.status = Status::Running;
				}
			});
		}

		#[extrinsic_call]
		deliver(RawOrigin::Signed(who), id);

		assert!(Contracts::<T>::get(id).is_some_and(|contract| contract.question.is_some()));
		Ok(())
	}

	#[benchmark]
	fn report(
		p: Linear<0, { MAX_NODES - 1 }>,
		a: Linear<0, MAX_ADDRESSES>,
		b: Linear<400, BYTES>,
	) -> Result<(), BenchmarkError> {
		let nodes = nodes::<T>(p + 1)?;
		let (who, id) = contract::<T>(&nodes, large(b, a))?;
		let without = large(b, 0);
		let change = [Change { node: nodes[0], spec: Some(without.clone()) }];
		let mut revision = 1;
		if a > 0 {
			Pallet::<T>::do_amend(&who, id, 1, BoundedVec::truncate_from(change.into()), None)
				.map_err(|error| error.error)?;
			let mut question = question::<T>(id)?;
			question.action = Action::Amend;
			Pallet::<T>::decided(&question, Decision::Approved);
			revision = 2;
		}
		let outcome = Outcome::Running { keys: keys(&without) };
		let call = Call::report { contract: id, revision, outcome };
		let agent = agent::<T>(0);

		#[block]
		{
			let checked = Pallet::<T>::check_free(&agent, &call).ok_or("it is free")?;
			checked.map_err(|_| "it may be said now")?;
			call.dispatch_bypass_filter(RawOrigin::Signed(agent).into())
				.map_err(|error| error.error)?;
		}

		let placement = Placements::<T>::get(nodes[0], id).ok_or("it is there")?;
		assert_eq!((placement.running, placement.addresses.len()), (Some(revision), 0));
		Ok(())
	}

	#[benchmark]
	fn rent() -> Result<(), BenchmarkError> {
		let node = nodes::<T>(1)?[0];
		let who = user::<T>();

		#[extrinsic_call]
		rent(RawOrigin::Signed(who), node, Some(u64::MAX));

		assert!(Rentals::<T>::contains_key(node));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let node = nodes::<T>(1)?[0];
		let who = user::<T>();
		Pallet::<T>::do_rent(who.clone(), node, None)?;

		#[extrinsic_call]
		release(RawOrigin::Signed(who), node);

		assert!(!Rentals::<T>::contains_key(node));
		Ok(())
	}

	#[benchmark]
	fn clear_nothing() -> Result<(), BenchmarkError> {
		let node = nodes::<T>(1)?[0];
		Clearing::<T>::insert(node, Why::RentalEnded);
		let mut meter = WeightMeter::with_limit(T::WeightInfo::clear_nothing());

		#[block]
		{
			Pallet::<T>::clear(&mut meter);
		}

		assert!(Clearing::<T>::contains_key(node));
		Ok(())
	}
}
