//! The chains that the node knows by name.

use grid_primitives::token;
use grid_runtime::{presets::PRODUCTION_RUNTIME_PRESET, WASM_BINARY};
use sc_service::{ChainType, Properties};
use std::path::Path;

/// What a chain begins with, and where to find its nodes.
pub type ChainSpec = sc_service::GenericChainSpec;

const TESTNET: &[u8] = include_bytes!("../../chain-specs/testnet.json");

/// The chain of this name, or in this file.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => preset("Grid Development", "grid_dev", ChainType::Development, "development"),
		"" | "local" => preset("Grid Local", "grid_local", ChainType::Local, "local_testnet"),
		"production" => preset("Grid", "grid", ChainType::Live, PRODUCTION_RUNTIME_PRESET),
		"testnet" => ChainSpec::from_json_bytes(TESTNET),
		path => from_file(Path::new(path)),
	}
}

fn preset(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = WASM_BINARY
		.ok_or("this node was built without a runtime: build it without SKIP_WASM_BUILD")?;
	Ok(ChainSpec::builder(code, None)
		.with_name(name)
		.with_id(id)
		.with_chain_type(kind)
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

fn from_file(path: &Path) -> Result<ChainSpec, String> {
	if !path.is_file() {
		return Err(format!(
			"there is no chain called '{0}' and no file of that name; \
			 known chains are dev, local, testnet and production",
			path.display()
		));
	}
	ChainSpec::from_json_file(path.into()).map_err(|error| {
		format!("the chain specification '{}' cannot be used: {error}", path.display())
	})
}

/// What wallets ask about the token.
fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), token::SYMBOL.into());
	properties.insert("tokenDecimals".into(), token::DECIMALS.into());
	properties.insert("ss58Format".into(), token::ADDRESS_PREFIX.into());
	properties
}
