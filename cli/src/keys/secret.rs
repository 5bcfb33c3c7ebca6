//! How secrets get here: typed on the terminal, from a file, or from a pipe.

use super::Error;
use std::{
	io::{self, BufRead, IsTerminal},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Where a secret comes from.
#[derive(Clone, Debug, Default)]
pub enum Source {
	/// Somebody types it.
	#[default]
	Terminal,
	/// The first line of a file, or of what is piped in if it is `-`.
	File(PathBuf),
}

impl From<Option<PathBuf>> for Source {
	fn from(file: Option<PathBuf>) -> Self {
		file.map_or(Self::Terminal, Self::File)
	}
}

impl Source {
	fn ask(&self, what: &'static str, prompt: &str) -> Result<Zeroizing<String>, Error> {
		match self {
			Self::File(path) => first_line(path),
			Self::Terminal if io::stdin().is_terminal() => {
				rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(Error::unanswered)
			},
			Self::Terminal => Err(Error::NoTerminal(what)),
		}
	}
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, Error> {
	let mut text = Zeroizing::new(String::new());
	if path == Path::new("-") {
		io::stdin().lock().read_line(&mut text).map_err(Error::file(path))?;
	} else {
		text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(Error::file(path))?;
	}
	let line = text.lines().next().unwrap_or_default();
	Ok(Zeroizing::new(line.to_string()))
}

/// The passphrase of a key.
pub fn ask_passphrase(from: &Source, key: &str) -> Result<Zeroizing<String>, Error> {
	from.ask("passphrase", &format!("Passphrase of {key}: "))
}

/// A passphrase for a new key: twice, if somebody types it.
pub fn ask_new_passphrase(from: &Source, key: &str) -> Result<Zeroizing<String>, Error> {
	let first = from.ask("passphrase", &format!("New passphrase for {key}: "))?;
	if matches!(from, Source::Terminal) && *from.ask("passphrase", "The same again: ")? != *first {
		return Err(Error::Differ);
	}
	Ok(first)
}

/// The words of a key.
pub fn ask_phrase(from: &Source) -> Result<Zeroizing<String>, Error> {
	from.ask("mnemonic", "Mnemonic (not shown): ")
}
