use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use grid_primitives::{
	capacity::bytes::GIB,
	ports::{Bill, Farms, Meter, Nodes},
	spec::{Usage, MAX_NODES},
	Balance, Capacity, NodeId,
};

const BILL: Bill = Bill::Contract(u64::MAX);
/// What each stream owes: enough for an account of any existential deposit.
const OWED: Balance = 1_000_000_000_000;

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who = account(name, 0, 0);
	<Pallet<T> as Meter<T::AccountId>>::endow(&who);
	who
}

/// Something waits for somebody.
fn wait<T: Config>(payee: &T::AccountId) -> Result<(), BenchmarkError> {
	let amount = T::Currency::minimum_balance();
	T::Currency::mint_into(&T::Waiting::get(), 2 * amount)?;
	Unpaid::<T>::mutate(payee, |waiting| *waiting += amount);
	Ok(())
}

/// A bill with so many streams, each to a node of another farm, that has paused and owes much.
/// Its payer has money again.
fn paused<T: Config>(streams: u32) -> Result<T::AccountId, BenchmarkError> {
	let payer = rich::<T>("payer");
	let capacity = Capacity { cru: 1_000, mru: 4 * GIB, sru: GIB, hru: GIB };
	let usage: Vec<(NodeId, Usage)> = (0..streams)
		.map(|index| {
			let node = T::Nodes::create_node(&account("agent", index, 0));
			(node, Usage { capacity, ..Default::default() })
		})
		.collect();
	Pallet::<T>::open(BILL, &payer, &usage, true).map_err(|_| "the payer is rich")?;
	let price = Pallet::<T>::token();
	for (node, _) in &usage {
		T::Nodes::farm_of(*node).and_then(T::Farms::payout).ok_or("it has a farm")?;
	}
	let mut account = Accounts::<T>::get(BILL).ok_or("just opened")?;
	for (_, stream) in &mut account.streams {
		stream.owed = rates::parts(OWED, price);
	}
	let now = Pallet::<T>::now();
	account.paused = Some(now);
	Pallet::<T>::store(BILL, account, Some(now));
	Ok(payer)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn settle(s: Linear<1, MAX_NODES>) -> Result<(), BenchmarkError> {
		paused::<T>(s)?;

		#[extrinsic_call]
		settle(RawOrigin::Signed(account::<T::AccountId>("anyone", 0, 0)), BILL);

		let account = Accounts::<T>::get(BILL).ok_or("it is there")?;
		assert!(account.streams.iter().all(|(_, stream)| stream.owed == 0));
		assert_eq!(account.paused, None);
		Ok(())
	}

	// With the transfer that every share takes, which is weighed once more besides.
	#[benchmark]
	fn late_share() -> Result<(), BenchmarkError> {
		let payer = paused::<T>(1)?;
		let payee: T::AccountId = account("payee", 0, 0);
		wait::<T>(&payee)?;
		let given;

		#[block]
		{
			given = Pallet::<T>::give(&payer, &payee, 1);
		}

		assert_eq!(given, (1, true));
		assert_eq!(Unpaid::<T>::iter().count(), 0);
		Ok(())
	}

	// By a friend, which is the dearer way; with a settlement of one stream, which is weighed once more
	// besides.
	#[benchmark]
	fn top_up() -> Result<(), BenchmarkError> {
		paused::<T>(1)?;
		let friend = rich::<T>("friend");

		#[extrinsic_call]
		sponsor(RawOrigin::Signed(friend), BILL, OWED);

		assert_eq!(Accounts::<T>::get(BILL).map(|account| account.paused), Some(None));
		Ok(())
	}

	#[benchmark]
	fn set_grace() -> Result<(), BenchmarkError> {
		let payer = paused::<T>(MAX_NODES)?;
		Pallet::<T>::settle_bill(BILL);
		let (least, most) = (T::MinGrace::get(), T::MaxGrace::get());
		let grace = if T::DefaultGrace::get() == most { least } else { most };

		#[extrinsic_call]
		set_grace(RawOrigin::Signed(payer), BILL, grace);

		assert_eq!(Accounts::<T>::get(BILL).map(|account| account.grace), Some(grace));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let payer = paused::<T>(MAX_NODES)?;
		Pallet::<T>::settle_bill(BILL);
		Pallet::<T>::do_top_up(payer.clone(), BILL, OWED).map_err(|error| error.error)?;

		#[extrinsic_call]
		withdraw(RawOrigin::Signed(payer), BILL);

		Ok(())
	}

	#[benchmark]
	fn set_token_price() -> Result<(), BenchmarkError> {
		let origin =
			T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		set_token_price(origin as T::RuntimeOrigin, 7);

		assert_eq!(Price::<T>::get().map(|price| price.usd), Some(7));
		Ok(())
	}

	#[benchmark]
	fn pay_share() -> Result<(), BenchmarkError> {
		let payee: T::AccountId = account("payee", 0, 0);
		wait::<T>(&payee)?;

		#[extrinsic_call]
		pay_share(RawOrigin::Signed(account::<T::AccountId>("anyone", 0, 0)), payee.clone());

		assert_eq!(T::Currency::total_balance(&payee), T::Currency::minimum_balance());
		Ok(())
	}

	#[benchmark]
	fn serve_nothing() -> Result<(), BenchmarkError> {
		paused::<T>(1)?;
		let look = T::WeightInfo::serve_nothing();
		let mut meter = WeightMeter::with_limit(look);

		#[block]
		{
			Pallet::<T>::serve(&mut meter);
		}

		assert_eq!(meter.consumed(), look);
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::tests::world::externalities(),
		crate::tests::world::Test
	);
}
