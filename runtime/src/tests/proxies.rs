//! What proxies may hand on.

use crate::{configs::system::ProxyType, RuntimeCall};
use frame_support::traits::InstanceFilter;

#[test]
fn no_proxy_makes_another_that_may_more() {
	use ProxyType::{Any, Approving, Deploying, NonTransfer};
	let all = [Any, NonTransfer, Deploying, Approving];
	let calls = [
		RuntimeCall::Deployments(pallet_deployments::Call::rent { node: 1 }),
		RuntimeCall::Deployments(pallet_deployments::Call::release { node: 1 }),
		RuntimeCall::Approvals(pallet_approvals::Call::retract { request: 1 }),
		RuntimeCall::Billing(pallet_billing::Call::top_up {
			bill: grid_primitives::ports::Bill::Rental(1),
			amount: 1,
		}),
		RuntimeCall::Twins(pallet_twins::Call::delete {}),
	];
	for one in all {
		for other in all.into_iter().filter(|other| one.is_superset(other)) {
			for call in &calls {
				assert!(one.filter(call) || !other.filter(call), "{one:?}, {other:?}: {call:?}");
			}
		}
	}
}
