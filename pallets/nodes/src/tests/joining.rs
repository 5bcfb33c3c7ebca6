//! A node joins with two signatures: its farmer's and its own.

use super::world::*;
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::Signed;
use grid_primitives::{capacity::bytes::GIB, spec::Text, Capacity};

fn register(agent: u64, farm: u32, machine: Machine) -> frame_support::dispatch::DispatchResult {
	Machines::register(Signed(agent).into(), farm, machine, BOOT)
}

#[test]
fn both_have_to_sign() {
	world(|| {
		let uninvited = register(AGENT, 1, machine(HARDWARE));
		assert_noop!(uninvited, Error::<Test>::NotInvited);
		let stranger = Machines::invite(Signed(BOB).into(), 1, AGENT);
		assert_noop!(stranger, Error::<Test>::NotFarmer);
		assert_noop!(Machines::invite(Signed(BOB).into(), 7, AGENT), Error::<Test>::NoFarm);

		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		assert_eq!(Machines::node_of(AGENT), None, "not yet");
		let other_farm = register(AGENT, 2, machine(HARDWARE));
		assert_noop!(other_farm, Error::<Test>::NotInvited);
		assert_ok!(register(AGENT, 1, machine(HARDWARE)));
		assert_eq!(Machines::node_of(AGENT), Some(1));
		assert_eq!(NodesOf::get()[&1], 1);
	});
}

#[test]
fn an_invited_account_can_send_transactions_without_money() {
	world(|| {
		assert_eq!(System::sufficients(&AGENT), 0);
		let node = join(1, AGENT);
		assert_eq!(System::sufficients(&AGENT), 1);
		assert_ok!(Machines::remove(Signed(ALICE).into(), node));
		assert_eq!(System::sufficients(&AGENT), 0);
	});
}

#[test]
fn an_account_operates_one_node() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		assert_ok!(Machines::invite(Signed(BOB).into(), 2, AGENT));
		let twice = Machines::invite(Signed(BOB).into(), 2, AGENT);
		assert_noop!(twice, Error::<Test>::InvitedAlready);
		assert_ok!(register(AGENT, 2, machine(HARDWARE)));
		let second = register(AGENT, 1, machine(HARDWARE));
		assert_noop!(second, Error::<Test>::OperatesAlready);
		let third = Machines::invite(Signed(3).into(), 3, AGENT);
		assert_noop!(third, Error::<Test>::OperatesAlready);
	});
}

#[test]
fn an_invitation_can_be_withdrawn() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		let deposit = held(ALICE);
		assert!(deposit > 0);
		let withdraw = |who| Machines::withdraw_invitation(Signed(who).into(), 1, AGENT);
		assert_noop!(withdraw(BOB), Error::<Test>::NotFarmer);
		assert_ok!(withdraw(ALICE));
		assert_eq!(held(ALICE), 0);
		assert_eq!(System::sufficients(&AGENT), 0);
		assert_noop!(withdraw(ALICE), Error::<Test>::NotInvited);
		let late = register(AGENT, 1, machine(HARDWARE));
		assert_noop!(late, Error::<Test>::NotInvited);
	});
}

#[test]
fn an_invitation_to_a_farm_that_is_gone_is_worth_its_deposit() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		Closed::set(1);
		assert_noop!(register(AGENT, 1, machine(HARDWARE)), Error::<Test>::NoFarm);
		assert_ok!(Machines::withdraw_invitation(Signed(ALICE).into(), 1, AGENT));
		assert_eq!(held(ALICE), 0);
	});
}

#[test]
fn a_removed_node_can_join_again() {
	world(|| {
		let first = join(1, AGENT);
		assert_ok!(Machines::remove(Signed(ALICE).into(), first));
		assert_eq!(held(ALICE), 0);
		assert_noop!(register(AGENT, 1, machine(HARDWARE)), Error::<Test>::NotInvited);
		let second = join(2, AGENT);
		assert_eq!(second, first + 1, "numbers are not given twice");
	});
}

#[test]
fn machines_are_neither_too_small_nor_too_large() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		let short_of = [
			Capacity { cru: 999, ..LEAST },
			Capacity { mru: 2 * GIB - 1, ..LEAST },
			Capacity { sru: 60 * GIB, hru: 40 * GIB - 1, ..LEAST },
		];
		for capacity in short_of {
			let refused = register(AGENT, 1, machine(capacity));
			assert_noop!(refused, Error::<Test>::TooSmall);
		}
		let incredible = register(AGENT, 1, machine(Capacity { hru: u64::MAX, ..LEAST }));
		assert_noop!(incredible, Error::<Test>::TooLarge);
		let disks_of_both_kinds = Capacity { sru: 60 * GIB, hru: 40 * GIB, ..LEAST };
		assert_ok!(register(AGENT, 1, machine(disks_of_both_kinds)));
	});
}

#[test]
fn governance_says_how_small_a_machine_may_be() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		let small = Capacity { sru: 30 * GIB, ..LEAST };
		assert_noop!(register(AGENT, 1, machine(small)), Error::<Test>::TooSmall);
		Smallest::set(small);
		assert_ok!(register(AGENT, 1, machine(small)));

		Smallest::set(LEAST);
		// Those that have joined stay.
		assert_ok!(Machines::do_try_state());
	});
}

#[test]
fn machines_are_on_earth_and_have_a_key() {
	world(|| {
		assert_ok!(Machines::invite(Signed(ALICE).into(), 1, AGENT));
		let bad: [fn(&mut Machine); 6] = [
			|it| it.location.country = *b"be",
			|it| it.location.country = *b"B1",
			|it| it.location.latitude = 91_000_000,
			|it| it.location.longitude = -181_000_000,
			|it| it.location.city = Text(vec![0xff].try_into().unwrap()),
			|it| it.location.city = "new\nline".try_into().unwrap(),
		];
		for spoil in bad {
			let mut machine = machine(HARDWARE);
			spoil(&mut machine);
			assert_noop!(register(AGENT, 1, machine), Error::<Test>::BadLocation);
		}
		let keyless = Machine { encryption_key: [0; 32], ..machine(HARDWARE) };
		assert_noop!(register(AGENT, 1, keyless), Error::<Test>::BadEncryptionKey);
	});
}

#[test]
fn who_cannot_pay_the_deposit_invites_nobody() {
	world(|| {
		for agent in AGENT.. {
			if Machines::invite(Signed(ALICE).into(), 1, agent).is_err() {
				assert!(!Invitations::<Test>::contains_key(agent, 1));
				assert_eq!(System::sufficients(&agent), 0);
				return;
			}
		}
	});
}
