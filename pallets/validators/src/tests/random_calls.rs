//! Whatever people call and whoever dies, somebody validates.

use super::world::*;
use frame_system::RawOrigin::{Root, Signed};
use proptest::prelude::*;
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

#[derive(Debug, Clone)]
enum Step {
	Add(u64),
	Remove(u64),
	Leave(u64),
	Rejoin(u64),
	Withdraw(u64),
	Offend(u64),
	Blocks(u64, Vec<u64>),
}

fn step() -> impl Strategy<Value = Step> {
	let who = 1u64..=9;
	prop_oneof![
		who.clone().prop_map(Step::Add),
		who.clone().prop_map(Step::Remove),
		who.clone().prop_map(Step::Leave),
		who.clone().prop_map(Step::Rejoin),
		who.clone().prop_map(Step::Withdraw),
		who.clone().prop_map(Step::Offend),
		(1u64..60, prop::collection::vec(who, 0..5))
			.prop_map(|(number, dead)| Step::Blocks(number, dead)),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn somebody_always_validates(steps in prop::collection::vec(step(), 1..60)) {
		world(&[1, 2, 3], || {
			for step in steps {
				// Most steps are refused at some moment; what counts is what is left.
				let _refused = match step {
					Step::Add(who) => Validators::add(Root.into(), who),
					Step::Remove(who) => Validators::remove(Root.into(), who),
					Step::Leave(who) => Validators::leave(Signed(who).into()),
					Step::Rejoin(who) => Validators::rejoin(Signed(who).into()),
					Step::Withdraw(who) => Validators::withdraw_keys(Signed(who).into()),
					Step::Offend(who) => {
						let details = OffenceDetails::<u64, _> {
							offender: (who, ()),
							reporters: vec![],
						};
						<Validators as OnOffenceHandler<_, _, _>>::on_offence(
							&[details],
							&[Perbill::zero()],
							0,
						);
						Ok(())
					},
					Step::Blocks(number, dead) => {
						blocks(number, &dead);
						Ok(())
					},
				};
				Validators::do_try_state().expect("the invariants hold");
				assert!(!Active::get().is_empty());
			}
		});
	}
}
