//! What stakeholders have to agree to waits for them, and they agree to exact bytes.

use super::{samples::*, world::*};
use crate::*;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	approval::{Action, Question},
	ContractId,
};

fn approve(who: u64, request: u64, digest: [u8; 32]) -> Result<(), sp_runtime::DispatchError> {
	Board::approve(Signed(who).into(), request, digest).map(|_| ()).map_err(|error| error.error)
}

/// A contract of Bob's that both stakeholders agreed to.
fn agreed() -> ContractId {
	let policy = policy();
	assert_ok!(create(BOB, "shop", [(1, cores(2))], Some(policy)));
	both_agree(last_contract());
	last_contract()
}

#[test]
fn nothing_runs_until_all_agree() {
	world(|| {
		nodes(1);
		let policy = policy();
		assert_ok!(create(BOB, "shop", [(1, cores(2))], Some(policy)));
		let id = last_contract();
		assert_eq!(state(id), Some(State::AwaitingApproval));
		assert_eq!((free_cores(1), bill(id).advance), (6, 20), "its place is kept");
		assert_eq!(generation(1), 0, "the node is not told");
		assert_eq!(bill(id).stream(1), (2, true), "what is reserved is paid");
		assert!(!bill(id).is_asked(1));
		assert_eq!(Grid::desired(1, None, 10).contracts, vec![]);
		assert_noop!(report(1, id, 1, running()), Error::<Test>::NotApproved);
		assert_noop!(amend(BOB, id, [(1, Some(cores(1)))]), Error::<Test>::NotApproved);
		assert_noop!(Grid::withdraw(Signed(BOB).into(), id), Error::<Test>::NotApproved);

		let (request, digest) = question(id);
		assert_ok!(approve(LEGAL, request, digest));
		assert_eq!(state(id), Some(State::AwaitingApproval));
		assert_ok!(approve(BUDGET, request, digest));
		assert_eq!(state(id), Some(State::Live));
		assert_eq!(generation(1), 1);
		assert!(bill(id).is_asked(1));
		let desired = &Grid::desired(1, None, 10).contracts[0];
		assert!(desired.run);
		// A node can check for itself to what they agreed.
		let asked = Question::about(Action::Create, id, 1, &desired.plan);
		assert_eq!(desired.approved, Some(asked.digest()));
		assert_eq!(desired.plan, vec![(1, cores(2).hash())]);
	});
}

#[test]
fn one_byte_changed_voids_all_approvals() {
	world(|| {
		nodes(1);
		let policy = policy();
		assert_ok!(create(BOB, "shop", [(1, cores(2))], Some(policy)));
		let (request, digest) = question(last_contract());
		assert_ok!(approve(LEGAL, request, digest));

		// Bob cannot slip another spec under what was agreed to: it is another question.
		assert_ok!(Grid::cancel(Signed(BOB).into(), last_contract()));
		assert_ok!(create(BOB, "shop", [(1, cores(3))], Some(policy)));
		let id = last_contract();
		let (other_request, other_digest) = question(id);
		assert_ne!(other_digest, digest);
		let old = pallet_approvals::Error::<Test>::OtherDigest;
		assert_noop!(approve(BUDGET, other_request, digest), old);
		assert_ok!(approve(BUDGET, other_request, other_digest));
		assert_eq!(state(id), Some(State::AwaitingApproval), "the first approval is void");
	});
}

#[test]
fn what_is_not_agreed_to_is_gone_and_refunded() {
	world(|| {
		nodes(1);
		public_ips(1);
		let policy = policy();
		let before = (Balances::free_balance(BOB), held(BOB));
		let wait = || {
			assert_ok!(create(BOB, "shop", [(1, public(1))], Some(policy)));
			last_contract()
		};
		let nothing_left = |id, why| {
			assert_eq!(state(id), None);
			assert!(events().contains(&Event::Ended { contract: id, twin: 2, why }));
			assert_eq!((Balances::free_balance(BOB), held(BOB)), before);
			assert_eq!((free_cores(1), free_ips()), (8, 1));
		};

		let id = wait();
		let (request, _) = question(id);
		let reason = b"not in Europe".to_vec().try_into().expect("it is short");
		assert_ok!(Board::object(Signed(LEGAL).into(), request, reason));
		nothing_left(id, Why::Rejected);

		let id = wait();
		pass_blocks(101);
		nothing_left(id, Why::Expired);

		let id = wait();
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		nothing_left(id, Why::Owner);

		let id = wait();
		assert_ok!(Machines::force_expel(Root.into(), 1));
		pass_blocks(1);
		nothing_left(id, Why::NodeExpelled);
	});
}

#[test]
fn the_old_revision_runs_while_the_new_one_waits() {
	world(|| {
		nodes(2);
		let id = agreed();
		assert_ok!(report(1, id, 1, running()));
		let before = generation(1);
		assert_ok!(amend(BOB, id, [(1, Some(cores(5))), (2, Some(cores(1)))]));
		assert_eq!((free_cores(1), free_cores(2)), (3, 7), "the difference is reserved at once");
		assert_eq!(bill(id).advance, 60);
		assert_eq!([1, 2].map(|node| bill(id).stream(node).0), [5, 1], "and paid");
		assert_eq!(generation(1), before);
		let there = placement(1, id);
		assert_eq!((there.revision, there.spec), (1, Some(cores(2))));
		assert_noop!(amend(BOB, id, [(1, Some(cores(6)))]), Error::<Test>::QuestionOpen);
		assert_noop!(cancel(BOB, id), Error::<Test>::QuestionOpen);

		both_agree(id);
		let there = placement(1, id);
		assert_eq!((there.revision, there.spec), (2, Some(cores(5))));
		assert_eq!(placement(2, id).revision, 2);
		assert_eq!(bill(id).streams.len(), 2);
		let desired = &Grid::desired(2, None, 10).contracts[0];
		let asked = Question::about(Action::Amend, id, 2, &desired.plan);
		assert_eq!(desired.approved, Some(asked.digest()));
	});
}

#[test]
fn a_rejected_amendment_restores_exactly() {
	world(|| {
		nodes(2);
		public_ips(1);
		let id = agreed();
		assert_ok!(report(1, id, 1, running()));
		let everything = || {
			(
				Contracts::<Test>::get(id),
				placement(1, id),
				held(BOB),
				[1, 2].map(free_cores),
				[1, 2].map(generation),
				free_ips(),
				bill(id).streams,
			)
		};
		let before = everything();
		let propose = || {
			assert_ok!(amend(BOB, id, [(1, Some(cores(5))), (2, Some(public(2)))]));
			assert_ne!(everything(), before);
		};

		propose();
		let (request, _) = question(id);
		let reason = Default::default();
		assert_ok!(Board::object(Signed(LEGAL).into(), request, reason));
		assert_eq!(everything(), before);

		propose();
		pass_blocks(101);
		assert_eq!(everything(), before);

		propose();
		assert_ok!(Grid::withdraw(Signed(BOB).into(), id));
		assert_eq!(everything(), before);
		let dropped = Event::AmendmentDropped { contract: id, revision: 2, why: Why::Owner };
		assert_eq!(last_event(), dropped);
	});
}

#[test]
fn a_node_reports_while_an_amendment_waits() {
	world(|| {
		nodes(1);
		let id = agreed();
		assert_ok!(amend(BOB, id, [(1, Some(cores(5)))]));
		assert_ok!(report(1, id, 1, running()));
		assert_eq!(free_cores(1), 3, "what is proposed stays reserved");
		assert_ok!(Grid::withdraw(Signed(BOB).into(), id));
		assert_eq!(free_cores(1), 6);
	});
}

#[test]
fn the_end_waits_for_them_too() {
	world(|| {
		nodes(1);
		let id = agreed();
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_eq!(state(id), Some(State::Live));
		let (request, _) = question(id);
		let reason = Default::default();
		assert_ok!(Board::object(Signed(LEGAL).into(), request, reason));
		assert_eq!(last_event(), Event::EndDropped { contract: id, why: Why::Rejected });
		assert_eq!(state(id), Some(State::Live));

		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		assert_ok!(Grid::withdraw(Signed(BOB).into(), id));
		assert_noop!(Grid::withdraw(Signed(BOB).into(), id), Error::<Test>::NoQuestion);
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		both_agree(id);
		assert_eq!(state(id), None);
	});
}

#[test]
fn delivery_is_accepted_when_all_runs() {
	world(|| {
		nodes(2);
		let free = deploy(BOB, "free", [(1, cores(1))]);
		let deliver = |id| Grid::deliver(Signed(BOB).into(), id);
		assert_noop!(deliver(free), Error::<Test>::NothingToAccept);
		let id = agreed();
		assert_noop!(deliver(id), Error::<Test>::NotRunning);
		assert_ok!(report(1, id, 1, running()));
		assert_ok!(deliver(id));
		let (request, _) = question(id);
		let reason = Default::default();
		assert_ok!(Board::object(Signed(LEGAL).into(), request, reason));
		let not = Event::DeliveryNotAccepted { contract: id, revision: 1, why: Why::Rejected };
		assert_eq!(last_event(), not);
		assert_eq!(state(id), Some(State::Live), "it runs all the same");

		assert_ok!(deliver(id));
		both_agree(id);
		assert_eq!(Contracts::<Test>::get(id).and_then(|it| it.accepted), Some(1));
		assert_noop!(deliver(id), Error::<Test>::SaidAlready);
	});
}

#[test]
fn an_amendment_whose_node_is_lost_comes_to_nothing() {
	world(|| {
		nodes(3);
		let policy = policy();
		let plan = [(1, cores(1)), (2, cores(1))];
		assert_ok!(create(BOB, "shop", plan, Some(policy)));
		let id = last_contract();
		both_agree(id);

		// A node that it has: the question was about another plan.
		assert_ok!(amend(BOB, id, [(3, Some(cores(1)))]));
		assert_ok!(Machines::force_expel(Root.into(), 2));
		pass_blocks(1);
		assert_eq!(Contracts::<Test>::get(id).and_then(|it| it.question), None);
		assert_eq!(free_cores(3), 8);

		// A node that it would have.
		assert_ok!(amend(BOB, id, [(3, Some(cores(1)))]));
		assert_ok!(Machines::force_expel(Root.into(), 3));
		pass_blocks(1);
		both_agree(id);
		let why = Why::NodeExpelled;
		assert_eq!(
			last_dropped(),
			Some(Event::AmendmentDropped { contract: id, revision: 2, why })
		);
		assert_eq!(free_cores(3), 8);
	});
}

fn last_dropped() -> Option<Event<Test>> {
	events().into_iter().rev().find(|event| matches!(event, Event::AmendmentDropped { .. }))
}

#[test]
fn the_policy_is_used_until_the_contract_ends() {
	world(|| {
		nodes(1);
		let policy = policy();
		assert_noop!(
			create(CAROL, "shop", [(1, cores(1))], Some(policy)),
			Error::<Test>::PolicyNotOpen
		);
		assert_ok!(create(BOB, "shop", [(1, cores(1))], Some(policy)));
		let id = last_contract();
		both_agree(id);
		assert_ok!(Board::retire_policy(Signed(BOB).into(), policy));
		assert_noop!(
			create(BOB, "more", [(1, cores(1))], Some(policy)),
			Error::<Test>::PolicyRetired
		);
		// It still guards what is under it.
		assert_ok!(Grid::cancel(Signed(BOB).into(), id));
		both_agree(id);
		assert_eq!(state(id), None);
		assert!(pallet_approvals::Policies::<Test>::get(policy).is_none());
	});
}

/// A contract of Bob's with a public address, which the revision that runs wants no more and the one that
/// is asked about wants again.
fn wanted_again() -> ContractId {
	nodes(1);
	public_ips(1);
	let policy = policy();
	assert_ok!(create(BOB, "shop", [(1, public(1))], Some(policy)));
	let id = last_contract();
	both_agree(id);
	assert_ok!(report(1, id, 1, running()));
	assert_ok!(amend(BOB, id, [(1, Some(spec([("net", network(1, false))])))]));
	both_agree(id);
	assert_ok!(amend(BOB, id, [(1, Some(public(1)))]));
	assert_ok!(report(1, id, 2, running()));
	id
}

#[test]
fn an_address_that_is_asked_about_stays() {
	world(|| {
		let id = wanted_again();
		assert_eq!(free_ips(), 0, "somebody else could take it");
		let address = placement(1, id).addresses.to_vec();
		both_agree(id);
		assert_ok!(report(1, id, 3, running()));
		assert_eq!(placement(1, id).addresses.to_vec(), address);
		assert_eq!(address.len(), 1);
	});
}

#[test]
fn an_address_that_was_asked_about_in_vain_is_given_back() {
	world(|| {
		let id = wanted_again();
		let before = generation(1);
		assert_ok!(Grid::withdraw(Signed(BOB).into(), id));
		assert_eq!((free_ips(), placement(1, id).addresses.len()), (1, 0));
		assert_eq!(generation(1), before + 1, "the node hears of it");
	});
}
