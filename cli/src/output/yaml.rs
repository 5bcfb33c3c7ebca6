use crate::Failure;
use serde::{
	ser::{SerializeMap, SerializeSeq},
	Serialize, Serializer,
};
use serde_json::{Number, Value};

/// A record as YAML.
pub fn yaml<T: Serialize>(record: &T) -> Result<String, Failure> {
	let value = serde_json::to_value(record).map_err(super::unwritable)?;
	serde_saphyr::to_string(&Plain(&value)).map_err(super::unwritable)
}

/// A value whose numbers are numbers to everybody: where some crate has asked `serde_json` for
/// numbers of any length, its own are maps to all serializers but its own.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		match self.0 {
			Value::Number(it) => number(it, serializer),
			Value::Array(items) => {
				let mut list = serializer.serialize_seq(Some(items.len()))?;
				items.iter().try_for_each(|item| list.serialize_element(&Plain(item)))?;
				list.end()
			},
			Value::Object(fields) => {
				let mut map = serializer.serialize_map(Some(fields.len()))?;
				fields.iter().try_for_each(|(key, it)| map.serialize_entry(key, &Plain(it)))?;
				map.end()
			},
			other => other.serialize(serializer),
		}
	}
}

fn number<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
	if let Some(it) = number.as_u64() {
		return serializer.serialize_u64(it);
	}
	if let Some(it) = number.as_i64() {
		return serializer.serialize_i64(it);
	}
	let text = number.to_string();
	match (text.parse::<u128>(), number.as_f64()) {
		(Ok(it), _) => serializer.serialize_u128(it),
		(_, Some(it)) => serializer.serialize_f64(it),
		_ => serializer.serialize_str(&text),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn numbers_are_numbers() {
		let record = json!({ "of": [1, -2, 0.5, u64::MAX], "none": null });
		let text = yaml(&record).expect("it is plain");
		for line in ["- 1\n", "- -2\n", "- 0.5\n", "- 18446744073709551615\n"] {
			assert!(text.contains(line), "{text}");
		}
	}
}
