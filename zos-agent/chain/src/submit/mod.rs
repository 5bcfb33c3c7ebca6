//! What a node says: signed, sent, and looked for in what becomes final.
//!
//! It is looked for by the number of the transaction. While the chain has not counted that far,
//! the transaction is not in it; when it has, the transaction is in one of the blocks since, or
//! another had its number. So no word of whoever passed it on is needed.
//!
//! Whatever could not be seen is said again. The chain takes no news twice: it answers that it
//! knows.

mod broadcast;
mod calls;
mod nonces;
mod verdict;

use crate::{
	config::Grid,
	connection::{Heard, Now},
	state::State,
	Error,
};
use broadcast::Broadcast;
use calls::Said;
use grid_primitives::BlockNumber;
use nonces::{Nonces, Slot};
use std::sync::Arc;
use subxt::config::substrate::SubstrateExtrinsicParamsBuilder;
use subxt_signer::sr25519::Keypair;
use verdict::Verdict;
use zos_core::ports::{Call, Submitted};

/// For how many blocks a transaction may be included. Then it is made anew.
const LIFE: BlockNumber = 32;

/// After how many blocks it is asked whether a transaction can still be included, again and again.
const DOUBT: BlockNumber = 4;

/// Speaks for one account.
pub(crate) struct Speaker {
	heard: Arc<Heard>,
	key: Keypair,
	nonces: Nonces,
}

/// What became of one transaction.
enum Attempt {
	/// That is how it ends.
	Settled(Submitted),
	/// It will not be included, or it cannot be told whether it was: it has to be said anew.
	Lost(&'static str),
}

/// A transaction that is under way.
struct Flight<'a> {
	said: &'a Said<'a>,
	transaction: Vec<u8>,
	slot: Slot,
	born: BlockNumber,
	/// Up to here, it was looked for.
	searched: BlockNumber,
}

impl Speaker {
	pub(crate) fn new(heard: Arc<Heard>, key: Keypair) -> Self {
		let nonces = Nonces::new(key.public_key().0);
		Self { heard, key, nonces }
	}

	pub(crate) fn account(&self) -> [u8; 32] {
		self.key.public_key().0
	}

	/// Say something, until it is final what became of it.
	pub(crate) async fn submit(&self, call: &Call) -> Result<Submitted, Error> {
		let said = Said::from(call);
		let mut tried = None;
		let mut failures = 0_u32;
		loop {
			let now = self.heard.newer_than(tried).await;
			tried = Some(now.block.number);
			match self.attempt(&said, &now).await {
				Ok(Attempt::Settled(settled)) => return Ok(settled),
				Ok(Attempt::Lost(why)) => log::debug!("{said} is said anew: {why}"),
				Err(error @ Error::Unknown { .. }) => return Err(error),
				Err(error) if failures == 0 => log::warn!("{said} is said anew: {error}"),
				Err(error) => log::debug!("{said} is said anew, {failures} times so far: {error}"),
			}
			failures += 1;
		}
	}

	async fn attempt(&self, said: &Said<'_>, now: &Now) -> Result<Attempt, Error> {
		let state = self.heard.state(&now.follow, now.block).await?;
		let slot = self.nonces.take(&state).await?;
		let transaction = self.sign(said, &state, slot.nonce())?;
		match verdict::validate(&state, said, &transaction).await? {
			Verdict::Passes => {},
			Verdict::Settled(settled) => {
				// An invitation is gone once it was followed, so that it is said to be missing.
				let known = said.has_joined(&state, self.account()).await?;
				return Ok(Attempt::Settled(if known { Submitted::Known } else { settled }));
			},
			Verdict::Later(why) => return Ok(Attempt::Lost(why)),
		}
		let born = now.block.number;
		self.fly(Flight { said, transaction, slot, born, searched: born }, now).await
	}

	fn sign(&self, said: &Said<'_>, state: &State, nonce: u32) -> Result<Vec<u8>, Error> {
		let birth = &state.block;
		let params = SubstrateExtrinsicParamsBuilder::<Grid>::new()
			.nonce(nonce.into())
			.mortal_from_unchecked(LIFE.into(), birth.number.into(), birth.hash)
			.build();
		let unknown = |error: subxt::error::ExtrinsicError| Error::unknown("calls")(error.into());
		let offline = state.offline()?;
		let mut signable = offline.tx().create_signable_offline(said, params).map_err(unknown)?;
		Ok(signable.sign(&self.key).map_err(unknown)?.into_encoded())
	}

	/// Send a transaction, and look for it in what becomes final.
	async fn fly(&self, mut flight: Flight<'_>, now: &Now) -> Result<Attempt, Error> {
		let mut broadcast = Broadcast::start(now, &flight.transaction).await?;
		let mut head = now.block.number;
		loop {
			let now = self.heard.newer_than(Some(head)).await;
			head = now.block.number;
			match self.look(&mut flight, &now).await {
				Ok(Some(attempt)) => return Ok(attempt),
				Ok(None) => {},
				Err(error @ Error::Unknown { .. }) => return Err(error),
				Err(error) => log::debug!("{} is looked for later: {error}", flight.said),
			}
			if let Err(error) = broadcast.keep_up(&now, &flight.transaction).await {
				log::debug!("{} is not sent again: {error}", flight.said);
			}
		}
	}

	/// Look whether a transaction has become final, or never will.
	async fn look(&self, flight: &mut Flight<'_>, now: &Now) -> Result<Option<Attempt>, Error> {
		let state = self.heard.state(&now.follow, now.block).await?;
		let counted = self.nonces.counted(&state).await?;
		let nonce = flight.slot.nonce();
		if counted > nonce {
			for block in now.follow.after(flight.searched) {
				let content = self.heard.contents.of(&now.follow, &block).await?;
				if let Some(place) = content.place(&flight.transaction) {
					let state = self.heard.state(&now.follow, block).await?;
					let settled = verdict::outcome(&state, &content.events, place)?;
					return Ok(Some(Attempt::Settled(settled)));
				}
			}
			return Ok(Some(Attempt::Lost("its number is taken, in a block that is not at hand")));
		}
		flight.searched = now.block.number;
		if now.block.number >= flight.born.saturating_add(LIFE) {
			return Ok(Some(Attempt::Lost("it was not included in its time")));
		}
		// What was valid may no longer be, and then nobody includes it, nor what comes after it.
		let waited = now.block.number.saturating_sub(flight.born);
		if counted == nonce && waited > 0 && waited.is_multiple_of(DOUBT) {
			match verdict::validate(&state, flight.said, &flight.transaction).await? {
				Verdict::Passes => {},
				Verdict::Settled(settled) => return Ok(Some(Attempt::Settled(settled))),
				Verdict::Later(why) => return Ok(Some(Attempt::Lost(why))),
			}
		}
		if self.nonces.is_stuck(nonce, counted) {
			return Ok(Some(Attempt::Lost("what should come before it was taken back")));
		}
		Ok(None)
	}
}
