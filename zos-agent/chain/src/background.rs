//! What is cleared up when something is dropped.

use std::future::Future;
use tokio::runtime::Handle;

/// Run something that nobody waits for. When all ends, it need not be done.
pub(crate) fn run(task: impl Future<Output = ()> + Send + 'static) {
	if let Ok(runtime) = Handle::try_current() {
		runtime.spawn(task);
	}
}
