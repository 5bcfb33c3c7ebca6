//! How each pallet is configured, by subject.

pub mod consensus;
pub mod governance;
pub mod money;
pub mod system;
