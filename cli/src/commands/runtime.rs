use super::nothing;
use crate::{
	chain::{Call, State},
	session::Session,
	Failure,
};
use serde_json::{json, Value as Json};
use sp_crypto_hashing::blake2_256;
use std::path::{Path, PathBuf};
use subxt::ext::scale_value::Value;

/// The runtime: what the chain does, as code on the chain
#[derive(clap::Subcommand)]
pub(super) enum Runtime {
	/// Which runtime there is, and which one governance has agreed to
	Show,
	/// Agree to a new runtime, by its hash (governance: --by)
	Authorize {
		/// The file with its code: grid_runtime.compact.compressed.wasm
		file: PathBuf,
	},
	/// Bring the code of a new runtime that was agreed to. Anybody can
	Upgrade {
		/// The file with its code
		file: PathBuf,
	},
}

fn digits(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// The runtime that governance has agreed to, if it has.
async fn agreed(state: &State) -> Result<Option<Json>, Failure> {
	let found = state.get_json("System", "AuthorizedUpgrade", ()).await?;
	Ok(found.map(|it| it["code_hash"].clone()))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
	std::fs::read(file).map_err(Failure::file(file))
}

impl Runtime {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let state = session.state().await?;
		let call = match self {
			Self::Show => {
				let record = json!({ "version": state.version(), "agreed": agreed(&state).await? });
				return session.output().record(&record);
			},
			Self::Authorize { file } => {
				let hash = blake2_256(&read(&file)?);
				session.confirm(&format!("Agree to the runtime {}?", digits(&hash)))?;
				let authorize = Call::new("System", "authorize_upgrade")
					.with("code_hash", Value::from_bytes(hash));
				Call::new("Governance", "enact").with("call", authorize.into_value())
			},
			Self::Upgrade { file } => {
				let code = read(&file)?;
				let hash = digits(&blake2_256(&code));
				let agreed = agreed(&state).await?;
				let agreed = agreed.ok_or_else(|| nothing("runtime that was agreed to"))?;
				if agreed != hash.as_str() {
					return Err(Failure::Input(format!(
						"{} has the hash {hash}, and the one that was agreed to has {agreed}: it is \
						 another runtime, or was built in another way",
						file.display()
					)));
				}
				session.confirm(&format!("Have the chain run {hash} from now on?"))?;
				Call::new("System", "apply_authorized_upgrade")
					.with("code", Value::from_bytes(code))
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		for event in
			done.events.iter().filter(|it| ["Governance", "System"].contains(&it.pallet.as_str()))
		{
			if event.name != "ExtrinsicSuccess" {
				session.note(event.to_string());
			}
		}
		session.done(&done, &[])
	}
}
