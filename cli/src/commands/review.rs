//! What stakeholders are asked, in plain words and as a difference to what is there, worked out
//! from what the chain stores and from nothing that somebody says of it.

use super::nothing;
use crate::{
	chain::{
		records::{Contract, Place, Request, Terms},
		State,
	},
	keys::Account,
	output::{
		bytes, capacity,
		style::{paint, BAD, GOOD, STRONG},
	},
	Failure,
};
use codec::Encode;
use grid_primitives::{
	approval::{Action, Question},
	spec::{Disk, Egress, Kind, Spec, SpecHash, Workload},
	NodeId, PolicyId, RequestId,
};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// Specs by node.
type Specs = BTreeMap<NodeId, Spec>;

/// A question, with all that an answer would be bound to.
pub(super) struct Review {
	/// The question.
	pub(super) request: Request,
	/// The digest, worked out here.
	pub(super) digest: [u8; 32],
	/// It in words, and the difference.
	pub(super) text: String,
}

impl Review {
	/// Read a question, and everything it is about. It is an error if the chain asks for another
	/// digest than that of what it shows.
	pub(super) async fn of(state: &State, id: RequestId) -> Result<Self, Failure> {
		let request = state.request(id).await?;
		let request = request.ok_or_else(|| nothing(format!("request {id}: it may be decided")))?;
		let asked = *request.question;
		let (content, text) = match asked.action {
			Action::AmendPolicy => of_policy(state, id, &asked).await?,
			_ => of_contract(state, &asked).await?,
		};
		let digest = Question { content, ..asked }.digest();
		if digest != request.digest {
			return Err(Failure::Input(format!(
				"request {id} asks for an answer to something else than what the chain shows: \
				 it wants {} and what is shown has {}. Do not answer it",
				hex::encode(request.digest),
				hex::encode(digest)
			)));
		}
		Ok(Self { text, request, digest })
	}

	/// All of it for people.
	pub(super) fn show(&self, id: RequestId) -> String {
		let Request { policy, asker, expires, roles, .. } = &self.request;
		let mut text = format!("{}\n", paint(STRONG, format!("Request {id}")));
		text += &format!("asked by  {}\n", Account(asker.0));
		text += &format!("policy    {policy}, open until block {expires}\n");
		for role in roles {
			let people = |list: &[subxt::utils::AccountId32]| {
				list.iter().map(|it| Account(it.0).to_string()).collect::<Vec<_>>().join(", ")
			};
			let title = plain(&String::from_utf8_lossy(&role.title));
			text += &match role.missing {
				0 => format!("role      {title}: has agreed"),
				missing => format!("role      {title}: {missing} more have to agree"),
			};
			if role.veto {
				text += ", may veto";
			}
			for (what, who) in
				[("agreed", &role.approved), ("objected", &role.objected), ("silent", &role.silent)]
			{
				if !who.is_empty() {
					text += &format!("\n          {what}: {}", people(who));
				}
			}
			text.push('\n');
		}
		text += &format!("digest    0x{} (worked out here)\n\n", hex::encode(self.digest));
		text + &self.text
	}
}

/// Nothing that a stranger wrote moves the cursor, turns the direction of what is read, or is there
/// without being seen: it is shown by its number.
fn plain(text: &str) -> String {
	let hides = |c: char| {
		matches!(c,
			'\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
			| '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
	};
	let mut shown = String::new();
	for c in text.chars() {
		match c {
			'\t' => shown.push(c),
			_ if c.is_control() || hides(c) => shown.extend(c.escape_unicode()),
			_ => shown.push(c),
		}
	}
	shown
}

async fn of_contract(state: &State, asked: &Question) -> Result<([u8; 32], String), Failure> {
	let id = asked.subject;
	let contract = state.contract(id).await?.ok_or_else(|| nothing(format!("contract {id}")))?;
	let label = plain(contract.label.as_str().unwrap_or_default());
	let now = specs(&contract);
	let mut hashes = hashes(&contract, asked.action);
	for (node, spec) in &now {
		// What is shown is what is hashed.
		if hashes.get(node).is_some_and(|hash| *hash != spec.hash()) {
			return Err(Failure::Input(format!(
				"the spec on node {node} is not the one that the contract names"
			)));
		}
	}
	let mut text = String::new();
	match asked.action {
		Action::Create => {
			text += &format!("Contract {id} ({label}) is to begin, with this on each node:\n");
			text += &differences(&Specs::new(), &now);
		},
		Action::Cancel => {
			text += &format!("Contract {id} ({label}) is to end. This is lost with its data:\n");
			text += &differences(&now, &Specs::new());
		},
		Action::Accept => {
			text += &format!("Contract {id} ({label}) was delivered. Is that what was wanted?\n");
			text += &differences(&Specs::new(), &now);
		},
		Action::Amend | Action::AmendPolicy => {
			let amendment = state.amendment(id).await?;
			let amendment = amendment.ok_or_else(|| nothing(format!("change of contract {id}")))?;
			let mut then = now.clone();
			for entry in &amendment.entries {
				match &entry.spec {
					Some(spec) => {
						hashes.insert(entry.node, spec.hash());
						then.insert(entry.node, spec.0.clone());
					},
					None => {
						hashes.remove(&entry.node);
						then.remove(&entry.node);
					},
				}
			}
			text += &format!(
				"Contract {id} ({label}) is to change from revision {} to {}:\n",
				contract.revision, amendment.revision
			);
			for part in contract.nodes.iter().filter(|it| matches!(it.place, Place::Lost(_))) {
				text += &paint(BAD, format!("  node {} is gone, with what it ran\n", part.node));
			}
			text += &differences(&now, &then);
		},
	}
	let plan: Vec<_> = hashes.into_iter().collect();
	Ok((Question::about(asked.action, id, asked.revision, &plan).content, text))
}

fn specs(contract: &Contract) -> Specs {
	let taken = contract.nodes.iter().filter(|part| matches!(part.place, Place::Taken(_)));
	taken.filter_map(|part| Some((part.node, part.spec.as_ref()?.0.clone()))).collect()
}

/// What of a contract an answer is bound to. What was on nodes that are gone is a part of what began,
/// and not of what is to be.
fn hashes(contract: &Contract, action: Action) -> BTreeMap<NodeId, SpecHash> {
	let known = contract.nodes.iter().filter_map(|part| match part.place {
		Place::Taken(hash) => Some((part.node, hash)),
		Place::Lost(hash) => (action != Action::Amend).then_some((part.node, hash)),
		Place::Leaving => None,
	});
	known.collect()
}

async fn of_policy(
	state: &State,
	request: RequestId,
	asked: &Question,
) -> Result<([u8; 32], String), Failure> {
	let missing = || nothing(format!("policy {}", asked.subject));
	let id = PolicyId::try_from(asked.subject).map_err(|_| missing())?;
	let then: Terms = state.proposed_terms(request).await?.ok_or_else(missing)?;
	let record = state.get_json("Approvals", "Policies", (id,)).await?.ok_or_else(missing)?;
	let now: Terms = serde_json::from_value(record["terms"].clone())
		.map_err(crate::chain::Error::unknown("Approvals.Policies"))?;
	let mut text = format!("Policy {id} is to have other terms:\n");
	text += &difference(&yaml(&now), &yaml(&then));
	Ok((sp_crypto_hashing::blake2_256(&then.encode()), text))
}

fn yaml<T: serde::Serialize>(it: &T) -> String {
	serde_saphyr::to_string(it).unwrap_or_default()
}

/// What changes on each node: in words, and line by line.
pub(super) fn differences(now: &Specs, then: &Specs) -> String {
	let mut text = String::new();
	let nodes: std::collections::BTreeSet<_> = now.keys().chain(then.keys()).collect();
	for node in nodes {
		let (before, after) = (now.get(node), then.get(node));
		if before == after {
			continue;
		}
		text += &format!("\n{}\n", paint(STRONG, format!("Node {node}")));
		let names = |spec: Option<&Spec>| -> BTreeMap<String, Workload> {
			let all = spec.map(|it| it.workloads().to_vec()).unwrap_or_default();
			all.into_iter().map(|it| (format!("{:?}", it.name), it)).collect()
		};
		let (old, new) = (names(before), names(after));
		for (name, workload) in &new {
			match old.get(name) {
				None => text += &paint(GOOD, format!("  new      {}\n", in_short(workload))),
				Some(was) if was != workload => {
					text += &format!("  changed  {}\n", in_short(workload));
				},
				Some(_) => {},
			}
		}
		for (_, workload) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
			text += &paint(BAD, format!("  removed  {}\n", in_short(workload)));
		}
		let written = |spec: Option<&Spec>| spec.map(yaml).unwrap_or_default();
		text += &difference(&written(before), &written(after));
	}
	text
}

/// Line by line.
fn difference(before: &str, after: &str) -> String {
	let diff = TextDiff::from_lines(before, after);
	let mut text = String::new();
	for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
		for change in hunk.iter_changes() {
			let line = plain(change.value().trim_end_matches('\n'));
			text += &match change.tag() {
				ChangeTag::Delete => paint(BAD, format!("  - {line}")),
				ChangeTag::Insert => paint(GOOD, format!("  + {line}")),
				ChangeTag::Equal => format!("    {line}"),
			};
			text.push('\n');
		}
	}
	text
}

/// A workload in a line.
pub(super) fn in_short(workload: &Workload) -> String {
	let name = workload.name.as_str().unwrap_or_default();
	let text = match &workload.kind {
		Kind::Network(it) => {
			let out = match it.egress {
				Egress::None => "no way out",
				Egress::Full => "out to the internet",
			};
			let mut text = format!("network {name}: {} of {}, {out}", it.subnet, it.range);
			for forward in it.forwards.iter() {
				let to = forward.to.as_str().unwrap_or_default();
				text += &format!(", port {} leads to {to}:{}", forward.port, forward.to_port);
			}
			if it.public_v4 || it.public_v6 {
				text += ", with a public address";
			}
			text
		},
		Kind::Volume(it) => {
			let disk = match it.disk {
				Disk::Ssd => "ssd",
				Disk::Hdd => "hdd",
			};
			format!("volume {name}: {} of {disk}", bytes(it.size))
		},
		Kind::Zdb(it) => {
			let open = if it.public { ", anybody may read" } else { "" };
			format!("database {name}: {}{open}", bytes(it.size))
		},
		Kind::Container(it) => {
			let image = it.image.reference.as_str().unwrap_or_default();
			let digest = hex::encode(it.image.digest);
			let usage =
				Spec::V1([workload.clone()].to_vec().try_into().unwrap_or_default()).usage();
			format!("container {name}: {image}@sha256:{digest}, {}", capacity(&usage.capacity))
		},
	};
	plain(&text)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_turns_the_direction_or_hides_is_shown_by_its_number() {
		let before = "value: pay Bob\n";
		let after = "value: \u{202e}yap\u{2066} Eve\u{200b}\u{1b}[1A\u{9b}2K\n";
		let shown = anstream::adapter::strip_str(&difference(before, after)).to_string();
		let hidden = |c: char| !c.is_ascii() || (c.is_control() && c != '\n');
		assert!(!shown.chars().any(hidden), "{shown:?}");
		assert!(shown.contains("\\u{202e}yap\\u{2066} Eve\\u{200b}\\u{1b}[1A"), "{shown}");
	}

	#[test]
	fn what_people_write_in_other_languages_is_shown_as_it_is() {
		for text in ["Größe", "שלום", "مرحبا", "日本語", "emoji 👍"] {
			assert_eq!(plain(text), text);
		}
	}
}
