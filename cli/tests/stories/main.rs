//! What people do with the real `grid`, on a real chain.
//!
//! A node of the chain is found beside this test, or where `GRID_NODE` says; likewise the agent that
//! plays nodes, with `ZOS_AGENT`.

mod alone;
mod approving;
mod by_hand;
mod deploying;
mod farming;
mod governing;
mod healing;
mod interrupted;
mod joining;
mod keys;
mod light;
mod offline;
mod terminal;
mod trying;
mod validating;
mod world;
mod wrong;
