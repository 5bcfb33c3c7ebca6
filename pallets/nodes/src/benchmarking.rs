use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{Consideration, EnsureOrigin, Footprint, Get, UnfilteredDispatchable};
use frame_system::RawOrigin;
use grid_primitives::{ports::Farms, query::NodeState, FarmId, NodeId};

const BOOT: [u8; 16] = [7; 16];

pub(crate) fn machine<T: Config>() -> Machine {
	Machine {
		capacity: T::Most::get(),
		location: Location {
			country: *b"BE",
			city: "a".repeat(64).as_str().try_into().expect("as long as can be"),
			latitude: 51_000_000,
			longitude: 4_000_000,
		},
		encryption_key: [7; 32],
	}
}

fn farm<T: Config>() -> (T::AccountId, FarmId) {
	let farmer: T::AccountId = account("farmer", 0, 0);
	T::Consideration::ensure_successful(&farmer, Footprint::from_parts(1_000, 1_000_000));
	let farm = T::Farms::create_farm(&farmer);
	(farmer, farm)
}

fn agent<T: Config>() -> T::AccountId {
	account("node", 0, 0)
}

/// A node that joined long ago.
fn node<T: Config>() -> Result<(T::AccountId, NodeId), BenchmarkError> {
	let (farmer, farm) = farm::<T>();
	Pallet::<T>::do_invite(farmer.clone(), farm, agent::<T>())?;
	Pallet::<T>::do_register(agent::<T>(), farm, machine::<T>(), BOOT)?;
	let node = NodeIds::<T>::get(agent::<T>()).ok_or("just joined")?;
	T::SetTime::set_time(Pallet::<T>::now() + 1_000_000);
	Ok((farmer, node))
}

/// What a node says is checked instead of paid for, and then done. Both are of its weight.
fn say<T: Config>(call: Call<T>) -> Result<(), BenchmarkError> {
	let checked = Pallet::<T>::check_free(&agent::<T>(), &call).ok_or("it is free")?;
	checked.map_err(|_| "it may be said now")?;
	call.dispatch_bypass_filter(RawOrigin::Signed(agent::<T>()).into())
		.map_err(|error| error.error)?;
	Ok(())
}

fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn invite() {
		let (farmer, farm) = farm::<T>();

		#[extrinsic_call]
		invite(RawOrigin::Signed(farmer), farm, agent::<T>());

		assert!(Invitations::<T>::contains_key(agent::<T>(), farm));
	}

	#[benchmark]
	fn withdraw_invitation() -> Result<(), BenchmarkError> {
		let (farmer, farm) = farm::<T>();
		Pallet::<T>::do_invite(farmer.clone(), farm, agent::<T>())?;

		#[extrinsic_call]
		withdraw_invitation(RawOrigin::Signed(farmer), farm, agent::<T>());

		assert!(!Invitations::<T>::contains_key(agent::<T>(), farm));
		Ok(())
	}

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let (farmer, farm) = farm::<T>();
		Pallet::<T>::do_invite(farmer, farm, agent::<T>())?;

		let call = Call::register { farm, machine: machine::<T>(), boot_id: BOOT };

		#[block]
		{
			say::<T>(call)?;
		}

		assert!(NodeIds::<T>::contains_key(agent::<T>()));
		Ok(())
	}

	#[benchmark]
	fn heartbeat() -> Result<(), BenchmarkError> {
		let (_, node) = node::<T>()?;

		// The machine has started again, which says an event besides.
		let call = Call::heartbeat { boot_id: [8; 16], uptime: 1 };

		#[block]
		{
			say::<T>(call)?;
		}

		assert_eq!(Clocks::<T>::get(node).map(|clock| clock.boot_id), Some([8; 16]));
		Ok(())
	}

	#[benchmark]
	fn update() -> Result<(), BenchmarkError> {
		let (_, node) = node::<T>()?;
		Pallet::<T>::do_certify(node, true)?;
		let mut machine = machine::<T>();
		machine.capacity = T::Least::get();

		let call = Call::update { machine: machine.clone() };

		#[block]
		{
			say::<T>(call)?;
		}

		assert_eq!(Nodes::<T>::get(node).map(|node| node.machine), Some(machine));
		Ok(())
	}

	#[benchmark]
	fn set_state() -> Result<(), BenchmarkError> {
		let (farmer, node) = node::<T>()?;

		#[extrinsic_call]
		set_state(RawOrigin::Signed(farmer), node, NodeState::Retired);

		assert_eq!(Nodes::<T>::get(node).map(|node| node.state), Some(NodeState::Retired));
		Ok(())
	}

	#[benchmark]
	fn certify() -> Result<(), BenchmarkError> {
		let (_, node) = node::<T>()?;
		let origin = governance::<T>()?;

		#[extrinsic_call]
		certify(origin as T::RuntimeOrigin, node, true);

		assert_eq!(Nodes::<T>::get(node).map(|node| node.certified), Some(true));
		Ok(())
	}

	#[benchmark]
	fn force_expel() -> Result<(), BenchmarkError> {
		let (_, node) = node::<T>()?;
		let origin = governance::<T>()?;

		#[extrinsic_call]
		force_expel(origin as T::RuntimeOrigin, node);

		assert_eq!(Nodes::<T>::get(node).map(|node| node.state), Some(NodeState::Expelled));
		Ok(())
	}

	#[benchmark]
	fn remove() -> Result<(), BenchmarkError> {
		let (farmer, node) = node::<T>()?;

		#[extrinsic_call]
		remove(RawOrigin::Signed(farmer), node);

		assert!(!Nodes::<T>::contains_key(node));
		Ok(())
	}
}
