use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use sp_runtime::traits::BadOrigin;

mod add {
	use super::*;

	#[test]
	fn takes_effect_after_two_sessions() {
		world(&[1], || {
			assert_ok!(Validators::add(Root.into(), 2));
			sessions(1);
			assert_eq!((Active::get(), Planned::get()), (vec![1], vec![1, 2]));
			sessions(1);
			assert_eq!(Active::get(), [1, 2]);
		});
	}

	#[test]
	fn is_for_governance_only() {
		world(&[1], || {
			assert_noop!(Validators::add(Signed(2).into(), 2), BadOrigin);
		});
	}

	#[test]
	fn needs_session_keys() {
		world(&[1], || {
			assert_noop!(Validators::add(Root.into(), 77), Error::<Test>::NoSessionKeys);
		});
	}

	#[test]
	fn refuses_whom_it_has() {
		world(&[1], || {
			assert_noop!(Validators::add(Root.into(), 1), Error::<Test>::AlreadyServing);
		});
	}

	#[test]
	fn has_a_limit() {
		world(&[1, 2, 3, 4, 5], || {
			assert_noop!(Validators::add(Root.into(), 6), Error::<Test>::TooManyValidators);
		});
	}
}

mod remove {
	use super::*;

	#[test]
	fn takes_effect_after_two_sessions() {
		world(&[1, 2], || {
			assert_ok!(Validators::remove(Root.into(), 2));
			sessions(2);
			assert_eq!(Active::get(), [1]);
		});
	}

	#[test]
	fn keeps_the_last() {
		world(&[1], || {
			assert_noop!(Validators::remove(Root.into(), 1), Error::<Test>::LastValidator);
		});
	}

	#[test]
	fn does_not_count_those_who_cannot_serve() {
		world(&[1, 2], || {
			Keyed::mutate(|keyed| keyed.remove(&2));
			assert_noop!(Validators::remove(Root.into(), 1), Error::<Test>::LastValidator);
			assert_ok!(Validators::remove(Root.into(), 2));
		});
	}

	#[test]
	fn refuses_whom_it_has_not() {
		world(&[1], || {
			assert_noop!(Validators::remove(Root.into(), 2), Error::<Test>::NotValidator);
			assert_noop!(Validators::remove(Signed(1).into(), 1), BadOrigin);
		});
	}
}

#[test]
fn an_operator_leaves_and_takes_the_keys_along() {
	world(&[1, 2], || {
		assert_noop!(Validators::withdraw_keys(Signed(2).into()), Error::<Test>::KeysInUse);
		assert_ok!(Validators::leave(Signed(2).into()));
		assert_eq!(events().last(), Some(&Event::Left { validator: 2 }));
		assert_noop!(Validators::withdraw_keys(Signed(2).into()), Error::<Test>::KeysInUse);
		sessions(2);
		assert_ok!(Validators::withdraw_keys(Signed(2).into()));
		assert!(!Keyed::get().contains(&2));
		assert_noop!(Validators::withdraw_keys(Signed(2).into()), Error::<Test>::NoSessionKeys);
		assert_noop!(Validators::leave(Signed(1).into()), Error::<Test>::LastValidator);
	});
}

#[test]
fn timing_has_bounds_and_is_governed() {
	let timing = |session_length, silence_limit| Timing { session_length, silence_limit };
	world(&[1], || {
		for bad in [timing(4, 40), timing(1001, 4000), timing(50, 49), timing(0, 0)] {
			assert_noop!(Validators::set_timing(Root.into(), bad), Error::<Test>::BadTiming);
		}
		assert_noop!(Validators::set_timing(Signed(1).into(), timing(10, 40)), BadOrigin);
		assert_ok!(Validators::set_timing(Root.into(), timing(10, 40)));
		let before = Index::get();
		blocks(10, &[]);
		assert_eq!(Index::get(), before + 1, "the next session is of the new length");
		blocks(8, &[]);
		assert_eq!(Index::get(), before + 1);
	});
}
