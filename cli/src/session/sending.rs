//! How something is sent, tried, or written down for somebody else to sign.

use super::{Office, Session};
use crate::{
	chain::{number, Answer, Call, Included, Lifetime, Stage, Watch},
	interrupt,
	keys::{Account, Signer},
	output::{self, note},
	Failure,
};
use std::{path::PathBuf, sync::atomic::Ordering};
use tokio::time::timeout;

impl Session {
	/// Have the chain do something. `None` if it was only tried, or written down.
	pub async fn send(&self, call: Call) -> Result<Option<Included>, Failure> {
		let call = self.by_office(call).await?;
		if let Some(file) = &self.options.unsigned {
			self.write_unsigned(&call, file).await?;
			return Ok(None);
		}
		let signer = self.signer()?;
		if self.options.dry_run {
			self.rehearse(&call, &signer).await?;
			return Ok(None);
		}
		let chain = self.chain().await?;
		let mut progress = Progress::new(self.options.quiet);
		let sent = {
			let send = chain.send(&call, &signer, Lifetime::default(), &mut progress);
			tokio::select! {
				biased;
				() = interrupt::heard() => None,
				sent = timeout(self.patience(), send) => Some(sent),
			}
		};
		let included = self.settle(sent, progress)?;
		if let Some(included) = included.as_ref().filter(|_| self.options.by.is_some()) {
			self.tell_motion(included);
		}
		Ok(included)
	}

	/// What the council was asked is answered by its number.
	fn tell_motion(&self, included: &Included) {
		let proposed = included.events.iter().find(|event| event.is("Council", "Proposed"));
		let motion = proposed.and_then(|event| event.fields["proposal_hash"].as_str());
		if let Some(motion) = motion {
			self.note(format!(
				"the council is asked: its members answer with `grid council vote {motion} yes`"
			));
		}
	}

	async fn by_office(&self, call: Call) -> Result<Call, Failure> {
		match self.options.by {
			None => Ok(call),
			Some(Office::Sudo) => Ok(Call::new("Sudo", "sudo").with("call", call.into_value())),
			Some(Office::Council) => {
				let state = self.state().await?;
				let members: Vec<Account> =
					state.read("Council", "Members", ()).await?.unwrap_or_default();
				let threshold = (members.len() * 3).div_ceil(5).max(1);
				let length = state.encode(&call)?.len();
				Ok(Call::new("Council", "propose")
					.with("threshold", number(threshold as u128))
					.with("proposal", call.into_value())
					.with("length_bound", number(length as u128)))
			},
		}
	}

	/// Send what was signed elsewhere.
	pub async fn send_signed(&self, bytes: Vec<u8>, until: u64) -> Result<Included, Failure> {
		let chain = self.chain().await?;
		let mut progress = Progress::new(self.options.quiet);
		let sent = {
			let send = chain.send_signed(bytes, until, &mut progress);
			tokio::select! {
				biased;
				() = interrupt::heard() => None,
				sent = timeout(self.patience(), send) => Some(sent),
			}
		};
		self.settle(sent, progress)?.ok_or(Failure::Interrupted)
	}

	fn settle<T>(
		&self,
		sent: Option<Result<Result<T, crate::chain::Error>, tokio::time::error::Elapsed>>,
		progress: Progress,
	) -> Result<Option<T>, Failure> {
		self.sent.fetch_or(progress.sent.is_some(), Ordering::Relaxed);
		match (sent, progress.sent) {
			(Some(Ok(included)), _) => Ok(Some(included?)),
			(Some(Err(_)), Some((hash, until))) => Err(Failure::TimedOut(format!(
				"transaction {hash} is not final after {} s; it may be included up to block \
				 {until}, and `grid tx find {hash}` tells what became of it",
				self.options.timeout
			))),
			(Some(Err(_)), None) => Err(Failure::TimedOut(format!(
				"the chain did not answer within {} s: nothing was sent",
				self.options.timeout
			))),
			(None, Some((hash, until))) => Err(Failure::InterruptedUnderWay { hash, until }),
			(None, None) => Err(Failure::Interrupted),
		}
	}

	async fn write_unsigned(&self, call: &Call, file: &PathBuf) -> Result<(), Failure> {
		let unsigned = self.chain().await?.unsigned(call, self.account()?).await?;
		let text = serde_json::to_string_pretty(&unsigned)
			.map_err(|error| Failure::Input(error.to_string()))?;
		std::fs::write(file, text + "\n").map_err(Failure::file(file))?;
		self.note(format!("written to {}: sign it with `grid tx sign`", file.display()));
		Ok(())
	}

	async fn rehearse(&self, call: &Call, signer: &Signer) -> Result<(), Failure> {
		let trial = self.chain().await?.try_out(call, signer).await?;
		let answer = match &trial.answer {
			Answer::Done => "would do it".to_string(),
			Answer::Refused(refusal) => format!("would refuse: {refusal}"),
			Answer::Valid => "would take it; this endpoint does not try it out".to_string(),
		};
		let result = serde_json::json!({
			"signer": signer.account(),
			"call": trial.call,
			"fee": trial.fee.to_string(),
			"answer": answer,
		});
		self.output().write(&result, || {
			let call = output::yaml(&trial.call).unwrap_or_default();
			let fee = output::tokens(trial.fee);
			format!("{call}signer: {}\nfee: {fee}\nThe chain {answer}.", signer.account())
		})?;
		match trial.answer {
			Answer::Refused(refusal) => Err(crate::chain::Error::Refused(refusal).into()),
			_ => Ok(()),
		}
	}
}

/// Tells how far a transaction has come, and remembers that it was sent.
struct Progress {
	quiet: bool,
	sent: Option<(String, u64)>,
}

impl Progress {
	fn new(quiet: bool) -> Self {
		Self { quiet, sent: None }
	}
}

impl Watch for Progress {
	fn reached(&mut self, stage: &Stage) {
		let text = match stage {
			Stage::Sending { hash, until } => {
				self.sent = Some((hash.clone(), *until));
				return;
			},
			Stage::Submitted { hash } => format!("submitted {hash}"),
			Stage::InBlock => "in a block".into(),
			Stage::Retracted => "in no block again: waiting for another".into(),
			Stage::Finalized => "finalized".into(),
		};
		if !self.quiet {
			note(&format!("… {text}"));
		}
	}
}
