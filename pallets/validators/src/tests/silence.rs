use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use frame_system::RawOrigin::{Root, Signed};

#[test]
fn the_silent_rest_and_the_others_go_on() {
	world(&[1, 2, 3], || {
		blocks(SILENCE, &[3]);
		assert_eq!(standing(3), Some(Standing::Serving), "it still has time");
		blocks(2 * SESSION, &[3]);
		assert_eq!(standing(3), Some(Standing::Resting));
		blocks(2 * SESSION, &[3]);
		assert_eq!(Active::get(), [1, 2]);
		assert!(events().iter().any(|event| matches!(event, Event::Rested { validator: 3, .. })));
	});
}

#[test]
fn a_repaired_machine_rejoins_by_itself() {
	world(&[1, 2], || {
		blocks(SILENCE + 2 * SESSION, &[2]);
		assert_ok!(Validators::rejoin(Signed(2).into()));
		sessions(2);
		assert_eq!(Active::get(), [1, 2]);
		sessions(20);
		assert_eq!(standing(2), Some(Standing::Serving), "the old silence is forgotten");
	});
}

#[test]
fn only_those_who_rest_rejoin() {
	world(&[1], || {
		assert_noop!(Validators::rejoin(Signed(1).into()), Error::<Test>::NotResting);
		assert_noop!(Validators::rejoin(Signed(2).into()), Error::<Test>::NotValidator);
		assert_noop!(Validators::rejoin(Signed(77).into()), Error::<Test>::NoSessionKeys);
	});
}

#[test]
fn the_last_never_rests() {
	world(&[1], || {
		blocks(10 * SILENCE, &[1]);
		assert_eq!(standing(1), Some(Standing::Serving));
		assert_eq!(Active::get(), [1]);
	});
	world(&[1, 2], || {
		blocks(10 * SILENCE, &[1, 2]);
		assert_eq!(Active::get().len(), 1, "one of them stays");
	});
}

#[test]
fn a_newcomer_has_the_whole_limit_from_its_first_session() {
	world(&[1], || {
		blocks(5 * SILENCE, &[]);
		assert_ok!(Validators::add(Root.into(), 2));
		blocks(2 * SESSION, &[]);
		assert_eq!(Active::get(), [1, 2]);
		blocks(SILENCE - SESSION, &[2]);
		assert_eq!(standing(2), Some(Standing::Serving));
		blocks(3 * SESSION, &[2]);
		assert_eq!(standing(2), Some(Standing::Resting));
	});
}

#[test]
fn validators_without_keys_are_not_planned() {
	world(&[1, 2], || {
		Keyed::mutate(|keyed| keyed.remove(&2));
		sessions(2);
		assert_eq!(Active::get(), [1]);
		// This breaks an invariant on purpose, so nobody looks while these blocks pass.
		Keyed::set(Default::default());
		for now in 100..100 + 3 * SESSION {
			Validators::on_initialize(now);
		}
		assert_eq!(Active::get(), [1], "better these than nobody");
		Keyed::mutate(|keyed| keyed.insert(1));
	});
}
