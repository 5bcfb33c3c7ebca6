use std::sync::atomic::{AtomicBool, Ordering};
use zos_core::ports::Cancel;

/// Whether work goes on: not when nobody wants it any more, nor when another part of it has failed.
pub(super) struct Stop<'a> {
	cancel: &'a Cancel,
	failed: AtomicBool,
}

impl<'a> Stop<'a> {
	pub(super) fn on(cancel: &'a Cancel) -> Self {
		Self { cancel, failed: AtomicBool::new(false) }
	}

	/// The rest is in vain.
	pub(super) fn fail(&self) {
		self.failed.store(true, Ordering::Release);
	}

	pub(super) fn is_set(&self) -> bool {
		self.failed.load(Ordering::Acquire) || self.cancel.is_cancelled()
	}
}
