//! Follows the chain for ever, over one connection after the other, and never goes back.

use crate::{
	contents::Contents,
	follow::{Block, Follow, Following},
	link::{Endpoints, Light, Link, Source},
	runtime::Runtimes,
	Counters, Error, NotFollowed,
};
use grid_primitives::BlockNumber;
use std::{
	sync::{Arc, Mutex, OnceLock, PoisonError},
	time::Duration,
};
use tokio::{
	sync::watch,
	task::JoinHandle,
	time::{sleep, timeout},
};
use zos_core::ports::Head;

/// How long no block may become final until that is said.
const STALLED: Duration = Duration::from_secs(30);

/// Of how many blocks, at least, the chain keeps the hashes where they can be proven.
const KNOWN_HASHES: BlockNumber = 4_000;

/// After how many such spans a connection is made anew, if there is no other to take.
const MAX_STALLS: u32 = 10;

/// At how many blocks a proof is asked for, before a light client begins anew.
const MAX_PROOFS: u32 = 10;

/// The pauses between attempts to connect.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The chain, heard over a connection that is made again whenever it breaks. Many nodes may share
/// it. It ends when it is dropped.
pub struct Connection {
	pub(crate) heard: Arc<Heard>,
	task: JoinHandle<()>,
}

/// How it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
	/// Nobody is listened to yet, or any more.
	Connecting,
	/// Blocks become final.
	Following,
	/// Somebody is listened to, but no block becomes final.
	Stalled,
}

/// What was heard.
pub(crate) struct Heard {
	now: watch::Sender<Option<Now>>,
	health: watch::Sender<Health>,
	/// The hash of the first block of the chain: there is only one for as long as this lives.
	genesis: OnceLock<[u8; 32]>,
	/// The newest finalized block that was ever seen.
	seen: Mutex<Option<Head>>,
	pub(crate) runtimes: Runtimes,
	pub(crate) contents: Contents,
	counters: Counters,
}

/// What is heard at the moment.
#[derive(Clone)]
pub(crate) struct Now {
	pub(crate) follow: Arc<Follow>,
	pub(crate) link: Arc<Link>,
	pub(crate) block: Block,
}

/// What shows that a chain goes on from a block that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Continuity {
	/// It is that block.
	Same,
	/// An endpoint says so, which is believed.
	Told,
	/// The chain still knows the hash of that block, where it can be proven.
	Proven,
	/// It is too long ago for that. Whoever makes blocks final now was chosen by those who did then:
	/// that is what a light client has verified, from what it remembers or from the beginning.
	Finality,
}

impl Continuity {
	fn of(seen: BlockNumber, newest: BlockNumber, is_endpoint: bool) -> Self {
		match newest.saturating_sub(seen) {
			0 => Self::Same,
			_ if is_endpoint => Self::Told,
			blocks if blocks < KNOWN_HASHES => Self::Proven,
			_ => Self::Finality,
		}
	}
}

impl Drop for Connection {
	fn drop(&mut self) {
		self.task.abort();
	}
}

impl Connection {
	/// Hear the chain as a light client: what peers say is verified. What is older than `seen` is
	/// never acted upon. Has to be called inside of a tokio runtime.
	pub fn light(light: Light, seen: Option<Head>) -> Self {
		Self::new(Source::Light(light), seen)
	}

	/// Hear the chain from endpoints, which are believed. One that is behind `seen`, or on another
	/// chain, is not followed. Has to be called inside of a tokio runtime.
	pub fn endpoints(endpoints: Endpoints, seen: Option<Head>) -> Result<Self, Error> {
		if endpoints.urls.is_empty() {
			return Err(Error::NoEndpoint);
		}
		Ok(Self::new(Source::Endpoints { endpoints, next: 0 }, seen))
	}

	fn new(source: Source, seen: Option<Head>) -> Self {
		let heard = Arc::new(Heard {
			now: watch::Sender::new(None),
			health: watch::Sender::new(Health::Connecting),
			genesis: source.genesis().map(OnceLock::from).unwrap_or_default(),
			seen: Mutex::new(seen),
			runtimes: Runtimes::default(),
			contents: Contents::default(),
			counters: Counters::default(),
		});
		let task = tokio::spawn(heard.clone().listen(source));
		Self { heard, task }
	}

	/// How it goes, now and from now on.
	pub fn health(&self) -> watch::Receiver<Health> {
		self.heard.health.subscribe()
	}

	/// What it has taken so far.
	pub fn counters(&self) -> Counters {
		self.heard.counters.clone()
	}

	/// The endpoint that is followed at the moment, if it is one.
	pub fn endpoint(&self) -> Option<String> {
		self.heard.now.borrow().as_ref().and_then(|now| now.link.endpoint.clone())
	}

	/// The hash of the first block of the chain, if it is known, or as soon as somebody was listened
	/// to.
	pub fn genesis(&self) -> Option<[u8; 32]> {
		self.heard.genesis.get().copied()
	}
}

impl Heard {
	/// What is heard at the moment.
	pub(crate) fn now(&self) -> Result<Now, Error> {
		self.now.borrow().clone().ok_or(Error::NotConnected)
	}

	/// Wait for a finalized block that is newer than another. An older one is never returned.
	pub(crate) async fn newer_than(&self, number: Option<BlockNumber>) -> Now {
		let mut now = self.now.subscribe();
		loop {
			let newer = |now: &Now| number.is_none_or(|number| now.block.number > number);
			if let Some(now) = now.borrow_and_update().as_ref().filter(|now| newer(now)) {
				return now.clone();
			}
			if now.changed().await.is_err() {
				// It cannot be: the other end is part of what is borrowed here.
				std::future::pending::<()>().await;
			}
		}
	}

	async fn listen(self: Arc<Self>, mut source: Source) {
		let mut failures = 0;
		loop {
			let Err(error) = self.listen_once(&mut source, &mut failures).await;
			self.now.send_replace(None);
			self.health.send_replace(Health::Connecting);
			self.counters.set_peers(0);
			failures += 1;
			// Each other endpoint is tried before anyone waits.
			let rounds = failures / source.choices() as u32;
			let pause = match rounds {
				0 => Duration::ZERO,
				rounds => LONGEST_PAUSE.min(SHORTEST_PAUSE * 2_u32.saturating_pow(rounds - 1)),
			};
			log::warn!("the chain is not heard: {error}; it is tried again in {pause:?}");
			sleep(pause).await;
		}
	}

	/// Listen to somebody until that breaks.
	async fn listen_once(
		self: &Arc<Self>,
		source: &mut Source,
		failures: &mut u32,
	) -> Result<std::convert::Infallible, Error> {
		let link = Arc::new(source.link(&self.counters).await?);
		if self.genesis.get().is_some_and(|ours| *ours != link.genesis.0) {
			return Err(match link.endpoint {
				Some(_) => NotFollowed::OtherGenesis.into(),
				None => Error::OtherChain,
			});
		}
		let alone = source.choices() == 1;
		loop {
			let mut following = Following::start(&link).await?;
			let first = self.wait_for_news(&mut following, alone).await?;
			let first = self.catch_up(&mut following, &link, first, alone).await?;
			// Whoever goes on from what was seen says which chain it is, if nobody has.
			self.genesis.get_or_init(|| link.genesis.0);
			self.counters.connected();
			let who = link.endpoint.as_deref().unwrap_or("its peers");
			log::info!("the chain is heard from {who}, from block {} on", first.number);
			let mut news = Ok(first);
			loop {
				match news {
					Ok(block) => self.publish(block, &following, &link, failures)?,
					// Whoever lags behind with what it says asks to be followed anew.
					Err(Error::Ended) if *failures == 0 => break,
					Err(error) => return Err(error),
				}
				news = self.wait_for_news(&mut following, alone).await;
			}
			*failures += 1;
			self.now.send_replace(None);
		}
	}

	/// Wait until what is heard is as new as what was seen, and make sure that it goes on from
	/// there.
	async fn catch_up(
		&self,
		following: &mut Following,
		link: &Link,
		first: Block,
		alone: bool,
	) -> Result<Block, Error> {
		let Some(seen) = self.seen() else { return Ok(first) };
		let mut newest = first;
		while newest.number < seen.number {
			// A light client begins from far behind, an endpoint is there or is not.
			if link.endpoint.is_some() {
				let behind = NotFollowed::Behind { its: newest.number, seen: seen.number };
				return Err(behind.into());
			}
			newest = self.wait_for_news(following, alone).await?;
		}
		let its = match Continuity::of(seen.number, newest.number, link.endpoint.is_some()) {
			Continuity::Same => Some(newest.hash.0),
			Continuity::Told => link.hash_of(seen.number).await?,
			Continuity::Proven => {
				self.proven_hash(following, &mut newest, seen.number, alone).await?
			},
			Continuity::Finality => {
				log::info!(
					"nobody was listened to since block {}: what is final now counts",
					seen.number
				);
				Some(seen.hash)
			},
		};
		if its != Some(seen.hash) {
			return Err(NotFollowed::OtherHistory(seen.number).into());
		}
		Ok(newest)
	}

	/// The hash of an older block, as the newest one that anybody can prove something of knows it.
	async fn proven_hash(
		&self,
		following: &mut Following,
		newest: &mut Block,
		number: BlockNumber,
		alone: bool,
	) -> Result<Option<[u8; 32]>, Error> {
		for _ in 0..MAX_PROOFS {
			let proven = match self.state(following.follow(), *newest).await {
				Ok(state) => state.hash_of(number).await,
				Err(error) => Err(error),
			};
			match proven {
				Err(Error::Unproven) => *newest = self.wait_for_news(following, alone).await?,
				other => return other,
			}
		}
		Err(Error::Unproven)
	}

	/// Wait for the next finalized block, and say so when there is none for long.
	async fn wait_for_news(&self, following: &mut Following, alone: bool) -> Result<Block, Error> {
		for _ in 0..MAX_STALLS {
			if let Ok(news) = timeout(STALLED, following.next()).await {
				return news;
			}
			if self.health.send_replace(Health::Stalled) != Health::Stalled {
				log::warn!("no block becomes final; nothing is changed until one does");
			}
			if !alone {
				break;
			}
		}
		Err(Error::Stalled)
	}

	fn seen(&self) -> Option<Head> {
		*self.seen.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Let a finalized block be known, unless a newer one was.
	fn publish(
		&self,
		block: Block,
		following: &Following,
		link: &Arc<Link>,
		failures: &mut u32,
	) -> Result<(), Error> {
		let head = block.head();
		let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
		match *seen {
			Some(seen) if head.number < seen.number => {
				return Err(NotFollowed::Behind { its: head.number, seen: seen.number }.into());
			},
			Some(seen) if head.number == seen.number && head.hash != seen.hash => {
				return Err(NotFollowed::OtherHistory(head.number).into());
			},
			_ => *seen = Some(head),
		}
		drop(seen);
		*failures = 0;
		self.counters.finalized();
		let now = Now { follow: following.follow().clone(), link: link.clone(), block };
		self.now.send_replace(Some(now));
		if self.health.send_replace(Health::Following) == Health::Stalled {
			log::info!("blocks become final again, from {} on", block.number);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn who_was_away_for_too_long_joins_all_the_same() {
		for (newest, continuity) in [
			(10, Continuity::Same),
			(11, Continuity::Proven),
			(10 + KNOWN_HASHES - 1, Continuity::Proven),
			(10 + KNOWN_HASHES, Continuity::Finality),
			(u32::MAX, Continuity::Finality),
		] {
			assert_eq!(Continuity::of(10, newest, false), continuity, "at {newest}");
		}
		assert_eq!(Continuity::of(10, u32::MAX, true), Continuity::Told);
	}
}
