//! Whatever anybody calls, each question is answered once, and everything is returned.

use super::world::*;
use crate::*;
use frame_support::weights::Weight;
use frame_system::RawOrigin::{Root, Signed};
use grid_primitives::{
	ports::{ApprovalGate, Decision},
	PolicyId, RequestId,
};
use proptest::prelude::*;
use sp_runtime::traits::Dispatchable;
use std::collections::BTreeMap;

/// Stakeholders are 1 to 6, owners and askers two of those who have money.
const PEOPLE: std::ops::RangeInclusive<u64> = 1..=6;
const OWNERS: [u64; 2] = [CLERK, STRANGER];

#[derive(Debug, Clone)]
enum Step {
	Create(u64, TermsOf<Test>),
	Amend(u64, PolicyId, TermsOf<Test>),
	WithdrawAmendment(u64, PolicyId),
	Retire(u64, PolicyId),
	Bind(u64, PolicyId),
	Unbind(PolicyId),
	Ask(u64, PolicyId),
	Withdraw(RequestId),
	Approve(u64, RequestId, bool),
	Object(u64, RequestId),
	Retract(u64, RequestId),
	Expire(RequestId),
	Force(RequestId, bool),
	Pass(u64),
	Idle(u64),
}

fn some_terms() -> impl Strategy<Value = TermsOf<Test>> {
	let members = prop::collection::btree_set(PEOPLE, 1..=4);
	let role = (members, 1u8..=3, prop::bool::weighted(0.2)).prop_map(|(members, most, veto)| {
		let members: Vec<u64> = members.into_iter().collect();
		let threshold = most.min(members.len() as u8);
		Role { veto, ..role("some", &members, threshold) }
	});
	let roles = prop::collection::vec(role, 1..=3);
	(roles, 5u64..=20, any::<(bool, bool)>()).prop_map(|(roles, ttl, (several_roles, open))| {
		Terms { ttl, several_roles, open, ..terms(&roles) }
	})
}

fn step() -> impl Strategy<Value = Step> {
	let owner = prop::sample::select(&OWNERS[..]);
	let whose = (owner.clone(), 1..=4u32);
	// Counted back from the newest.
	let request = 0..6u64;
	let whom = (PEOPLE, request.clone());
	prop_oneof![
		2 => (owner, some_terms()).prop_map(|(who, terms)| Step::Create(who, terms)),
		4 => (whose.clone(), some_terms()).prop_map(|((who, it), terms)| Step::Amend(who, it, terms)),
		1 => whose.clone().prop_map(|(who, it)| Step::WithdrawAmendment(who, it)),
		1 => whose.clone().prop_map(|(who, it)| Step::Retire(who, it)),
		4 => whose.clone().prop_map(|(who, it)| Step::Bind(who, it)),
		2 => (1..=4u32).prop_map(Step::Unbind),
		6 => whose.prop_map(|(who, it)| Step::Ask(who, it)),
		1 => request.clone().prop_map(Step::Withdraw),
		20 => (whom.clone(), prop::bool::weighted(0.9))
			.prop_map(|((who, it), true_digest)| Step::Approve(who, it, true_digest)),
		6 => whom.clone().prop_map(|(who, it)| Step::Object(who, it)),
		3 => whom.prop_map(|(who, it)| Step::Retract(who, it)),
		1 => request.clone().prop_map(Step::Expire),
		1 => (request, any::<bool>()).prop_map(|(it, approved)| Step::Force(it, approved)),
		3 => (1u64..6).prop_map(Step::Pass),
		3 => (0u64..5).prop_map(Step::Idle),
	]
}

/// What must come of it: who asked what and has no answer, and what is under which policy.
#[derive(Default)]
struct Model {
	asked: BTreeMap<u64, RequestId>,
	answered: usize,
	uses: BTreeMap<PolicyId, u32>,
	/// What each request was about and asked of whom, when it was asked.
	copies: BTreeMap<RequestId, RequestOf<Test>>,
}

impl Model {
	fn check(&mut self) {
		Board::do_try_state().expect("the invariants hold");
		// Each answer is to a question that was open, whatever way it came.
		let heard = Heard::get();
		for (question, decision) in &heard[self.answered..] {
			let request = self.asked.remove(&question.subject).expect("it had no answer");
			assert!(!is_open(request), "it is over");
			self.check_time(request, *decision);
		}
		self.answered = heard.len();
		let open: Vec<_> = self.asked.values().copied().collect();
		assert!(open.iter().all(|id| is_open(*id)), "a question got lost");
		for (id, request) in Requests::<Test>::iter() {
			let copy = self.copies.entry(id).or_insert_with(|| request.clone());
			assert_eq!(*copy, request, "a request changed while it was open");
		}
		for (id, uses) in &self.uses {
			assert_eq!(Board::policy(*id).map_or(0, |it| it.uses), *uses);
		}
	}

	fn check_time(&self, request: RequestId, decision: Decision) {
		let expires = self.copies.get(&request).expect("it was open").expires;
		let is_late = System::block_number() >= expires;
		assert_eq!(decision == Decision::Expired, is_late, "{decision:?}");
	}

	fn is_in_use(&self, policy: PolicyId) -> bool {
		self.uses.get(&policy).is_some_and(|uses| *uses > 0)
	}
}

fn run(first: Vec<TermsOf<Test>>, steps: Vec<Step>) {
	world(|| {
		let mut model = Model::default();
		for terms in first {
			let policy = NextPolicyId::<Test>::get();
			if Board::create_policy(Signed(CLERK).into(), terms).is_ok() {
				bind(policy, CLERK).expect("it is his");
				model.uses.insert(policy, 1);
			}
		}
		let mut subject = 0;
		let call = |call: Call<Test>, origin: RuntimeOrigin| {
			RuntimeCall::from(call).dispatch(origin).is_ok()
		};
		for step in steps {
			let newest = NextRequestId::<Test>::get();
			let id = |back: u64| newest.saturating_sub(1 + back);
			match step {
				Step::Create(who, terms) => {
					call(Call::create_policy { terms }, Signed(who).into());
				},
				Step::Amend(who, policy, terms) => {
					let before = Board::policy(policy).map(|it| it.terms);
					call(Call::amend_policy { policy, terms }, Signed(who).into());
					if model.is_in_use(policy) {
						let after = Board::policy(policy).map(|it| it.terms);
						assert_eq!(after, before, "the owner alone changes nothing");
					}
				},
				Step::WithdrawAmendment(who, policy) => {
					call(Call::withdraw_amendment { policy }, Signed(who).into());
				},
				Step::Retire(who, policy) => {
					call(Call::retire_policy { policy }, Signed(who).into());
					assert!(Board::policy(policy).is_some() || !model.is_in_use(policy));
				},
				Step::Bind(who, policy) => {
					if bind(policy, who).is_ok() {
						*model.uses.entry(policy).or_default() += 1;
					}
				},
				Step::Unbind(policy) => {
					if let Some(uses) = model.uses.get_mut(&policy).filter(|uses| **uses > 0) {
						*uses -= 1;
						unbind(policy);
					}
				},
				Step::Ask(who, policy) => {
					subject += 1;
					let asked = <Board as ApprovalGate<u64>>::ask(policy, &who, &question(subject));
					if let Ok(request) = asked {
						assert_eq!(request, newest, "no number twice");
						model.asked.insert(subject, request);
					}
				},
				Step::Withdraw(back) => {
					let about = model.asked.iter().find(|(_, request)| **request == id(back));
					if let Some(subject) = about.map(|(subject, _)| *subject) {
						model.asked.remove(&subject);
						withdraw(id(back));
					}
				},
				Step::Approve(who, back, true_digest) => {
					let request = id(back);
					let asked = Requests::<Test>::get(request).map(|it| it.question.digest());
					let digest = asked.filter(|_| true_digest).unwrap_or([7; 32]);
					let done = call(Call::approve { request, digest }, Signed(who).into());
					assert!(!done || true_digest);
				},
				Step::Object(who, back) => {
					let (request, reason) = (id(back), reason("no"));
					call(Call::object { request, reason }, Signed(who).into());
				},
				Step::Retract(who, back) => {
					call(Call::retract { request: id(back) }, Signed(who).into());
				},
				Step::Expire(back) => {
					call(Call::expire { request: id(back) }, Signed(STRANGER).into());
				},
				Step::Force(back, approved) => {
					call(Call::force_decide { request: id(back), approved }, Root.into());
				},
				Step::Pass(blocks) => go_to(System::block_number() + blocks),
				Step::Idle(room) => {
					idle((<() as WeightInfo>::expire_one() + HEAVIEST) * room);
				},
			}
			model.check();
		}
		wind_up(&mut model);
	});
}

/// Time passes, contracts end, owners retire their policies: nothing is left.
fn wind_up(model: &mut Model) {
	go_to(System::block_number() + 100);
	idle(Weight::MAX);
	model.check();
	assert!(model.asked.is_empty(), "a question had no answer");
	for (policy, uses) in core::mem::take(&mut model.uses) {
		(0..uses).for_each(|_| unbind(policy));
	}
	for (policy, record) in Policies::<Test>::iter().collect::<Vec<_>>() {
		assert!(!record.retired, "it should be gone");
		Board::retire_policy(Signed(record.owner).into(), policy).expect("it is his");
	}
	assert_eq!(Policies::<Test>::iter().count() + Requests::<Test>::iter().count(), 0);
	assert_eq!(Votes::<Test>::iter().count() + Proposals::<Test>::iter().count(), 0);
	assert_eq!(Expiring::<Test>::iter().count(), 0);
	for who in OWNERS {
		assert_eq!(held(who), (0, 0));
		assert_eq!(Balances::free_balance(who), PURSE);
	}
}

proptest! {
	#![proptest_config(ProptestConfig {
		cases: 128,
		failure_persistence: None,
		..ProptestConfig::default()
	})]

	#[test]
	fn each_question_is_answered_once(
		first in prop::collection::vec(some_terms(), 2),
		steps in prop::collection::vec(step(), 50..200),
	) {
		run(first, steps);
	}
}
