use super::jail;
use crate::{
	command::{watch_memory, Database},
	config::Settings,
	net::{Address, EventLoop, Listener, Speaks},
	replication::{self, promotion, LinkOptions},
};
use anyhow::{bail, Context};
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use signal_hook::{
	consts::{SIGINT, SIGTERM},
	low_level::pipe,
};
use std::{
	fs,
	io::{self, Read},
	os::{fd::AsFd, unix::net::UnixStream},
	path::Path,
	time::Duration,
};
use zdb_store::{Identity, Store};

/// Files that are open beside those of clients and of the store.
const OTHER_FILES: u64 = 64;
/// How long until a master that did not answer is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Serve until SIGTERM or SIGINT.
pub(super) fn serve(mut settings: Settings) -> anyhow::Result<()> {
	let level = settings.log.unwrap_or(log::LevelFilter::Info);
	env_logger::Builder::new().filter_level(level).format_target(false).init();

	let mut database = settings.database()?;
	let mut options = settings.store()?;
	let mut link = settings.link()?;
	let mut limits = settings.limits();
	let room = raise_open_files().saturating_sub(OTHER_FILES + options.open_files as u64);
	limits.connections = limits.connections.min(room as usize);

	// Before the store, which may take a while: an address that is taken is said at once.
	let mut listeners = Vec::new();
	for address in settings.addresses() {
		listeners.push(Listener::bind(&address, Speaks::Resp)?);
	}
	if let Some(address) = settings.metrics()? {
		listeners.push(Listener::bind(&address, Speaks::Metrics)?);
	}
	if let Some(control) = &settings.control {
		listeners.push(control_listener(control)?);
	}
	let (stop, signalled) = UnixStream::pair().context("cannot make a pipe for signals")?;
	for signal in [SIGTERM, SIGINT] {
		let signalled = signalled.try_clone().context("cannot make a pipe for signals")?;
		pipe::register(signal, signalled).context("cannot listen to signals")?;
	}

	let folder = settings.folder()?;
	fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
	if let Some(user) = settings.user {
		watch_memory();
		jail::enter(folder, user)?;
		settings.data = Some("/".into());
		options.disk = settings.store()?.disk;
		database.folder = "/".into();
	}
	let folder = settings.folder()?;
	if link.is_none() {
		promotion::forget(folder).context("cannot forget a promotion")?;
	} else if promotion::is_kept(folder) {
		log::warn!("it was promoted: the master that its settings name is not followed");
		link = None;
		database.replica = false;
	}
	if let Some(link) = &link {
		if is_empty(folder)? {
			options.replica_of = Some(identity(link, &stop)?);
		}
	}
	let store = Store::open(options)
		.with_context(|| format!("cannot open the store in {}", folder.display()))?;
	let mut database = Database::new(store, database)?;
	if let Some(link) = link {
		database.follow(link).context("cannot follow the master")?;
	}
	let waker = database.waker().map(|waker| waker.try_clone_to_owned()).transpose()?;
	for listener in &listeners {
		let what = match listener.speaks() {
			Speaks::Resp => "clients",
			Speaks::Metrics => "Prometheus",
			Speaks::Control => "who runs it",
		};
		log::info!("ready for {what} on {}", listener.address());
	}
	let event_loop = EventLoop::new(database, listeners, stop.into(), limits)?;
	if let Some(waker) = &waker {
		event_loop.wake_by(waker)?;
	}
	let database = event_loop.run()?;
	log::info!("stopping");
	database.close().context("the store did not end well")?;
	log::info!("stopped");
	Ok(())
}

/// Where who runs the server tells it what to serve: a path, or standard input.
fn control_listener(control: &Path) -> anyhow::Result<Listener> {
	if control != Path::new("-") {
		return Ok(Listener::bind(&Address::Unix(control.into()), Speaks::Control)?);
	}
	let socket = io::stdin().as_fd().try_clone_to_owned().context("cannot use standard input")?;
	Ok(Listener::given(socket, "standard input", Speaks::Control)?)
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
	let mut entries =
		fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
	Ok(entries.next().is_none())
}

/// Which store the master has: a new replica is a copy of that one. Asked until it is answered.
fn identity(link: &LinkOptions, stop: &UnixStream) -> anyhow::Result<Identity> {
	stop.set_read_timeout(Some(ASK_AGAIN)).context("cannot wait for signals")?;
	loop {
		match replication::identity(link) {
			Ok(identity) => return Ok(identity),
			Err(error) => log::warn!("cannot ask the master yet: {error}"),
		}
		if (&mut &*stop).read(&mut [0; 1]).is_ok() {
			bail!("stopped before the master answered");
		}
	}
}

/// Ask for as many open files as may be asked for, and say how many that is.
fn raise_open_files() -> u64 {
	let limit = getrlimit(Resource::Nofile);
	let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
	if let Err(error) = setrlimit(Resource::Nofile, raised) {
		log::warn!("cannot raise the limit of open files: {error}");
		return limit.current.unwrap_or(u64::MAX);
	}
	limit.maximum.unwrap_or(u64::MAX)
}
