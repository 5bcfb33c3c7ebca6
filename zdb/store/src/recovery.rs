//! Opening a store: the newest checkpoint, then what the log says after it.

mod files;
mod replay;

use crate::{
	checkpoint,
	error::OpenError,
	format::{Header, Position, HEADER},
	identity::Identity,
	index::KeyHash,
	log::{Log, Segments},
	store::Namespaces,
	Options,
};
use replay::Replay;
use std::io::{self, IoSlice};

/// What opening a store gives.
pub(crate) struct Opened {
	pub(crate) log: Log,
	pub(crate) namespaces: Namespaces,
	pub(crate) hash: KeyHash,
	/// From where on a start would read the log.
	pub(crate) checkpoint: Position,
	/// The last record read that replaced another than it says.
	pub(crate) over_a_hole: Option<Position>,
	pub(crate) report: Recovered,
}

/// How a start went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
	/// Whether there was a checkpoint that could be used.
	pub checkpoint: bool,
	/// How many records of the log were read after it.
	pub records: u64,
	/// How many bytes at the end were not all there, and were cut off.
	pub dropped_bytes: u64,
	/// How many pieces of what was read are damaged.
	pub damaged: u64,
	/// Whether the log ends before a place that was durable: something was taken from the disk.
	pub shortened: bool,
}

/// Says what was tried on which file.
fn refused<'a>(action: &'static str, file: &'a str) -> impl Fn(io::Error) -> OpenError + 'a {
	move |source| OpenError::Disk { action, file: file.into(), source }
}

pub(crate) fn open(options: &Options) -> Result<Opened, OpenError> {
	let disk = &*options.disk;
	let found = files::find(disk)?;
	let loaded = checkpoint::load(disk);
	if found.segments.is_empty() {
		return match loaded {
			Some(_) => Err(OpenError::MissingSegment(0)),
			None => fresh(options),
		};
	}
	let identity = loaded.as_ref().map(|loaded| loaded.identity).or(found.identity);
	let identity = identity.ok_or(OpenError::Unknown)?;
	if options.replica_of.is_some_and(|other| other != identity) {
		return Err(OpenError::Foreign("the folder".into()));
	}
	let mut report = Recovered::default();
	let (segments, shortened) = files::segments(options, &found, identity, loaded.as_ref())?;
	let loaded = loaded.filter(|_| !shortened);
	report.shortened = shortened;
	report.checkpoint = loaded.is_some();
	if shortened {
		log::error!("the log ends before what was durable once: files were cut or replaced");
	}
	let begin = Position::new(0, HEADER);
	let (namespaces, hash, start, durable) = match loaded {
		Some(loaded) => (loaded.namespaces, loaded.hash, loaded.start, loaded.end),
		None => (Namespaces::default(), KeyHash { secret: random()? }, begin, begin),
	};
	let exact = report.checkpoint;
	let indexed = durable;
	let log = Log::new(options, identity, segments);
	let log = log.map_err(refused("read", "the log"))?;
	let mut replay = Replay { log, namespaces, hash, indexed, durable, report, over_a_hole: None };
	let torn = replay.run(start)?;
	let Replay { mut log, namespaces, report, over_a_hole, .. } = replay;
	if let Some(end) = torn {
		log = cut(options, log, end)?;
	}
	let checkpoint = if exact { start } else { begin };
	Ok(Opened { log, namespaces, hash, checkpoint, over_a_hole, report })
}

fn random() -> Result<[u8; 16], OpenError> {
	let random = Identity::random().map_err(refused("name", "a new store"))?;
	Ok(random.0)
}

/// A store where there was none.
fn fresh(options: &Options) -> Result<Opened, OpenError> {
	let identity = match options.replica_of {
		Some(identity) => identity,
		None => Identity(random()?),
	};
	let segments = files::first_segment(options, identity)?;
	let log = Log::new(options, identity, segments).map_err(refused("read", "the log"))?;
	Ok(Opened {
		checkpoint: log.end(),
		log,
		namespaces: Namespaces::default(),
		hash: KeyHash { secret: random()? },
		over_a_hole: None,
		report: Recovered::default(),
	})
}

/// Ends the log at a position. What was after it was never durable.
fn cut(options: &Options, log: Log, end: Position) -> Result<Log, OpenError> {
	let disk = &*options.disk;
	let identity = log.identity;
	let mut segments: Segments = log.segments;
	let place = segments.place(end.segment()).unwrap_or(0);
	// The last first, so that there is never one missing in between.
	for gone in segments.truncate(place + 1).iter().rev() {
		disk.remove(&gone.name()).map_err(refused("remove", &gone.name()))?;
	}
	let name = segments.active().name();
	let file = segments.file(place, disk).map_err(refused("open", &name))?;
	file.truncate(u64::from(end.offset())).map_err(refused("cut", &name))?;
	// The header may be among what was never durable.
	let before = place.checked_sub(1).and_then(|place| segments.get(place));
	let header = Header {
		identity,
		first: end.segment(),
		last: end.segment(),
		generation: 0,
		previous_end: before.map_or(0, |before| before.end_offset),
	};
	crate::log::write_fully(&*file, &mut [IoSlice::new(&header.encode())], 0)
		.map_err(refused("write", &name))?;
	let active = segments.active_mut();
	active.end = end.offset();
	active.end_offset = end.offset();
	// Were they to come back, they would be taken for what is written from now on.
	file.sync().map_err(refused("sync", &name))?;
	disk.sync_names().map_err(refused("sync", "the folder"))?;
	let failed = log.sync.failed();
	let log = Log::new(options, identity, segments).map_err(refused("read", "the log"))?;
	if failed {
		log.sync.give_up();
	}
	Ok(log)
}
