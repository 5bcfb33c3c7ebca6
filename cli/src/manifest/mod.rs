//! From a file of what is wanted to a plan of who does it.
//!
//! - [`types`]: what a file says;
//! - [`read`]: how it is read, and what may be wrong with it;
//! - [`units`]: what has to be together, and how often there is to be of it;
//! - [`names`]: how what runs keeps its name;
//! - [`current`]: what runs;
//! - [`place`]: which nodes take what;
//! - [`build`]: what each of them is to run;
//! - [`devices`]: where devices of users join;
//! - [`plan`]: what has to change;
//! - [`words`]: what the reader of YAML says, as people would;
//! - [`secrets`]: what only nodes may read.
//!
//! All but reading secrets is pure. There is no state beside the chain: what runs is found by the
//! name of the manifest, and compared with what it would be.

mod build;
mod current;
mod devices;
mod error;
mod measures;
mod names;
mod place;
mod plan;
mod read;
mod secrets;
#[cfg(test)]
mod tests;
pub mod types;
mod units;
mod words;

pub use build::Sealer;
pub use current::{Current, Loss};
pub use error::{Error, Flaw};
pub use place::{Addresses, Candidate, Unplaced, Why};
pub use plan::{plan, Move, Plan};
pub(crate) use read::flaw;
pub use read::read;
pub use secrets::{Blank, Seals, Secrets};
pub use types::Manifest;
pub use units::{units, Unit};

/// The schema of manifests.
pub fn schema() -> String {
	let schema = schemars::schema_for!(Manifest);
	serde_json::to_string_pretty(&schema).unwrap_or_default()
}
