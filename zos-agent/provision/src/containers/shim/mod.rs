//! The process that stays with a container: it mounts its root, starts it, reads what it prints,
//! sees how it ends and starts it again, whether the agent is there or not.
//!
//! It is told what to do once, by a file in the container's run folder, and says what became of it
//! by another. It ends when the container is not to be started again, or when it gets SIGTERM.

mod blank;
mod failure;
mod group;
mod launch;
mod restart;
mod root;
mod setup;
mod signals;
mod supervise;
mod users;

pub use failure::{Failure, Report};
pub(super) use setup::{secret, volume};
pub use setup::{BindFrom, Restart, Setup};

use crate::host::{files, mounts, processes::Process, Doing, HostError};
use group::Moving;
use launch::Launcher;
use rustix::{
	process::{chdir, setsid},
	thread::{unshare_unsafe, UnshareFlags},
};
use std::{
	ffi::OsString,
	fs::{self, File},
	io::Write,
	path::Path,
	process::ExitCode,
};
use supervise::Shim;

/// What the shim is told.
pub(super) const SETUP: &str = "setup.json";
/// What it says of the container.
pub(super) const STATE: &str = "state.json";
/// How the container ended, when it is not started again: on the disk, as it is still true after
/// the machine has started again.
pub(super) const ENDED: &str = "ended.json";
/// The pipes through which the container prints.
pub(super) const PIPES: [&str; 2] = ["out", "error"];
/// How much a process is spared when memory runs out.
const SPARED: &str = "/proc/self/oom_score_adj";
/// The description of the container.
const BUNDLE: &str = "config.json";

/// What the program of the shim does: its argument is the container's run folder. Its standard input
/// is a lock, which it never reads but holds for as long as it lives; it reports on its standard
/// output.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
	let arguments: Vec<_> = arguments.into_iter().collect();
	let [folder] = arguments.as_slice() else {
		eprintln!("the shim is started by the agent, with a folder");
		return ExitCode::FAILURE;
	};
	let ended = begin(Path::new(folder));
	if let Err(failure) = ended {
		eprintln!("{failure}");
		report(&Report::Failed(failure));
		return ExitCode::FAILURE;
	}
	ExitCode::SUCCESS
}

fn begin(folder: &Path) -> Result<(), Failure> {
	chdir(folder).map_err(|error| Failure::Host(format!("{}: {error}", folder.display())))?;
	let setup: Setup = files::read_record(Path::new(SETUP), "what a shim is told")?
		.ok_or_else(|| Failure::Host(format!("{SETUP} is not there")))?;
	// The agent has no child to wait for.
	match group::go_on_as_child(&setup.shims)? {
		Some(moving) => run(setup, moving),
		None => Ok(()),
	}
}

fn run(setup: Setup, moving: Moving) -> Result<(), Failure> {
	detach_from_agent()?;
	own_mounts()?;
	let mut shim = Shim::new(Launcher::new(setup, moving)?)?;
	shim.begin()?;
	report(&Report::Started);
	shim.stay()
}

/// Nothing that happens to the agent, or to what it was started from, is felt here. Memory is
/// given up by others first, and no one else can look into this one's.
fn detach_from_agent() -> Result<(), Failure> {
	let host = |error: rustix::io::Errno| Failure::Host(format!("cannot become a shim: {error}"));
	setsid().map_err(host)?;
	rustix::process::set_child_subreaper(Some(rustix::process::getpid())).map_err(host)?;
	rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
		.map_err(host)?;
	signals::listen().map_err(|error| Failure::Host(format!("cannot hear signals: {error}")))?;
	// Where that is not allowed, it is spared as little as the agent is.
	let _ = fs::write(SPARED, "-999");
	Ok(())
}

/// Mounts that are made from here on are seen by nobody else, and are gone with this process and
/// the container.
fn own_mounts() -> Result<(), Failure> {
	// SAFETY: only file descriptor tables make this unsafe, and they stay as they are.
	unsafe { unshare_unsafe(UnshareFlags::NEWNS) }
		.map_err(|error| Failure::Host(format!("cannot have mounts of its own: {error}")))?;
	rustix::mount::mount_change(
		"/",
		rustix::mount::MountPropagationFlags::PRIVATE | rustix::mount::MountPropagationFlags::REC,
	)
	.map_err(|error| Failure::Host(format!("cannot have mounts of its own: {error}")))?;
	Ok(())
}

/// Lets go of disks that are files, whoever mounted them: a volume that a shim of another container
/// held on to could not be removed. The folders that are needed here stay, wherever they are.
fn forget_others(setup: &Setup) -> Result<(), HostError> {
	let here = std::env::current_dir().doing("look at", ".")?;
	let needed = [&here, &setup.kept, &setup.blanks];
	let needed: Vec<_> = needed.into_iter().chain(&setup.layers).collect();
	for mount in mounts::list()?.into_iter().rev() {
		let is_own = mount.at.starts_with(&here);
		let is_needed = is_own || needed.iter().any(|path| path.starts_with(&mount.at));
		if !is_needed && mount.source.to_string_lossy().starts_with("/dev/loop") {
			mounts::detach(&mount.at)?;
		}
	}
	Ok(())
}

/// Tells the agent, once. It may be gone.
fn report(report: &Report) {
	let line = serde_json::to_vec(report).unwrap_or_default();
	let sent = std::io::stdout().write_all(&line).and_then(|()| std::io::stdout().flush());
	if sent.is_err() {
		eprintln!("nobody hears that: {}", String::from_utf8_lossy(&line));
	}
	say_no_more();
}

/// The agent waits until nobody can tell it anything.
fn say_no_more() {
	if let Ok(nothing) = File::options().read(true).write(true).open("/dev/null") {
		let _ = rustix::stdio::dup2_stdout(&nothing);
	}
}

/// This process.
fn myself() -> Result<Process, Failure> {
	let id = rustix::process::getpid().as_raw_nonzero().get();
	Process::of(id).ok_or_else(|| Failure::Host("cannot see itself in /proc".into()))
}

/// Whether there is a file.
fn exists(path: &str) -> bool {
	fs::symlink_metadata(path).is_ok()
}
