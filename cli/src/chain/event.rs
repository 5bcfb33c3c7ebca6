//! What happened, as the chain tells it.

use super::{value, Error, Grid, Refusal};
use serde::Serialize;
use serde_json::Value as Json;
use std::fmt;
use subxt::{error::DispatchError, events::Phase, ArcMetadata};

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
	/// Which transaction of the block caused it, if one did.
	pub transaction: Option<u32>,
	/// The pallet.
	pub pallet: String,
	/// The name of the event.
	pub name: String,
	/// What it is about.
	pub fields: Json,
	/// What it means, as the chain tells it.
	pub meaning: String,
}

impl Event {
	pub(super) fn read(
		metadata: &ArcMetadata,
		event: &subxt::events::Event<'_, Grid>,
	) -> Result<Self, Error> {
		let pallet = metadata.pallet_by_event_index(event.pallet_index());
		let variant = pallet.and_then(|it| it.event_variant_by_index(event.event_index()));
		let unknown = || format!("event {}.{}", event.pallet_name(), event.event_name());
		let variant = variant.ok_or_else(|| Error::unknown(unknown())("it is not there"))?;
		let mut bytes = event.field_bytes();
		let mut fields = serde_json::Map::new();
		for (index, field) in variant.fields.iter().enumerate() {
			let shown = value::show_encoded(metadata.types(), field.ty.id, &mut bytes)
				.map_err(Error::unknown(unknown()))?;
			let name = field.name.clone().unwrap_or_else(|| index.to_string());
			fields.insert(name, named_errors(metadata, shown));
		}
		Ok(Self {
			transaction: match event.phase() {
				Phase::ApplyExtrinsic(index) => Some(index),
				_ => None,
			},
			pallet: event.pallet_name().into(),
			name: event.event_name().into(),
			fields: Json::Object(fields),
			meaning: variant.docs.join(" ").trim().into(),
		})
	}

	/// Whether it is this one.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		self.pallet == pallet && self.name == name
	}
}

/// In words: what it means, and what it is about.
impl fmt::Display for Event {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self.meaning.as_str() {
			"" => write!(f, "{}.{}", self.pallet, self.name)?,
			meaning => f.write_str(meaning)?,
		}
		let Json::Object(fields) = &self.fields else { return Ok(()) };
		for (index, (name, value)) in fields.iter().filter(|(_, it)| !it.is_null()).enumerate() {
			let separator = if index == 0 { " —" } else { "," };
			let name = name.replace('_', " ");
			write!(f, "{separator} {name} {}", in_words(value))?;
		}
		Ok(())
	}
}

/// A value in a sentence: `{"Contract": 7}` is contract 7.
fn in_words(value: &Json) -> String {
	match value {
		Json::String(text) => text.clone(),
		Json::Object(fields) if fields.len() == 1 => {
			let all = fields.iter().map(|(name, it)| match it {
				Json::Array(none) if none.is_empty() => name.to_lowercase(),
				it => format!("{} {}", name.to_lowercase(), in_words(it)),
			});
			all.collect()
		},
		other => other.to_string(),
	}
}

/// The same with errors of pallets by their names, and not by their numbers.
fn named_errors(metadata: &ArcMetadata, value: Json) -> Json {
	let Json::Object(fields) = value else { return value };
	let error = fields.get("Module").and_then(|module| {
		let index = u8::try_from(module["index"].as_u64()?).ok()?;
		let digits = module["error"].as_str()?.trim_start_matches("0x");
		let number = *hex::decode(digits).ok()?.first()?;
		let pallet = metadata.pallet_by_error_index(index)?;
		let variant = pallet.error_variant_by_index(number)?;
		Some(format!("{}.{}", pallet.name(), variant.name))
	});
	match error {
		Some(name) => Json::String(name),
		None => fields.into_iter().map(|(name, it)| (name, named_errors(metadata, it))).collect(),
	}
}

/// What a call within another came to, if that says so.
pub(super) fn inner_refusal(
	metadata: &ArcMetadata,
	event: &subxt::events::Event<'_, Grid>,
) -> Result<Option<Refusal>, Error> {
	let before = match (event.pallet_name(), event.event_name()) {
		// After the hash of the code.
		("System", "RejectedInvalidAuthorizedUpgrade") => {
			let error = event.field_bytes().get(32..).unwrap_or_default();
			return refusal(metadata, error).map(Some);
		},
		("Sudo", "Sudid") => 0,
		// The hash of the motion.
		("Council", "Executed") => 32,
		_ => return Ok(None),
	};
	match event.field_bytes().get(before..) {
		Some([1, error @ ..]) => refusal(metadata, error).map(Some),
		_ => Ok(None),
	}
}

/// Why a call failed, as the chain tells it.
pub(super) fn refusal(metadata: &ArcMetadata, bytes: &[u8]) -> Result<Refusal, Error> {
	let error = DispatchError::decode_from(bytes, metadata.clone())
		.map_err(Error::unknown("DispatchError"))?;
	if let DispatchError::Module(module) = &error {
		if let Ok(details) = module.details() {
			return Ok(Refusal {
				pallet: Some(details.pallet.name().into()),
				name: details.variant.name.clone(),
				detail: details.variant.docs.join(" ").trim().into(),
			});
		}
	}
	let text = match &error {
		DispatchError::BadOrigin => "this account has no right to it; what governance decides is \
			proposed with --by council, and done by --by sudo on chains for development"
			.into(),
		other => other.to_string(),
	};
	let name = match &error {
		DispatchError::Token(token) => format!("{token:?}"),
		other => format!("{other:?}"),
	};
	Ok(Refusal { pallet: None, name, detail: text })
}
