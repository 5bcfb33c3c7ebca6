use crate::{
	chain::{account, number, offline::parse_bytes, Call, SessionKeys},
	output::Table,
	session::Session,
	Failure,
};
use subxt::ext::scale_value::Value;

/// Validators of the chain
#[derive(clap::Subcommand)]
pub(super) enum Validator {
	/// Validators, and how they stand
	List,
	/// Register session keys. One's own node makes them, if it is the one of --chain; otherwise, what
	/// its `author_rotateKeysWithOwner` said
	SetKeys {
		/// The two keys, aura before grandpa, as hex digits
		#[arg(requires = "proof")]
		keys: Option<String>,
		/// What proves that they are one's own, as hex digits
		proof: Option<String>,
	},
	/// Take keys back that are out of use
	WithdrawKeys,
	/// Serve no longer
	Leave,
	/// Serve again after a rest
	Rejoin,
	/// Let a validator in (governance: --by)
	Add {
		/// Who
		who: String,
	},
	/// Take a validator out (governance: --by)
	Remove {
		/// Who
		who: String,
	},
	/// Say how long sessions are, and how long a validator may be silent (governance: --by)
	SetTiming {
		/// For how many blocks a session lasts
		#[arg(long, value_name = "BLOCKS")]
		session_length: u32,
		/// Within how many blocks a validator has to make one
		#[arg(long, value_name = "BLOCKS")]
		silence_limit: u32,
	},
}

/// Have one's own node make keys.
async fn made_by_the_node(session: &Session) -> Result<SessionKeys, Failure> {
	if session.options.dry_run {
		return Err(Failure::Input(
			"the node would make keys, which are not known before: name some, with their proof"
				.into(),
		));
	}
	let owner = session.account()?;
	session.agree("Have the node make new keys, and register them?")?;
	Ok(session.chain().await?.make_session_keys(owner).await?)
}

impl Validator {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let about = |name: &str, who: &str| {
			let who = session.find_account(who)?;
			Ok::<_, Failure>(Call::new("Validators", name).with("validator", account(who)))
		};
		let then = self.then();
		let call = match self {
			Self::List => {
				let state = session.state().await?;
				let all = state.view_json("Validators", "validators", ()).await?;
				let ends: u32 = state.view("Validators", "session_ends", ()).await?;
				return session.output().write(&all, || {
					let mut table = Table::new(&["validator", "standing"]);
					for it in all.as_array().into_iter().flatten() {
						table.row([0, 1].map(|part| super::status::plain(&it[part])));
					}
					format!("{table}\nThe session ends with block {ends}.")
				});
			},
			Self::SetKeys { keys, proof } => {
				let made = match (keys, proof) {
					(Some(keys), Some(proof)) => SessionKeys { keys, proof },
					_ => made_by_the_node(session).await?,
				};
				let keys = parse_bytes(&made.keys)?;
				let (aura, grandpa) = keys
					.split_at_checked(32)
					.filter(|(_, grandpa)| grandpa.len() == 32)
					.ok_or_else(|| Failure::Input("session keys are 64 bytes".into()))?;
				let proof = parse_bytes(&made.proof)?;
				let keys = Value::named_composite([
					("aura", Value::from_bytes(aura)),
					("grandpa", Value::from_bytes(grandpa)),
				]);
				Call::new("Session", "set_keys")
					.with("keys", keys)
					.with("proof", Value::from_bytes(proof))
			},
			Self::WithdrawKeys => Call::new("Validators", "withdraw_keys"),
			Self::Leave => {
				session.confirm("Stop serving as a validator?")?;
				Call::new("Validators", "leave")
			},
			Self::Rejoin => Call::new("Validators", "rejoin"),
			Self::Add { who } => about("add", &who)?,
			Self::Remove { who } => about("remove", &who)?,
			Self::SetTiming { session_length, silence_limit } => {
				let timing = Value::named_composite([
					("session_length", number(session_length)),
					("silence_limit", number(silence_limit)),
				]);
				Call::new("Validators", "set_timing").with("timing", timing)
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		if done.motion().is_none() {
			session.note(then);
		}
		session.done(&done, &[])
	}

	/// What comes of it, once it is done.
	fn then(&self) -> &'static str {
		match self {
			Self::List => "",
			Self::SetKeys { .. } => {
				"the keys are registered; a validator uses new ones within two sessions, and until \
				 then the machine with the old ones has to run"
			},
			Self::WithdrawKeys => "the keys are taken back, with what was held for them",
			Self::Leave => {
				"it serves no longer within two sessions: until then its node has to run; then \
				 `grid validator withdraw-keys` gives back what is held for the keys"
			},
			Self::Rejoin => "it serves again within two sessions",
			Self::Add { .. } => "it serves within two sessions, if its node runs",
			Self::Remove { .. } => "it serves no longer within two sessions",
			Self::SetTiming { .. } => "it is in force, for the session that runs too",
		}
	}
}
