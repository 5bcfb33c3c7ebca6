use std::path::PathBuf;

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// No account was named.
	#[error("no account is chosen: name one with --account, or in the profile")]
	NoAccount,
	/// There is no such key.
	#[error("there is no key called {0:?}; `grid key list` shows those there are")]
	Unknown(String),
	/// An address has no key here.
	#[error(
		"{0} is an address without a key here: write the transaction down with --unsigned FILE, \
		 and sign it where the key is with `grid tx sign`"
	)]
	NotHere(String),
	/// The key itself is needed, and only its signatures can be had.
	#[error(
		"{0} needs the key itself, and --signer gives its signatures only: use a key of this machine{1}"
	)]
	OnlySigns(&'static str, &'static str),
	/// A program did not sign.
	#[error("the signer `{command}` did not sign: {why}")]
	Signer {
		/// How it was run.
		command: String,
		/// Why not.
		why: String,
	},
	/// A name cannot be that of a file.
	#[error("a key's name has 1 to 64 characters of A-Z, a-z, 0-9, - and _; {0:?} is not one")]
	BadName(String),
	/// There is such a key already.
	#[error("there is a key called {0:?} already: choose another name, or remove it first")]
	NameTaken(String),
	/// The words are no mnemonic.
	#[error("these words are no mnemonic: are all of them there, in their order?")]
	Phrase(#[source] bip39::Error),
	/// There are no words.
	#[error(
		"there are no words, and a key for development belongs to everybody: say all the words; \
		 with --account //Alice, no key is needed here"
	)]
	NoWords,
	/// What comes after the words is no derivation.
	#[error("{0:?} is no derivation: it looks like //hard/soft, and ed25519 has only //hard")]
	Derivation(String),
	/// A file is not a key file.
	#[error("this is no key file as polkadot.js writes it: {0}")]
	Malformed(&'static str),
	/// A file is not even JSON.
	#[error("this is no key file as polkadot.js writes it")]
	NotJson(#[source] serde_json::Error),
	/// The passphrase is another.
	#[error("the key cannot be opened: the passphrase is another, or the file was changed")]
	WrongPassphrase,
	/// What is asked for cannot be asked.
	#[error(
		"a {0} is needed, and there is no terminal to ask for it: give it by a file, or by a \
		 pipe with the file name -"
	)]
	NoTerminal(&'static str),
	/// Two answers differ.
	#[error("the two passphrases differ: nothing was written")]
	Differ,
	/// An address is none.
	#[error("{0:?} is neither a key here nor an address")]
	BadAddress(String),
	/// A file cannot be read or written.
	#[error("{path} cannot be used")]
	File {
		/// Which.
		path: PathBuf,
		/// Why.
		#[source]
		source: std::io::Error,
	},
	/// Ctrl-C instead of an answer.
	#[error("interrupted: nothing more was sent")]
	Interrupted,
	/// Somebody who was to be asked did not answer.
	#[error("the terminal cannot be read")]
	Terminal(#[source] std::io::Error),
}

impl Error {
	/// Why somebody who was asked did not answer.
	pub(crate) fn unanswered(error: std::io::Error) -> Self {
		match error.kind() {
			std::io::ErrorKind::Interrupted => Self::Interrupted,
			_ => Self::Terminal(error),
		}
	}

	pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
		let path = path.into();
		move |source| Self::File { path, source }
	}
}
