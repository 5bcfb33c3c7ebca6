use crate::{
	chain::{Event, State},
	interrupt,
	output::{say, style, Format},
	session::Session,
	Failure,
};

/// What happens every few seconds, and tells nobody anything.
const NOISE: [(&str, &str); 3] = [
	("System", "ExtrinsicSuccess"),
	("TransactionPayment", "TransactionFeePaid"),
	("Balances", "*"),
];

/// What happens on the chain, in words
#[derive(clap::Args)]
pub(super) struct Events {
	/// Go on as blocks become final
	#[arg(long, short)]
	follow: bool,
	/// How many blocks to look back
	#[arg(long, default_value_t = 20)]
	blocks: u64,
	/// Of this pallet only, as in deployments
	#[arg(long)]
	pallet: Option<String>,
	/// About this contract only
	#[arg(long)]
	contract: Option<u64>,
	/// About this node only
	#[arg(long)]
	node: Option<u64>,
	/// What tells nobody anything, too
	#[arg(long)]
	all: bool,
}

impl Events {
	pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
		let chain = session.chain().await?;
		let mut news = chain.follow().await?;
		let newest = session.state().await?.number();
		let looks_back = chain.looks_back();
		let mut next = match self.follow && !looks_back {
			true => newest + 1,
			false => super::look_back(session, self.blocks, newest).await?,
		};
		loop {
			while next <= newest {
				self.show(session, &chain.state_at(next).await?).await?;
				next += 1;
			}
			if !self.follow {
				return Ok(());
			}
			let block = tokio::select! {
				block = news.next() => block,
				() = interrupt::heard() => return Ok(()),
			};
			let lost = |why: String| crate::chain::Error::Lost(why.into());
			let block = block
				.ok_or_else(|| lost("it ended".into()))?
				.map_err(|error| lost(error.to_string()))?;
			// Each block is shown once, and none is left out: a light client is told of each.
			if !looks_back && next <= block.number() {
				self.show(session, &chain.state_of(&block).await?).await?;
				next = block.number() + 1;
			}
			while next <= block.number() {
				self.show(session, &chain.state_at(next).await?).await?;
				next += 1;
			}
		}
	}

	fn wants(&self, event: &Event) -> bool {
		let noisy = |(pallet, name): &(&str, &str)| {
			event.pallet == *pallet && (*name == "*" || event.name == *name)
		};
		let about = |field: &str, wanted: Option<u64>| {
			wanted.is_none_or(|wanted| event.fields[field].as_u64() == Some(wanted))
		};
		(self.all || !NOISE.iter().any(noisy))
			&& self.pallet.as_ref().is_none_or(|it| it.eq_ignore_ascii_case(&event.pallet))
			&& about("contract", self.contract)
			&& about("node", self.node)
	}

	async fn show(&self, session: &Session, state: &State) -> Result<(), Failure> {
		for event in state.events().await?.iter().filter(|event| self.wants(event)) {
			let mut record = serde_json::json!(event);
			record["block"] = state.number().into();
			match session.output() {
				Format::Table => {
					let block = style::paint(style::STRONG, state.number());
					say(&format!("{block}  {event}"))?;
				},
				// One event a line, so that programs can read it as it comes.
				_ => say(&record.to_string())?,
			}
		}
		Ok(())
	}
}
