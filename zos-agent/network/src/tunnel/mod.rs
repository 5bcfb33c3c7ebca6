//! WireGuard in a program of its own, for machines whose kernel has none.
//!
//! [`main`] is a process for each network. It lives on without the agent, which finds it again by
//! its control socket. The datagrams of peers go through a socket of the machine; the packets of
//! the network through an interface in the network's namespace. What the kernel can leave uncut it
//! leaves uncut, in both, so that little is done for each packet but to encrypt it.

mod address;
mod checksum;
mod clock;
mod control;
mod device;
mod forward;
mod merge;
mod packet;
mod peers;
mod rights;
mod socket;
mod split;
mod start;
#[cfg(test)]
mod tests;
mod train;
mod virtio;

pub use start::{main, Arguments};

use crate::names::Zone;
use device::Device;
use peers::Peers;
use socket::Socket;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What all threads of a tunnel have.
struct Shared {
	device: Device,
	socket: Socket,
	port: u16,
	peers: RwLock<Peers>,
	zone: Arc<RwLock<Zone>>,
}

impl Shared {
	fn peers(&self) -> RwLockReadGuard<'_, Peers> {
		self.peers.read().unwrap_or_else(PoisonError::into_inner)
	}

	fn peers_mut(&self) -> RwLockWriteGuard<'_, Peers> {
		self.peers.write().unwrap_or_else(PoisonError::into_inner)
	}
}
