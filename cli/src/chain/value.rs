//! Values as the chain describes them, and as people read them.

use crate::keys::Account;
use codec::{Decode, Encode};
use scale_info::{form::PortableForm, MetaType, PortableRegistry, TypeDef, TypeInfo};
use serde_json::{json, Map, Value as Json};
use std::net::{Ipv4Addr, Ipv6Addr};
use subxt::ext::{
	scale_decode::{self, visitor::DecodeAsTypeResult, IntoVisitor, TypeResolver, Visitor},
	scale_value::{scale, Composite, Primitive, Value, ValueDef},
};

/// Something of which `grid` and the chain share the type: read as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared<T>(pub T);

impl<T> std::ops::Deref for Shared<T> {
	type Target = T;

	fn deref(&self) -> &T {
		&self.0
	}
}

/// Reads what is shared.
pub struct SharedVisitor<T, R>(std::marker::PhantomData<(T, R)>);

impl<T: Decode, R: TypeResolver> Visitor for SharedVisitor<T, R> {
	type Value<'scale, 'info> = Shared<T>;
	type Error = scale_decode::Error;
	type TypeResolver = R;

	fn unchecked_decode_as_type(
		self,
		input: &mut &[u8],
		_: R::TypeId,
		_: &R,
	) -> DecodeAsTypeResult<Self, Result<Shared<T>, scale_decode::Error>> {
		let read = T::decode(input)
			.map(Shared)
			.map_err(|error| scale_decode::Error::custom_string(error.to_string()));
		DecodeAsTypeResult::Decoded(read)
	}
}

impl<T: Decode> IntoVisitor for Shared<T> {
	type AnyVisitor<R: TypeResolver> = SharedVisitor<T, R>;

	fn into_visitor<R: TypeResolver>() -> SharedVisitor<T, R> {
		SharedVisitor(std::marker::PhantomData)
	}
}

/// Something of `grid`'s as a value, with the names of its parts. The chain's own description
/// decides how it is sent.
pub fn of<T: Encode + TypeInfo + 'static>(it: &T) -> Value<()> {
	let mut types = scale_info::Registry::new();
	let id = types.register_type(&MetaType::new::<T>()).id;
	let types: PortableRegistry = types.into();
	// What was encoded a moment ago is decoded by the same description: it cannot fail, and an
	// empty value would be refused by the chain's.
	scale::decode_as_type(&mut &it.encode()[..], id, &types)
		.map(Value::remove_context)
		.unwrap_or_else(|_| Value::unnamed_composite([]))
}

/// A number.
pub fn number(it: impl Into<u128>) -> Value<()> {
	Value::u128(it.into())
}

/// An account.
pub fn account(it: Account) -> Value<()> {
	Value::from_bytes(it.0)
}

/// A choice without more.
pub fn unit(name: &str) -> Value<()> {
	Value::unnamed_variant(name, [])
}

/// Something or nothing.
pub fn option(it: Option<Value<()>>) -> Value<()> {
	match it {
		Some(it) => Value::unnamed_variant("Some", [it]),
		None => unit("None"),
	}
}

/// A value as people read it: accounts are addresses, bytes are texts or hex digits, choices are
/// words.
pub fn show(types: &PortableRegistry, value: &Value<u32>) -> Json {
	let ty = types.resolve(value.context);
	let path = ty.and_then(|ty| ty.path.segments.last().map(String::as_str));
	let element = ty.and_then(|ty| bytes_of(types, ty));
	match &value.value {
		ValueDef::Composite(fields) => {
			if let Some(shown) = known(path, fields) {
				return shown;
			}
			match (element, bytes(fields)) {
				(Some(fixed), Some(bytes)) => return show_bytes(&bytes, fixed),
				(None, Some(bytes)) if path == Some("Text") => return show_bytes(&bytes, false),
				_ => {},
			}
			show_fields(types, fields, is_list(ty))
		},
		ValueDef::Variant(variant) if path == Some("Option") => {
			variant.values.values().next().map_or(Json::Null, |it| show(types, it))
		},
		ValueDef::Variant(variant) => {
			if let (Some("Ip"), Some(bytes)) =
				(path, variant.values.values().next().and_then(bytes_in))
			{
				return show_ip(&bytes);
			}
			if variant.values.is_empty() {
				return json!(variant.name);
			}
			json!({ variant.name.clone(): show_fields(types, &variant.values, false) })
		},
		ValueDef::Primitive(primitive) => show_primitive(primitive),
		ValueDef::BitSequence(bits) => json!(format!("{bits:?}")),
	}
}

fn is_list(ty: Option<&scale_info::Type<PortableForm>>) -> bool {
	let list = |ty: &scale_info::Type<PortableForm>| {
		matches!(ty.type_def, TypeDef::Sequence(_) | TypeDef::Array(_) | TypeDef::Tuple(_))
	};
	ty.is_some_and(list)
}

/// Whether these are bytes, and if so whether always so many.
fn bytes_of(types: &PortableRegistry, ty: &scale_info::Type<PortableForm>) -> Option<bool> {
	let (element, fixed) = match &ty.type_def {
		TypeDef::Sequence(list) => (list.type_param, false),
		TypeDef::Array(list) => (list.type_param, true),
		_ => return None,
	};
	let byte = TypeDef::Primitive(scale_info::TypeDefPrimitive::U8);
	(types.resolve(element.id)?.type_def == byte).then_some(fixed)
}

/// What people write in a way of its own.
fn known(path: Option<&str>, fields: &Composite<u32>) -> Option<Json> {
	match path? {
		"AccountId32" => {
			let bytes = fields.values().next().and_then(bytes_in).or_else(|| bytes(fields))?;
			Some(json!(Account(bytes.try_into().ok()?)))
		},
		"Subnet" => {
			let mut values = fields.values();
			let ip: [u8; 4] = bytes_in(values.next()?)?.try_into().ok()?;
			let prefix = values.next()?.as_u128()?;
			Some(json!(format!("{}/{prefix}", Ipv4Addr::from(ip))))
		},
		_ => None,
	}
}

fn show_ip(bytes: &[u8]) -> Json {
	if let Ok(ip) = <[u8; 4]>::try_from(bytes) {
		return json!(Ipv4Addr::from(ip));
	}
	match <[u8; 16]>::try_from(bytes) {
		Ok(ip) => json!(Ipv6Addr::from(ip)),
		Err(_) => json!(format!("0x{}", hex::encode(bytes))),
	}
}

fn bytes_in(value: &Value<u32>) -> Option<Vec<u8>> {
	match &value.value {
		ValueDef::Composite(fields) => bytes(fields),
		_ => None,
	}
}

fn bytes(fields: &Composite<u32>) -> Option<Vec<u8>> {
	fields.values().map(|it| it.as_u128().and_then(|it| u8::try_from(it).ok())).collect()
}

/// Two letters are a country, and other bytes of a fixed number no text.
fn show_bytes(bytes: &[u8], fixed: bool) -> Json {
	let text = std::str::from_utf8(bytes).ok().filter(|it| !it.chars().any(char::is_control));
	match text {
		Some(text) if !fixed => json!(text),
		Some(text) if bytes.len() == 2 && bytes.iter().all(u8::is_ascii_uppercase) => json!(text),
		_ => json!(format!("0x{}", hex::encode(bytes))),
	}
}

fn show_fields(types: &PortableRegistry, fields: &Composite<u32>, list: bool) -> Json {
	match fields {
		Composite::Named(fields) => {
			let shown = fields.iter().map(|(name, it)| (name.clone(), show(types, it)));
			Json::Object(shown.collect::<Map<_, _>>())
		},
		Composite::Unnamed(fields) => match &fields[..] {
			[one] if !list => show(types, one),
			all => Json::Array(all.iter().map(|it| show(types, it)).collect()),
		},
	}
}

fn show_primitive(primitive: &Primitive) -> Json {
	match primitive {
		Primitive::Bool(it) => json!(it),
		Primitive::Char(it) => json!(it),
		Primitive::String(it) => json!(it),
		Primitive::U128(it) => {
			u64::try_from(*it).map_or_else(|_| json!(it.to_string()), |it| json!(it))
		},
		Primitive::I128(it) => {
			i64::try_from(*it).map_or_else(|_| json!(it.to_string()), |it| json!(it))
		},
		Primitive::U256(it) | Primitive::I256(it) => json!(format!("0x{}", hex::encode(it))),
	}
}

/// Any bytes of a type, as people read them.
pub(super) fn show_encoded(
	types: &PortableRegistry,
	ty: u32,
	bytes: &mut &[u8],
) -> Result<Json, scale_decode::Error> {
	let value = scale::decode_as_type(bytes, ty, types)
		.map_err(|error| scale_decode::Error::custom_string(error.to_string()))?;
	Ok(show(types, &value))
}

#[cfg(test)]
mod tests {
	use super::*;
	use grid_primitives::{
		ip::Ip,
		spec::{Name, Subnet},
	};

	fn shown<T: Encode + TypeInfo + 'static>(it: &T) -> Json {
		let mut types = scale_info::Registry::new();
		let id = types.register_type(&MetaType::new::<T>()).id;
		let types = types.into();
		show_encoded(&types, id, &mut &it.encode()[..]).expect("it can be read")
	}

	#[test]
	fn values_are_shown_as_people_write_them() {
		let name = Name::try_from("web").expect("it is short");
		assert_eq!(shown(&name), json!("web"));
		assert_eq!(shown(&Some(7_u32)), json!(7));
		assert_eq!(shown(&None::<u32>), Json::Null);
		assert_eq!(shown(b"BE"), json!("BE"));
		assert_eq!(shown(&[1_u8; 4]), json!("0x01010101"));
		assert_eq!(shown(&Ip::V4([10, 1, 2, 3])), json!("10.1.2.3"));
		assert_eq!(shown(&Subnet { ip: [10, 1, 0, 0], prefix: 16 }), json!("10.1.0.0/16"));
		assert_eq!(shown(&vec![name]), json!(["web"]));
		assert_eq!(shown(&u128::MAX), json!(u128::MAX.to_string()));
	}
}
