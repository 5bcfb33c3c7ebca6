//! How a chain begins.

use crate::*;
use alloc::{
	string::{String, ToString},
	vec,
	vec::Vec,
};
use configs::money::{ExistentialDeposit, TreasuryAccount, WaitingAccount};
use frame_support::build_struct_json_patch;
use grid_primitives::{ip::Ip, token::TFT, FarmId};
use pallet_farms::{FarmAddress, GenesisFarm};
use pallet_validators::Timing;
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::Ss58Codec;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The preset of public chains: nobody has sudo.
pub const PRODUCTION_RUNTIME_PRESET: &str = "production";

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
	[DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PRODUCTION_RUNTIME_PRESET]
		.map(PresetId::from)
		.to_vec()
}

/// The preset of this name, as JSON.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		DEV_RUNTIME_PRESET => Beginning {
			validators: vec![developer(Sr25519Keyring::Alice, Ed25519Keyring::Alice)],
			timing: Timing { session_length: 30, silence_limit: 300 },
			..Beginning::of_developers()
		},
		LOCAL_TESTNET_RUNTIME_PRESET => Beginning {
			validators: vec![
				developer(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
				developer(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
				developer(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
				developer(Sr25519Keyring::Dave, Ed25519Keyring::Dave),
			],
			timing: Timing { session_length: 10, silence_limit: 40 },
			..Beginning::of_developers()
		},
		PRODUCTION_RUNTIME_PRESET => Beginning::of_founders(),
		_ => return None,
	};
	Some(patch.into_json().to_string().into_bytes())
}

type Validator = (AccountId, SessionKeys);

fn developer(account: Sr25519Keyring, voter: Ed25519Keyring) -> Validator {
	let keys = SessionKeys {
		aura: AuraId::from(account.public()),
		grandpa: GrandpaId::from(voter.public()),
	};
	(account.to_account_id(), keys)
}

/// The encryption key of the demo farm's twin: of the X25519 secret that is 32 times 42.
const DEMO_KEY: [u8; 32] = [
	0x07, 0xaa, 0xff, 0x3e, 0x9f, 0xc1, 0x67, 0x27, 0x55, 0x44, 0xf4, 0xc3, 0xa6, 0xa1, 0x7c, 0xd8,
	0x37, 0xf2, 0xec, 0x6e, 0x78, 0xcd, 0x8a, 0x57, 0xb1, 0xe3, 0xdf, 0xb3, 0xcc, 0x03, 0x5a, 0x76,
];

/// Ferdie's farm, for trying things out, with addresses that are set aside for that.
fn demo_farm() -> GenesisFarm<AccountId> {
	let address = |last| FarmAddress { ip: Ip::V4([203, 0, 113, last]), prefix: 24 };
	GenesisFarm {
		name: "ferdies-farm".into(),
		farmer: Sr25519Keyring::Ferdie.to_account_id(),
		public_ips: vec![((10..20).map(address).collect(), Ip::V4([203, 0, 113, 1]))],
	}
}

/// What a token is worth in the beginning, in 1e-7 USD. Governance says it from then on.
const TOKEN_PRICE: u64 = 1_000_000;

struct Beginning {
	/// Accounts with money, and how much each has.
	endowed: Vec<(AccountId, Balance)>,
	council: Vec<AccountId>,
	validators: Vec<Validator>,
	timing: Timing<BlockNumber>,
	sudo: Option<AccountId>,
	/// Who has a twin, with its encryption key.
	twins: Vec<(AccountId, Option<String>, [u8; 32])>,
	farms: Vec<GenesisFarm<AccountId>>,
	/// Who may join which farm.
	invitations: Vec<(FarmId, AccountId)>,
}

impl Beginning {
	fn of_developers() -> Self {
		let everybody = Sr25519Keyring::well_known().map(|key| key.to_account_id());
		Self {
			endowed: everybody.map(|account| (account, 1_000_000 * TFT)).collect(),
			council: vec![
				Sr25519Keyring::Alice.to_account_id(),
				Sr25519Keyring::Bob.to_account_id(),
				Sr25519Keyring::Charlie.to_account_id(),
			],
			validators: Vec::new(),
			timing: Timing::default(),
			sudo: Some(Sr25519Keyring::Alice.to_account_id()),
			twins: vec![(Sr25519Keyring::Ferdie.to_account_id(), None, DEMO_KEY)],
			farms: vec![demo_farm()],
			invitations: vec![(1, Sr25519Keyring::FerdieStash.to_account_id())],
		}
	}

	/// The first five sit in the council, and run the first four validators.
	fn of_founders() -> Self {
		let account = |address: &str| {
			AccountId::from_ss58check(address).expect("the founders' addresses are tested")
		};
		Self {
			endowed: FOUNDERS.iter().map(|it| (account(it.address), 1_000_000 * TFT)).collect(),
			council: FOUNDERS.iter().map(|it| account(it.address)).collect(),
			validators: FOUNDERS
				.iter()
				.filter_map(|it| {
					let (aura, grandpa) = it.session_keys?;
					let keys = SessionKeys {
						aura: AuraId::from_ss58check(aura).expect("tested"),
						grandpa: GrandpaId::from_ss58check(grandpa).expect("tested"),
					};
					Some((account(it.address), keys))
				})
				.collect(),
			timing: Timing::default(),
			sudo: None,
			twins: Vec::new(),
			farms: Vec::new(),
			invitations: Vec::new(),
		}
	}

	fn into_json(self) -> Value {
		// These receive shares that are smaller than an account must have.
		let offices = [TreasuryAccount::get(), WaitingAccount::get()];
		let offices = offices.map(|office| (office, ExistentialDeposit::get()));
		build_struct_json_patch!(RuntimeGenesisConfig {
			balances: BalancesConfig {
				balances: self.endowed.into_iter().chain(offices).collect::<Vec<_>>(),
			},
			validators: ValidatorsConfig {
				validators: self.validators.iter().map(|(who, _)| who.clone()).collect::<Vec<_>>(),
				timing: self.timing,
			},
			session: SessionConfig {
				keys: self
					.validators
					.into_iter()
					.map(|(who, keys)| (who.clone(), who, keys))
					.collect::<Vec<_>>(),
			},
			council: CouncilConfig { members: self.council },
			sudo: SudoConfig { key: self.sudo },
			twins: TwinsConfig { twins: self.twins },
			farms: FarmsConfig { farms: self.farms },
			nodes: NodesConfig { invitations: self.invitations },
			billing: BillingConfig { token_price: TOKEN_PRICE },
		})
	}
}

/// One of those who start a public chain.
struct Founder {
	address: &'static str,
	/// Aura's and GRANDPA's, for those who run a first validator.
	session_keys: Option<(&'static str, &'static str)>,
}

/// Who starts the public chains. Only they know the secrets of these keys; whoever starts a chain
/// of their own puts theirs here.
const FOUNDERS: [Founder; 5] = [
	Founder {
		address: "5D2UioATpDtp5qYoXbH8DphZCiq4qFwAuG1TKG2ynaWe7j1P",
		session_keys: Some((
			"5D1yFuDSvCAu5uZCGfBd3adXnBgMk1YNXAbwqEFn2GLMJgPD",
			"5E6tuhZjwd1tkDcwCTiRXmhZA4Vn7c7wkt9vByRm4oN7CqCd",
		)),
	},
	Founder {
		address: "5EUMKqfboGaqHdk7VdFv3EUV7GYuXjpcDsT2DgYjDYS7tHq1",
		session_keys: Some((
			"5CJJ6QXPUJ4aKAZDwDSEoY2xkvAwpAiLwUbaYo5qQe1p8KaU",
			"5D1Do5UjevoTYqiuP6j4NuFJbRoGx5JvKRUcwD5GUMFCbFcc",
		)),
	},
	Founder {
		address: "5FsF2ohCSWLw31xn3oEXE9Mg17GnLVFn3h1w2zeYu3t3GRo7",
		session_keys: Some((
			"5FEYZNwdbVDFMXxxU9EFz2kNoaAW2gjYF97c6ogFbdS9Eq6X",
			"5DXFk2NjWrPRfXZQgjMqY5oSg5TA8ES1RoZnf4EBmykchF5r",
		)),
	},
	Founder {
		address: "5GiwG6kZ5hB4kj4L6B4vGoUGaeBCexXph2DWJyMZWkqiYTqf",
		session_keys: Some((
			"5C87xFTsCppLpqquLRRn4qmTLhccaUu2PWYMX4iQn4tX6pqa",
			"5E77kA2aAbULuJicbVZ8sfYaEN6VbxTBF7Xh86d1TwVrT8XL",
		)),
	},
	Founder { address: "5FqEBdoK2rhA4eE5bzL26c5N3Ccn9TgyiFmvKCHJC5PDeSJJ", session_keys: None },
];
