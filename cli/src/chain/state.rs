//! The chain at a block.

use super::{value, Error, Grid};
use codec::{Decode, Encode};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use subxt::{
	dynamic,
	ext::{
		frame_decode::{
			helpers::{IntoDecodableValues, IntoEncodableValues},
			view_functions::{decode_view_function_response, encode_view_function_inputs},
		},
		scale_decode::DecodeAsType,
		scale_value::Value,
	},
	OnlineClientAtBlock,
};

/// What a record is found by.
pub trait Key: IntoEncodableValues + IntoDecodableValues {}

impl<T: IntoEncodableValues + IntoDecodableValues> Key for T {}

/// The chain at a block: what it says of itself there, and what is stored.
#[derive(Clone)]
pub struct State {
	pub(super) at: OnlineClientAtBlock<Grid>,
}

impl State {
	pub(super) fn new(at: OnlineClientAtBlock<Grid>) -> Self {
		Self { at }
	}

	/// The number of the block.
	pub fn number(&self) -> u64 {
		self.at.block_number()
	}

	/// The version of the runtime.
	pub fn version(&self) -> u32 {
		self.at.spec_version()
	}

	/// The answer of a view function of a pallet.
	pub async fn view<T: DecodeAsType>(
		&self,
		pallet: &str,
		name: &str,
		question: impl IntoEncodableValues,
	) -> Result<T, Error> {
		let answer = self.ask_view(pallet, name, question).await?;
		let metadata = self.at.metadata();
		let (mut bytes, types) = (&answer[..], metadata.types());
		let visitor = T::into_visitor();
		decode_view_function_response(pallet, name, &mut bytes, &*metadata, types, visitor)
			.map_err(|error| Error::unknown(format!("{pallet}.{name}"))(error))
	}

	/// The answer of a view function, as people read it.
	pub async fn view_json(
		&self,
		pallet: &str,
		name: &str,
		question: impl IntoEncodableValues,
	) -> Result<Json, Error> {
		let answer = self.ask_view(pallet, name, question).await?;
		let metadata = self.at.metadata();
		let function =
			metadata.pallet_by_name(pallet).and_then(|it| it.view_function_by_name(name));
		let what = format!("{pallet}.{name}");
		let output = function.ok_or_else(|| Error::unknown(&what)("it is not there"))?.output_ty();
		value::show_encoded(metadata.types(), output, &mut &answer[..])
			.map_err(Error::unknown(what))
	}

	/// The runtime takes the name of a view function and a number of bytes, and returns some.
	async fn ask_view(
		&self,
		pallet: &str,
		name: &str,
		question: impl IntoEncodableValues,
	) -> Result<Vec<u8>, Error> {
		let what = || format!("{pallet}.{name}");
		let metadata = self.at.metadata();
		let question =
			encode_view_function_inputs(pallet, name, question, &*metadata, metadata.types())
				.map_err(|error| Error::unknown(what())(error))?;
		let (function, question) = question
			.split_at_checked(32)
			.ok_or_else(|| Error::unknown(what())("it has no name"))?;
		let question = [function, &question.to_vec().encode()].concat();
		let answer = self
			.at
			.runtime_apis()
			.call_raw("RuntimeViewFunction_execute_view_function", Some(&question))
			.await
			.map_err(Error::lost)?;
		// An answer in bytes, or why there is none.
		match answer.split_first() {
			Some((0, bytes)) => Vec::<u8>::decode(&mut &bytes[..]).map_err(Error::unknown(what())),
			_ => Err(Error::unknown(what())("it does not answer")),
		}
	}

	/// The answer of a function of the runtime.
	pub async fn ask<T: DecodeAsType>(
		&self,
		api: &str,
		name: &str,
		question: impl IntoEncodableValues,
	) -> Result<T, Error> {
		let question = dynamic::runtime_api_call::<_, T>(api, name, question);
		let answer = self.at.runtime_apis().call(question).await;
		answer.map_err(|error| classify(format!("{api}.{name}"), error))
	}

	/// A record, if there is one.
	pub async fn get<T: DecodeAsType>(
		&self,
		pallet: &str,
		name: &str,
		key: impl Key,
	) -> Result<Option<T>, Error> {
		let what = || format!("{pallet}.{name}");
		let address = dynamic::storage::<_, Value>(pallet, name);
		let found = self.at.storage().try_fetch(address, key).await;
		let found = found.map_err(|error| classify(what(), error))?;
		found.map(|it| it.decode_as().map_err(Error::unknown(what()))).transpose()
	}

	/// A record as people read it, if there is one.
	pub async fn get_json(
		&self,
		pallet: &str,
		name: &str,
		key: impl Key,
	) -> Result<Option<Json>, Error> {
		let address = dynamic::storage::<_, Value>(pallet, name);
		let found = self.at.storage().try_fetch(address, key).await;
		let found = found.map_err(|error| classify(format!("{pallet}.{name}"), error))?;
		let show = |bytes: &[u8], ty| {
			value::show_encoded(self.at.metadata_ref().types(), ty, &mut &bytes[..])
		};
		found.map(|it| show(it.bytes(), it.type_id()).map_err(Error::unknown(name))).transpose()
	}

	/// All records of a kind, under some first keys, as people read them: the last key, and the
	/// record.
	pub async fn all_json(
		&self,
		pallet: &str,
		name: &str,
		under: Vec<Value<()>>,
	) -> Result<Vec<(Json, Json)>, Error> {
		let what = || format!("{pallet}.{name}");
		let address = dynamic::storage::<Vec<Value<()>>, Value>(pallet, name);
		let mut entries = self
			.at
			.storage()
			.iter(address, under)
			.await
			.map_err(|error| classify(what(), error))?;
		let metadata = self.at.metadata();
		let record =
			metadata.pallet_by_name(pallet).and_then(|it| it.storage()?.entry_by_name(name));
		let key_type = record.and_then(|it| it.keys().last().map(|key| key.key_id));
		let key_type = key_type.ok_or_else(|| Error::unknown(what())("it has no keys"))?;
		let mut found = Vec::new();
		while let Some(entry) = entries.next().await {
			let entry = entry.map_err(|error| classify(what(), error))?;
			let value = entry.value();
			let shown =
				value::show_encoded(metadata.types(), value.type_id(), &mut &value.bytes()[..])
					.map_err(Error::unknown(what()))?;
			let key = entry.key().map_err(Error::unknown(what()))?;
			let last = key.parts().last().map(|part| part.value_bytes().to_vec());
			let last = last.unwrap_or_default();
			let last = value::show_encoded(metadata.types(), key_type, &mut &last[..])
				.map_err(Error::unknown(what()))?;
			found.push((last, shown));
		}
		Ok(found)
	}

	/// A record as people read it, taken into a type of ours.
	pub async fn read<T: DeserializeOwned>(
		&self,
		pallet: &str,
		name: &str,
		key: impl Key,
	) -> Result<Option<T>, Error> {
		let found = self.get_json(pallet, name, key).await?;
		found
			.map(|it| {
				serde_json::from_value(it).map_err(Error::unknown(format!("{pallet}.{name}")))
			})
			.transpose()
	}

	/// A value that the runtime was built with.
	pub fn constant<T: DecodeAsType>(&self, pallet: &str, name: &str) -> Result<T, Error> {
		let address = dynamic::constant::<T>(pallet, name);
		self.at.constants().entry(address).map_err(Error::unknown(format!("{pallet}.{name}")))
	}
}

/// Whether the chain did not answer, or answered something else than was expected.
fn classify<E: std::error::Error + Send + Sync + 'static>(what: String, error: E) -> Error {
	let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
	while let Some(error) = cause {
		if error.is::<subxt::error::BackendError>() || error.is::<subxt::rpcs::Error>() {
			return Error::lost(std::io::Error::other(error.to_string()));
		}
		cause = error.source();
	}
	Error::unknown(what)(error)
}
