//! The chain: asked, and told.
//!
//! Everything is found by its name in the description that the chain gives of itself, so that an
//! upgrade of the chain needs no other `grid` unless what `grid` speaks of is itself another.

mod call;
mod config;
mod connect;
mod error;
mod event;
pub mod offline;
mod questions;
pub mod records;
mod state;
mod submit;
mod trial;
mod value;

pub use call::Call;
pub use config::Grid;
pub use connect::{Chain, Endpoint, SessionKeys};
pub use error::{Error, Refusal};
pub use event::Event;
pub use questions::AT_ONCE;
pub use state::State;
pub use submit::{Included, Lifetime, Stage, Watch, BLOCKS_AT_ONCE};
pub use trial::{Answer, Trial};
pub use value::{account, number, of, option, show, unit, Shared};
