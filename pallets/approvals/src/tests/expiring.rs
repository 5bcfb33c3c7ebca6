//! What nobody answers in time expires: once, and whoever sees to it.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::RawOrigin::Signed;
use grid_primitives::ports::Decision;
use proptest::prelude::*;

fn doctors() -> [Role<u64>; 1] {
	[role("doctors", &[ALICE, BOB, CAROL], 2)]
}

#[test]
fn nothing_is_heard_after_the_time_whether_it_was_swept_or_not() {
	world(|| {
		let request = ask_them(&doctors());
		assert_ok!(approve(ALICE, request));
		go_to(TTL);
		assert_ok!(object(CAROL, request));
		assert_ok!(Board::retract(Signed(CAROL).into(), request));
		go_to(1 + TTL);
		assert_noop!(approve(BOB, request).map_err(|it| it.error), Error::<Test>::Expired);
		assert_noop!(object(BOB, request).map_err(|it| it.error), Error::<Test>::Expired);
		assert_noop!(Board::retract(Signed(ALICE).into(), request), Error::<Test>::Expired);
		assert_eq!(decision(), None);
	});
}

#[test]
fn an_answer_in_the_last_block_is_in_time() {
	world(|| {
		let request = ask_them(&doctors());
		assert_ok!(approve(ALICE, request));
		go_to(TTL);
		idle(Weight::MAX);
		assert_ok!(approve(BOB, request));
		assert_eq!(decision(), Some(Decision::Approved));
	});
}

#[test]
fn blocks_with_room_sweep_what_has_expired() {
	world(|| {
		let request = ask_them(&doctors());
		go_to(TTL);
		idle(Weight::MAX);
		assert!(is_open(request));
		go_to(1 + TTL);
		idle(Weight::MAX);
		assert_eq!(Heard::get(), [(question(1), Decision::Expired)]);
		assert_eq!(held(CLERK).1, 0);
		idle(Weight::MAX);
		assert_eq!(Heard::get().len(), 1);
	});
}

#[test]
fn anyone_can_end_what_has_expired() {
	world(|| {
		let request = ask_them(&doctors());
		let expire = || Board::expire(Signed(STRANGER).into(), request).map_err(|it| it.error);
		go_to(TTL);
		assert_noop!(expire(), Error::<Test>::StillOpen);
		go_to(1 + TTL);
		assert_ok!(expire());
		assert_eq!(Heard::get(), [(question(1), Decision::Expired)]);
		assert_noop!(expire(), Error::<Test>::NoRequest);
		idle(Weight::MAX);
		assert_eq!(Heard::get().len(), 1);
	});
}

#[test]
fn a_block_in_which_nothing_is_due_costs_little() {
	world(|| {
		let nothing = <() as WeightInfo>::sweep_nothing();
		assert_eq!(idle(Weight::MAX), nothing, "there are no requests");
		let request = ask_them(&doctors());
		assert_eq!(idle(Weight::MAX), nothing, "the first is not due yet");
		go_to(1 + TTL);
		let swept = idle(Weight::MAX);
		let blocks = <() as WeightInfo>::sweep_empty_block();
		let one = <() as WeightInfo>::expire_one() + USED_BY_RECORDER;
		assert_eq!(swept, nothing + blocks + one, "one block, and not those before it");
		assert!(!is_open(request));
		go_to(2 + TTL);
		assert_eq!(idle(Weight::MAX), nothing);
	});
}

#[test]
fn an_earlier_expiry_is_not_passed_over_for_one_that_was_asked_first() {
	world(|| {
		let late = ask(create(Terms { ttl: 50, ..terms(&doctors()) }), 1);
		let soon = ask(create(Terms { ttl: 5, ..terms(&doctors()) }), 2);
		for block in 2..=6 {
			go_to(block);
			idle(Weight::MAX);
		}
		assert_eq!(Heard::get(), [(question(2), Decision::Expired)]);
		go_to(51);
		idle(Weight::MAX);
		assert!(!is_open(soon) && !is_open(late));
	});
}

#[test]
fn a_request_is_not_begun_that_could_not_be_finished() {
	world(|| {
		ask_them(&doctors());
		go_to(1 + TTL);
		let for_one = <() as WeightInfo>::sweep_nothing()
			+ <() as WeightInfo>::sweep_empty_block()
			+ <() as WeightInfo>::expire_one()
			+ HEAVIEST;
		for short in [Weight::from_parts(1, 0), Weight::from_parts(0, 1)] {
			idle(for_one - short);
			assert_eq!(Heard::get().len(), 0);
		}
		idle(for_one);
		assert_eq!(Heard::get().len(), 1);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// However little room blocks have, each request expires once; the blocks of which some have
	/// room for one do it after all.
	#[test]
	fn little_room_loses_nothing(
		ttls in prop::collection::vec(5u64..=100, 1..60),
		rooms in prop::collection::vec(0u64..=4, 1..40),
	) {
		world(|| {
			let each = <() as WeightInfo>::expire_one() + HEAVIEST;
			let for_block = <() as WeightInfo>::sweep_empty_block();
			for (subject, ttl) in (1..).zip(&ttls) {
				ask(create(Terms { ttl: *ttl, ..terms(&doctors()) }), subject);
			}
			go_to(90);
			for (block, room) in (90..).zip(&rooms) {
				go_to(block);
				// Now a part of what a request needs, now enough for some and for blocks between.
				idle((each / 2 + for_block) * *room);
				Board::do_try_state().expect("the invariants hold");
			}
			let early = Heard::get().into_iter().filter(|(question, _)| {
				let expires = 1 + ttls[question.subject as usize - 1];
				expires > System::block_number()
			});
			assert_eq!(early.count(), 0, "nothing expires before its time");
			go_to(200);
			for _ in 0..200 {
				idle(each * 2);
			}
			let mut heard: Vec<u64> = Heard::get().iter().map(|(it, _)| it.subject).collect();
			heard.sort();
			assert_eq!(heard, (1..=ttls.len() as u64).collect::<Vec<_>>());
			assert!(Heard::get().iter().all(|(_, decision)| *decision == Decision::Expired));
			assert_eq!(NextExpiry::<Test>::get(), None);
		});
	}
}
