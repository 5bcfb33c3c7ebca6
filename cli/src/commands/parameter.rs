//! What governance can turn without a new runtime.

use crate::chain::{number, option, unit, Call};
use serde_json::Value as Json;
use subxt::ext::scale_value::Value;

/// A parameter, and what it is to be: without, what it was in the beginning.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameter {
	group: String,
	name: String,
	value: Option<Value<()>>,
}

/// Read `heartbeats.max-gap=300`.
pub(super) fn parse(text: &str) -> Result<Parameter, String> {
	let example = || format!("{text:?} is no parameter with a value, as in heartbeats.max-gap=300");
	let (path, written) = text.split_once('=').ok_or_else(example)?;
	let (group, name) = path.split_once('.').ok_or_else(example)?;
	let bad = || format!("{written:?} is no value, as in 300, {{\"farm\": 700000}} or null");
	let value = match serde_json::from_str(written).map_err(|_| bad())? {
		Json::Null => None,
		json => Some(value(&json).ok_or_else(bad)?),
	};
	Ok(Parameter { group: camel(group), name: camel(name), value })
}

/// `max-gap` as the chain calls it: `MaxGap`.
fn camel(name: &str) -> String {
	let words = name.split('-').map(|word| {
		let mut letters = word.chars();
		letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
	});
	words.collect()
}

/// A value as the chain takes it: whole numbers, words, lists, and records.
fn value(it: &Json) -> Option<Value<()>> {
	Some(match it {
		Json::Null => return None,
		Json::Bool(it) => Value::bool(*it),
		Json::Number(it) => number(it.as_u64()?),
		Json::String(word) => unit(word),
		Json::Array(all) => {
			Value::unnamed_composite(all.iter().map(value).collect::<Option<Vec<_>>>()?)
		},
		Json::Object(fields) => {
			let fields = fields.iter().map(|(name, it)| Some((name.clone(), value(it)?)));
			Value::named_composite(fields.collect::<Option<Vec<_>>>()?)
		},
	})
}

impl Parameter {
	fn call(&self) -> Call {
		// It is said by its name and, again, by a type of that name, which holds nothing.
		let key = Value::unnamed_composite([]);
		let parameter =
			Value::unnamed_variant(self.name.clone(), [key, option(self.value.clone())]);
		let both = Value::unnamed_variant(self.group.clone(), [parameter]);
		Call::new("Parameters", "set_parameter").with("key_value", both)
	}
}

/// Set all of them, or none.
pub(super) fn set(parameters: &[Parameter]) -> Call {
	match parameters {
		[one] => one.call(),
		all => Call::all(all.iter().map(Parameter::call).collect()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parameters_are_called_as_on_the_chain() {
		let read = parse("heartbeats.max-gap=300").expect("it is one");
		assert_eq!((read.group.as_str(), read.name.as_str()), ("Heartbeats", "MaxGap"));
		for bad in ["max-gap=3", "heartbeats.max-gap", "heartbeats.max-gap=", "a.b={", "a.b=-1"] {
			assert!(parse(bad).is_err(), "{bad}");
		}
	}
}
