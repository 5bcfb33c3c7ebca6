use grid_primitives::report::FailureCode;
use std::{
	error::Error,
	fmt,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};

/// What the error of a port answers. Each implementation has an enum of its own.
pub trait Fault: Error + Send + Sync + 'static {
	/// What the chain is told.
	fn code(&self) -> FailureCode;

	/// Whether the same may go well later, without anybody changing the spec.
	fn is_retryable(&self) -> bool;
}

/// Why a port could not do what it was asked.
#[derive(Debug)]
pub struct PortError(Box<dyn Fault>);

impl PortError {
	/// What the chain is told.
	pub fn code(&self) -> FailureCode {
		self.0.code()
	}

	/// Whether the same may go well later, without anybody changing the spec.
	pub fn is_retryable(&self) -> bool {
		self.0.is_retryable()
	}
}

impl<E: Fault> From<E> for PortError {
	fn from(error: E) -> Self {
		Self(Box::new(error))
	}
}

impl fmt::Display for PortError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		self.0.fmt(f)
	}
}

impl Error for PortError {
	fn source(&self) -> Option<&(dyn Error + 'static)> {
		self.0.source()
	}
}

/// Tells what takes long that nobody wants it any more. Whoever hears it returns soon, with a
/// retryable error, and leaves nothing behind that would not be found.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
	/// Nobody wants it any more.
	pub fn cancel(&self) {
		self.0.store(true, Ordering::Release);
	}

	/// Whether nobody wants it any more.
	pub fn is_cancelled(&self) -> bool {
		self.0.load(Ordering::Acquire)
	}
}
