mod free_riders;
mod proxies;
mod random_calls;

use crate::{presets, RuntimeGenesisConfig};
use sp_runtime::BuildStorage;

/// A chain as developers have it.
fn development() -> sp_io::TestExternalities {
	let preset = presets::get_preset(&sp_genesis_builder::DEV_RUNTIME_PRESET.into());
	let patch = serde_json::from_slice(&preset.expect("it is there")).expect("it is JSON");
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("it is JSON");
	merge(&mut config, patch);
	let config: RuntimeGenesisConfig = serde_json::from_value(config).expect("it is complete");
	config.build_storage().expect("it can be built").into()
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
	match (into, patch) {
		(serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(serde_json::Value::Null), value);
			}
		},
		(into, patch) => *into = patch,
	}
}
