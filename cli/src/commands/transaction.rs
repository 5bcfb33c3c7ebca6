use super::{nothing, read_file};
use crate::{
	chain::offline::{parse_bytes, Signed, Unsigned, LIFETIME_ELSEWHERE},
	output::{self, tokens},
	session::Session,
	Failure,
};
use serde_json::json;
use std::path::PathBuf;

/// For how many blocks a transaction is looked for: as long as one may live.
const BLOCKS: u64 = LIFETIME_ELSEWHERE + 64;

/// Transactions that are signed elsewhere, and what became of others
///
/// Any command writes down what is to be signed with --unsigned FILE.
#[derive(clap::Subcommand)]
pub(super) enum Transaction {
	/// Read a transaction, or a call as hex digits, in words
	Decode {
		/// The file, or the digits of a call
		what: String,
	},
	/// Sign a transaction. The chain is not asked
	Sign {
		/// The file that --unsigned wrote
		file: PathBuf,
		/// To which file
		#[arg(long, value_name = "FILE")]
		to: PathBuf,
	},
	/// Send a signed transaction
	Submit {
		/// The file that `grid tx sign` wrote
		file: PathBuf,
	},
	/// What became of a transaction
	Find {
		/// Its hash
		#[arg(value_parser = super::twin::parse_key)]
		hash: [u8; 32],
		/// How many blocks to look back
		#[arg(long, default_value_t = BLOCKS)]
		blocks: u64,
	},
}

impl Transaction {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		match self {
			Self::Decode { what } if what.starts_with("0x") => {
				let call = session.state().await?.show_call(&parse_bytes(&what)?)?;
				session.output().record(&call)
			},
			Self::Decode { what } => {
				let unsigned: Unsigned = read_file(what.as_ref())?;
				session.output().record(&describe(session, &unsigned)?)
			},
			Self::Sign { file, to } => {
				let unsigned: Unsigned = read_file(&file)?;
				output::note(&output::yaml(&describe(session, &unsigned)?)?);
				let signer = session.signer()?;
				if signer.account() != unsigned.signer {
					return Err(Failure::Input(format!(
						"the transaction is for {} to sign, and this key is that of {}",
						unsigned.signer,
						signer.account()
					)));
				}
				if !session.options.does_here(&format!("sign it to {}", to.display()))? {
					return Ok(());
				}
				session.agree("Sign that?")?;
				let signed = unsigned.sign(&signer, Some(session.memory()))?;
				let text = serde_json::to_string_pretty(&signed)
					.map_err(|error| Failure::Input(error.to_string()))?;
				std::fs::write(&to, text + "\n").map_err(Failure::file(to))
			},
			Self::Submit { file } => {
				let signed: Signed = read_file(&file)?;
				let its = session.chain().await?.genesis();
				if its != signed.chain {
					return Err(
						crate::chain::Error::OtherChain { its, wanted: signed.chain }.into()
					);
				}
				let bytes = parse_bytes(&signed.transaction)?;
				match session.send_signed(bytes, signed.until).await? {
					Some(done) => tell(session, &done),
					None => Ok(()),
				}
			},
			Self::Find { hash, blocks } => {
				let hash = format!("0x{}", hex::encode(hash));
				let chain = session.chain().await?;
				let newest = session.state().await?.number();
				let first = super::look_back(session, blocks, newest).await?;
				let found = chain.find(&hash, first).await?;
				let found = found.ok_or_else(|| {
					nothing(format!("transaction {hash} in blocks {first} to {newest}"))
				})?;
				tell(session, &found?)
			},
		}
	}
}

/// What would be signed, as people read it.
fn describe(session: &Session, unsigned: &Unsigned) -> Result<serde_json::Value, Failure> {
	Ok(json!({
		"call": unsigned.show(Some(session.memory()))?,
		"signer": unsigned.signer,
		"nonce": unsigned.nonce,
		"chain": unsigned.chain,
		"valid": format!("blocks {} to {}", unsigned.since, unsigned.since + unsigned.blocks),
	}))
}

fn tell(session: &Session, done: &crate::chain::Included) -> Result<(), Failure> {
	session.output().write(&done.record(), || {
		let mut text = format!("finalized in block {}, fee {}\n", done.number, tokens(done.fee));
		for event in &done.events {
			text += &format!("  {event}\n");
		}
		text
	})
}
