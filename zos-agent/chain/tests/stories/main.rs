//! A node's way to the chain, tried with real nodes of the chain.

mod endpoints;
mod following;
mod light;
mod saying;
mod world;
