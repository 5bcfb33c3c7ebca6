//! A chain without sudo, where the council decides.

use codec::Encode;
use grid_runtime::{
	presets::PRODUCTION_RUNTIME_PRESET, AccountId, Header, Runtime, RuntimeCall, RuntimeEvent,
	SessionKeys,
};
use grid_stories::{eventually, Chain, Network, NodeBuilder, Person, Spec};
use pallet_collective::Instance1;
use serde_json::{json, Value};
use sp_core::crypto::Ss58Codec;
use sp_keyring::Ed25519Keyring;
use sp_runtime::traits::{BlakeTwo256, Hash};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(90);
const COUNCIL: [Person; 5] =
	[Person::Alice, Person::Bob, Person::Charlie, Person::Dave, Person::Eve];

/// The keys that the node makes for this owner, and the proof that it has them.
pub(crate) fn session_keys_of(chain: &Chain, owner: &AccountId) -> (SessionKeys, Vec<u8>) {
	let owner = json!(format!("0x{}", hex::encode(owner)));
	let made = chain.rpc.call("author_rotateKeysWithOwner", &[owner]).expect("keys are made");
	let bytes = |name: &str| {
		hex::decode(made[name].as_str().unwrap().trim_start_matches("0x")).expect("hex")
	};
	let keys = codec::Decode::decode(&mut &bytes("keys")[..]).expect("keys of this chain");
	(keys, bytes("proof"))
}

/// Who validates, as of the best block.
/// The validators after a block, or after the best.
fn validators(chain: &Chain, after: Option<grid_runtime::Hash>) -> Vec<AccountId> {
	let key = pallet_session::Validators::<Runtime>::hashed_key();
	chain.storage(&key, after).unwrap().unwrap_or_default()
}

pub(crate) fn is_author(chain: &Chain, who: &AccountId) -> bool {
	validators(chain, None).contains(who)
}

/// Who made a block: its slot tells, with the validators of the moment before.
pub(crate) fn author_of(chain: &Chain, block: &Header) -> Option<AccountId> {
	let slot = block.digest.logs().iter().find_map(|item| {
		let (engine, data) = item.as_pre_runtime()?;
		(engine == *b"aura").then(|| u64::from_le_bytes(data.try_into().expect("a slot")))
	})?;
	let authors = validators(chain, Some(block.parent_hash));
	authors.get((slot % authors.len() as u64) as usize).cloned()
}

/// The production preset, with people of this test in the founders' places.
fn production() -> Spec {
	Spec::of(PRODUCTION_RUNTIME_PRESET, |spec| {
		let genesis = &mut spec["genesis"]["runtimeGenesis"]["patch"];
		assert_eq!(genesis["sudo"]["key"], Value::Null, "nobody has sudo");
		let founders = genesis["council"]["members"].as_array().expect("it is seated");
		assert_eq!(founders.len(), COUNCIL.len());
		let address = |person: Person| person.to_account_id().to_ss58check();

		let keys = |person: Person, voter: Ed25519Keyring| {
			let aura = person.public().to_ss58check();
			let grandpa = voter.public().to_ss58check();
			json!([address(person), address(person), { "aura": aura, "grandpa": grandpa }])
		};
		genesis["council"]["members"] = json!(COUNCIL.map(address));
		genesis["balances"]["balances"] = json!(COUNCIL.map(|it| (address(it), 10_000_000_000u64)));
		genesis["validators"]["validators"] = json!([address(Person::Alice), address(Person::Bob)]);
		// Sessions of ten minutes would make a long story.
		genesis["validators"]["timing"] = json!({ "sessionLength": 5, "silenceLimit": 300 });
		genesis["session"]["keys"] = json!([
			keys(Person::Alice, Ed25519Keyring::Alice),
			keys(Person::Bob, Ed25519Keyring::Bob),
		]);
	})
}

/// Pass a motion with three of the five.
fn enact(chain: &Chain, proposal: RuntimeCall) -> RuntimeEvent {
	let length_bound = proposal.encoded_size() as u32;
	let hash = BlakeTwo256::hash_of(&proposal);
	let propose = pallet_collective::Call::<Runtime, Instance1>::propose {
		threshold: 3,
		proposal: Box::new(proposal),
		length_bound,
	};
	let proposed = chain.send(COUNCIL[0], RuntimeCall::Council(propose)).expect("proposed");
	let index = proposed
		.events
		.iter()
		.find_map(|event| match event {
			RuntimeEvent::Council(pallet_collective::Event::Proposed {
				proposal_index, ..
			}) => Some(*proposal_index),
			_ => None,
		})
		.expect("the motion has a number");
	for member in &COUNCIL[..3] {
		let vote = pallet_collective::Call::vote { proposal: hash, index, approve: true };
		chain.send(*member, RuntimeCall::Council(vote)).expect("voted");
	}
	let close = pallet_collective::Call::close {
		proposal_hash: hash,
		index,
		proposal_weight_bound: WEIGHT_BOUND,
		length_bound,
	};
	let closed = chain.send(COUNCIL[4], RuntimeCall::Council(close)).expect("closed");
	closed
		.events
		.into_iter()
		.find(|event| {
			matches!(event, RuntimeEvent::Council(pallet_collective::Event::Executed { .. }))
		})
		.expect("the motion was executed")
}

const WEIGHT_BOUND: sp_runtime::Weight = sp_runtime::Weight::from_parts(500_000_000_000, 1_000_000);

fn assert_done(executed: &RuntimeEvent) {
	let RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) = executed else {
		panic!("{executed:?} is no execution");
	};
	assert_eq!(*result, Ok(()), "the motion's call failed");
}

#[test]
fn the_council_alone_upgrades_the_chain_and_adds_a_validator() {
	let spec = production();
	let mut network = Network::of_validators(spec.path(), &["alice", "bob"]);
	network.add(NodeBuilder::new("charlie").args(["--validator"]));
	let chain = network.nodes[0].chain();
	network.finalizes(2);

	// One member alone gets nothing done.
	let lonely = pallet_governance::Call::<Runtime>::enact {
		call: Box::new(RuntimeCall::System(frame_system::Call::remark { remark: vec![] })),
	};
	let error = chain.send(Person::Alice, RuntimeCall::Governance(lonely)).err();
	assert!(error.expect("it is refused").to_string().contains("BadOrigin"));

	let code = grid_next_runtime::WASM_BINARY.expect("the next runtime is built").to_vec();
	let authorize = frame_system::Call::authorize_upgrade { code_hash: BlakeTwo256::hash(&code) };
	let as_root = pallet_governance::Call::enact { call: Box::new(authorize.into()) };
	assert_done(&enact(chain, RuntimeCall::Governance(as_root)));
	let apply = frame_system::Call::<Runtime>::apply_authorized_upgrade { code };
	chain.send(Person::Bob, RuntimeCall::System(apply)).expect("anyone may bring the code");
	eventually("the next version runs", SOON, || (chain.spec_version() == 2).then_some(()));

	let charlie = Person::Charlie.to_account_id();
	let (keys, proof) = session_keys_of(network.nodes[2].chain(), &charlie);
	let set_keys = pallet_session::Call::<Runtime>::set_keys { keys, proof };
	chain.send(Person::Charlie, RuntimeCall::Session(set_keys)).expect("keys are set");
	let add = pallet_validators::Call::add { validator: charlie.clone() };
	assert_done(&enact(chain, RuntimeCall::Validators(add)));
	eventually("the third validator makes a block", SOON, || {
		(author_of(chain, &chain.finalized()).as_ref() == Some(&charlie)).then_some(())
	});
	let number = network.commonly_finalized();
	network.finalizes(number + 3);
}
