//! What the consensus of a chain with two-second slots needs. See ADR 1.

use crate::service::Client;
use grid_primitives::time::SLOT_MILLIS;
use grid_runtime::opaque::Block;
use sc_consensus_grandpa::{ThreeQuartersOfTheUnfinalizedChain, VotingRule, VotingRulesBuilder};
use sc_consensus_slots::{BackoffAuthoringOnFinalizedHeadLagging, SlotProportion};
use sp_consensus_aura::SlotDuration;
use std::time::Duration;

/// The length of a slot.
pub(crate) const SLOT: SlotDuration = SlotDuration::from_millis(SLOT_MILLIS);

/// How long GRANDPA expects a message to be under way. A round takes twice that at least, so it
/// bounds how closely finality follows.
pub(crate) const GOSSIP: Duration = Duration::from_millis(100);

/// Justifications are kept for every so many blocks, and for each change of validators.
pub(crate) const JUSTIFICATION_PERIOD: u32 = 512;

/// The part of a slot in which a block is made; the rest is for it to travel and be imported.
pub(crate) fn proposal() -> SlotProportion {
	SlotProportion::new(2.0 / 3.0)
}

/// Votes go to the best block, not to one that is two behind; only when finality lags do votes
/// keep some distance, and so agree sooner.
pub(crate) fn voting_rule() -> impl VotingRule<Block, Client> + Clone {
	VotingRulesBuilder::new().add(ThreeQuartersOfTheUnfinalizedChain).build()
}

/// When nothing is finalized for five minutes, blocks come more slowly, so that what has to be
/// finalized later stays bounded.
pub(crate) fn backoff() -> BackoffAuthoringOnFinalizedHeadLagging<u32> {
	BackoffAuthoringOnFinalizedHeadLagging {
		max_interval: 30,
		unfinalized_slack: 150,
		authoring_bias: 2,
	}
}
