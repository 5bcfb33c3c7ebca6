//! What can go wrong with networks.

use crate::uapi::NotSaid;
use grid_primitives::report::FailureCode;
use std::{io, path::PathBuf};
use zos_core::{ports::Fault, Key};
use zos_provision::host::HostError;

/// Why a network is not as it is to be.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
	/// The machine refused something.
	#[error(transparent)]
	Host(#[from] HostError),
	/// The kernel refused a change of its network.
	#[error("cannot {doing}: {source}")]
	Kernel {
		/// What was tried.
		doing: &'static str,
		/// What the kernel said.
		#[source]
		source: rtnetlink::Error,
	},
	/// Something ended that should not have.
	#[error("cannot {doing}: {source}")]
	Io {
		/// What was tried.
		doing: &'static str,
		/// What the kernel said.
		#[source]
		source: io::Error,
	},
	/// The rules of the firewall were refused.
	#[error("nft refused the rules of a firewall: {said}: install nftables 1.0 or newer")]
	Rules {
		/// What `nft` said.
		said: String,
	},
	/// The process of a tunnel does not do what it should.
	#[error("the tunnel of a network does not start: {said}")]
	Tunnel {
		/// What it said.
		said: String,
	},
	/// The kernel is to encrypt, and cannot.
	#[error(
		"the kernel has no WireGuard: load its module, or let `wireguard` in [networks] be \"best\""
	)]
	NoKernel,
	/// The process of a tunnel speaks otherwise.
	#[error(transparent)]
	NotSaid(#[from] NotSaid),
	/// A port is forwarded to somebody else already.
	#[error("port {port} of this node leads to a network of contract {to}: choose another")]
	PortTaken {
		/// The port.
		port: u16,
		/// Who has it.
		to: Key,
	},
	/// A port that is to be forwarded is used on the machine.
	#[error("port {0} of this node is in use: forward another")]
	PortInUse(u16),
	/// A workload is to be attached to a network that is not there.
	#[error("there is no network {0} on this node yet")]
	NoNetwork(Key),
	/// All places for ways out are taken.
	#[error("this node has no place for more networks with a way out")]
	NoPlace,
	/// A public address was reserved, but there is no interface that could have it.
	#[error("this node has no way to the internet: it cannot have public addresses")]
	NoUplink,
	/// A public address of version 6 is wanted.
	#[error("this node gives networks no public address of version 6: leave `public_v6` out")]
	NoPublicV6,
	/// Somebody else has the port that a network is to have.
	#[error(
		"UDP port {0} of this node is taken: choose another `port` for the network, or none, and the \
		node chooses one"
	)]
	TunnelPortTaken(u16),
	/// Something that was written down cannot be read.
	#[error("{} holds no key: remove it, and the network gets a new one", .0.display())]
	NotAKey(PathBuf),
}

impl Fault for NetworkError {
	fn code(&self) -> FailureCode {
		FailureCode::Network
	}

	fn is_retryable(&self) -> bool {
		!matches!(self, Self::NotAKey(_) | Self::NoPublicV6)
	}
}

/// Says what was being done when the kernel refused.
pub(crate) trait Doing<T> {
	fn doing(self, doing: &'static str) -> Result<T, NetworkError>;
}

impl<T> Doing<T> for Result<T, rtnetlink::Error> {
	fn doing(self, doing: &'static str) -> Result<T, NetworkError> {
		self.map_err(|source| NetworkError::Kernel { doing, source })
	}
}

impl<T> Doing<T> for Result<T, io::Error> {
	fn doing(self, doing: &'static str) -> Result<T, NetworkError> {
		self.map_err(|source| NetworkError::Io { doing, source })
	}
}

impl<T> Doing<T> for Result<T, rustix::io::Errno> {
	fn doing(self, doing: &'static str) -> Result<T, NetworkError> {
		self.map_err(|error| NetworkError::Io { doing, source: error.into() })
	}
}
