//! What the commands mean.

mod access;
mod call;
mod connection;
mod control;
mod data;
mod database;
mod exposition;
mod info;
mod namespaces;
mod password;
mod refusal;
mod replication;
mod scan;
mod scope;
mod scrub;
mod session;
mod table;
mod waiting;

pub(crate) use info::watch_memory;

pub use access::{Access, AccessError};
pub use database::{Database, DatabaseOptions, StartError};
pub use password::{PasswordKey, PasswordKeyError};
pub use session::Session;
