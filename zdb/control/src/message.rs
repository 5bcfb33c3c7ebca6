use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// What a server is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
	/// Tell of all namespaces whose names begin so.
	List(String),
	/// Have a namespace, and serve it at the sockets that come along. The places where it was
	/// served are left, unless [`Order::place`] is what it was.
	Serve(Box<Order>),
	/// Serve a namespace nowhere, and keep what it has.
	Pause(String),
	/// Remove a namespace with all that it has.
	Remove(String),
}

/// A namespace as it is to be.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
	/// Its name in the server.
	pub name: String,
	/// What its clients call it.
	pub called: String,
	/// Whether it numbers what it keeps, instead of having its clients name it.
	pub sequential: bool,
	/// Whether it is read without the password.
	pub public: bool,
	/// What it may take of the disk: values, keys and all that belongs to them.
	pub bytes: u64,
	/// How many keys it may have, as each takes memory.
	pub entries: Option<u64>,
	/// What clients say to write, and to read where it is not public. None: nothing.
	pub password: Option<Password>,
	/// How many clients it may have at a time.
	pub clients: usize,
	/// Where the sockets are. None: there are none.
	pub place: Option<String>,
}

/// A password, which is not to be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub Zeroizing<Vec<u8>>);

impl fmt::Debug for Password {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("a password")
	}
}

impl Serialize for Password {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.serialize_str(&Zeroizing::new(hex::encode(&*self.0)))
	}
}

impl<'de> Deserialize<'de> for Password {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let text = Zeroizing::new(String::deserialize(from)?);
		let bytes = hex::decode(&*text).map_err(serde::de::Error::custom)?;
		Ok(Self(Zeroizing::new(bytes)))
	}
}

/// What a server answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
	/// It is so, and stays so.
	Done,
	/// The namespaces that were asked for.
	Found {
		/// Each of them.
		namespaces: Vec<Found>,
		/// Since what the store takes no changes, if it does not.
		read_only: Option<String>,
	},
	/// It could not be done.
	Refused {
		/// In short.
		reason: Reason,
		/// In words.
		text: String,
	},
}

/// A namespace as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
	/// Its name in the server.
	pub name: String,
	/// What it takes of the disk.
	pub bytes: u64,
	/// What its values alone take.
	pub values: u64,
	/// How many keys it has.
	pub entries: u64,
	/// Whether, and where, it is served.
	pub serving: Serving,
}

/// Whether a namespace is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serving {
	/// Not since the server started, or not any more.
	No,
	/// It would be, but has no sockets.
	Nowhere,
	/// At sockets that are there.
	At(String),
}

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
	/// The request is none, or makes no sense.
	Request,
	/// How keys are named cannot change while there are any.
	NotEmpty,
	/// The disk is full.
	DiskFull,
	/// The store takes no changes, or the disk refused.
	Store,
	/// The sockets that came along cannot be served.
	Sockets,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_password_goes_over_whole_and_is_not_shown() {
		let password = Password(Zeroizing::new(b"\0open \xff sesame".to_vec()));
		let text = serde_json::to_string(&password).expect("it is text");
		assert_eq!(serde_json::from_str::<Password>(&text).expect("it is one"), password);
		assert!(!format!("{password:?}").contains("sesame"));
	}

	#[test]
	fn what_is_misspelt_is_refused() {
		assert!(serde_json::from_str::<Request>(r#"{"list":"a"}"#).is_ok());
		for wrong in [r#"{"lists":"a"}"#, r#"{"serve":{"name":"a"}}"#, "[]", ""] {
			assert!(serde_json::from_str::<Request>(wrong).is_err(), "{wrong}");
		}
	}
}
