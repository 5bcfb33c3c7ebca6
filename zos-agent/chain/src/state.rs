//! What is stored at a block, found by the names that the chain gives it.

use crate::{
	config::Grid,
	connection::{Heard, Now},
	follow::{Block, Follow},
	runtime::Runtime,
	Error,
};
use codec::{Decode, Encode};
use std::sync::Arc;
use subxt::{
	config::substrate::H256,
	ext::{
		frame_decode::{
			helpers::IntoEncodableValues,
			storage::{decode_storage_value, encode_storage_key},
			view_functions::{decode_view_function_response, encode_view_function_inputs},
		},
		scale_decode::IntoVisitor,
	},
	OfflineClient, OfflineClientAtBlock,
};
use zos_core::ports::Head;

/// The runtime function that asks view functions of pallets.
const VIEW: &str = "RuntimeViewFunction_execute_view_function";

/// A record: the pallet that stores it, and its name there.
#[derive(Clone, Copy)]
pub(crate) struct Item(pub(crate) &'static str, pub(crate) &'static str);

/// The chain at a block.
pub(crate) struct State {
	pub(crate) follow: Arc<Follow>,
	pub(crate) block: Block,
	pub(crate) runtime: Arc<Runtime>,
}

impl Heard {
	/// The chain at a block that was heard of a moment ago.
	pub(crate) async fn at(&self, head: Head) -> Result<State, Error> {
		let Now { follow, .. } = self.now()?;
		let block = follow.block(H256(head.hash)).ok_or(Error::Gone(head.number))?;
		self.state(&follow, block).await
	}

	pub(crate) async fn state(&self, follow: &Arc<Follow>, block: Block) -> Result<State, Error> {
		let version = block.runtime.ok_or_else(|| {
			Error::unknown("its runtime")("nobody could tell which runtime it has".into())
		})?;
		let runtime = self.runtimes.of(follow, block.hash, version).await?;
		Ok(State { follow: follow.clone(), block, runtime })
	}
}

impl State {
	/// The chain, as subxt has it, to make transactions and to read events.
	pub(crate) fn offline(&self) -> Result<OfflineClientAtBlock<Grid>, Error> {
		OfflineClient::new_with_config(Grid(self.runtime.clone()))
			.at_block(self.block.number)
			.map_err(|error| Error::unknown("itself")(error.into()))
	}

	/// Where a record is.
	pub(crate) fn key(
		&self,
		Item(pallet, name): Item,
		keys: impl IntoEncodableValues,
	) -> Result<Vec<u8>, Error> {
		let metadata = &*self.runtime.metadata;
		encode_storage_key(pallet, name, keys, metadata, metadata.types())
			.map_err(|error| Error::unknown(name)(error.into()))
	}

	/// What a record says. All of it has to be understood.
	pub(crate) fn read<T: IntoVisitor>(
		&self,
		Item(pallet, name): Item,
		mut bytes: &[u8],
	) -> Result<T, Error> {
		let metadata = &*self.runtime.metadata;
		let visitor = T::into_visitor();
		let value =
			decode_storage_value(pallet, name, &mut bytes, metadata, metadata.types(), visitor)
				.map_err(|error| Error::unknown(name)(error.into()))?;
		whole(name, bytes)?;
		Ok(value)
	}

	/// A record, if there is one.
	pub(crate) async fn get<T: IntoVisitor>(
		&self,
		item: Item,
		keys: impl IntoEncodableValues,
	) -> Result<Option<T>, Error> {
		let key = self.key(item, keys)?;
		let value = self.follow.value(self.block.hash, &key).await?;
		value.map(|bytes| self.read(item, &bytes)).transpose()
	}

	/// The answer of a view function of a pallet.
	pub(crate) async fn view<T: IntoVisitor>(
		&self,
		Item(pallet, name): Item,
		question: impl IntoEncodableValues,
	) -> Result<T, Error> {
		let metadata = &*self.runtime.metadata;
		let question =
			encode_view_function_inputs(pallet, name, question, metadata, metadata.types())
				.map_err(|error| Error::unknown(name)(error.into()))?;
		// The runtime takes a number of bytes, and returns some.
		let (function, question) = question
			.split_at_checked(32)
			.ok_or_else(|| Error::unknown(name)("it has no name".into()))?;
		let question = [function, &question.to_vec().encode()].concat();
		let answer = self.follow.call(self.block.hash, VIEW, &question).await?;
		let answer = Result::<Vec<u8>, Refused>::decode(&mut &answer[..])
			.map_err(|error| Error::unknown(name)(error.into()))?
			.map_err(|refused| Error::unknown(name)(format!("{refused:?}").into()))?;
		let mut bytes = &answer[..];
		let types = metadata.types();
		let visitor = T::into_visitor();
		let value =
			decode_view_function_response(pallet, name, &mut bytes, metadata, types, visitor)
				.map_err(|error| Error::unknown(name)(error.into()))?;
		whole(name, bytes)?;
		Ok(value)
	}
}

/// Why the runtime does not answer for a view function.
#[derive(Debug, Decode)]
enum Refused {
	NotImplemented,
	NotFound(#[allow(dead_code, reason = "shown to people")] [u8; 32]),
	Codec,
}

fn whole(what: &'static str, rest: &[u8]) -> Result<(), Error> {
	if rest.is_empty() {
		return Ok(());
	}
	Err(Error::unknown(what)(format!("{} bytes more than expected", rest.len()).into()))
}
