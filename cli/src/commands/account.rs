use crate::{
	chain::{account, number, Call},
	output::{parse_tokens, tokens},
	session::Session,
	Failure,
};
use grid_primitives::Balance;
use serde_json::json;
use subxt::ext::scale_value::Value;

/// Accounts and their tokens
#[derive(clap::Subcommand)]
pub(super) enum Account {
	/// What an account has
	Show {
		/// The account, if not one's own: a key, an address, or //Alice
		who: Option<String>,
	},
	/// Send tokens to another account
	Transfer {
		/// To whom
		to: String,
		/// How much, as in 12.5
		#[arg(value_parser = parse_tokens)]
		amount: Balance,
	},
}

impl Account {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		match self {
			Self::Show { who } => {
				let who = match who {
					Some(who) => session.find_account(&who)?,
					None => session.account()?,
				};
				let state = session.state().await?;
				let (free, twin) = (state.free(who).await?, state.twin_of(who).await?);
				let record = json!({ "account": who, "free": free.to_string(), "twin": twin });
				session.output().write(&record, || {
					let twin = twin.map_or("none".into(), |twin| twin.to_string());
					format!("account  {who}\nfree     {}\ntwin     {twin}", tokens(free))
				})
			},
			Self::Transfer { to, amount } => {
				let to = session.find_account(&to)?;
				let free = session.state().await?.free(session.account()?).await?;
				if amount > free {
					return Err(Failure::Poor(format!(
						"the account has {}: that is too little to send {}",
						tokens(free),
						tokens(amount)
					)));
				}
				session.confirm(&format!("Send {} to {to}?", tokens(amount)))?;
				let call = Call::new("Balances", "transfer_keep_alive")
					.with("dest", Value::unnamed_variant("Id", [account(to)]))
					.with("value", number(amount));
				session.act(call).await
			},
		}
	}
}
