//! How the chain describes itself: which calls, records and errors there are, under which names.
//!
//! Everything is looked up by its name, in the description that belongs to the block at hand. So
//! an upgrade of the chain needs no other agent, unless what the agent speaks of is itself another.

use crate::{follow::Follow, Error};
use codec::{Decode, Encode};
use std::{collections::BTreeMap, sync::Arc};
use subxt::{config::substrate::H256, ArcMetadata, Metadata};
use tokio::sync::Mutex;

/// The version in which the chain is asked to describe itself: the first with view functions.
const FORMAT: u32 = 16;

/// How many descriptions are kept. Two are in use while an upgrade becomes final.
const MAX_KEPT: usize = 2;

/// Which runtime a block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuntimeVersion {
	/// Counts the releases.
	pub spec: u32,
	/// Counts those that want other transactions.
	pub transaction: u32,
}

/// A runtime.
#[derive(Debug)]
pub(crate) struct Runtime {
	pub(crate) genesis: H256,
	pub(crate) version: RuntimeVersion,
	pub(crate) metadata: ArcMetadata,
}

/// The runtimes that were met.
#[derive(Default)]
pub(crate) struct Runtimes(Mutex<BTreeMap<u32, Arc<Runtime>>>);

impl Runtimes {
	/// The runtime of a block.
	pub(crate) async fn of(
		&self,
		follow: &Arc<Follow>,
		at: H256,
		version: RuntimeVersion,
	) -> Result<Arc<Runtime>, Error> {
		let mut known = self.0.lock().await;
		let fits = |it: &&Arc<Runtime>| it.version == version && it.genesis == follow.genesis();
		if let Some(runtime) = known.get(&version.spec).filter(fits) {
			return Ok(runtime.clone());
		}
		let answer = follow.call(at, "Metadata_metadata_at_version", &FORMAT.encode()).await?;
		let unknown = || Error::unknown("itself");
		let described = Option::<Vec<u8>>::decode(&mut &answer[..])
			.map_err(|error| unknown()(error.into()))?
			.ok_or_else(|| unknown()("it has no description of this version".into()))?;
		drop(answer);
		let metadata =
			Metadata::decode_from(&described).map_err(|error| unknown()(error.into()))?;
		let runtime =
			Arc::new(Runtime { genesis: follow.genesis(), version, metadata: metadata.into() });
		known.insert(version.spec, runtime.clone());
		while known.len() > MAX_KEPT {
			known.pop_first();
		}
		log::info!("the chain has runtime {}", version.spec);
		Ok(runtime)
	}
}
