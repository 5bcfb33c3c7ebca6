use super::{view::now, Status};
use std::fmt::Write;

/// After how many seconds without a new block that is said.
const SILENCE: u64 = 30;

/// How it goes, for people to read.
pub fn table(status: &Status) -> String {
	let mut text = String::new();
	// Writing to a text does not fail.
	let _ = write(&mut text, status);
	text
}

fn write(text: &mut String, status: &Status) -> std::fmt::Result {
	let agent = &status.agent;
	writeln!(text, "account  {}", agent.account)?;
	match (agent.node, agent.farm) {
		(Some(node), Some(farm)) => writeln!(text, "node     {node} of farm {farm}")?,
		_ if agent.invited == Some(false) => {
			writeln!(text, "node     none: let a farmer invite this account")?
		},
		_ => writeln!(text, "node     not known yet")?,
	}
	match (status.head, status.generation) {
		(Some(head), Some(generation)) => {
			writeln!(text, "chain    block {head}, generation {generation}")?
		},
		_ => writeln!(text, "chain    not heard yet: what runs goes on")?,
	}
	if let Some(last) = agent.last_block {
		let silent = now().saturating_sub(last);
		if silent > SILENCE {
			writeln!(
				text,
				"         nothing new has become final for {silent} s: what runs goes on"
			)?;
		}
	}
	for contract in &status.leaving {
		writeln!(text, "contract {contract} has ended and is being removed")?;
	}
	let mut rows = vec![["CONTRACT", "WORKLOAD", "KIND", "STATE", "DETAIL"].map(String::from)];
	for contract in &status.contracts {
		let number = format!("{} r{}", contract.contract, contract.revision);
		if let Some(doubt) = &contract.doubt {
			let row = [number.as_str(), "", "", "kept", doubt];
			rows.push(row.map(String::from));
		}
		for it in &contract.workloads {
			let mut detail = it.detail.clone().unwrap_or_default();
			if let Some(seconds) = it.retry_in {
				detail += &format!(" (again in {seconds} s)");
			}
			if let Some(restarts) = it.restarts.filter(|it| *it > 0) {
				detail += &format!(" (started again {restarts} times)");
			}
			let row = [&number, &it.name, &it.kind, &it.state, detail.trim_start()];
			rows.push(row.map(String::from));
		}
	}
	if rows.len() == 1 {
		return writeln!(text, "no contracts");
	}
	let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
	let widths: Vec<_> = (0..4).map(|column| width(column).unwrap_or_default()).collect();
	for row in &rows {
		for (cell, width) in row.iter().zip(&widths) {
			write!(text, "{cell:width$}  ")?;
		}
		writeln!(text, "{}", row[4])?;
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::status::{AgentStatus, ContractStatus, WorkloadStatus};

	#[test]
	fn people_see_what_runs_and_why_something_does_not() {
		let workload = |name: &str, state: &str, detail: Option<&str>| WorkloadStatus {
			name: name.into(),
			kind: "container".into(),
			state: state.into(),
			detail: detail.map(String::from),
			retry_in: detail.map(|_| 8),
			restarts: None,
		};
		let contract = ContractStatus {
			contract: 12,
			revision: 3,
			wanted: "run".into(),
			busy: false,
			doubt: None,
			reported: None,
			decided: None,
			workloads: vec![
				workload("web", "running", None),
				workload("job", "failing", Some("ImageNotFound: no such image")),
			],
		};
		let agent = AgentStatus { node: Some(4), farm: Some(1), ..AgentStatus::default() };
		let status = Status {
			agent,
			head: Some(7),
			generation: Some(2),
			contracts: vec![contract],
			leaving: vec![9],
		};
		let text = table(&status);
		assert!(text.contains("node     4 of farm 1"), "{text}");
		assert!(text.contains("contract 9 has ended"), "{text}");
		assert!(text.contains("12 r3     web       container  running  \n"), "{text}");
		let failing =
			"12 r3     job       container  failing  ImageNotFound: no such image (again in 8 s)";
		assert!(text.contains(failing), "{text}");
		assert!(table(&Status::default()).contains("not heard yet"));
	}

	#[test]
	fn people_see_that_nothing_new_is_heard() {
		let heard = |seconds_ago| {
			let last_block = Some(now() - seconds_ago);
			let agent = AgentStatus { last_block, ..AgentStatus::default() };
			table(&Status { agent, head: Some(7), generation: Some(2), ..Status::default() })
		};
		assert!(heard(100).contains("nothing new has become final for 10"), "{}", heard(100));
		assert!(!heard(5).contains("nothing new"), "{}", heard(5));
	}
}
