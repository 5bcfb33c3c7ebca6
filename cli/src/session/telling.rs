//! What is told of what was done.

use super::Session;
use crate::{
	chain::{Call, Included},
	output::tokens,
	Failure,
};
use serde_json::Value as Json;

impl Session {
	/// Have the chain do something, and tell that it is done.
	pub async fn act(&self, call: Call) -> Result<(), Failure> {
		match self.send(call).await? {
			Some(done) => self.done(&done, &[]),
			None => Ok(()),
		}
	}

	/// Tell what was done, with the numbers that the chain has given to what was made: people a
	/// sentence, programs all of it.
	pub fn done(&self, done: &Included, made: &[(&str, Option<u64>)]) -> Result<(), Failure> {
		let mut record = done.record();
		let mut words = Vec::new();
		for (name, number) in made {
			let Some(number) = number else { continue };
			record[*name] = (*number).into();
			words.push(format!("{name} {number}"));
		}
		if let Some(motion) = done.motion() {
			record["motion"] = motion.into();
			words.push(format!("motion {motion}"));
		}
		words.push(format!("finalized in block {}, fee {}", done.number, tokens(done.fee)));
		self.output().write(&record, || words.join("\n"))
	}
}

impl Included {
	/// It, as programs read it.
	pub fn record(&self) -> Json {
		serde_json::json!({
			"transaction": self.hash,
			"block": self.number,
			"fee": self.fee.to_string(),
			"events": self.events,
		})
	}

	/// The motion that the council is asked to decide, if it is asked.
	pub fn motion(&self) -> Option<&str> {
		let proposed = self.events.iter().find(|event| event.is("Council", "Proposed"));
		proposed.and_then(|event| event.fields["proposal_hash"].as_str())
	}
}
