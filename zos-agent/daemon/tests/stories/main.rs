//! Stories of an agent with a chain and a machine in memory. Time is only counted, not waited for.

mod chain_gone;
mod contracts;
mod failing;
mod killed;
mod logs;
mod membership;
mod status;
mod world;
