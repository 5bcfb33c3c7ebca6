//! The clock counts the time between heartbeats, and never more.

use super::world::*;
use crate::*;
use frame_support::{assert_err, assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::ports::Availability as _;
use proptest::prelude::*;

#[test]
fn gaps_count_in_full_up_to_the_longest() {
	world(|| {
		let node = join(1, AGENT);
		assert_eq!(Machines::available_seconds(node), 0);
		assert_ok!(beat_after(60, AGENT, BOOT, 60));
		assert_eq!(Machines::available_seconds(node), 60);
		assert_ok!(beat_after(300, AGENT, BOOT, 360));
		assert_eq!(Machines::available_seconds(node), 360);
	});
}

#[test]
fn a_longer_gap_counts_not_at_all() {
	world(|| {
		let node = join(1, AGENT);
		assert_ok!(beat_after(100, AGENT, BOOT, 100));
		assert_ok!(beat_after(301, AGENT, BOOT, 401));
		assert_eq!(Machines::available_seconds(node), 100);
		assert_eq!(events().last(), Some(&Event::Returned { node }));
		assert_ok!(beat_after(100, AGENT, BOOT, 501));
		assert_eq!(Machines::available_seconds(node), 200);
	});
}

#[test]
fn a_machine_that_started_meanwhile_starts_afresh() {
	world(|| {
		let node = join(1, AGENT);
		assert_ok!(beat_after(100, AGENT, BOOT, 5_000));
		assert_ok!(beat_after(100, AGENT, [2; 16], 30));
		assert_eq!(Machines::available_seconds(node), 100);
		assert_ok!(beat_after(100, AGENT, [2; 16], 130));
		assert_eq!(Machines::available_seconds(node), 200);
	});
}

#[test]
fn a_heartbeat_is_due_or_refused() {
	world(|| {
		join(1, AGENT);
		assert_err!(beat_after(59, AGENT, BOOT, 59), Error::<Test>::TooEarly);
		assert_ok!(beat_after(1, AGENT, BOOT, 60));
		assert_err!(beat_after(0, AGENT, BOOT, 60), Error::<Test>::TooEarly);
		assert_err!(beat_after(30, AGENT, [2; 16], 1), Error::<Test>::TooEarly);
		assert_err!(beat_after(60, AGENT, BOOT, 59), Error::<Test>::FromThePast);
		assert_err!(beat_after(60, BOB, BOOT, 60), Error::<Test>::NoNode);
	});
}

#[test]
fn a_node_is_offline_when_nothing_was_heard_for_too_long() {
	world(|| {
		let node = join(1, AGENT);
		let online = || Machines::summary(node).expect("it joined").online;
		assert!(online(), "joining is a sign of life");
		pass(300);
		assert!(online());
		pass(1);
		assert!(!online(), "nothing had to run for that");
		assert_ok!(beat_after(0, AGENT, BOOT, 301));
		assert!(online());
	});
}

#[test]
fn a_beat_changes_the_clock_only() {
	world(|| {
		let node = join(1, AGENT);
		let before = Nodes::<Test>::get(node);
		let said = events().len();
		assert_ok!(beat_after(60, AGENT, BOOT, 60));
		assert_eq!(Nodes::<Test>::get(node), before);
		assert_eq!(events().len(), said, "an ordinary heartbeat is no event");
		assert_noop!(
			Machines::heartbeat(Root.into(), BOOT, 0),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(Machines::heartbeat(Signed(ALICE).into(), BOOT, 0), Error::<Test>::NoNode);
	});
}

proptest! {
	/// However a node beats and lies, it was never available for longer than time passed.
	#[test]
	fn the_clock_never_exceeds_the_time(
		beats in prop::collection::vec((0u64..500, 0u8..3, any::<u64>()), 1..200),
	) {
		world(|| {
			let node = join(1, AGENT);
			let (mut before, mut passed) = (0, 0);
			for (seconds, boot, uptime) in beats {
				passed += seconds;
				let _refused = beat_after(seconds, AGENT, [boot; 16], uptime);
				let counted = Machines::available_seconds(node);
				assert!(counted >= before, "the clock ran backwards");
				assert!(counted <= passed, "{counted} s of {passed} s");
				before = counted;
			}
		});
	}
}
