use super::{
	nothing,
	parameter::{self, Parameter},
};
use crate::{
	chain::{account, number, option, Call},
	keys::Account,
	output::{yaml, Table},
	session::Session,
	Failure,
};
use serde_json::json;
use subxt::ext::scale_value::Value;

/// More than any motion may weigh: the council's own limit holds.
const TIME: u64 = 1_000_000_000_000;
const PROOF: u64 = 5_000_000;

/// The council: who is in it, what it is asked
///
/// What the council decides is proposed with --by council: `grid node certify 7 --by council`.
#[derive(clap::Subcommand)]
pub(super) enum Council {
	/// Who is in it
	Members,
	/// What it is asked at the moment
	Motions,
	/// Vote on a motion
	Vote {
		/// The hash of the motion
		#[arg(value_parser = super::twin::parse_key)]
		motion: [u8; 32],
		/// For it, or against it
		vote: Answer,
	},
	/// Have a decided motion done
	Close {
		/// The hash of the motion
		#[arg(value_parser = super::twin::parse_key)]
		motion: [u8; 32],
	},
	/// Say who is in it from now on (governance: --by)
	SetMembers {
		/// All of them
		#[arg(required = true)]
		members: Vec<String>,
	},
	/// Strike a motion (governance: --by)
	Disapprove {
		/// The hash of the motion
		#[arg(value_parser = super::twin::parse_key)]
		motion: [u8; 32],
	},
	/// Say what a token is worth, in 1e-7 USD (governance: --by)
	SetTokenPrice {
		/// How much
		usd: u64,
	},
	/// Set what governance can turn: heartbeats.min-gap, heartbeats.max-gap, billing.price-list, …
	/// (governance: --by)
	Set {
		/// Names with their values
		#[arg(required = true, value_name = "NAME=VALUE", value_parser = parameter::parse)]
		parameters: Vec<Parameter>,
	},
	/// Set the terms that twins accept, by their hash (governance: --by)
	SetTerms {
		/// The hash; without it, there are none
		#[arg(value_parser = super::twin::parse_key)]
		terms: Option<[u8; 32]>,
	},
}

/// What a member says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Answer {
	/// For it.
	Yes,
	/// Against it.
	No,
}

fn digits(hash: [u8; 32]) -> String {
	format!("0x{}", hex::encode(hash))
}

impl Council {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let call = match self {
			Self::Members => {
				let state = session.state().await?;
				let members: Vec<Account> =
					state.read("Council", "Members", ()).await?.unwrap_or_default();
				return session
					.output()
					.write(&members, || members.iter().map(|it| format!("{it}\n")).collect());
			},
			Self::Motions => return motions(session).await,
			Self::Vote { motion, vote } => {
				let state = session.state().await?;
				let key = (Value::from_bytes(motion),);
				let asked = state.get_json("Council", "ProposalOf", key).await?;
				let asked = asked.ok_or_else(|| nothing(format!("motion {}", digits(motion))))?;
				let voting =
					state.get_json("Council", "Voting", (Value::from_bytes(motion),)).await?;
				let index = voting.and_then(|it| it["index"].as_u64()).unwrap_or_default();
				session.note(yaml(&asked)?);
				session.confirm(&format!("Vote {vote:?} on that?"))?;
				Call::new("Council", "vote")
					.with("proposal", Value::from_bytes(motion))
					.with("index", number(index))
					.with("approve", Value::bool(vote == Answer::Yes))
			},
			Self::Close { motion } => {
				let state = session.state().await?;
				let voting =
					state.get_json("Council", "Voting", (Value::from_bytes(motion),)).await?;
				let index = voting
					.and_then(|it| it["index"].as_u64())
					.ok_or_else(|| nothing(format!("motion {}", digits(motion))))?;
				let weight = Value::named_composite([
					("ref_time", number(TIME)),
					("proof_size", number(PROOF)),
				]);
				Call::new("Council", "close")
					.with("proposal_hash", Value::from_bytes(motion))
					.with("index", number(index))
					.with("proposal_weight_bound", weight)
					.with("length_bound", number(1_u32 << 20))
			},
			Self::SetMembers { members } => {
				let state = session.state().await?;
				let before: Vec<Account> =
					state.read("Council", "Members", ()).await?.unwrap_or_default();
				let members = members.iter().map(|who| session.find_account(who));
				let members = members.collect::<Result<Vec<_>, _>>()?;
				for member in &members {
					session.note(member.to_string());
				}
				session.confirm("Is that the council from now on?")?;
				let members = members.into_iter().map(account);
				Call::new("Council", "set_members")
					.with("new_members", Value::unnamed_composite(members))
					.with("prime", option(None))
					.with("old_count", number(before.len() as u128))
			},
			Self::Disapprove { motion } => {
				session.confirm(&format!("Strike motion {}?", digits(motion)))?;
				Call::new("Council", "disapprove_proposal")
					.with("proposal_hash", Value::from_bytes(motion))
			},
			Self::SetTokenPrice { usd } => {
				Call::new("Billing", "set_token_price").with("usd", number(usd))
			},
			Self::Set { parameters } => parameter::set(&parameters),
			Self::SetTerms { terms } => {
				Call::new("Twins", "set_terms").with("terms", option(terms.map(Value::from_bytes)))
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		for event in
			done.events.iter().filter(|it| ["Council", "Sudo"].contains(&it.pallet.as_str()))
		{
			session.note(event.to_string());
		}
		session.done(&done, &[])
	}
}

async fn motions(session: &Session) -> Result<(), Failure> {
	let state = session.state().await?;
	let mut records = Vec::new();
	for (hash, call) in state.all_json("Council", "ProposalOf", Vec::new()).await? {
		let bytes = super::twin::parse_key(hash.as_str().unwrap_or_default())
			.map_err(|_| nothing("hash of a motion"))?;
		let voting = state.get_json("Council", "Voting", (Value::from_bytes(bytes),)).await?;
		records.push(json!({ "motion": hash, "call": call, "voting": voting }));
	}
	session.output().write(&records, || {
		let mut table = Table::new(&["motion", "asks for", "yes", "no", "needs", "until block"]);
		for it in &records {
			let voting = &it["voting"];
			let count = |field: &str| voting[field].as_array().map_or(0, Vec::len).to_string();
			table.row([
				super::status::plain(&it["motion"]),
				it["call"].to_string(),
				count("ayes"),
				count("nays"),
				voting["threshold"].to_string(),
				voting["end"].to_string(),
			]);
		}
		table.to_string()
	})
}
