//! How a tunnel begins.

use super::{clock, control, device::Device, forward, rights, socket::Socket, Shared};
use crate::names::Resolver;
use rustix::{
	process::getpid,
	thread::{move_into_link_name_space, LinkNameSpaceType},
};
use std::{
	ffi::{OsStr, OsString},
	fs::{self, File, Permissions},
	io::{self, PipeWriter, Read, Write},
	net::IpAddr,
	os::{
		fd::AsFd,
		unix::{fs::PermissionsExt, net::UnixListener},
	},
	path::PathBuf,
	process::ExitCode,
	sync::Arc,
	thread,
};
use zos_provision::host::cgroups;

/// What a tunnel is told when it is started: a word and what it means, in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
	/// The name of the interface.
	pub interface: String,
	/// The namespace that the interface is in; without, that of the process.
	pub namespace: Option<PathBuf>,
	/// Where it is told what to do.
	pub control: PathBuf,
	/// The port where peers reach it; any, if 0.
	pub port: u16,
	/// Where names are asked for, in the namespace.
	pub resolver: Vec<IpAddr>,
	/// The control group of the process: so that whoever ends all that the agent's service started
	/// does not end this.
	pub group: Option<String>,
}

/// Why there is no tunnel.
#[derive(Debug, thiserror::Error)]
enum StartError {
	#[error("usage: zos-wg --interface NAME --control PATH [--namespace PATH] [--port NUMBER] [--resolver ADDRESS]... [--group NAME]")]
	Usage,
	#[error("{0}")]
	Said(String),
	#[error("cannot {doing}")]
	Refused {
		doing: &'static str,
		#[source]
		source: io::Error,
	},
}

impl StartError {
	fn with_cause(&self) -> String {
		let cause = std::error::Error::source(self);
		cause.map_or_else(|| self.to_string(), |cause| format!("{self}: {cause}"))
	}
}

/// What the new process says when all went well.
const READY: &str = "ready";

fn doing<E: Into<io::Error>>(doing: &'static str) -> impl FnOnce(E) -> StartError {
	move |source| StartError::Refused { doing, source: source.into() }
}

impl Arguments {
	/// As a process is given them.
	pub fn words(&self) -> Vec<OsString> {
		let mut words: Vec<OsString> = Vec::new();
		let mut say = |word: &str, value: &OsStr| words.extend([word.into(), value.to_owned()]);
		say("--interface", self.interface.as_ref());
		say("--control", self.control.as_ref());
		say("--port", self.port.to_string().as_ref());
		if let Some(namespace) = &self.namespace {
			say("--namespace", namespace.as_ref());
		}
		for address in &self.resolver {
			say("--resolver", address.to_string().as_ref());
		}
		if let Some(group) = &self.group {
			say("--group", group.as_ref());
		}
		words
	}

	fn read(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
		let mut arguments = Self::default();
		while let Some(word) = words.next() {
			let value = words.next()?;
			match word.to_str()? {
				"--interface" => arguments.interface = value.into_string().ok()?,
				"--control" => arguments.control = value.into(),
				"--port" => arguments.port = value.to_str()?.parse().ok()?,
				"--namespace" => arguments.namespace = Some(value.into()),
				"--group" => arguments.group = Some(value.into_string().ok()?),
				"--resolver" => arguments.resolver.push(value.to_str()?.parse().ok()?),
				_ => return None,
			}
		}
		let is_whole = !arguments.interface.is_empty() && !arguments.control.as_os_str().is_empty();
		is_whole.then_some(arguments)
	}
}

/// Leave a tunnel behind, which lasts until somebody ends its process.
pub fn main(words: impl Iterator<Item = OsString>) -> ExitCode {
	let started = Arguments::read(words).ok_or(StartError::Usage).and_then(start);
	match started {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("{}", error.with_cause());
			ExitCode::FAILURE
		},
	}
}

/// Opens all that is needed, and leaves a process behind that goes on with it. Whoever started this
/// one waits for it, and then knows whether there is a tunnel.
fn start(arguments: Arguments) -> Result<(), StartError> {
	if let Some(group) = &arguments.group {
		cgroups::enter(group, getpid())
			.map_err(|error| doing("enter a control group")(io::Error::other(error)))?;
	}
	let socket = Socket::open(arguments.port).map_err(doing("open the port of the tunnel"))?;
	let port = socket.port().map_err(doing("open the port of the tunnel"))?;
	let inside = arguments.clone();
	// The namespace is that of a thread, which ends when all that is needed of it is open.
	let opened = thread::spawn(move || open_inside(&inside)).join();
	let (device, resolver) =
		opened.map_err(|_| doing("enter the network")(io::Error::other("a thread ended")))??;
	let (mut ready, said) = io::pipe().map_err(doing("open a pipe"))?;
	// SAFETY: no other thread is there, so nothing is half done in the new process.
	match unsafe { libc::fork() } {
		-1 => Err(doing("start a process")(io::Error::last_os_error())),
		0 => {
			drop(ready);
			let tunnel = Opened { device, socket, port, resolver, arguments };
			std::process::exit(tunnel.go_on(said));
		},
		_ => {
			drop(said);
			let mut complaint = String::new();
			ready.read_to_string(&mut complaint).map_err(doing("hear from the process"))?;
			match complaint.strip_suffix(READY) {
				Some(_) => Ok(()),
				None => Err(StartError::Said(complaint)),
			}
		},
	}
}

/// All that a tunnel needs of the machine.
struct Opened {
	device: Device,
	socket: Socket,
	port: u16,
	resolver: Option<Resolver>,
	arguments: Arguments,
}

impl Opened {
	/// Be the tunnel. Returns only if it cannot.
	fn go_on(self, mut said: PipeWriter) -> i32 {
		let complaint = match self.begin() {
			Ok((shared, listener)) => {
				let told = said.write_all(READY.as_bytes());
				drop(said);
				if told.is_ok() {
					loop {
						control::run(&shared, &listener);
					}
				}
				return 1;
			},
			Err(error) => error.with_cause(),
		};
		// Nobody else would hear it.
		let _ = said.write_all(complaint.as_bytes());
		1
	}

	fn begin(self) -> Result<(Arc<Shared>, UnixListener), StartError> {
		rustix::process::setsid().map_err(doing("leave the session"))?;
		let nowhere = File::options().read(true).write(true).open("/dev/null");
		let nowhere = nowhere.map_err(doing("open /dev/null"))?;
		rustix::stdio::dup2_stdin(&nowhere).map_err(doing("close the input"))?;
		rustix::stdio::dup2_stdout(&nowhere).map_err(doing("close the output"))?;
		rustix::stdio::dup2_stderr(&nowhere).map_err(doing("close the output"))?;
		// Who asks whose socket this is must be told of this process.
		let listener = listen(&self.arguments)?;
		rights::give_up().map_err(doing("give up rights"))?;
		let (peers, zone) = Default::default();
		let Self { device, socket, port, resolver, .. } = self;
		let shared = Arc::new(Shared { device, socket, port, peers, zone });
		let spawn = |name: &str, run: fn(&Shared)| {
			let shared = shared.clone();
			thread::Builder::new().name(name.into()).spawn(move || run(&shared))
		};
		spawn("out", forward::outbound).map_err(doing("start a thread"))?;
		spawn("in", forward::inbound).map_err(doing("start a thread"))?;
		spawn("clock", clock::run).map_err(doing("start a thread"))?;
		if let Some(resolver) = resolver {
			resolver.serve(&shared.zone).map_err(doing("start a thread"))?;
		}
		Ok((shared, listener))
	}
}

fn open_inside(arguments: &Arguments) -> Result<(Device, Option<Resolver>), StartError> {
	if let Some(path) = &arguments.namespace {
		let namespace = File::open(path).map_err(doing("open the network's namespace"))?;
		move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
			.map_err(doing("enter the network's namespace"))?;
	}
	let device = Device::make(&arguments.interface).map_err(doing("make the interface"))?;
	let resolver = match arguments.resolver.as_slice() {
		[] => None,
		addresses => Some(Resolver::open(addresses).map_err(doing("answer for names"))?),
	};
	Ok((device, resolver))
}

fn listen(arguments: &Arguments) -> Result<UnixListener, StartError> {
	let control = &arguments.control;
	// What one before has left there answers nobody.
	match fs::remove_file(control) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => {
			return Err(doing("remove the control socket")(error))
		},
		_ => {},
	}
	let listener = UnixListener::bind(control).map_err(doing("open the control socket"))?;
	fs::set_permissions(control, Permissions::from_mode(0o600))
		.map_err(doing("protect the control socket"))?;
	Ok(listener)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_it_is_told_it_understands() {
		let arguments = Arguments {
			interface: "wg0".into(),
			namespace: Some("/run/n".into()),
			control: "/run/c".into(),
			port: 7,
			group: Some("g".into()),
			resolver: vec!["10.1.2.1".parse().unwrap(), "fd00::1".parse().unwrap()],
		};
		assert_eq!(Arguments::read(arguments.words().into_iter()), Some(arguments));
		assert_eq!(Arguments::read(["--interface".into(), "wg0".into()].into_iter()), None);
	}
}
