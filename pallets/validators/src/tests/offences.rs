use super::world::*;
use crate::*;
use frame_support::assert_ok;
use frame_system::RawOrigin::{Root, Signed};
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn caught(who: u64) {
	let details = OffenceDetails::<u64, _> { offender: (who, ()), reporters: vec![] };
	<Validators as OnOffenceHandler<_, _, _>>::on_offence(&[details], &[Perbill::zero()], 0);
}

#[test]
fn an_offender_is_disabled_at_once_and_barred() {
	world(&[1, 2, 3], || {
		System::set_block_number(1);
		caught(3);
		assert_eq!(Disabled::get(), [3]);
		assert_eq!(standing(3), Some(Standing::Barred));
		assert_eq!(events(), [Event::Barred { validator: 3 }]);
		sessions(2);
		assert_eq!(Active::get(), [1, 2]);
		assert_eq!(
			Validators::rejoin(Signed(3).into()),
			Err(Error::<Test>::NotResting.into()),
			"it does not come back by itself"
		);
	});
}

#[test]
fn governance_can_forgive() {
	world(&[1, 2], || {
		caught(2);
		assert_ok!(Validators::add(Root.into(), 2));
		sessions(2);
		assert_eq!(Active::get(), [1, 2]);
	});
}

#[test]
fn the_last_is_not_barred() {
	world(&[1], || {
		caught(1);
		assert_eq!(standing(1), Some(Standing::Serving));
	});
}

#[test]
fn whom_nobody_knows_is_not_barred() {
	world(&[1, 2], || {
		caught(9);
		assert_eq!(standing(9), None);
	});
}
