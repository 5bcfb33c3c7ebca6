//! Whom and what an agent believes: real chains, the real agent, and others that lie, stand still,
//! go away, or are somebody else. What is not proven is never acted on, and what runs goes on.

mod behind;
mod broken_endpoints;
mod forged_finality;
mod forged_state;
mod forger;
mod images;
mod proxy;
mod silence;
mod simulated;
mod strangers;
mod unfinalized;
mod world;
