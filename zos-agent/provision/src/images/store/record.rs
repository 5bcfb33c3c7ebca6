use super::{super::formats::Run, Digest};
use serde::{Deserialize, Serialize};

/// An image that is here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::images) struct Record {
	/// What its layers contain, lowest first.
	pub(in crate::images) layers: Vec<Digest>,
	/// How it wants to be run.
	pub(in crate::images) run: Run,
}
