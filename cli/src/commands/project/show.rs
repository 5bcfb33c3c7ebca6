//! A plan, as people and programs read it.

use super::found::Project;
use crate::{
	commands::review,
	output::{
		style::{paint, BAD, GOOD, STRONG, WATCH},
		tokens, usd_per_hour,
	},
};
use serde_json::json;

impl Project {
	pub(super) fn record(&self) -> serde_json::Value {
		let changes: Vec<_> = self
			.plan
			.changes
			.iter()
			.map(|change| {
				let before = self.current.specs.contains_key(&change.node);
				let what = match (before, &change.spec) {
					(_, None) => "remove",
					(true, Some(_)) => "change",
					(false, Some(_)) => "create",
				};
				json!({ "node": change.node, "what": what, "spec": change.spec })
			})
			.collect();
		let moves: Vec<_> = self
			.plan
			.moves
			.iter()
			.map(|it| json!({ "unit": it.unit, "from": it.from, "to": it.to, "loses": it.loses }))
			.collect();
		json!({
			"label": self.manifest.name.value,
			"contract": self.contract,
			"changes": changes,
			"moves": moves,
			"failed": self.failed.iter().map(|it| anstream::adapter::strip_str(it).to_string()).collect::<Vec<_>>(),
			"usd_per_hour": self.quote.usd_per_hour.to_string(),
			"per_hour": self.quote.per_hour.to_string(),
			"prepayment": self.quote.prepayment.to_string(),
		})
	}

	pub(super) fn show(&self) -> String {
		let name = &self.manifest.name.value;
		let mut text = match self.contract {
			Some(id) => paint(STRONG, format!("{name}: contract {id}\n")),
			None => paint(STRONG, format!("{name}: a new contract\n")),
		};
		for it in &self.plan.moves {
			let why = if self.offline.contains(&it.from) { ", which is offline," } else { "" };
			text += &paint(
				WATCH,
				format!("{} moves from node {}{why} to node {}\n", it.unit, it.from, it.to),
			);
			for lost in &it.loses {
				text += &paint(BAD, format!("  the data of {lost} stays behind and is lost\n"));
			}
		}
		for failed in &self.failed {
			text += &format!("drift: {failed}\n");
		}
		for node in &self.current.lost {
			text += &paint(BAD, format!("drift: node {node} is gone, with what it ran\n"));
		}
		if self.plan.changes.is_empty() {
			text += &paint(GOOD, "nothing to change\n");
		}
		text += &review::differences(&self.current.specs, &self.plan.specs);
		let (hour, advance) = (tokens(self.quote.per_hour), tokens(self.quote.prepayment));
		text + &format!(
			"\n{}; {hour} an hour now, {advance} in advance\n",
			usd_per_hour(self.quote.usd_per_hour)
		)
	}
}
