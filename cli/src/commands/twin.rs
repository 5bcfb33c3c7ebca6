use super::nothing;
use crate::{
	chain::{of, option, Call},
	session::Session,
	Failure,
};
use grid_primitives::{spec::List, TwinId};
use subxt::ext::scale_value::Value;

/// Twins: the identity of who deploys or farms
#[derive(clap::Subcommand)]
pub(super) enum Twin {
	/// Make one's twin
	Create(Contact),
	/// Say anew where one is reached, and to which key others seal
	Update(Contact),
	/// Remove one's twin. Nothing may hang on it
	Delete,
	/// Accept the terms that governance has set
	AcceptTerms {
		/// The hash of the terms, as hex digits
		#[arg(value_parser = parse_key)]
		hash: [u8; 32],
	},
	/// Take that back, without a twin
	WithdrawAcceptance,
	/// A twin: one's own, or that of a number
	Show {
		/// Its number
		twin: Option<TwinId>,
	},
}

/// How a twin is reached.
#[derive(clap::Args)]
pub(super) struct Contact {
	/// Where messages for it go
	#[arg(long)]
	relay: Option<String>,
	/// The X25519 key that others seal to, as hex digits; without it, one that comes from the key
	/// of the account
	#[arg(long, value_parser = parse_key)]
	encryption_key: Option<[u8; 32]>,
}

/// 32 bytes as hex digits.
pub(super) fn parse_key(text: &str) -> Result<[u8; 32], String> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	let bytes = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
	bytes.ok_or_else(|| "it is 32 bytes as hex digits: 0x and 64 of them".into())
}

impl Contact {
	fn call(self, session: &Session, name: &str) -> Result<Call, Failure> {
		let key = match self.encryption_key {
			Some(key) => key,
			None => {
				let secret = session
					.pair(
						"making a key that others seal to",
						", or name one with --encryption-key",
					)?
					.derived(b"grid/twin");
				crypto_box::SecretKey::from(*secret).public_key().to_bytes()
			},
		};
		let relay = self.relay.map(|text| {
			let relay: Result<List<u8, 255>, _> = text.into_bytes().try_into();
			relay.map_err(|_| Failure::Input("a relay has at most 255 characters".into()))
		});
		let relay = relay.transpose()?.map(|relay| of(&relay));
		Ok(Call::new("Twins", name)
			.with("relay", option(relay))
			.with("encryption_key", Value::from_bytes(key)))
	}
}

impl Twin {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let call = match self {
			Self::Create(contact) => contact.call(session, "create")?,
			Self::Update(contact) => contact.call(session, "update")?,
			Self::Delete => {
				session.confirm("Remove your twin?")?;
				Call::new("Twins", "delete")
			},
			Self::AcceptTerms { hash } => {
				Call::new("Twins", "accept_terms").with("terms", Value::from_bytes(hash))
			},
			Self::WithdrawAcceptance => Call::new("Twins", "withdraw_acceptance"),
			Self::Show { twin } => {
				let state = session.state().await?;
				let twin = match twin {
					Some(twin) => twin,
					None => state.twin_of(session.account()?).await?.ok_or_else(|| {
						nothing("twin of this account: make it with `grid twin create`")
					})?,
				};
				let mut record = state
					.get_json("Twins", "Twins", (twin,))
					.await?
					.ok_or_else(|| nothing(format!("twin {twin}")))?;
				record["twin"] = twin.into();
				return session.output().record(&record);
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		session.done(&done, &[("twin", done.told("Twins", "Created", "twin"))])
	}
}
