use crate::{
	command::Database,
	config::Settings,
	net::{EventLoop, Listener, Speaks},
};
use anyhow::Context;
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use signal_hook::{
	consts::{SIGINT, SIGTERM},
	low_level::pipe,
};
use std::{fs, os::unix::net::UnixStream};
use zdb_store::Store;

/// Files that are open beside those of clients and of the store.
const OTHER_FILES: u64 = 64;

/// Serve until SIGTERM or SIGINT.
pub(super) fn serve(settings: Settings) -> anyhow::Result<()> {
	let level = settings.log.unwrap_or(log::LevelFilter::Info);
	env_logger::Builder::new().filter_level(level).format_target(false).init();

	let database = settings.database()?;
	let options = settings.store()?;
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
	let (stop, signalled) = UnixStream::pair().context("cannot make a pipe for signals")?;
	for signal in [SIGTERM, SIGINT] {
		let signalled = signalled.try_clone().context("cannot make a pipe for signals")?;
		pipe::register(signal, signalled).context("cannot listen to signals")?;
	}

	let folder = settings.folder()?;
	fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
	let store = Store::open(options)
		.with_context(|| format!("cannot open the store in {}", folder.display()))?;
	let database = Database::new(store, database)?;
	for listener in &listeners {
		let what = if listener.speaks() == Speaks::Resp { "clients" } else { "Prometheus" };
		log::info!("ready for {what} on {}", listener.address());
	}
	let database = EventLoop::new(database, listeners, stop.into(), limits)?.run()?;
	log::info!("stopping");
	database.into_store().close().context("the store did not end well")?;
	log::info!("stopped");
	Ok(())
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
