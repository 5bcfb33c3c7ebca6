//! What the chain thinks of something that a node says.

use super::calls::Said;
use crate::{state::State, Error};
use codec::Decode;
use grid_primitives::refusal::Refusal;
use subxt::{error::DispatchError, events::Phase, tx::TransactionInvalid as Invalid};
use zos_core::ports::Submitted;

/// The runtime function that says whether a transaction may be included.
const VALIDATE: &str = "TaggedTransactionQueue_validate_transaction";

/// The transaction comes from somewhere else than the node that is asked.
const EXTERNAL: u8 = 2;

/// What the chain says before a transaction is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
	/// It may be included.
	Passes,
	/// There is nothing more to be said.
	Settled(Submitted),
	/// It has to be made anew.
	Later(&'static str),
}

/// Ask whether a transaction may be included after a block.
pub(super) async fn validate(
	state: &State,
	said: &Said<'_>,
	transaction: &[u8],
) -> Result<Verdict, Error> {
	let hash = state.block.hash;
	let question = [&[EXTERNAL], transaction, hash.as_bytes()].concat();
	let answer = state.follow.call(hash, VALIDATE, &question).await?;
	Ok(match &answer[..] {
		[0, ..] => Verdict::Passes,
		[1, 0, why @ ..] => match Invalid::decode(&mut &why[..]) {
			Ok(invalid) => of_invalid(said, &invalid),
			Err(_) => Verdict::Settled(refused(&format!("invalid, for reason {why:?}"))),
		},
		[1, ..] => Verdict::Later("the chain cannot say whether it is valid"),
		_ => return Err(Error::unknown("validity")(format!("{answer:?}").into())),
	})
}

fn refused(reason: &str) -> Submitted {
	Submitted::Refused { reason: reason.into() }
}

/// Why a transaction would not be included. The number of the transaction is right and it is
/// signed for this very block, so that the general answers can only be about what it says.
fn of_invalid(said: &Said<'_>, invalid: &Invalid) -> Verdict {
	let settled = match (said, invalid) {
		(Said::Report(_), Invalid::Stale) => Submitted::Known,
		(Said::Heartbeat(_), Invalid::Stale) => refused("FromThePast"),
		(_, Invalid::Future) => Submitted::TooEarly,
		(_, Invalid::Custom(code)) => match Refusal::of_code(*code) {
			Some(Refusal::NothingChanged) => Submitted::Known,
			Some(reason) => refused(&format!("{reason:?}")),
			None => refused(&format!("invalid, with code {code}")),
		},
		// An account exists from its invitation on.
		(Said::Register(_), Invalid::Payment) => refused("NotInvited"),
		(_, Invalid::Payment) => refused("NoNode"),
		(_, Invalid::Stale) => return Verdict::Later("its number is taken"),
		(_, Invalid::BadProof) => return Verdict::Later("the chain was upgraded meanwhile"),
		(_, Invalid::AncientBirthBlock) => return Verdict::Later("it is too old"),
		(_, Invalid::ExhaustsResources) => return Verdict::Later("the block is full"),
		(_, other) => refused(&format!("{other:?}")),
	};
	Verdict::Settled(settled)
}

/// What became of the transaction at a place of a block.
pub(super) fn outcome(state: &State, events: &[u8], place: usize) -> Result<Submitted, Error> {
	let unknown = |error: subxt::error::EventsError| Error::unknown("events")(error.into());
	let events = state.offline()?.events().from_bytes(events.to_vec());
	for event in events.iter() {
		let event = event.map_err(unknown)?;
		if event.phase() != Phase::ApplyExtrinsic(place as u32) || event.pallet_name() != "System" {
			continue;
		}
		match event.event_name() {
			"ExtrinsicSuccess" => return Ok(Submitted::Finalized { at: state.block.head() }),
			"ExtrinsicFailed" => {
				let metadata = state.runtime.metadata.clone();
				let error = DispatchError::decode_from(event.field_bytes(), metadata)
					.map_err(|error| Error::unknown("errors")(error.into()))?;
				return Ok(of_error(&error.to_string()));
			},
			_ => {},
		}
	}
	Err(Error::unknown("events")("it does not say what became of a transaction".into()))
}

/// What an error of a call means. What the chain was told before is known.
fn of_error(error: &str) -> Submitted {
	match error.rsplit("::").next().unwrap_or(error) {
		"SaidAlready" | "NothingChanged" | "OperatesAlready" => Submitted::Known,
		"TooEarly" | "SaidJustNow" | "UpdatedJustNow" => Submitted::TooEarly,
		name => refused(name),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use grid_primitives::report::Outcome;
	use zos_core::ports::Call;

	const BEAT: Call = Call::Heartbeat { boot_id: [0; 16], uptime: 1 };
	const REPORT: Call = Call::Report { contract: 1, revision: 1, outcome: Outcome::Stopped };

	fn of(call: &Call, invalid: Invalid) -> Verdict {
		of_invalid(&Said::from(call), &invalid)
	}

	#[test]
	fn a_report_that_was_heard_is_known_but_an_old_heartbeat_is_refused() {
		assert_eq!(of(&REPORT, Invalid::Stale), Verdict::Settled(Submitted::Known));
		assert_eq!(of(&BEAT, Invalid::Stale), Verdict::Settled(refused("FromThePast")));
	}

	#[test]
	fn what_may_be_said_later_is_too_early() {
		for call in [&BEAT, &REPORT] {
			assert_eq!(of(call, Invalid::Future), Verdict::Settled(Submitted::TooEarly));
		}
	}

	#[test]
	fn what_an_upgrade_has_made_invalid_is_made_anew() {
		assert!(matches!(of(&REPORT, Invalid::BadProof), Verdict::Later(_)));
	}

	#[test]
	fn refusals_and_errors_have_the_names_that_the_chain_gives_them() {
		assert_eq!(of(&REPORT, Invalid::Custom(24)), Verdict::Settled(refused("OtherRevision")));
		assert_eq!(of_error("Deployments::OtherRevision"), refused("OtherRevision"));
		assert_eq!(of_error("Deployments::SaidAlready"), Submitted::Known);
	}
}
