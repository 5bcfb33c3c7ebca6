use super::*;
use grid_primitives::{report::Outcome, Capacity};

fn entry(revision: u32) -> Entry {
	let said = Said { revision, outcome: Outcome::Stopped };
	Entry {
		revision,
		spec: Some([7; 32]),
		aim: Aim::Pause,
		decided: Some(said.clone()),
		reported: Some((said, 12)),
	}
}

#[test]
fn what_is_written_is_there_after_it_is_opened_again() {
	let folder = tempfile::tempdir().expect("there is room");
	let head = Head { number: 9, hash: [3; 32] };
	let capacity = Capacity { cru: 1, mru: 2, sru: 3, hru: 4 };
	let measured = Measured { capacity, whole: capacity };
	{
		let ledger = Ledger::open(folder.path()).expect("there is room");
		assert_eq!(ledger.head().expect("it is open"), None);
		let contracts = [(1, Some(entry(1))), (2, Some(entry(4)))].into();
		let changes = Changes {
			contracts,
			head: Some(head),
			node: Some(5),
			measured: Some(measured),
			account: None,
			genesis: Some([8; 32]),
		};
		ledger.write(&changes).expect("there is room");
		let end = Changes { contracts: [(1, None)].into(), ..Changes::default() };
		ledger.write(&end).expect("there is room");
	}
	let ledger = Ledger::open(folder.path()).expect("it is free again");
	assert_eq!(ledger.contracts().expect("it is open"), [(2, entry(4))].into());
	assert_eq!(ledger.head().expect("it is open"), Some(head));
	assert_eq!(ledger.genesis().expect("it is open"), Some([8; 32]));
	assert_eq!(ledger.node().expect("it is open"), Some(5));
	assert_eq!(ledger.measured().expect("it is open"), Some(measured));
}

#[test]
fn a_ledger_is_of_one_node() {
	let folder = tempfile::tempdir().expect("there is room");
	for ledger in [Ledger::open(folder.path()).expect("there is room"), Ledger::in_memory()] {
		ledger.belong_to([1; 32]).expect("it is new");
		ledger.belong_to([1; 32]).expect("it is the same");
		assert!(matches!(ledger.belong_to([2; 32]), Err(LedgerError::OtherNode)));
	}
}

#[test]
fn two_agents_do_not_share_a_ledger() {
	let folder = tempfile::tempdir().expect("there is room");
	let _first = Ledger::open(folder.path()).expect("there is room");
	assert!(matches!(Ledger::open(folder.path()), Err(LedgerError::InUse)));
}
