use crate::run;
use rustix::thread::{unshare_unsafe, UnshareFlags};

/// Do something on a machine that has this address and knows nobody else. Programs that are started
/// there are on it too.
pub fn in_private_network<T: Send>(ip: &str, story: impl FnOnce() -> T + Send) -> T {
	std::thread::scope(|scope| {
		let alone = scope.spawn(|| {
			// SAFETY: a network namespace of its own changes nothing that memory depends on.
			unsafe { unshare_unsafe(UnshareFlags::NEWNET) }
				.expect("tests of the agent run as root");
			run("ip", ["link", "set", "lo", "up"]);
			run("ip", ["address", "add", &format!("{ip}/32"), "dev", "lo"]);
			story()
		});
		alone.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
	})
}
