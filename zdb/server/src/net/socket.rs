use super::{Gate, Limits};
use rustix::{
	io::Errno,
	net::{self, sockopt, SocketFlags},
};
use std::{
	fs, io,
	net::{SocketAddr, TcpListener, ToSocketAddrs},
	os::{
		fd::{AsFd, BorrowedFd, OwnedFd},
		unix::{fs::FileTypeExt, fs::PermissionsExt, net::UnixListener, net::UnixStream},
	},
	path::{Path, PathBuf},
};
use thiserror::Error;

const BACKLOG: i32 = 4096;

/// Why the server cannot be reached where it should be.
#[derive(Debug, Error)]
pub enum ListenError {
	/// The address is taken, or not one of this machine.
	#[error("cannot listen on {address}: {source}; choose another address or stop who has it")]
	Bind {
		/// Where.
		address: Address,
		/// Why.
		source: io::Error,
	},
	/// Another server answers on the unix socket.
	#[error("another server answers on {0}: stop it, or choose another path")]
	Answered(PathBuf),
	/// Something that is no socket has the path.
	#[error("{0} exists and is no socket: choose another path")]
	NoSocket(PathBuf),
	/// What was given is no socket where clients could come in.
	#[error("{what} is no socket that listens, so nobody can come in there")]
	NotListening {
		/// Which.
		what: &'static str,
	},
	/// What was given cannot be used.
	#[error("{what} cannot be listened on: {source}")]
	Given {
		/// Which.
		what: &'static str,
		/// Why.
		source: io::Error,
	},
}

/// Where the server can be reached.
#[derive(Clone, Debug, serde::Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum Address {
	/// An address and port.
	Tcp(SocketAddr),
	/// A path.
	Unix(PathBuf),
}

impl std::fmt::Display for Address {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Tcp(address) => address.fmt(f),
			Self::Unix(path) => path.display().fmt(f),
		}
	}
}

/// Why a text is no address.
#[derive(Clone, Debug, Error)]
#[error("'{0}' is no ADDRESS:PORT that is known, and no path of a socket")]
pub struct NoAddress(String);

impl std::str::FromStr for Address {
	type Err = NoAddress;

	fn from_str(text: &str) -> Result<Self, NoAddress> {
		if text.contains('/') {
			return Ok(Self::Unix(text.into()));
		}
		let found = text.to_socket_addrs().ok().and_then(|mut found| found.next());
		found.map(Self::Tcp).ok_or_else(|| NoAddress(text.into()))
	}
}

impl TryFrom<String> for Address {
	type Error = NoAddress;

	fn try_from(text: String) -> Result<Self, NoAddress> {
		text.parse()
	}
}

/// What is spoken with those who connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
	/// Commands.
	Resp,
	/// Figures for Prometheus, by HTTP.
	Metrics,
	/// What who runs the server tells it: see [`zdb_control`].
	Control,
}

/// A place where clients come in.
#[derive(Debug)]
pub struct Listener {
	socket: OwnedFd,
	address: Address,
	speaks: Speaks,
	/// What those who come in here may see, if that is not everything.
	gate: Option<Gate>,
	/// What is removed in the end.
	file: Option<PathBuf>,
}

impl Listener {
	/// Listen on `address`. A socket file that a dead server left is replaced.
	pub fn bind(address: &Address, speaks: Speaks) -> Result<Self, ListenError> {
		let failed = |source| ListenError::Bind { address: address.clone(), source };
		let mode = if speaks == Speaks::Control { 0o600 } else { 0o660 };
		let (socket, address): (OwnedFd, Address) = match address {
			Address::Tcp(to) => {
				let listener = TcpListener::bind(to).map_err(failed)?;
				let bound = listener.local_addr().map_err(failed)?;
				(listener.into(), Address::Tcp(bound))
			},
			Address::Unix(path) => {
				remove_stale(path)?;
				let listener = UnixListener::bind(path).map_err(failed)?;
				fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed)?;
				(listener.into(), address.clone())
			},
		};
		// The standard library asks for a shorter queue than thousands of clients need.
		net::listen(&socket, BACKLOG).map_err(|error| failed(error.into()))?;
		rustix::io::ioctl_fionbio(&socket, true).map_err(|error| failed(error.into()))?;
		let file = match &address {
			Address::Unix(path) => Some(path.clone()),
			Address::Tcp(_) => None,
		};
		Ok(Self { socket, address, speaks, gate: None, file })
	}

	/// Let those in who come to a socket that listens already.
	pub fn given(socket: OwnedFd, what: &'static str, speaks: Speaks) -> Result<Self, ListenError> {
		if sockopt::socket_acceptconn(&socket) != Ok(true) {
			return Err(ListenError::NotListening { what });
		}
		let failed = |error: Errno| ListenError::Given { what, source: error.into() };
		rustix::io::ioctl_fionbio(&socket, true).map_err(failed)?;
		let address = net::getsockname(&socket).map_err(failed)?;
		let address = match SocketAddr::try_from(address) {
			Ok(address) => Address::Tcp(address),
			Err(_) => Address::Unix(what.into()),
		};
		Ok(Self { socket, address, speaks, gate: None, file: None })
	}

	/// Those who come in here see what `gate` lets them.
	pub(super) fn behind(mut self, gate: Gate) -> Self {
		self.gate = Some(gate);
		self
	}

	/// What those who come in here may see, if that is not everything.
	pub(super) fn gate(&self) -> Option<Gate> {
		self.gate
	}

	/// Where this is, with the port that was given when none was asked for.
	pub fn address(&self) -> &Address {
		&self.address
	}

	/// What is spoken here.
	pub fn speaks(&self) -> Speaks {
		self.speaks
	}

	/// The next client that waits, if any.
	pub(super) fn accept(&self, limits: &Limits) -> Result<Option<(OwnedFd, String)>, Errno> {
		let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
		let (socket, peer) = match net::acceptfrom_with(&self.socket, flags) {
			Ok(accepted) => accepted,
			// The client went away while it waited: there may be others.
			Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED | Errno::PROTO) => return Ok(None),
			Err(error) => return Err(error),
		};
		if self.speaks == Speaks::Control && !is_ours(&socket) {
			return Err(Errno::ACCESS);
		}
		let peer = match &self.address {
			Address::Unix(path) => format!("unix:{}", path.display()),
			Address::Tcp(_) => {
				tune(&socket, limits)?;
				peer.and_then(|peer| SocketAddr::try_from(peer).ok())
					.map_or_else(|| "tcp".into(), |peer| peer.to_string())
			},
		};
		Ok(Some((socket, peer)))
	}
}

impl AsFd for Listener {
	fn as_fd(&self) -> BorrowedFd<'_> {
		self.socket.as_fd()
	}
}

impl Drop for Listener {
	fn drop(&mut self) {
		if let Some(path) = &self.file {
			// Nothing can be done about a file that stays; the next start replaces it.
			let _ = fs::remove_file(path);
		}
	}
}

/// Replies leave at once, and a peer that is no longer there is found out.
fn tune(socket: &OwnedFd, limits: &Limits) -> Result<(), Errno> {
	const PROBES: u32 = 3;
	sockopt::set_tcp_nodelay(socket, true)?;
	sockopt::set_socket_keepalive(socket, true)?;
	sockopt::set_tcp_keepidle(socket, limits.keepalive)?;
	sockopt::set_tcp_keepintvl(socket, (limits.keepalive / PROBES).max(SECOND))?;
	sockopt::set_tcp_keepcnt(socket, PROBES)?;
	// Keepalive is silent while something is sent that the peer never acknowledges.
	let unread = u32::try_from(limits.unread.as_millis()).unwrap_or(u32::MAX);
	sockopt::set_tcp_user_timeout(socket, unread)
}

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// Whether root or the server's own user is at the other end.
fn is_ours(socket: &OwnedFd) -> bool {
	sockopt::socket_peercred(socket)
		.is_ok_and(|peer| peer.uid.is_root() || peer.uid == rustix::process::getuid())
}

fn remove_stale(path: &Path) -> Result<(), ListenError> {
	let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
	if !metadata.file_type().is_socket() {
		return Err(ListenError::NoSocket(path.into()));
	}
	if UnixStream::connect(path).is_ok() {
		return Err(ListenError::Answered(path.into()));
	}
	fs::remove_file(path)
		.map_err(|source| ListenError::Bind { address: Address::Unix(path.into()), source })
}
