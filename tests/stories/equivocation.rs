//! An operator runs the same keys on two machines: they sign twice, and are shut out.

use frame_support::{storage::storage_prefix, StorageHasher, Twox64Concat};
use grid_runtime::{AccountId, Runtime};
use grid_stories::{eventually, Network, NodeBuilder, Person};
use pallet_validators::Standing;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

const SOON: Duration = Duration::from_secs(120);

#[test]
fn the_same_keys_on_two_machines_are_barred() {
	let mut network = Network::local();
	network.finalizes(3);
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
	// The votes alone would bar it; its blocks are reported as well.
	eventually("two blocks for one slot are on record", SOON, || {
		let records = storage_prefix(b"Offences", b"ConcurrentReportsIndex");
		let of_authors = [&records[..], &Twox64Concat::hash(b"aura:equivocatio")].concat();
		let prefix = json!(format!("0x{}", hex::encode(of_authors)));
		let found = chain.rpc.call("state_getKeysPaged", &[prefix, json!(1)]).unwrap();
		(!found.as_array().unwrap().is_empty()).then_some(())
	});
	eventually("the next sessions do without it", SOON, || {
		let key = pallet_session::Validators::<Runtime>::hashed_key();
		let validators: Vec<AccountId> = chain.storage(&key, None).unwrap().unwrap();
		(!validators.contains(&dave)).then_some(())
	});
	let number = network.commonly_finalized();
	network.finalizes(number + 4);
}
