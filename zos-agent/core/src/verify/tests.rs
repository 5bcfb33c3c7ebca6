use super::*;
use crate::{
	desired::Status,
	sample::{program, spec, volume, SIZE},
};

const HERE: NodeId = 3;

fn desired(contract: ContractId, spec: Spec) -> Desired {
	Desired {
		contract,
		label: Default::default(),
		twin: 1,
		run: true,
		revision: 2,
		plan: vec![(1, [7; 32]), (HERE, spec.hash())],
		spec: Some(spec),
		addresses: vec![],
		elsewhere: vec![],
		status: Status::Pending,
		contract_revision: 2,
		approved: None,
	}
}

fn website() -> Spec {
	spec(&[("data", volume(SIZE)), ("web", program(1, &["data"]))])
}

fn room() -> Capacity {
	Capacity { cru: 1_000, mru: 1 << 30, sru: 1 << 40, hru: 0 }
}

/// What becomes of it on a machine where revision 2 was last believed.
fn intent(desired: Desired) -> Intent {
	let revisions = [(desired.contract, 2)].into();
	let known = Known { node: HERE, capacity: room(), revisions: &revisions };
	verify(vec![desired], &known).remove(0).intent
}

/// Nothing changes, and that is said.
fn refuses(desired: Desired, code: FailureCode, word: &str) {
	match intent(desired) {
		Intent::Keep { run: true, why } => {
			assert_eq!(why.code, code);
			assert!(format!("{:?}", why.detail).contains(word), "{:?}", why.detail);
		},
		other => panic!("it believed: {other:?}"),
	}
}

#[test]
fn believes_what_makes_sense() {
	let it = desired(1, website());
	assert_eq!(intent(it.clone()), Intent::Run(website()));
	assert_eq!(intent(Desired { run: false, ..it.clone() }), Intent::Pause(website()));
	let gone = Desired { run: false, spec: None, plan: vec![(1, [7; 32])], ..it };
	assert_eq!(intent(gone), Intent::Leave);
}

#[test]
fn refuses_a_spec_that_is_not_in_the_plan() {
	let mut it = desired(1, website());
	it.spec = Some(spec(&[("data", volume(2 * SIZE))]));
	refuses(it, FailureCode::NotProven, "not the one in the plan");
	let mut absent = desired(1, website());
	absent.spec = None;
	refuses(absent, FailureCode::NotProven, "not the one in the plan");
}

#[test]
fn refuses_what_is_older_than_what_ran_and_newer_than_its_contract() {
	refuses(Desired { revision: 1, ..desired(1, website()) }, FailureCode::NotProven, "older");
	refuses(Desired { revision: 3, ..desired(1, website()) }, FailureCode::NotProven, "yet to");
}

#[test]
fn believes_stakeholders_to_the_byte() {
	let agree =
		|action, plan: &[(NodeId, [u8; 32])]| Some(Question::about(action, 1, 2, plan).digest());
	for action in [Action::Create, Action::Amend] {
		let mut it = desired(1, website());
		it.approved = agree(action, &it.plan);
		assert_eq!(intent(it.clone()), Intent::Run(website()));
		it.plan[0].1 = [8; 32];
		refuses(it, FailureCode::NotProven, "agreed to something else");
	}
	let mut it = desired(1, website());
	it.approved = agree(Action::Accept, &it.plan);
	refuses(it, FailureCode::NotProven, "agreed to something else");
}

#[test]
fn refuses_what_is_malformed() {
	refuses(
		desired(1, spec(&[("web", program(1, &["nowhere"]))])),
		FailureCode::NotProven,
		"malformed",
	);
}

#[test]
fn serves_those_that_came_first_when_there_is_too_little() {
	let of = |contract, size| desired(contract, spec(&[("data", volume(size))]));
	let capacity = Capacity { sru: 10 * SIZE, ..Capacity::ZERO };
	let known = Known { node: HERE, capacity, revisions: &BTreeMap::new() };
	let all = verify(vec![of(3, 2 * SIZE), of(1, 6 * SIZE), of(2, 5 * SIZE)], &known);
	let runs: Vec<_> =
		all.iter().map(|it| (it.contract, matches!(it.intent, Intent::Run(_)))).collect();
	assert_eq!(runs, [(1, true), (2, false), (3, true)]);
	let Intent::Keep { why, .. } = &all[1].intent else { panic!("2 does not fit") };
	assert_eq!(why.code, FailureCode::NoCapacity);
}
