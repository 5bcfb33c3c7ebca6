//! What a node has to say is free when it is worth something, and otherwise refused in the pool.

use super::world::*;
use crate::*;
use frame_support::assert_ok;
use frame_system::RawOrigin::Signed;
use grid_primitives::{query::NodeState, Capacity};
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionValidity, TransactionValidityError, ValidTransaction,
};

fn heartbeat(uptime: u64) -> Call<Test> {
	Call::heartbeat { boot_id: BOOT, uptime }
}

fn register(farm: u32, capacity: Capacity) -> Call<Test> {
	Call::register { farm, machine: machine(capacity), boot_id: BOOT }
}

fn checked(who: u64, call: &Call<Test>) -> TransactionValidity {
	Machines::check_free(&who, call).expect("it is one of those that are free")
}

fn valid(who: u64, call: &Call<Test>) -> ValidTransaction {
	checked(who, call).expect("it may be said now")
}

fn refused(who: u64, call: &Call<Test>) -> InvalidTransaction {
	match checked(who, call) {
		Err(TransactionValidityError::Invalid(reason)) => reason,
		other => panic!("{other:?}"),
	}
}

#[test]
fn only_what_nodes_say_is_free() {
	world(|| {
		let node = join(1, AGENT);
		let state = NodeState::Retired;
		assert!(Machines::check_free(&ALICE, &Call::set_state { node, state }).is_none());
		let invite = Call::invite { farm: 1, node: 7 };
		assert!(Machines::check_free(&ALICE, &invite).is_none());
	});
}

#[test]
fn only_the_invited_register_free_and_once() {
	world(|| {
		let call = register(1, HARDWARE);
		assert!(matches!(refused(AGENT, &call), InvalidTransaction::Custom(_)));
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		valid(AGENT, &call);
		let tiny = register(1, Capacity::ZERO);
		assert!(matches!(refused(AGENT, &tiny), InvalidTransaction::Custom(_)));
		assert!(matches!(refused(AGENT, &register(2, HARDWARE)), InvalidTransaction::Custom(_)));

		assert_ok!(Machines::register(Signed(AGENT).into(), 1, machine(HARDWARE), BOOT));
		assert!(matches!(refused(AGENT, &call), InvalidTransaction::Custom(_)));
	});
}

#[test]
fn heartbeats_are_free_when_due() {
	world(|| {
		join(1, AGENT);
		assert_eq!(refused(AGENT, &heartbeat(0)), InvalidTransaction::Future);
		pass(60);
		valid(AGENT, &heartbeat(60));
		assert_ok!(beat_after(0, AGENT, BOOT, 60));
		assert_eq!(refused(AGENT, &heartbeat(60)), InvalidTransaction::Future, "replayed");
		pass(60);
		assert_eq!(refused(AGENT, &heartbeat(59)), InvalidTransaction::Stale);
		assert!(matches!(refused(BOB, &heartbeat(60)), InvalidTransaction::Custom(_)));
	});
}

#[test]
fn updates_are_free_when_they_are_news() {
	world(|| {
		join(1, AGENT);
		let same = Call::update { machine: machine(HARDWARE) };
		let more = Call::update { machine: machine(Capacity { cru: 9_000, ..HARDWARE }) };
		assert_eq!(refused(AGENT, &more), InvalidTransaction::Future);
		pass(600);
		assert!(matches!(refused(AGENT, &same), InvalidTransaction::Custom(_)));
		valid(AGENT, &more);
	});
}

#[test]
fn a_node_has_one_of_a_kind_in_the_pool() {
	world(|| {
		join(1, AGENT);
		join(1, AGENT + 1);
		pass(60);
		let first = valid(AGENT, &heartbeat(60));
		assert_eq!(first.provides, valid(AGENT, &heartbeat(61)).provides);
		assert_ne!(first.provides, valid(AGENT + 1, &heartbeat(60)).provides);
	});
}
