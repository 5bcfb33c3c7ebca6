//! What stakeholders' answers come to.
//!
//! A role is filled when as many of its members as its threshold says agree. A person that is a
//! member of several roles fills one of them at most, unless the policy says otherwise: the one in
//! which it is needed. So who fills which role is a matching of people and seats, and it is found
//! as matchings are: whenever nobody is free for a seat, somebody who could take it leaves the
//! seat he has, if it can be filled by another.

use crate::{Ballot, Marks, Role};
use alloc::{collections::BTreeMap, vec::Vec};
use grid_primitives::ports::Decision;

/// A set of roles: a bit for each.
type RoleSet = u8;

/// What the answers so far come to, if they decide anything.
pub(crate) fn outcome<A: Ord>(
	roles: &[Role<A>],
	several_roles: bool,
	ballot: &Ballot,
) -> Option<Decision> {
	let vetoed = roles.iter().zip(ballot.objections.0).any(|(role, row)| role.veto && row != 0);
	if vetoed {
		return Some(Decision::Rejected);
	}
	let filled_by = |marks: &Marks| missing(roles, several_roles, marks).iter().all(|it| *it == 0);
	if filled_by(&ballot.approvals) {
		return Some(Decision::Approved);
	}
	let others = Marks::of(roles, |_| true).without(&ballot.objections);
	(!filled_by(&others)).then_some(Decision::Rejected)
}

/// How many each role lacks, if those who are marked agree, and nobody else.
pub(crate) fn missing<A: Ord>(roles: &[Role<A>], several_roles: bool, agree: &Marks) -> Vec<u8> {
	let seats: Vec<u8> = roles.iter().map(|role| role.threshold).collect();
	if several_roles {
		let lacks = |(seats, row): (&u8, u16)| seats.saturating_sub(row.count_ones() as u8);
		return seats.iter().zip(agree.0).map(lacks).collect();
	}
	fill(&seats, people(roles, agree))
}

/// The roles of each person that is marked.
fn people<A: Ord>(roles: &[Role<A>], marks: &Marks) -> Vec<RoleSet> {
	let mut people = BTreeMap::<&A, RoleSet>::new();
	for (index, role) in roles.iter().enumerate() {
		for (member, who) in role.members.iter().enumerate() {
			if marks.has(index, member) {
				*people.entry(who).or_default() |= 1 << index;
			}
		}
	}
	people.into_values().collect()
}

/// Fill as many seats as can be, with people who can fill one each. How many each role lacks then.
fn fill(seats: &[u8], people: Vec<RoleSet>) -> Vec<u8> {
	let seat = |roles| Person { roles, fills: None };
	let mut people: Vec<Person> = people.into_iter().map(seat).collect();
	let mut missing = seats.to_vec();
	for (role, missing) in missing.iter_mut().enumerate() {
		while *missing > 0 && find_one(role, &mut people, &mut 0) {
			*missing -= 1;
		}
	}
	missing
}

struct Person {
	roles: RoleSet,
	fills: Option<usize>,
}

/// Find one more person for a role, if need be by letting others fill another of their roles.
/// `tried` are the roles in which this has led to nothing; it ends because each is tried once.
fn find_one(role: usize, people: &mut [Person], tried: &mut RoleSet) -> bool {
	*tried |= 1 << role;
	let able = |person: &Person| person.roles & (1 << role) != 0;
	if let Some(free) = people.iter_mut().find(|it| it.fills.is_none() && able(it)) {
		free.fills = Some(role);
		return true;
	}
	for index in 0..people.len() {
		let elsewhere = people[index].fills.filter(|other| *tried & (1 << other) == 0);
		let Some(other) = elsewhere.filter(|_| able(&people[index])) else {
			continue;
		};
		if find_one(other, people, tried) {
			people[index].fills = Some(role);
			return true;
		}
	}
	false
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	/// The most seats that people can fill, by trying everything.
	fn most(seats: &[u8], people: &[RoleSet]) -> u8 {
		let Some((first, others)) = people.split_first() else {
			return 0;
		};
		let in_role = |role: usize| {
			let mut seats = seats.to_vec();
			seats[role] -= 1;
			1 + most(&seats, others)
		};
		let open = |role: &usize| first & (1 << role) != 0 && seats[*role] > 0;
		let in_some_role = (0..seats.len()).filter(open).map(in_role).max().unwrap_or_default();
		in_some_role.max(most(seats, others))
	}

	/// Hall's condition: whichever roles one looks at, enough people are in one of them.
	fn enough_for_all(seats: &[u8], people: &[RoleSet]) -> bool {
		(0..1u16 << seats.len()).all(|some| {
			let chosen = |role: &usize| some & (1 << role) != 0;
			let wanted = (0..seats.len()).filter(chosen).map(|role| usize::from(seats[role])).sum();
			let there = people.iter().filter(|roles| u16::from(**roles) & some != 0).count();
			there >= wanted
		})
	}

	/// Some roles with their seats, and people in one of them at least.
	fn cases(
		roles: usize,
		seats: u8,
		people: usize,
	) -> impl Strategy<Value = (Vec<u8>, Vec<RoleSet>)> {
		(1..=roles).prop_flat_map(move |roles| {
			let all = ((1u16 << roles) - 1) as RoleSet;
			let seats = prop::collection::vec(1..=seats, roles);
			(seats, prop::collection::vec(1..=all, 0..=people))
		})
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(2_000))]

		#[test]
		fn as_many_seats_are_filled_as_can_be((seats, people) in cases(4, 3, 6)) {
			let missing: u8 = fill(&seats, people.clone()).iter().sum();
			prop_assert_eq!(missing, seats.iter().sum::<u8>() - most(&seats, &people));
		}

		#[test]
		fn all_are_filled_when_there_are_enough_for_all((seats, people) in cases(8, 16, 128)) {
			let filled = fill(&seats, people.clone()).iter().all(|missing| *missing == 0);
			prop_assert_eq!(filled, enough_for_all(&seats, &people));
		}
	}

	#[test]
	fn one_who_is_needed_elsewhere_makes_room() {
		// The first could fill both roles, the second only the first one.
		assert_eq!(fill(&[1, 1], vec![0b11, 0b01]), [0, 0]);
		assert_eq!(fill(&[1, 1], vec![0b01, 0b11]), [0, 0]);
		assert_eq!(fill(&[1, 1], vec![0b11]), [0, 1], "the first roles first");
		// A chain through all eight roles: the last to come is only of the first.
		let mut chain: Vec<RoleSet> = (0..7).map(|role| 0b11 << role).collect();
		assert_eq!(fill(&[1; 8], chain.clone()), [0, 0, 0, 0, 0, 0, 0, 1]);
		chain.push(1);
		assert_eq!(fill(&[1; 8], chain), [0; 8]);
	}
}
