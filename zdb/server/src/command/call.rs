use super::{
	refusal::{Refusal, ARGUMENTS, INVALID},
	session::Session,
};
use crate::{net::Outcome, resp::Args};

/// A command's outcome, or why it was not done.
pub(super) type Done = Result<Outcome, Refusal>;

/// A command that a client gives.
pub(super) struct Call<'a> {
	/// Who gives it.
	pub(super) session: &'a mut Session,
	/// What it says, the command's name first.
	pub(super) args: Args<'a>,
	/// Where the answer goes.
	pub(super) reply: &'a mut Vec<u8>,
}

impl<'a> Call<'a> {
	/// The `N` arguments behind the command's name, of which none is empty.
	#[inline]
	pub(super) fn exactly<const N: usize>(&self) -> Result<[&'a [u8]; N], Refusal> {
		if self.args.len() != N + 1 {
			return Err(ARGUMENTS);
		}
		let mut found: [&[u8]; N] = [&[]; N];
		for (index, place) in found.iter_mut().enumerate() {
			*place =
				self.args.get(index + 1).filter(|argument| !argument.is_empty()).ok_or(INVALID)?;
		}
		Ok(found)
	}

	/// Whether there are no arguments behind the command's name.
	pub(super) fn none(&self) -> Result<(), Refusal> {
		self.exactly::<0>().map(|_| ())
	}
}
