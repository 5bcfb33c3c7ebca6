//! Whether a spec is well-formed.

use super::{Fault, Spec};

impl Spec {
	/// Whether it is well-formed by itself.
	pub fn check(&self) -> Result<(), Fault> {
		Ok(())
	}
}
