//! An operator runs the same keys on two machines: they sign twice, and are shut out.

use frame_support::{storage::storage_prefix, StorageHasher, Twox64Concat};
use grid_runtime::{AccountId, Runtime};
use grid_stories::{eventually, Chain, Network, NodeBuilder, Person};
use pallet_validators::Standing;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

const SOON: Duration = Duration::from_secs(120);

#[test]
fn the_same_keys_on_two_machines_are_barred() {
	let mut network = Network::local();
	network.finalizes(3);
	// Who is known to vote twice makes no more blocks, so this one does not vote.
	let second = NodeBuilder::new("second-dave").args(["--dave", "--force-authoring"]);
	network.add(second.args(["--no-grandpa"]));
	is_shut_out(network.nodes[0].chain(), Person::Dave, *b"aura:equivocatio");
	// And this one may come too late for any block.
	network.add(NodeBuilder::new("second-charlie").args(["--charlie"]));
	is_shut_out(network.nodes[0].chain(), Person::Charlie, *b"grandpa:equivoca");
	let number = network.commonly_finalized();
	network.finalizes(number + 4);
}

/// Wait until a contradiction of this kind is on record, and its author barred.
fn is_shut_out(chain: &Chain, who: Person, kind: [u8; 16]) {
	let who = who.to_account_id();
	eventually("the contradiction is on record", SOON, || {
		let records = storage_prefix(b"Offences", b"ConcurrentReportsIndex");
		let of_kind = [&records[..], &Twox64Concat::hash(&kind)].concat();
		let prefix = json!(format!("0x{}", hex::encode(of_kind)));
		let found = chain.rpc.call("state_getKeysPaged", &[prefix, json!(1)]).unwrap();
		(!found.as_array().unwrap().is_empty()).then_some(())
	});
	eventually("its author is barred", SOON, || {
		let key = pallet_validators::Standings::<Runtime>::hashed_key();
		let all: BTreeMap<AccountId, Standing> = chain.storage(&key, None).unwrap().unwrap();
		(all[&who] == Standing::Barred).then_some(())
	});
	eventually("the next sessions do without it", SOON, || {
		let key = pallet_session::Validators::<Runtime>::hashed_key();
		let validators: Vec<AccountId> = chain.storage(&key, None).unwrap().unwrap();
		(!validators.contains(&who)).then_some(())
	});
}
