//! Ctrl-C. Whoever waits hears it himself; here it is heard while somebody is asked, when nobody
//! waits but for an answer.

use rustix::{
	stdio::stdin,
	termios::{tcgetattr, tcsetattr, OptionalActions, Termios},
};
use std::{
	process,
	sync::{Mutex, PoisonError},
};

/// The exit code that shells expect.
const CODE: i32 = 130;

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

/// End the process at Ctrl-C if somebody is being asked: an answer is waited for by a thread that
/// cannot be told anything. What is typed is shown again then, as it was before.
pub(crate) async fn heard_while_asking() {
	loop {
		if tokio::signal::ctrl_c().await.is_err() {
			return;
		}
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
