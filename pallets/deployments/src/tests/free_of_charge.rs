//! What a node reports is free when it is news, and otherwise refused in the pool.

use super::{samples::*, world::*};
use crate::*;
use frame_support::assert_ok;
use grid_primitives::{report::Outcome, ContractId};
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionValidity, TransactionValidityError, ValidTransaction,
};

fn call(contract: ContractId, revision: u32, outcome: Outcome) -> Call<Test> {
	Call::report { contract, revision, outcome }
}

fn checked(who: u64, call: &Call<Test>) -> TransactionValidity {
	Grid::check_free(&who, call).expect("it is one of those that are free")
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
fn only_reports_are_free() {
	world(|| {
		assert!(Grid::check_free(&BOB, &Call::cancel { contract: 1 }).is_none());
		assert!(!Grid::is_free(&Call::cancel { contract: 1 }));
		assert!(Grid::is_free(&call(1, 1, running())));
	});
}

#[test]
fn a_report_is_free_once_for_each_revision() {
	world(|| {
		nodes(2);
		let id = deploy(BOB, "shop", [(1, cores(1))]);
		let other = deploy(BOB, "other", [(1, cores(1))]);
		let (agent, stranger) = (agent_of(1), agent_of(2));
		let first = valid(agent, &call(id, 1, running()));
		assert_eq!(first.provides, valid(agent, &call(id, 1, running())).provides);
		assert_ne!(first.provides, valid(agent, &call(other, 1, running())).provides);
		for (who, call) in [
			(stranger, call(id, 1, running())),
			(BOB, call(id, 1, running())),
			(agent, call(id, 2, running())),
			(agent, call(9, 1, running())),
			(agent, call(id, 1, Outcome::Stopped)),
		] {
			assert!(matches!(refused(who, &call), InvalidTransaction::Custom(_)), "{call:?}");
		}

		assert_ok!(report(1, id, 1, running()));
		assert_eq!(refused(agent, &call(id, 1, running())), InvalidTransaction::Stale);
		let failed = Outcome::Failed(grid_primitives::report::Failure {
			code: grid_primitives::report::FailureCode::Other,
			workload: None,
			detail: text("why"),
		});
		assert_eq!(refused(agent, &call(id, 1, failed.clone())), InvalidTransaction::Future);
		pass_blocks(5);
		valid(agent, &call(id, 1, failed));
	});
}
