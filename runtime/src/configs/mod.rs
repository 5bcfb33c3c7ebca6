//! How each pallet is configured, by subject.

pub mod consensus;
pub mod governance;
pub mod grid;
pub mod money;
pub mod parameters;
pub mod system;
