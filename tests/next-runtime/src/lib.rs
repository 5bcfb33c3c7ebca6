//! The next version of the runtime: the same but for its number. The story of an upgrade needs
//! something to upgrade to.

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

#[cfg(not(feature = "std"))]
pub use grid_runtime::*;
