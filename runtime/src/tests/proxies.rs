//! What proxies may hand on.

use crate::{ProxyType, RuntimeCall, SessionKeys};
use frame_support::traits::InstanceFilter;
use scale_info::TypeInfo;

#[test]
fn no_proxy_makes_another_that_may_more() {
	use ProxyType::{Any, Approving, Deploying, NonTransfer};
	let all = [Any, NonTransfer, Deploying, Approving];
	let calls = [
		RuntimeCall::Deployments(pallet_deployments::Call::rent { node: 1, most: None }),
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

#[test]
fn who_deploys_for_somebody_gives_nothing_of_his_away() {
	let bill = grid_primitives::ports::Bill::Contract(1);
	let own = pallet_billing::Call::top_up { bill, amount: 1 };
	// Whose contract it is can end it, and has the money.
	let anybodys = pallet_billing::Call::sponsor { bill, amount: 1 };
	assert!(ProxyType::Deploying.filter(&RuntimeCall::Billing(own)));
	for kind in [ProxyType::Deploying, ProxyType::NonTransfer] {
		assert!(!kind.filter(&RuntimeCall::Billing(anybodys.clone())), "{kind:?}");
	}
}

#[test]
fn wallets_know_proxies_and_keys_by_their_paths() {
	assert_eq!(ProxyType::type_info().path.segments, ["grid_runtime", "ProxyType"]);
	assert_eq!(SessionKeys::type_info().path.segments, ["grid_runtime", "SessionKeys"]);
}
