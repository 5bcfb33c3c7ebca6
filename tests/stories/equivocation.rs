//! An operator runs the same keys on two machines: they sign twice, and are shut out.

use grid_runtime::{AccountId, Runtime};
use grid_stories::{eventually, Network, NodeBuilder, Person};
use pallet_validators::Standing;
use std::{collections::BTreeMap, time::Duration};

const SOON: Duration = Duration::from_secs(120);

#[test]
fn the_same_keys_on_two_machines_are_barred() {
	let mut network = Network::local();
	network.finalizes(3, SOON);
	network.add(NodeBuilder::new("second-dave").args(["--dave", "--force-authoring"]));

	let dave = Person::Dave.to_account_id();
	let chain = network.nodes[0].chain();
	let standing = || {
		let key = pallet_validators::Standings::<Runtime>::hashed_key();
		let all: BTreeMap<AccountId, Standing> = chain.storage(&key, None).unwrap().unwrap();
		all[&dave]
	};
	eventually("the contradiction is reported and its author barred", SOON, || {
		(standing() == Standing::Barred).then_some(())
	});
	eventually("the next sessions do without it", SOON, || {
		let key = pallet_session::Validators::<Runtime>::hashed_key();
		let validators: Vec<AccountId> = chain.storage(&key, None).unwrap().unwrap();
		(!validators.contains(&dave)).then_some(())
	});
	let number = network.commonly_finalized();
	network.finalizes(number + 4, SOON);
}
