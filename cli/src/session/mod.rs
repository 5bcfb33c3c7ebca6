//! What a command has at hand: the chain, the account, and how to speak.

mod options;
mod sending;
mod telling;

pub use options::{Office, Options};

use crate::{
	chain::{Chain, State},
	config::{Config, Folders, Profile},
	interrupt::Asking,
	keys::{self, Account, External, Pair, Scheme, Signer, Source, Store},
	output::{note, Format},
	Failure,
};
use std::{
	io::{BufRead, IsTerminal, Write},
	path::PathBuf,
	sync::{
		atomic::{AtomicBool, Ordering},
		OnceLock,
	},
	time::Duration,
};
use tokio::sync::OnceCell;

/// The chain of who says nothing of it: a node on this machine.
const HERE: &str = "ws://127.0.0.1:9944";

/// What a command has at hand.
pub struct Session {
	/// What it was told.
	pub options: Options,
	/// Where things are.
	pub folders: Folders,
	/// All profiles.
	pub config: Config,
	profile: Profile,
	chain: OnceCell<Chain>,
	/// The keys, once they were opened: nobody is asked for a passphrase twice.
	pair: OnceLock<Pair>,
	/// Whether something was sent.
	sent: AtomicBool,
}

impl Session {
	/// Begin, as the options, the environment and the profile say.
	pub fn new(options: Options) -> Result<Self, Failure> {
		let folders = Folders::find()?;
		let config = Config::read(&folders.config)?;
		let profile = config.choose(options.profile.as_deref())?;
		Ok(Self {
			options,
			folders,
			config,
			profile,
			chain: OnceCell::new(),
			pair: OnceLock::new(),
			sent: AtomicBool::new(false),
		})
	}

	/// The same, with the chain yet to be reached: who was cut off goes on. Keys stay open.
	pub fn anew(&self) -> Self {
		Self {
			options: self.options.clone(),
			folders: self.folders.clone(),
			config: self.config.clone(),
			profile: self.profile.clone(),
			chain: OnceCell::new(),
			pair: self.pair.clone(),
			sent: AtomicBool::new(self.sent.load(Ordering::Relaxed)),
		}
	}

	/// How results are written.
	pub fn output(&self) -> Format {
		self.options.output
	}

	/// The keys.
	pub fn store(&self) -> Store {
		Store::new(self.folders.keys.clone())
	}

	/// Where it is remembered how chains describe themselves.
	pub fn memory(&self) -> PathBuf {
		self.folders.cache.join("chains")
	}

	/// How long to wait.
	pub fn patience(&self) -> Duration {
		Duration::from_secs(self.options.timeout)
	}

	/// Say something beside the result, unless that is not wanted.
	pub fn note(&self, text: impl AsRef<str>) {
		if !self.options.quiet {
			note(text.as_ref());
		}
	}

	/// The chain. It is reached when it is first needed.
	pub async fn chain(&self) -> Result<&Chain, Failure> {
		let endpoint = self.options.chain.clone().or_else(|| self.profile.chain.clone());
		let endpoint = endpoint.unwrap_or_else(|| HERE.to_string().into());
		// A chain that is named here and now need not be that of the profile.
		let wanted = match &self.options.chain {
			Some(chain) if Some(chain) != self.profile.chain.as_ref() => None,
			_ => self.profile.genesis.as_deref(),
		};
		let connect = || async {
			let connect = Chain::connect(&endpoint, wanted, Some(self.memory()), self.patience());
			connect.await.map_err(Failure::from)
		};
		self.chain.get_or_try_init(connect).await
	}

	/// The chain at its newest finalized block.
	pub async fn state(&self) -> Result<State, Failure> {
		let chain = self.chain().await?;
		Ok(chain.state().await?)
	}

	fn named(&self) -> Result<&str, Failure> {
		let named = self.options.account.as_deref().or(self.profile.account.as_deref());
		Ok(named.ok_or(keys::Error::NoAccount)?)
	}

	/// Who acts.
	pub fn account(&self) -> Result<Account, Failure> {
		self.find_account(self.named()?)
	}

	/// An account by the name of its key, by its address, or one for development.
	pub fn find_account(&self, named: &str) -> Result<Account, Failure> {
		if named.starts_with("//") {
			return Ok(keys::from_phrase(Scheme::Sr25519, named)?.account());
		}
		let store = self.store();
		if store.has(named) {
			return Ok(store.get(named)?.address);
		}
		named.parse().map_err(|_| keys::Error::BadAddress(named.into()).into())
	}

	/// Who signs: a program if one is named, and a key that is here otherwise.
	pub fn signer(&self) -> Result<Signer, Failure> {
		match self.external()? {
			Some(external) => Ok(Signer::Elsewhere(external)),
			None => self.open().map(Signer::Here),
		}
	}

	fn external(&self) -> Result<Option<External>, Failure> {
		let command = self.options.signer.as_ref().or(self.profile.signer.as_ref());
		let external = command
			.map(|command| Ok(External { account: self.account()?, command: command.clone() }));
		external.transpose()
	}

	/// The keys of who acts, for what their signatures are not enough.
	pub fn pair(&self, what: &'static str, otherwise: &'static str) -> Result<Pair, Failure> {
		match self.external()? {
			Some(_) => Err(keys::Error::OnlySigns(what, otherwise).into()),
			None => self.open(),
		}
	}

	/// Why nothing more is done after Ctrl-C.
	pub fn interrupted(&self) -> Failure {
		match self.sent.load(Ordering::Relaxed) {
			true => Failure::InterruptedWatching,
			false => Failure::Interrupted,
		}
	}

	/// The keys of who acts. A passphrase is asked for.
	fn open(&self) -> Result<Pair, Failure> {
		if let Some(pair) = self.pair.get() {
			return Ok(pair.clone());
		}
		let pair = self.open_pair()?;
		Ok(self.pair.get_or_init(|| pair).clone())
	}

	fn open_pair(&self) -> Result<Pair, Failure> {
		let named = self.named()?;
		if named.starts_with("//") {
			return Ok(keys::from_phrase(Scheme::Sr25519, named)?);
		}
		let store = self.store();
		let name = if store.has(named) {
			named.to_string()
		} else {
			let account = self.find_account(named)?;
			store.name_of(account)?.ok_or_else(|| keys::Error::NotHere(named.into()))?
		};
		let file = store.get(&name)?;
		let source = Source::from(self.options.passphrase_file.clone());
		let _asking = Asking::begin();
		let passphrase = keys::ask_passphrase(&source, &name)?;
		Ok(keys::open(&file, &passphrase)?)
	}

	/// Ask whether it is right to have the chain do something. Nobody is asked if nothing is sent.
	pub fn confirm(&self, question: &str) -> Result<(), Failure> {
		match self.options.dry_run || self.options.unsigned.is_some() {
			true => Ok(()),
			false => self.agree(question),
		}
	}

	/// Ask whether it is right to do something here and now. Who pipes has to say so beforehand.
	pub fn agree(&self, question: &str) -> Result<(), Failure> {
		if self.options.yes {
			return Ok(());
		}
		let stdin = std::io::stdin();
		if !stdin.is_terminal() {
			return Err(Failure::NotAgreed(
				"nobody can be asked whether that is right: say --yes beforehand",
			));
		}
		let mut err = anstream::stderr();
		write!(err, "{question} [y/N] ").and_then(|()| err.flush()).map_err(Failure::Output)?;
		let _asking = Asking::begin();
		let mut answer = String::new();
		stdin.lock().read_line(&mut answer).map_err(keys::Error::unanswered)?;
		match answer.trim() {
			"y" | "Y" | "yes" => Ok(()),
			_ => Err(Failure::NotAgreed("not agreed to: nothing was done")),
		}
	}
}
