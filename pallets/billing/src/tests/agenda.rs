//! What is due is settled by itself, as time allows.

use super::world::*;
use crate::*;
use frame_support::weights::Weight;
use grid_primitives::{ports::Bill, Balance};
use sp_core::storage::Storage;

const MANY: u64 = 2_000;

/// Many bills of one payer, in four groups. Each is due a little later than the one before, and
/// has the higher numbers first.
fn many() {
	for group in 0..4 {
		for id in 0..MANY / 4 {
			start((4 - group) * 10_000 + id, BANK, &[(1, cores(1))]);
		}
		wait(10);
	}
	wait(HOUR);
	System::reset_events();
}

/// Time for about so many bills.
fn time_for(bills: u64) -> Weight {
	Money::heaviest()
		+ (<() as WeightInfo>::settle(1) + <() as WeightInfo>::serve_nothing()) * bills
}

/// The chain starts again: only what is stored is still there.
fn restart(mut chain: sp_io::TestExternalities) -> sp_io::TestExternalities {
	let mut storage = Storage::default();
	chain.execute_with(|| {
		let mut key = Vec::new();
		while let Some(next) = sp_io::storage::next_key(&key) {
			let value = sp_io::storage::get(&next).expect("it is there");
			storage.top.insert(next.clone(), value.to_vec());
			key = next;
		}
	});
	sp_io::TestExternalities::new(storage)
}

/// Serve all that is due, in so many blocks' time. Says in which order.
fn serve_all(mut chain: sp_io::TestExternalities, restarts: bool) -> (Vec<Bill>, Vec<Balance>) {
	let limit = time_for(49);
	let (mut served, mut blocks) = (Vec::new(), 0);
	chain.execute_with(many);
	while served.len() < MANY as usize {
		let now = chain.execute_with(|| {
			let used = idle(limit);
			assert!(used.all_lte(limit), "{used:?} of {limit:?}");
			settled()
		});
		let left = MANY as usize - served.len();
		assert!((left.min(49)..=80).contains(&now.len()), "{} in a block", now.len());
		served.extend(now);
		blocks += 1;
		if restarts {
			chain = restart(chain);
		}
	}
	assert!(blocks > 20);
	chain.execute_with(|| {
		check();
		idle(Weight::MAX);
		assert_eq!(settled(), Vec::new(), "each is settled once");
		wait(60 - (now() - START) % 60);
		for bill in Accounts::<Test>::iter_keys().collect::<Vec<_>>() {
			close_all(bill);
		}
		let seconds = (0..4).map(|group| now() - START - 10 * group);
		let expected: Balance = seconds
			.map(|seconds| price_of(100_000, seconds, CENTS_10) * Balance::from(MANY) / 4)
			.sum();
		assert_eq!(1_000 * RICH - total(BANK), expected, "each second once");
		check();
		check_empty();
		let ends = [BANK, payout_of(1), TREASURY].map(total).to_vec();
		(served, ends)
	})
}

#[test]
fn thousands_are_served_over_many_blocks() {
	let (served, ends) = serve_all(externalities(), false);
	let group = |bill: &Bill| match bill {
		Bill::Contract(id) => 4 - id / 10_000,
		Bill::Rental(_) => unreachable!("none is open"),
	};
	let groups: Vec<_> = served.iter().map(group).collect();
	assert!(groups.is_sorted(), "the longest due come first");
	let again = serve_all(externalities(), true);
	assert_eq!((served, ends), again, "a restart changes nothing");
}

#[test]
fn without_time_nothing_is_done() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		wait(2 * HOUR);
		let before = account(bill);
		assert_eq!(idle(Weight::zero()), Weight::zero());
		let short = Money::heaviest();
		assert_eq!(idle(short), <() as WeightInfo>::serve_nothing());
		assert_eq!(account(bill), before);
		idle(time_for(1));
		assert!(account(bill).due > before.due);
		close_all(bill);
	});
}

#[test]
fn what_arrears_weigh_is_counted() {
	world(|| {
		WorkOfArrears::set(Weight::from_parts(1 << 40, 1 << 20));
		for id in 0..10 {
			start(id, POOR, &[(1, cores(1))]);
		}
		leave(POOR, ED);
		wait(HOUR + 60);
		let limit = Money::heaviest() * 3;
		for round in 0u64.. {
			let used = idle(limit);
			assert!(used.all_lte(limit));
			let paused = heard().len();
			assert!(paused <= 3, "{paused} in one block");
			if paused == 0 {
				assert!(round >= 4);
				break;
			}
		}
		assert!(Accounts::<Test>::iter_values().all(|account| account.paused.is_some()));
		Accounts::<Test>::iter_keys().collect::<Vec<_>>().into_iter().for_each(close_all);
		check_empty();
	});
}

#[test]
fn what_was_settled_before_is_not_settled_again() {
	world(|| {
		let first = start(1, BOB, &[(1, cores(1))]);
		let second = start(2, BOB, &[(1, cores(1))]);
		wait(HOUR - 60);
		settle(second);
		let due = account(second).due;
		wait(60);
		System::reset_events();
		idle(Weight::MAX);
		assert_eq!(settled(), vec![first]);
		assert_eq!(account(second).due, due);
		idle(Weight::MAX);
		assert_eq!(settled(), vec![]);
		close_all(first);
		idle(Weight::MAX);
		close_all(second);
		check_empty();
	});
}

#[test]
fn no_bill_is_settled_twice_in_a_block() {
	world(|| {
		let bill = start(1, BOB, &[(1, cores(1))]);
		// What is held is used up, and nothing more is held in advance.
		TheAdvance::set(0);
		TheInterval::set(0);
		wait(HOUR - 60);
		settle(bill);
		assert_eq!(account(bill).due, Some(now() + 1));
		wait(1);
		idle(Weight::MAX);
		assert_eq!(account(bill).due, Some(now() + 1));
		close_all(bill);
	});
}

#[test]
fn time_after_1970_is_in_order() {
	world(|| {
		// A little-endian or shorter key would have these the other way round.
		let before = START + HOUR;
		let at = |due: u64| Agenda::<Test>::hashed_key_for((due.to_be_bytes(), contract(1)));
		for due in [before, 255, 256, 65_535, 65_536, u64::from(u32::MAX), u64::MAX - 1] {
			assert!(at(due) < at(due + 1));
		}
	});
}

#[test]
fn what_is_due_and_gone_is_no_harm() {
	world(|| {
		Agenda::<Test>::insert((1u64.to_be_bytes(), contract(7)), ());
		let bill = start(1, BOB, &[(1, cores(1))]);
		pass(HOUR + 2);
		assert_eq!(total(BOB), RICH - 1_000_000);
		close_all(bill);
		check_empty();
	});
}
