//! What people and scripts see: results on the standard output, all else beside it.

mod table;
mod words;
mod yaml;

pub use table::Table;
pub use words::{bytes, capacity, duration, moment, parse_tokens, parse_usd, tokens, usd_per_hour};
pub use yaml::yaml;

use crate::Failure;
use serde::Serialize;
use std::io::Write;

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
	/// For people.
	#[default]
	Table,
	/// For programs.
	Json,
	/// For both.
	Yaml,
}

impl Format {
	/// Write a result: for people as they like it, for programs all of it.
	pub fn write<T: Serialize>(
		self,
		result: &T,
		people: impl FnOnce() -> String,
	) -> Result<(), Failure> {
		let text = match self {
			Self::Table => people(),
			Self::Json => serde_json::to_string_pretty(result).map_err(unwritable)?,
			Self::Yaml => yaml(result)?,
		};
		say(text.trim_end())
	}

	/// Write a record as it is.
	pub fn record<T: Serialize>(self, result: &T) -> Result<(), Failure> {
		match self {
			Self::Table => Self::Yaml.record(result),
			other => other.write(result, String::new),
		}
	}
}

fn unwritable<E: std::error::Error + Send + Sync + 'static>(error: E) -> Failure {
	Failure::Output(std::io::Error::other(error))
}

/// Write a line of the result. Who has stopped reading has read enough.
pub fn say(text: &str) -> Result<(), Failure> {
	let mut out = anstream::stdout().lock();
	match writeln!(out, "{text}").and_then(|()| out.flush()) {
		Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
		_ => Ok(()),
	}
}

/// Say something beside the result.
pub fn note(text: &str) {
	// That nobody hears it changes nothing.
	let _ = writeln!(anstream::stderr(), "{text}");
}

/// What is good, bad, or to be watched, in colours where there are some.
pub mod style {
	use anstyle::{AnsiColor, Style};

	/// It is well.
	pub const GOOD: Style = AnsiColor::Green.on_default();
	/// It is bad.
	pub const BAD: Style = AnsiColor::Red.on_default();
	/// It is to be watched.
	pub const WATCH: Style = AnsiColor::Yellow.on_default();
	/// It is important.
	pub const STRONG: Style = Style::new().bold();

	/// A text in a style.
	pub fn paint(style: Style, text: impl std::fmt::Display) -> String {
		format!("{style}{text}{style:#}")
	}
}
