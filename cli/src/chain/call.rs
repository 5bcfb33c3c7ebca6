//! Calls: what somebody wants the chain to do.

use subxt::{
	ext::scale_value::{Composite, Value},
	tx::{dynamic, DynamicPayload},
};

/// A call, with its arguments by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
	/// Its pallet, as the chain calls it.
	pub pallet: String,
	/// Its name.
	pub name: String,
	/// Its arguments.
	pub arguments: Vec<(String, Value<()>)>,
}

impl Call {
	/// A call without arguments, so far.
	pub fn new(pallet: &str, name: &str) -> Self {
		Self { pallet: pallet.into(), name: name.into(), arguments: Vec::new() }
	}

	/// With one argument more.
	pub fn with(mut self, name: &str, value: Value<()>) -> Self {
		self.arguments.push((name.into(), value));
		self
	}

	/// All of them or none.
	pub fn all(calls: Vec<Self>) -> Self {
		let calls = calls.into_iter().map(Self::into_value);
		Self::new("Utility", "batch_all").with("calls", Value::unnamed_composite(calls))
	}

	/// The call as an argument of another.
	pub fn into_value(self) -> Value<()> {
		let inner = Value::variant(self.name, Composite::Named(self.arguments));
		Value::unnamed_variant(self.pallet, [inner])
	}

	/// The call as subxt takes it.
	pub(crate) fn payload(&self) -> DynamicPayload<Composite<()>> {
		dynamic(&self.pallet, &self.name, Composite::Named(self.arguments.clone()))
	}
}
