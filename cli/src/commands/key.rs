use crate::{
	interrupt::Asking,
	keys::{self, Scheme, Source},
	output::{note, Table},
	session::Session,
	Failure,
};
use serde_json::json;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// Keys on this machine
#[derive(clap::Subcommand)]
pub(super) enum Key {
	/// Make a key. Its words are shown once, and have to be written down
	New {
		/// What to call it
		name: String,
		/// Which kind
		#[arg(long, value_enum, default_value_t)]
		scheme: Scheme,
	},
	/// Take a key from its words, or from a key file of a wallet
	Import {
		/// What to call it
		name: String,
		/// Which kind, if it comes from words
		#[arg(long, value_enum, default_value_t)]
		scheme: Scheme,
		/// The file with the words, and //what/is derived; - for what is piped in
		#[arg(long, value_name = "FILE", conflicts_with = "file")]
		phrase_file: Option<PathBuf>,
		/// A key file as polkadot.js exports it, which keeps its passphrase
		#[arg(long, value_name = "FILE")]
		file: Option<PathBuf>,
	},
	/// Write a key to a file that wallets can import; it keeps its passphrase
	Export {
		/// Which
		name: String,
		/// To which file, or to the standard output
		file: Option<PathBuf>,
	},
	/// The keys that are here
	List,
	/// Forget a key. Without its words or a copy, it is gone for ever
	Remove {
		/// Which
		name: String,
	},
}

impl Key {
	pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
		let store = session.store();
		match self {
			Self::New { name, scheme } => {
				is_free(session, &name)?;
				if !session.options.does_here(&format!("make a key, and keep it as {name}"))? {
					return Ok(());
				}
				let phrase = keys::generate();
				let pair = keys::from_phrase(scheme, &phrase)?;
				keep(session, &name, &pair)?;
				note("These words are the key. Write them down: they are not shown again.");
				// The words are no result: they must not end up in a pipe.
				let mut err = std::io::stderr().lock();
				writeln!(err, "\n  {}\n", &*phrase).map_err(Failure::Output)?;
				tell(session, &name, pair.account())
			},
			Self::Import { name, file: Some(file), .. } => {
				let key = keys::read(&file)?;
				let source = Source::from(session.options.passphrase_file.clone());
				let asking = Asking::begin();
				let passphrase = keys::ask_passphrase(&source, &name)?;
				drop(asking);
				// A file that cannot be opened is no use later.
				keys::open(&key, &passphrase)?;
				is_free(session, &name)?;
				if !session.options.does_here(&keeping(key.address, &name))? {
					return Ok(());
				}
				store.put(&name, &key)?;
				tell(session, &name, key.address)
			},
			Self::Import { name, scheme, phrase_file, .. } => {
				let asking = Asking::begin();
				let phrase = keys::ask_phrase(&Source::from(phrase_file))?;
				drop(asking);
				let pair = keys::from_words(scheme, &phrase)?;
				is_free(session, &name)?;
				if !session.options.does_here(&keeping(pair.account(), &name))? {
					return Ok(());
				}
				keep(session, &name, &pair)?;
				tell(session, &name, pair.account())
			},
			Self::Export { name, file } => {
				let key = store.get(&name)?;
				let text = serde_json::to_string_pretty(&key).map_err(keys::Error::NotJson)?;
				match file {
					Some(file) => {
						let what = format!("write the key {name} to {}", file.display());
						if session.options.does_here(&what)? {
							private_file(session, &file, &(text + "\n"))?;
						}
						Ok(())
					},
					None => crate::output::say(&text),
				}
			},
			Self::List => {
				let all = store.list()?;
				let record = |(name, key): &(String, keys::KeyFile)| json!({ "name": name, "scheme": key.encoding.content.get(1), "address": key.address });
				let records: Vec<_> = all.iter().map(record).collect();
				session.output().write(&records, || {
					let mut table = Table::new(&["name", "scheme", "address"]);
					for (name, key) in &all {
						let scheme = key.encoding.content.get(1).cloned().unwrap_or_default();
						table.row([name.clone(), scheme, key.address.to_string()]);
					}
					table.to_string()
				})
			},
			Self::Remove { name } => {
				let key = store.get(&name)?;
				let what = format!("forget the key of {} for ever", key.address);
				if session.options.does_here(&what)? {
					session.agree(&format!("Forget the key of {} for ever?", key.address))?;
					store.remove(&name)?;
				}
				Ok(())
			},
		}
	}
}

/// Write what only its owner may read. What is there is written over if somebody agrees.
fn private_file(session: &Session, file: &Path, text: &str) -> Result<(), Failure> {
	if file.exists() {
		session.agree(&format!("Write over {}?", file.display()))?;
	}
	let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
	// It is made for its owner alone.
	let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut new| {
		new.write_all(text.as_bytes())?;
		new.as_file().sync_all()?;
		Ok(new.persist(file)?)
	});
	written.map(drop).map_err(Failure::file(file))
}

/// Whether a key can be called so.
fn is_free(session: &Session, name: &str) -> Result<(), Failure> {
	match session.store().has(name) {
		true => Err(keys::Error::NameTaken(name.into()).into()),
		false => Ok(()),
	}
}

fn keeping(account: keys::Account, name: &str) -> String {
	format!("keep the key of {account} as {name}")
}

fn keep(session: &Session, name: &str, pair: &keys::Pair) -> Result<(), Failure> {
	let source = Source::from(session.options.passphrase_file.clone());
	let _asking = Asking::begin();
	let passphrase = keys::ask_new_passphrase(&source, name)?;
	session.store().put(name, &keys::seal(pair, name, &passphrase)?)?;
	Ok(())
}

fn tell(session: &Session, name: &str, address: keys::Account) -> Result<(), Failure> {
	let record = json!({ "name": name, "address": address });
	session.output().write(&record, || format!("{name}  {address}"))
}
