//! What a container printed, for people to read and to follow.

use crate::status::{self, Answer, AskError, Question, PAGE};
use std::{
	io::{self, Write},
	path::Path,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::sleep;

/// How often a log is read that is followed.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// What somebody wants to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
	/// The container, as in `12/web`.
	pub of: String,
	/// At most so many lines of what it has printed.
	pub tail: usize,
	/// None that is older.
	pub since: SystemTime,
	/// Whether to go on with what it prints from now on.
	pub follow: bool,
	/// Whether to say when each line was printed.
	pub timestamps: bool,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
	/// The agent does not answer, or not that.
	#[error(transparent)]
	Ask(#[from] AskError),
	/// The container has not been made.
	#[error("{0}; --follow waits for it")]
	NotYet(String),
	/// There is no such container.
	#[error("{0}")]
	Gone(String),
	/// The answer is to another question.
	#[error("the agent answers something else: is it another version?")]
	Other,
	/// Nobody takes what is printed.
	#[error("cannot print")]
	Print(#[from] io::Error),
}

/// A time that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time is as in 2026-03-01T12:00:00Z, or how long ago it was, as in 90s, 15m, 2h or 1day")]
pub struct NoTime;

/// A moment, or how long ago it was.
pub fn since(text: &str) -> Result<SystemTime, NoTime> {
	if let Ok(ago) = humantime::parse_duration(text) {
		return SystemTime::now().checked_sub(ago).ok_or(NoTime);
	}
	humantime::parse_rfc3339_weak(text).map_err(|_| NoTime)
}

fn millis(time: SystemTime) -> u64 {
	let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
	since.as_millis().try_into().unwrap_or(u64::MAX)
}

/// Print what a container printed, to the one stream and to the other as it did. What there is to
/// say beside that goes to the other one.
pub async fn print(
	folder: &Path,
	logs: &Logs,
	out: &mut impl Write,
	error: &mut impl Write,
) -> Result<(), LogsError> {
	match follow(folder, logs, out, error).await {
		// Whoever read it has read enough.
		Err(LogsError::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
		result => result,
	}
}

async fn follow(
	folder: &Path,
	logs: &Logs,
	out: &mut impl Write,
	error: &mut impl Write,
) -> Result<(), LogsError> {
	let (began, since) = (millis(SystemTime::now()), millis(logs.since));
	let mut after = None;
	let (mut was_there, mut told) = (false, false);
	loop {
		let question = Question::Logs { of: logs.of.clone(), after, tail: logs.tail, since };
		let waits = match status::ask(folder, &question).await {
			Ok(Answer::Logs { lines, next }) => {
				for (at, is_error, text) in &lines {
					match is_error {
						true => line(error, logs, *at, text)?,
						false => line(out, logs, *at, text)?,
					}
				}
				out.flush()?;
				(after, was_there, told) = (Some(next), true, false);
				let is_more = lines.len() == PAGE && lines.last().is_some_and(|it| it.0 <= began);
				if !logs.follow && !is_more {
					return Ok(());
				}
				if lines.len() < PAGE {
					sleep(FOLLOW_EVERY).await;
				}
				continue;
			},
			Ok(Answer::Gone(why)) if was_there => {
				writeln!(error, "zos-agent: {why}: that was all")?;
				return Ok(());
			},
			Ok(Answer::Gone(why)) => return Err(LogsError::Gone(why)),
			Ok(Answer::NotYet(why)) if logs.follow => why,
			Ok(Answer::NotYet(why)) => return Err(LogsError::NotYet(why)),
			Ok(Answer::Status(_) | Answer::Error(_)) => return Err(LogsError::Other),
			Err(AskError::Nobody { .. } | AskError::Broken(_)) if logs.follow && was_there => {
				"the agent is away".into()
			},
			Err(error) => return Err(error.into()),
		};
		if !std::mem::replace(&mut told, true) {
			writeln!(error, "zos-agent: {waits}: waiting")?;
		}
		sleep(FOLLOW_EVERY).await;
	}
}

fn line(to: &mut impl Write, logs: &Logs, at: u64, text: &str) -> io::Result<()> {
	if logs.timestamps {
		let at = UNIX_EPOCH.checked_add(Duration::from_millis(at)).unwrap_or(UNIX_EPOCH);
		// A clock that was wrong may have been beyond what can be written so.
		match at.duration_since(UNIX_EPOCH).is_ok_and(|it| it.as_secs() < MOST_SECONDS) {
			true => write!(to, "{} ", humantime::format_rfc3339_millis(at))?,
			false => write!(to, "? ")?,
		}
	}
	writeln!(to, "{text}")
}

/// The end of the year 9999.
const MOST_SECONDS: u64 = 253_402_300_800;

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_time_is_a_moment_or_how_long_ago_it_was() {
		let moment = UNIX_EPOCH + Duration::from_secs(1_772_366_400);
		assert_eq!(since("2026-03-01T12:00:00Z"), Ok(moment));
		assert_eq!(since("2026-03-01 12:00:00"), Ok(moment));
		let ago = since("15m").expect("it is a time").elapsed().expect("it is past");
		assert_eq!(ago.as_secs() / 60, 15);
		for bad in ["", "yesterday", "15", "2026-03-01", "999999999999999y"] {
			assert_eq!(since(bad), Err(NoTime), "{bad}");
		}
	}

	#[test]
	fn lines_tell_when_they_were_printed_if_somebody_wants_to_know() {
		let mut logs = Logs {
			of: "1/web".into(),
			tail: 1,
			since: UNIX_EPOCH,
			follow: false,
			timestamps: false,
		};
		let said = |logs: &Logs, at| {
			let mut text = Vec::new();
			line(&mut text, logs, at, "hello").expect("there is room");
			String::from_utf8(text).expect("it is text")
		};
		assert_eq!(said(&logs, 1_772_366_400_123), "hello\n");
		logs.timestamps = true;
		assert_eq!(said(&logs, 1_772_366_400_123), "2026-03-01T12:00:00.123Z hello\n");
		assert_eq!(said(&logs, u64::MAX), "? hello\n");
	}
}
