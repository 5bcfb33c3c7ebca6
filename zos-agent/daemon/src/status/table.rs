use super::{contract::Usage, FailureStatus, Status};
use grid_primitives::capacity::bytes::{GIB, MIB};
use std::{fmt::Write, time::Duration};

/// After how many seconds without a new block that is said.
const SILENCE: u64 = 30;

/// How it goes, for people to read, at a time in seconds since 1970.
pub fn table(status: &Status, now: u64) -> String {
	let mut text = String::new();
	// Writing to a text does not fail.
	let _ = write(&mut text, status, now);
	text
}

fn write(text: &mut String, status: &Status, now: u64) -> std::fmt::Result {
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
		let silent = now.saturating_sub(last);
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
			let failure = status.failures.iter().find(|failure| {
				failure.contract == contract.contract && failure.workload.as_ref() == Some(&it.name)
			});
			let mut detail = failure.map_or(String::new(), |it| describe(it, now));
			if let Some(Usage { bytes, size }) = it.usage {
				detail += &format!(" {} of {}", amount(bytes), amount(size));
			}
			if let Some(restarts) = it.restarts.filter(|it| *it > 0) {
				detail += &format!(" (started again {restarts} times)");
			}
			let row = [&number, &it.name, &it.kind, &it.state, detail.trim_start()];
			rows.push(row.map(String::from));
		}
	}
	for failure in status.failures.iter().filter(|it| !is_in_table(status, it)) {
		let number = failure.contract.to_string();
		let name = failure.workload.as_deref().unwrap_or_default();
		let row = [&number, name, "", "failing", &describe(failure, now)];
		rows.push(row.map(String::from));
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

/// An amount of bytes as people say it.
fn amount(bytes: u64) -> String {
	let units = [(GIB, "GiB"), (MIB, "MiB"), (1 << 10, "KiB")];
	match units.iter().find(|(unit, _)| bytes >= *unit) {
		Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
		None => format!("{bytes} B"),
	}
}

/// Whether it is beside its workload, or its contract, already.
fn is_in_table(status: &Status, failure: &FailureStatus) -> bool {
	let contract = status.contracts.iter().find(|it| it.contract == failure.contract);
	contract.is_some_and(|contract| match &failure.workload {
		Some(name) => contract.workloads.iter().any(|it| it.name == *name),
		None => contract.doubt.is_some(),
	})
}

/// Why, since when, and what is done about it.
fn describe(failure: &FailureStatus, now: u64) -> String {
	let FailureStatus { code, detail, since, tries, retry_in, .. } = failure;
	let lasts = Duration::from_secs(now.saturating_sub(*since));
	let mut text = format!("{code}: {detail} (for {}", humantime::format_duration(lasts));
	if let Some(tries) = tries.filter(|it| *it > 1) {
		text += &format!(", tried {tries} times");
	}
	match retry_in {
		Some(seconds) => text += &format!(", again in {seconds} s"),
		None if tries.is_some() => text += ", not tried again",
		None => {},
	}
	text + ")"
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
			usage: None,
		};
		let fails = |contract, name: &str, code: &str, retry_in| FailureStatus {
			contract,
			workload: Some(name.into()),
			code: code.into(),
			detail: "why".into(),
			since: 1_000,
			tries: Some(3),
			retry_in,
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
				WorkloadStatus {
					usage: Some(Usage { bytes: 3 << 19, size: 1 << 30 }),
					..workload("data", "running", None)
				},
				workload("job", "failing", Some("ImageNotFound: no such image")),
				workload("db", "failing", Some("Volume: no")),
			],
		};
		let agent = AgentStatus { node: Some(4), farm: Some(1), ..AgentStatus::default() };
		let status = Status {
			agent,
			head: Some(7),
			generation: Some(2),
			contracts: vec![contract],
			leaving: vec![9],
			failures: vec![
				fails(12, "job", "ImageNotFound", Some(8)),
				fails(12, "db", "Volume", None),
				fails(12, "old", "Volume", Some(2)),
				fails(9, "web", "Other", Some(3)),
			],
		};
		let text = table(&status, 1_095);
		assert!(text.contains("node     4 of farm 1"), "{text}");
		assert!(text.contains("contract 9 has ended"), "{text}");
		assert!(text.contains("12 r3     web       container  running  \n"), "{text}");
		for line in [
			"12 r3     data      container  running  1.5 MiB of 1.0 GiB",
			"12 r3     job       container  failing  ImageNotFound: why (for 1m 35s, tried 3 times, again in 8 s)",
			"12 r3     db        container  failing  Volume: why (for 1m 35s, tried 3 times, not tried again)",
			"12        old                  failing  Volume: why (for 1m 35s, tried 3 times, again in 2 s)",
			"9         web                  failing  Other: why (for 1m 35s, tried 3 times, again in 3 s)",
		] {
			assert!(text.contains(line), "{line}\nis not in\n{text}");
		}
		assert!(table(&Status::default(), 0).contains("not heard yet"));
	}

	#[test]
	fn people_see_that_nothing_new_is_heard() {
		let heard = |seconds_ago: u64| {
			let agent = AgentStatus { last_block: Some(1_000), ..AgentStatus::default() };
			let status = Status { agent, head: Some(7), generation: Some(2), ..Status::default() };
			table(&status, 1_000 + seconds_ago)
		};
		assert!(heard(100).contains("nothing new has become final for 10"), "{}", heard(100));
		assert!(!heard(5).contains("nothing new"), "{}", heard(5));
	}
}
