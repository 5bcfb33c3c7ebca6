//! What is shown of requests.

use crate::*;
use alloc::{boxed::Box, vec::Vec};
use grid_primitives::RequestId;

/// How many requests one question looks at, at most.
const MAX_SEEN: usize = 200;
/// How many it returns, at most.
const MAX_PAGE: usize = 100;

impl<T: Config> Pallet<T> {
	pub(crate) fn status_of(id: RequestId) -> Option<RequestStatusOf<T>> {
		let request = Requests::<T>::get(id)?;
		let ballot = Votes::<T>::get(id)?;
		let open = !Self::has_expired(&request);
		let Request { policy, asker, question, roles, several_roles, expires, .. } = request;
		let missing = tally::missing(&roles, several_roles, &ballot.approvals);
		let roles = roles.into_iter().zip(missing).enumerate();
		let status = |(index, (role, missing))| status_of_role(index, role, &ballot, missing);
		let roles = roles.map(status).collect();
		let digest = question.digest();
		Some(RequestStatus { policy, asker, question, digest, expires, open, several_roles, roles })
	}

	pub(crate) fn find_requests(
		who: &T::AccountId,
		after: Option<RequestId>,
		limit: u32,
	) -> RequestPage {
		let limit = MAX_PAGE.min(limit as usize);
		let mut page = RequestPage::default();
		let mut last = after;
		let mut all: Box<dyn Iterator<Item = (RequestId, RequestOf<T>)>> = match after {
			None => Box::new(Requests::<T>::iter()),
			Some(after) => Box::new(Requests::<T>::iter_from(Requests::<T>::hashed_key_for(after))),
		};
		for (id, request) in all.by_ref().take(MAX_SEEN) {
			if page.requests.len() == limit {
				page.next = last;
				return page;
			}
			last = Some(id);
			let is_member = !Marks::of_one(&request.roles, who).is_empty();
			if is_member && !Self::has_expired(&request) {
				page.requests.push(id);
			}
		}
		page.next = last.filter(|_| all.next().is_some());
		page
	}
}

fn status_of_role<AccountId: Clone>(
	index: usize,
	role: Role<AccountId>,
	ballot: &Ballot,
	missing: u8,
) -> RoleStatus<AccountId> {
	let among = |wanted: &dyn Fn(usize) -> bool| -> Vec<AccountId> {
		let members = role.members.iter().enumerate();
		members.filter(|(member, _)| wanted(*member)).map(|(_, who)| who.clone()).collect()
	};
	let approved = |member| ballot.approvals.has(index, member);
	let objected = |member| ballot.objections.has(index, member);
	RoleStatus {
		approved: among(&approved),
		objected: among(&objected),
		silent: among(&|member| !approved(member) && !objected(member)),
		title: role.title,
		threshold: role.threshold,
		veto: role.veto,
		missing,
	}
}
