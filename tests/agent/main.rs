//! The life of an agent: a real chain, the real agent, and a real registry. Each story judges what a
//! user, a farmer, or whoever looks at the machine would notice.
//!
//! An agent hears the chain in one of two ways, and each story is told in one of them. On long runs
//! (`GRID_SOAK`) it is told in both.

use grid_stories::Hears;

mod databases;
mod failing;
mod hundred;
mod kills;
mod lifetime;
mod reboot;
mod revisions;
mod secrets;
mod silence;
mod stakeholders;
mod users;

/// How long a long run is, if this is one.
fn length() -> Option<usize> {
	std::env::var("GRID_SOAK").ok().and_then(|storms| storms.parse().ok())
}

/// The ways to hear the chain in which a story is told.
fn modes(usual: Hears) -> Vec<Hears> {
	match length() {
		Some(_) => vec![Hears::Rpc, Hears::Light],
		None => vec![usual],
	}
}
