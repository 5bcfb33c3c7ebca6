use super::{nothing, read_file, status};
use crate::{
	chain::{account, number, of, Call, Event, BLOCKS_AT_ONCE},
	output::{duration, moment, parse_tokens, say, tokens, usd_per_hour, Format, Table},
	session::Session,
	Failure,
};
use futures::{stream, StreamExt, TryStreamExt};
use grid_primitives::{
	ports::{Bill as Number, Quote},
	spec::Spec,
	Balance, NodeId,
};
use serde_json::{json, Value as Json};
use std::path::PathBuf;

/// Bills: what things cost, what is held, what is owed
///
/// A bill is named by its contract, as in 7, or by a rented node, as in node:3.
#[derive(clap::Subcommand)]
pub(super) enum Bill {
	/// How a bill stands
	Show {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
	},
	/// What a plan would cost: a file with nodes and specs
	Quote {
		/// The file: a list of node and spec
		file: PathBuf,
	},
	/// The prices, and what a token is worth
	Prices,
	/// Pay in advance for what is one's own
	TopUp {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
		/// How much, as in 12.5
		#[arg(value_parser = parse_tokens)]
		amount: Balance,
	},
	/// Pay in advance for somebody, who has what is left of it in the end
	Sponsor {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
		/// How much, as in 12.5
		#[arg(value_parser = parse_tokens)]
		amount: Balance,
	},
	/// Have what is owed paid now. Anybody can
	Settle {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
	},
	/// Have the shares paid out that wait for an account. Anybody can
	PayShare {
		/// The account, if not one's own: a key, an address, or //Alice
		who: Option<String>,
	},
	/// Say for how long things stay reserved when there is no money. It is held in advance
	Grace {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
		/// For how many seconds: an hour to 30 days
		seconds: u32,
	},
	/// Have back what is held and not needed
	Withdraw {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
	},
	/// What was paid, block by block
	Statement {
		/// Which
		#[arg(value_parser = parse_bill)]
		bill: Number,
		/// How many blocks to look back
		#[arg(long, default_value_t = 1_800)]
		blocks: u64,
		/// As comma separated values
		#[arg(long)]
		csv: bool,
	},
}

/// `7`, `contract:7` or `node:3`.
pub(super) fn parse_bill(text: &str) -> Result<Number, String> {
	let said = |_| "a bill is the number of a contract, as in 7, or a rented node, as in node:3";
	match text.split_once(':') {
		Some(("node", node)) => Ok(Number::Rental(node.parse().map_err(said)?)),
		Some(("contract", contract)) => Ok(Number::Contract(contract.parse().map_err(said)?)),
		_ => Ok(Number::Contract(text.parse().map_err(said)?)),
	}
}

fn named(bill: Number) -> String {
	match bill {
		Number::Contract(contract) => format!("contract {contract}"),
		Number::Rental(node) => format!("rented node {node}"),
	}
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
	node: NodeId,
	spec: Spec,
}

impl Bill {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let about = |name: &str, bill: Number| Call::new("Billing", name).with("bill", of(&bill));
		let call = match self {
			Self::Show { bill } => return show(session, bill).await,
			Self::Prices => return prices(session).await,
			Self::Statement { bill, blocks, csv } => {
				return statement(session, bill, blocks, csv).await;
			},
			Self::Quote { file } => {
				let plan: Vec<Placed> = read_file(&file)?;
				let plan: Vec<_> = plan.into_iter().map(|it| (it.node, it.spec)).collect();
				let quote = session.state().await?.quote(session.account()?, &plan).await?;
				return session.output().write(&quoted(&quote), || in_short(&quote));
			},
			Self::TopUp { bill, amount } => about("top_up", bill).with("amount", number(amount)),
			Self::Sponsor { bill, amount } => about("sponsor", bill).with("amount", number(amount)),
			Self::Settle { bill } => about("settle", bill),
			Self::Withdraw { bill } => about("withdraw", bill),
			Self::PayShare { who } => {
				let payee = match who {
					Some(who) => session.find_account(&who)?,
					None => session.account()?,
				};
				Call::new("Billing", "pay_share").with("payee", account(payee))
			},
			Self::Grace { bill, seconds } => {
				about("set_grace", bill).with("seconds", number(seconds))
			},
		};
		let Some(done) = session.send(call).await? else { return Ok(()) };
		for event in done.events.iter().filter(|event| event.pallet == "Billing") {
			session.note(event.to_string());
		}
		session.done(&done, &[])
	}
}

/// A quote as programs read it.
pub(super) fn quoted(quote: &Quote) -> Json {
	json!({
		"usd_per_hour": quote.usd_per_hour.to_string(),
		"per_hour": quote.per_hour.to_string(),
		"advance": quote.advance.to_string(),
		"grace": quote.grace.to_string(),
		"deposit": quote.deposit.to_string(),
	})
}

/// A quote as people read it: what it costs, and what is held.
pub(super) fn in_short(quote: &Quote) -> String {
	let all = quote.advance.saturating_add(quote.grace).saturating_add(quote.deposit);
	format!(
		"{}; {} an hour now\nheld: {}, of which {} in advance, {} for the grace, {} as a deposit\n",
		usd_per_hour(quote.usd_per_hour),
		tokens(quote.per_hour),
		tokens(all),
		tokens(quote.advance),
		tokens(quote.grace),
		tokens(quote.deposit),
	)
}

async fn show(session: &Session, bill: Number) -> Result<(), Failure> {
	let state = session.state().await?;
	let standing = state.standing(bill).await?;
	let standing = standing.ok_or_else(|| nothing(format!("bill of {}", named(bill))))?;
	let now = state.time().await?;
	session.output().write(&status::bill(&standing), || {
		let mut table = Table::pairs();
		table.row(["price", &usd_per_hour(standing.usd_per_hour)]);
		table.row(["an hour", &tokens(standing.per_hour)]);
		table.row(["held", &tokens(standing.held)]);
		table.row(["of it, grace", &tokens(standing.grace)]);
		table.row(["owed", &tokens(standing.owed)]);
		table.row(["missing", &tokens(standing.missing)]);
		if let Some(paused) = standing.paused {
			table.row(["paused", &format!("since {}", moment(paused))]);
		}
		for (what, when) in [("pauses", standing.pauses), ("ends", standing.ends)] {
			if let Some(when) = when {
				let left = duration(when.saturating_sub(now));
				table.row([what, &format!("{}, in {left}", moment(when))]);
			}
		}
		table.to_string()
	})
}

async fn prices(session: &Session) -> Result<(), Failure> {
	let state = session.state().await?;
	let prices = state.view_json("Billing", "prices", ()).await?;
	let token = state.view_json("Billing", "token_price", ()).await?;
	// The price with its time, and whether that is too long ago.
	let token = json!({ "usd": token[0]["usd"], "set": token[0]["set"], "old": token[1] });
	session
		.output()
		.record(&json!({ "unit": "1e-7 USD an hour", "prices": prices, "token": token }))
}

/// Whether an event is about a bill, and what it says was paid or came back.
fn line(bill: Number, event: &Event) -> Option<(String, Option<u64>)> {
	let its = match bill {
		Number::Contract(contract) => json!({ "Contract": contract }),
		Number::Rental(node) => json!({ "Rental": node }),
	};
	if event.pallet != "Billing" || event.fields["bill"] != its {
		return None;
	}
	let amount =
		["paid", "amount", "refunded"].iter().find_map(|name| event.fields[*name].as_u64());
	Some((event.name.clone(), amount))
}

async fn statement(session: &Session, bill: Number, blocks: u64, csv: bool) -> Result<(), Failure> {
	let chain = session.chain().await?;
	let newest = session.state().await?.number();
	let first = super::look_back(session, blocks, newest).await?;
	let look = |number: u64| async move {
		let state = chain.state_at(number).await?;
		let events = state.events().await?;
		let lines: Vec<_> = events.iter().filter_map(|event| line(bill, event)).collect();
		let time = if lines.is_empty() { 0 } else { state.time().await? };
		Ok::<_, crate::chain::Error>((number, time, lines))
	};
	let all: Vec<_> =
		stream::iter(first..=newest).map(look).buffered(BLOCKS_AT_ONCE).try_collect().await?;
	let mut rows: Vec<[String; 4]> = Vec::new();
	let mut records: Vec<Json> = Vec::new();
	for (number, time, lines) in all {
		for (what, amount) in lines {
			let what = in_words(&what);
			records.push(json!({
				"block": number,
				"time": moment(time),
				"what": what,
				"amount": amount.map(|it| it.to_string()),
			}));
			let amount = amount.map(|it| tokens(it.into())).unwrap_or_default();
			rows.push([number.to_string(), moment(time), what, amount]);
		}
	}
	if rows.is_empty() {
		session.note(format!("nothing was paid for {} in blocks {first} to {newest}", named(bill)));
	}
	let headings = ["block", "time", "what", "amount"];
	if csv {
		return say(&to_csv(&headings, &rows)?);
	}
	match session.output() {
		Format::Table => {
			let mut table = Table::new(&headings);
			rows.into_iter().for_each(|row| table.row(row));
			say(table.to_string().trim_end())
		},
		other => other.record(&records),
	}
}

/// `ToppedUp` is topped up.
fn in_words(name: &str) -> String {
	let mut text = String::new();
	for letter in name.chars() {
		if letter.is_uppercase() && !text.is_empty() {
			text.push(' ');
		}
		text.extend(letter.to_lowercase());
	}
	text
}

fn to_csv(headings: &[&str], rows: &[[String; 4]]) -> Result<String, Failure> {
	let unwritable = |error: csv::Error| Failure::Output(std::io::Error::other(error));
	let mut writer = csv::Writer::from_writer(Vec::new());
	writer.write_record(headings).map_err(unwritable)?;
	for row in rows {
		writer.write_record(row).map_err(unwritable)?;
	}
	let bytes = writer.into_inner().map_err(|error| Failure::Output(error.into_error()))?;
	Ok(String::from_utf8_lossy(&bytes).trim_end().to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bills_are_named_by_what_they_are_for() {
		assert_eq!(parse_bill("7"), Ok(Number::Contract(7)));
		assert_eq!(parse_bill("contract:7"), Ok(Number::Contract(7)));
		assert_eq!(parse_bill("node:3"), Ok(Number::Rental(3)));
		assert!(parse_bill("farm:3").is_err());
	}
}
