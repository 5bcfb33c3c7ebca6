use grid_primitives::{
	report::{Failure, FailureCode},
	spec::Name,
};
use std::error::Error;
use zos_core::{outcome::failure, ports::PortError};

/// An error with all its causes, in one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
	let mut text = error.to_string();
	let mut cause = error.source();
	while let Some(error) = cause {
		let more = error.to_string();
		// Some errors say in their own words what their cause is.
		if !text.contains(&more) {
			text = format!("{text}: {more}");
		}
		cause = error.source();
	}
	text
}

/// What the chain is told of an error of a port.
pub(super) fn of_port(error: &PortError, workload: &Name) -> (Failure, bool) {
	let text = with_causes(error);
	(failure(error.code(), Some(workload.clone()), &text), error.is_retryable())
}

/// What the chain is told of a fault of the agent itself.
pub(super) fn of_agent(error: &dyn Error, workload: &Name) -> (Failure, bool) {
	(failure(FailureCode::Other, Some(workload.clone()), &with_causes(error)), true)
}
