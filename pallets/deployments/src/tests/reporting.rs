//! What nodes say counts once, and only from the node that was told.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::report::{Failure, FailureCode, NetworkKey, Outcome};

fn failure(detail: &str) -> Outcome {
	Outcome::Failed(Failure {
		code: FailureCode::Crashed,
		workload: Some(text("web")),
		detail: text(detail),
	})
}

fn key(network: &str, byte: u8) -> Outcome {
	let key = NetworkKey { network: text(network), public_key: [byte; 32], endpoint: None };
	Outcome::Running { keys: vec![key].try_into().expect("one") }
}

#[test]
fn a_report_for_another_revision_or_from_another_node_is_refused() {
	world(|| {
		nodes(3);
		let id = deploy(BOB, "shop", [(1, cores(1)), (2, cores(1))]);
		assert_noop!(report(1, id, 0, running()), Error::<Test>::OtherRevision);
		assert_noop!(report(1, id, 2, running()), Error::<Test>::OtherRevision);
		assert_noop!(report(3, id, 1, running()), Error::<Test>::NotOnNode);
		assert_noop!(report(1, 9, 1, running()), Error::<Test>::NoContract);
		let user = Grid::report(Signed(BOB).into(), id, 1, running());
		assert_noop!(user, Error::<Test>::NotANode);
		assert_noop!(report(1, id, 1, Outcome::Stopped), Error::<Test>::NotAsWanted);

		assert_ok!(report(1, id, 1, running()));
		let said = Event::Running { contract: id, node: 1, revision: 1 };
		assert_eq!(last_event(), said);
		assert_noop!(report(1, id, 1, running()), Error::<Test>::SaidAlready);
		assert_ok!(amend(BOB, id, [(1, Some(cores(2)))]));
		assert_noop!(report(1, id, 1, failure("")), Error::<Test>::OtherRevision);
		assert_ok!(report(1, id, 2, running()));
	});
}

#[test]
fn what_a_tenant_breaks_is_paid_and_what_a_node_cannot_is_not() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		let paid = || (bill(id).stream(1).1, bill(id).is_asked(1));
		assert_eq!(paid(), (true, true), "it is reserved");
		assert_ok!(report(1, id, 1, failure("no such image")));
		assert_eq!(paid(), (true, false));
		pass_blocks(5);
		let Outcome::Failed(failure) = failure("less than was said") else { panic!("it is one") };
		let of_node = Failure { code: FailureCode::NoCapacity, ..failure };
		assert_ok!(report(1, id, 1, Outcome::Failed(of_node)));
		assert_eq!(paid(), (false, false));
		pass_blocks(5);
		assert_ok!(report(1, id, 1, running()));
		assert_eq!(paid(), (true, false));
	});
}

#[test]
fn a_node_does_not_say_another_thing_in_each_block() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_ok!(report(1, id, 1, failure("once")));
		pass_blocks(4);
		assert_noop!(report(1, id, 1, running()), Error::<Test>::SaidJustNow);
		pass_blocks(1);
		assert_ok!(report(1, id, 1, running()));
		assert_noop!(report(1, id, 1, failure("twice")), Error::<Test>::SaidJustNow);
		// What the owner changes can be answered at once.
		assert_ok!(amend(BOB, id, [(1, Some(cores(2)))]));
		assert_ok!(report(1, id, 2, running()));
	});
}

#[test]
fn failures_are_plain() {
	world(|| {
		nodes(1);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		assert_noop!(report(1, id, 1, failure("bell \u{7}")), Error::<Test>::BadText);
		let other = Outcome::Failed(Failure {
			code: FailureCode::Other,
			workload: Some(text("db")),
			detail: text(""),
		});
		assert_noop!(report(1, id, 1, other), Error::<Test>::BadReference);
		assert_ok!(report(1, id, 1, failure("exit code 1")));
		let there = placement(1, id).status;
		assert!(matches!(there, Status::Failed(it) if it.detail == text("exit code 1")));
	});
}

#[test]
fn keys_of_networks_are_told_to_the_other_nodes() {
	world(|| {
		nodes(3);
		let part = |third| spec([("net", network(third, false))]);
		let id = deploy(BOB, "shop", [(1, part(1)), (2, part(2))]);
		let other = deploy(BOB, "other", [(3, part(1))]);
		assert_noop!(report(1, id, 1, key("lan", 1)), Error::<Test>::BadReference);
		assert_noop!(report(1, id, 1, key("net", 0)), Error::<Test>::BadKey);
		let before = [1, 2, 3].map(generation);
		assert_ok!(report(1, id, 1, key("net", 1)));
		assert_eq!(placement(1, id).keys.len(), 1);
		assert_eq!([1, 2, 3].map(generation), [before[0], before[1] + 1, before[2]]);
		// Another key is news, the same is not.
		pass_blocks(5);
		assert_noop!(report(1, id, 1, key("net", 1)), Error::<Test>::SaidAlready);
		assert_ok!(report(1, id, 1, key("net", 2)));
		assert_eq!(generation(2), before[1] + 2);
		assert_eq!(state(other), Some(State::Live));
	});
}
