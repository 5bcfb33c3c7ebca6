//! A plan, as people and programs read it.

use super::{drift::Drift, found::Project};
use crate::{
	commands::{bill, review},
	output::style::{paint, BAD, GOOD, STRONG, WATCH},
};
use serde_json::{json, Value as Json};

impl Project {
	pub(super) fn record(&self) -> Json {
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
			.map(|it| json!({ "unit": it.unit, "from": it.from, "to": it.to }))
			.collect();
		let losses: Vec<_> =
			self.plan.losses.iter().map(|it| json!({ "node": it.node, "name": it.name })).collect();
		let mut record = json!({
			"label": self.manifest.name.value,
			"contract": self.contract,
			"changes": changes,
			"moves": moves,
			"losses": losses,
			"drift": self.drift,
		});
		if let (Some(record), Json::Object(quote)) =
			(record.as_object_mut(), bill::quoted(&self.quote))
		{
			record.extend(quote);
		}
		record
	}

	pub(super) fn show(&self) -> String {
		let name = &self.manifest.name.value;
		let mut text = match self.contract {
			Some(id) => paint(STRONG, format!("{name}: contract {id}\n")),
			None => paint(STRONG, format!("{name}: a new contract\n")),
		};
		for it in &self.plan.moves {
			let why = match it.from {
				from if self.trouble.offline.contains(&from) => ", which is offline,",
				from if self.current.unfit.contains(&from) => ", which cannot run it,",
				_ => "",
			};
			text += &paint(
				WATCH,
				format!("{} moves from node {}{why} to node {}\n", it.unit, it.from, it.to),
			);
		}
		for it in &self.plan.losses {
			text += &paint(BAD, format!("the data of {} on node {} is lost\n", it.name, it.node));
		}
		for it in &self.drift {
			let node = it.node.map(|node| format!("node {node}: ")).unwrap_or_default();
			let (head, style) = if it.stays() { ("drift", BAD) } else { ("under way", WATCH) };
			text += &paint(style, format!("{head}: {node}{}\n", it.says));
		}
		if self.plan.changes.is_empty() {
			text += &match self.drift.iter().any(Drift::stays) {
				true => paint(WATCH, "nothing that `grid apply` changes\n"),
				false => paint(GOOD, "nothing to change\n"),
			};
		}
		text += &review::differences(&self.current.specs, &self.plan.specs);
		text + "\n" + &bill::in_short(&self.quote)
	}
}
