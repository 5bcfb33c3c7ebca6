//! How often bills are settled, and how much is held for that.

use super::world::*;

const DAY: u64 = 24 * HOUR;

#[test]
fn who_has_plenty_is_settled_once_a_day() {
	world(|| {
		TheInterval::set(DAY);
		let bill = start(1, BOB, &[(1, cores(1))]);
		assert_eq!(account(bill).held, 1_000_000, "an hour is enough for a beginning");
		pass(HOUR);
		assert_eq!(account(bill).held, 24 * 1_000_000);
		System::reset_events();
		pass(DAY - 1);
		assert_eq!(settled(), vec![]);
		pass(1);
		assert_eq!(settled(), vec![bill]);
		assert_eq!(RICH - total(BOB), 25 * 1_000_000);
		assert_eq!(account(bill).due, Some(now() + DAY));
		close_all(bill);
		check_empty();
	});
}

#[test]
fn who_has_little_holds_little_and_pauses_at_the_same_second() {
	let paused_after = |interval| {
		world(|| {
			TheInterval::set(interval);
			TheGrace::set(HOUR as u32);
			// A hundred hours of one core, less what must stay on the account.
			let bill = start(1, POOR, &[(1, cores(1))]);
			let begin = now();
			pass(HOUR);
			let held = account(bill).held;
			assert!(held < 12 * 1_000_000, "most is free: {held}");
			while account(bill).paused.is_none() {
				pass(HOUR / 4);
			}
			let paused = account(bill).paused.expect("it is") - begin;
			close_all(bill);
			paused
		})
	};
	assert_eq!(paused_after(DAY), paused_after(HOUR));
}

#[test]
fn a_bill_leaves_money_for_the_next() {
	world(|| {
		TheInterval::set(DAY);
		let bills: Vec<_> = (1..=8).map(|id| start(id, POOR, &[(1, cores(2))])).collect();
		pass(2 * HOUR);
		assert!(bills.iter().all(|bill| account(*bill).paused.is_none()), "all of them run");
		bills.into_iter().for_each(close_all);
		check_empty();
	});
}

#[test]
fn an_interval_is_not_shorter_than_the_advance() {
	world(|| {
		TheInterval::set(60);
		let bill = start(1, BOB, &[(1, cores(1))]);
		assert_eq!(account(bill).due, Some(now() + HOUR));
		wait(HOUR);
		settle(bill);
		assert_eq!(account(bill).held, 1_000_000);
		close_all(bill);
	});
}
