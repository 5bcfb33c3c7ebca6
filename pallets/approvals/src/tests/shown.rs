//! What user interfaces see.

use super::world::*;
use crate::*;
use frame_support::{assert_ok, weights::Weight};
use std::collections::BTreeSet;

#[test]
fn a_request_shows_who_said_what_and_who_is_missing() {
	world(|| {
		let law = with_veto(role("law", &[ALICE, DAVE], 1));
		let request = ask_them(&[role("doctors", &[ALICE, BOB, CAROL], 2), law]);
		let missing = || -> Vec<u8> {
			let status = Board::request(request).expect("it is open");
			status.roles.iter().map(|role| role.missing).collect()
		};
		assert_eq!(missing(), [2, 1]);
		assert_ok!(approve(ALICE, request));
		assert_eq!(missing(), [1, 1], "the first role first");
		assert_ok!(object(BOB, request));

		let status = Board::request(request).expect("it is open");
		assert_eq!((status.policy, status.asker, status.expires), (1, CLERK, 1 + TTL));
		assert_eq!((status.question, status.digest), (question(1), question(1).digest()));
		assert!(status.open && !status.several_roles);
		let [doctors, law] = &status.roles[..] else { panic!("two roles") };
		assert_eq!((&doctors.title[..], doctors.threshold), (&b"doctors"[..], 2));
		assert_eq!(doctors.approved, [ALICE]);
		assert_eq!(doctors.objected, [BOB]);
		assert_eq!(doctors.silent, [CAROL]);
		assert_eq!((&law.approved[..], &law.silent[..]), (&[ALICE][..], &[DAVE][..]));
		assert!(law.veto && !doctors.veto);

		go_to(1 + TTL);
		assert!(!Board::request(request).expect("it was not swept").open);
		idle(Weight::MAX);
		assert_eq!(Board::request(request), None);
	});
}

#[test]
fn a_person_finds_what_it_can_answer() {
	world(|| {
		let doctors = create(terms(&[role("doctors", &[ALICE, BOB], 1)]));
		let law = create(Terms { ttl: 5, ..terms(&[role("law", &[CAROL, BOB], 1)]) });
		let theirs: BTreeSet<_> = (0..3).map(|it| ask(doctors, it)).collect();
		let others: BTreeSet<_> = (0..2).map(|it| ask(law, it)).collect();
		let found = |who| -> BTreeSet<u64> {
			let page = Board::requests_for(who, None, 100);
			assert_eq!(page.next, None);
			page.requests.into_iter().collect()
		};
		assert_eq!(found(ALICE), theirs);
		assert_eq!(found(CAROL), others);
		assert_eq!(found(BOB), &theirs | &others);
		assert!(found(CLERK).is_empty());
		go_to(6);
		assert!(found(CAROL).is_empty(), "that is too late");
	});
}

#[test]
fn pages_have_all_of_it_once() {
	world(|| {
		let ours = create(terms(&[role("doctors", &[ALICE], 1)]));
		let other = create(terms(&[role("law", &[BOB], 1)]));
		let mut wanted = BTreeSet::new();
		for subject in 0..130 {
			wanted.insert(ask(ours, subject));
			ask(other, subject);
			ask(other, subject);
		}
		let collect = |limit: u32| {
			let mut found = Vec::new();
			let mut after = None;
			loop {
				let page = Board::requests_for(ALICE, after, limit);
				assert!(page.requests.len() <= limit.min(100) as usize);
				found.extend(page.requests);
				after = page.next;
				if after.is_none() {
					return found;
				}
			}
		};
		for limit in [1, 7, 100, 1_000] {
			let found = collect(limit);
			assert_eq!(found.len(), wanted.len(), "nothing twice");
			assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted);
		}
	});
}
