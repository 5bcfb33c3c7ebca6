//! Which terms a policy can have.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};

impl<T: Config> Pallet<T> {
	/// Terms as they are stored, with the members of each role in order.
	pub(crate) fn check_terms(mut terms: TermsOf<T>) -> Result<TermsOf<T>, Error<T>> {
		ensure!(is_title(&terms.title), Error::BadTitle);
		ensure!((T::MinTtl::get()..=T::MaxTtl::get()).contains(&terms.ttl), Error::BadTtl);
		ensure!(!terms.roles.is_empty(), Error::NoRoles);
		for role in terms.roles.iter_mut() {
			ensure!(is_title(&role.title), Error::BadTitle);
			let threshold = usize::from(role.threshold);
			ensure!((1..=role.members.len()).contains(&threshold), Error::BadThreshold);
			role.members.sort();
			let twice = role.members.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
			ensure!(!twice, Error::MemberTwice);
		}
		let everybody = Marks::of(&terms.roles, |_| true);
		let missing: Vec<u8> = tally::missing(&terms.roles, terms.several_roles, &everybody);
		ensure!(missing.iter().all(|it| *it == 0), Error::TooFewPeople);
		Ok(terms)
	}
}

/// Whether people can read this.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
	core::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(char::is_control))
}

fn is_title(bytes: &[u8]) -> bool {
	!bytes.is_empty() && is_text(bytes)
}
