//! Ctrl-C. Whoever waits hears it himself; here it is heard while somebody is asked, when nobody
//! waits but for an answer.

use rustix::{
	stdio::stdin,
	termios::{tcgetattr, tcsetattr, OptionalActions, Termios},
};
use std::{
	process,
	sync::{LazyLock, Mutex, PoisonError},
	time::Duration,
};
use tokio::sync::watch;

/// The exit code that shells expect.
const CODE: i32 = 130;

/// How long those who wait have to say what a Ctrl-C interrupts.
const OTHERS: Duration = Duration::from_millis(300);

/// While somebody is asked: how the terminal was before.
static ASKED: Mutex<Option<Option<Termios>>> = Mutex::new(None);

/// Somebody is asked for as long as this lives.
pub(crate) struct Asking(());

impl Asking {
	/// Begin to ask.
	pub(crate) fn begin() -> Self {
		// What is no terminal has nothing to be put back.
		let before = tcgetattr(stdin()).ok();
		*ASKED.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
		Self(())
	}
}

impl Drop for Asking {
	fn drop(&mut self) {
		*ASKED.lock().unwrap_or_else(PoisonError::into_inner) = None;
	}
}

/// Whether there was a Ctrl-C.
static HEARD: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Wait until there is a Ctrl-C, or go on at once if there was one.
pub(crate) async fn heard() {
	// It only fails when nobody can say it any more.
	let _ = HEARD.subscribe().wait_for(|heard| *heard).await;
}

/// The same for who can tell least: all others were asked before.
pub(crate) async fn heard_by_all() {
	heard().await;
	tokio::time::sleep(OTHERS).await;
}

/// Hear Ctrl-C. While somebody is asked, it ends the process: an answer is waited for by a thread
/// that cannot be told anything. What is typed is shown again then, as it was before.
pub(crate) async fn listen() {
	while tokio::signal::ctrl_c().await.is_ok() {
		HEARD.send_replace(true);
		let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
		let Some(before) = asked.take() else { continue };
		if let Some(before) = before {
			// The terminal may be gone, and then nobody types.
			let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
		}
		crate::output::note("\nerror: interrupted: nothing more was sent");
		process::exit(CODE);
	}
}
