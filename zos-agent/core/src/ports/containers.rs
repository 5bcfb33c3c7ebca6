use super::{Attached, PortError, Unpacked};
use crate::{Fingerprint, Key};
use grid_primitives::spec::{Container, Delivery};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The containers on this machine. They run whether or not the agent does.
pub trait Containers: Send + Sync {
	/// All that there is of containers, also what is only a part of one.
	fn list(&self) -> Result<Vec<ContainerFound>, PortError>;

	/// Make a container and start it. When it returns, the program runs, and what keeps it running
	/// after the agent is gone does too. If it is there with the same fingerprint, not broken, it
	/// is left alone; what is there of another is removed first.
	fn start(&self, order: &ContainerOrder) -> Result<(), PortError>;

	/// Stop a container and remove all of it. First it is asked to end, then it is made to.
	fn remove(&self, key: &Key) -> Result<(), PortError>;

	/// Remove what bears a name of this agent and is of nothing that `list` tells of. Says how many
	/// things that were.
	fn sweep(&self) -> Result<usize, PortError>;

	/// What a container printed, from somewhere on: at most so many lines. Nothing if there is no
	/// such container.
	fn logs(&self, key: &Key, from: LogFrom, most: usize) -> Result<Option<LogPage>, PortError>;
}

/// What it takes to make a container.
pub struct ContainerOrder<'a> {
	/// Which workload it is.
	pub key: &'a Key,
	/// What [`Containers::list`] says of it later.
	pub fingerprint: Fingerprint,
	/// What is wanted.
	pub container: &'a Container,
	/// Its image.
	pub image: &'a Unpacked,
	/// Its secrets, open. They are in memory, and never written to a disk.
	pub secrets: Vec<OpenSecret<'a>>,
	/// Its volumes.
	pub binds: Vec<Bind<'a>>,
	/// The networks that it joins. Without, it has a namespace of its own with nothing in it.
	pub network: Option<Attached>,
}

/// A secret that the node has opened.
pub struct OpenSecret<'a> {
	/// How the container gets it.
	pub delivery: &'a Delivery,
	/// What it is.
	pub plain: Zeroizing<Vec<u8>>,
}

/// A volume that a container sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind<'a> {
	/// Where it is on the machine.
	pub from: PathBuf,
	/// Where the container sees it.
	pub to: &'a str,
	/// Whether it can only read.
	pub read_only: bool,
}

/// A container, or what there is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerFound {
	/// Which workload it is.
	pub key: Key,
	/// With what it was made, if that is still known.
	pub fingerprint: Option<Fingerprint>,
	/// The image that it was made of, if that is still known: it is not to be collected.
	pub image: Option<super::ImageDigest>,
	/// What it does.
	pub state: ContainerState,
}

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerState {
	/// It runs.
	Running {
		/// How often it was started again.
		restarts: u32,
		/// How it ended before, if it has not run for long since.
		crashes: Option<Crashes>,
	},
	/// It ended, and is started again soon.
	Restarting(Crashes),
	/// It ended, and its restart policy leaves it at that.
	Ended(Exit),
	/// It does not run, and nobody will start it: only parts of it are there.
	Broken,
}

/// Ends of a program that was to go on, in a row, without running for long in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crashes {
	/// How it ended the last time.
	pub last: Exit,
	/// How often, from 1 on.
	pub in_a_row: u32,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
	/// By itself.
	Code(i32),
	/// By a signal.
	Signal(i32),
	/// It took more memory than it has.
	OutOfMemory,
	/// Nobody saw how: what watched it was killed before.
	Unseen,
}

impl Exit {
	/// Whether it ended as programs do that are done.
	pub fn is_success(&self) -> bool {
		*self == Self::Code(0)
	}
}

/// From where on one reads what a container printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFrom {
	/// Where an earlier page ended. If the container was made anew since, from its beginning.
	Position(u64),
	/// So that what is left of it are the last lines.
	Last {
		/// How many.
		lines: usize,
		/// None that is older, in milliseconds since 1970.
		since: u64,
	},
}

/// Some of what a container printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
	/// The lines, oldest first.
	pub lines: Vec<LogLine>,
	/// Where to go on reading.
	pub next: u64,
}

/// A line that a container printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
	/// When, in milliseconds since 1970.
	pub at: u64,
	/// Where to.
	pub stream: LogStream,
	/// What, without the end of the line.
	pub text: String,
}

/// Where a program prints to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStream {
	/// What it says.
	Out,
	/// What it complains about.
	Error,
}
