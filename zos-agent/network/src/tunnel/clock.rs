//! What is done because time has passed.

use super::{forward::greet, peers::Peer, Shared};
use boringtun::noise::{errors::WireGuardError, TunnResult};
use std::{thread, time::Duration};

/// Between two looks at the clock: what is timed is timed in seconds.
const TICK: Duration = Duration::from_millis(250);
/// After how many of these strangers may shake hands again.
const TICKS_OF_LIMIT: u32 = 4;

/// Do it for ever.
pub(super) fn run(shared: &Shared) {
	let mut ticks = 0_u32;
	loop {
		thread::sleep(TICK);
		ticks = ticks.wrapping_add(1);
		let peers = shared.peers();
		if let Some(identity) =
			peers.identity.as_ref().filter(|_| ticks.is_multiple_of(TICKS_OF_LIMIT))
		{
			identity.limiter.reset_count();
		}
		for peer in peers.all() {
			tick(shared, peer);
		}
	}
}

fn tick(shared: &Shared, peer: &Peer) {
	let mut room = [0; 256];
	let to = peer.endpoint();
	let is_lost = {
		let mut session = peer.session();
		match session.tunnel.update_timers(&mut room) {
			TunnResult::WriteToNetwork(datagram) => {
				if let Some(to) = to {
					shared.socket.send(to, datagram);
				}
				false
			},
			TunnResult::Err(WireGuardError::ConnectionExpired) => true,
			_ => false,
		}
	};
	// Others are greeted again when there is something to say.
	if is_lost && peer.stays() {
		greet(&shared.socket, peer);
	}
}
