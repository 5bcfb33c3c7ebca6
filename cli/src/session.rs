//! What a command has at hand: the chain, the account, and how to speak.

use crate::{
	chain::{number, Answer, Call, Chain, Endpoint, Included, Lifetime, Stage, State, Watch},
	config::{Config, Folders, Profile},
	interrupt::{self, Asking},
	keys::{self, Account, External, Pair, Scheme, Signer, Source, Store},
	output::{self, note, Format},
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
use tokio::{sync::OnceCell, time::timeout};

/// The chain of who says nothing of it: a node on this machine.
const HERE: &str = "ws://127.0.0.1:9944";

/// What every command can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Options {
	/// The profile to work with
	#[arg(long, global = true, env = "GRID_PROFILE", value_name = "NAME")]
	pub profile: Option<String>,
	/// The chain: ws:// or wss:// of a node, or the file of a chain specification for a light client
	#[arg(long, global = true, env = "GRID_CHAIN", value_name = "URL|FILE")]
	pub chain: Option<Endpoint>,
	/// Who acts: the name of a key, an address, or //Alice on chains for development
	#[arg(long, global = true, env = "GRID_ACCOUNT", value_name = "WHO")]
	pub account: Option<String>,
	/// The program that signs, if the key is elsewhere: it gets hex digits, and says a signature
	#[arg(long, global = true, env = "GRID_SIGNER", value_name = "COMMAND")]
	pub signer: Option<String>,
	/// How results are written
	#[arg(long, short, global = true, value_enum, default_value_t, env = "GRID_OUTPUT")]
	pub output: Format,
	/// Show what would be done, what it costs and what the chain would answer, but do nothing
	#[arg(long, global = true)]
	pub dry_run: bool,
	/// Write the transaction to a file instead of signing it
	#[arg(long, global = true, value_name = "FILE", conflicts_with = "dry_run")]
	pub unsigned: Option<PathBuf>,
	/// Act by an office that the account has: as a member of the council, or with the key of sudo
	#[arg(long, global = true, value_enum, value_name = "OFFICE")]
	pub by: Option<Office>,
	/// Do not ask whether it is right
	#[arg(long, short, global = true)]
	pub yes: bool,
	/// Say nothing but the result
	#[arg(long, short, global = true)]
	pub quiet: bool,
	/// The file that has the passphrase of the key; - for what is piped in
	#[arg(long, global = true, env = "GRID_PASSPHRASE_FILE", value_name = "FILE")]
	pub passphrase_file: Option<PathBuf>,
	/// For how many seconds to wait for the chain and for nodes
	#[arg(long, global = true, default_value_t = 300, value_name = "SECONDS")]
	pub timeout: u64,
}

/// By what right somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Office {
	/// Propose it to the council, which decides with three fifths of its members.
	Council,
	/// As root, on chains for development.
	Sudo,
}

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

	/// Ask whether it is right. Who pipes has to say so beforehand.
	pub fn confirm(&self, question: &str) -> Result<(), Failure> {
		if self.options.yes || self.options.dry_run || self.options.unsigned.is_some() {
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
			_ => Err(Failure::NotAgreed("not agreed to: nothing was sent")),
		}
	}

	/// Have the chain do something. `None` if it was only tried, or written down.
	pub async fn send(&self, call: Call) -> Result<Option<Included>, Failure> {
		let call = self.by_office(call).await?;
		if let Some(file) = &self.options.unsigned {
			self.write_unsigned(&call, file).await?;
			return Ok(None);
		}
		let signer = self.signer()?;
		if self.options.dry_run {
			self.rehearse(&call, &signer).await?;
			return Ok(None);
		}
		let chain = self.chain().await?;
		let mut progress = Progress::new(self.options.quiet);
		let sent = {
			let send = chain.send(&call, &signer, Lifetime::default(), &mut progress);
			tokio::select! {
				biased;
				() = interrupt::heard() => None,
				sent = timeout(self.patience(), send) => Some(sent),
			}
		};
		let included = self.settle(sent, progress)?;
		if let Some(included) = included.as_ref().filter(|_| self.options.by.is_some()) {
			self.tell_motion(included);
		}
		Ok(included)
	}

	/// What the council was asked is answered by its number.
	fn tell_motion(&self, included: &Included) {
		let proposed = included.events.iter().find(|event| event.is("Council", "Proposed"));
		let motion = proposed.and_then(|event| event.fields["proposal_hash"].as_str());
		if let Some(motion) = motion {
			self.note(format!(
				"the council is asked: its members answer with `grid council vote {motion} yes`"
			));
		}
	}

	async fn by_office(&self, call: Call) -> Result<Call, Failure> {
		match self.options.by {
			None => Ok(call),
			Some(Office::Sudo) => Ok(Call::new("Sudo", "sudo").with("call", call.into_value())),
			Some(Office::Council) => {
				let state = self.state().await?;
				let members: Vec<Account> =
					state.read("Council", "Members", ()).await?.unwrap_or_default();
				let threshold = (members.len() * 3).div_ceil(5).max(1);
				let length = state.encode(&call)?.len();
				Ok(Call::new("Council", "propose")
					.with("threshold", number(threshold as u128))
					.with("proposal", call.into_value())
					.with("length_bound", number(length as u128)))
			},
		}
	}

	/// Send what was signed elsewhere.
	pub async fn send_signed(&self, bytes: Vec<u8>, until: u64) -> Result<Included, Failure> {
		let chain = self.chain().await?;
		let mut progress = Progress::new(self.options.quiet);
		let sent = {
			let send = chain.send_signed(bytes, until, &mut progress);
			tokio::select! {
				biased;
				() = interrupt::heard() => None,
				sent = timeout(self.patience(), send) => Some(sent),
			}
		};
		self.settle(sent, progress)?.ok_or(Failure::Interrupted)
	}

	fn settle<T>(
		&self,
		sent: Option<Result<Result<T, crate::chain::Error>, tokio::time::error::Elapsed>>,
		progress: Progress,
	) -> Result<Option<T>, Failure> {
		self.sent.fetch_or(progress.sent.is_some(), Ordering::Relaxed);
		match (sent, progress.sent) {
			(Some(Ok(included)), _) => Ok(Some(included?)),
			(Some(Err(_)), Some((hash, until))) => Err(Failure::TimedOut(format!(
				"transaction {hash} is not final after {} s; it may be included up to block \
				 {until}, and `grid tx find {hash}` tells what became of it",
				self.options.timeout
			))),
			(Some(Err(_)), None) => Err(Failure::TimedOut(format!(
				"the chain did not answer within {} s: nothing was sent",
				self.options.timeout
			))),
			(None, Some((hash, until))) => Err(Failure::InterruptedUnderWay { hash, until }),
			(None, None) => Err(Failure::Interrupted),
		}
	}

	async fn write_unsigned(&self, call: &Call, file: &PathBuf) -> Result<(), Failure> {
		let unsigned = self.chain().await?.unsigned(call, self.account()?).await?;
		let text = serde_json::to_string_pretty(&unsigned)
			.map_err(|error| Failure::Input(error.to_string()))?;
		std::fs::write(file, text + "\n").map_err(Failure::file(file))?;
		self.note(format!("written to {}: sign it with `grid tx sign`", file.display()));
		Ok(())
	}

	async fn rehearse(&self, call: &Call, signer: &Signer) -> Result<(), Failure> {
		let trial = self.chain().await?.try_out(call, signer).await?;
		let answer = match &trial.answer {
			Answer::Done => "would do it".to_string(),
			Answer::Refused(refusal) => format!("would refuse: {refusal}"),
			Answer::Valid => "would take it; this endpoint does not try it out".to_string(),
		};
		let result = serde_json::json!({
			"signer": signer.account(),
			"call": trial.call,
			"fee": trial.fee.to_string(),
			"answer": answer,
		});
		self.output().write(&result, || {
			let call = output::yaml(&trial.call).unwrap_or_default();
			let fee = output::tokens(trial.fee);
			format!("{call}signer: {}\nfee: {fee}\nThe chain {answer}.", signer.account())
		})?;
		match trial.answer {
			Answer::Refused(refusal) => Err(crate::chain::Error::Refused(refusal).into()),
			_ => Ok(()),
		}
	}
}

/// Tells how far a transaction has come, and remembers that it was sent.
struct Progress {
	quiet: bool,
	sent: Option<(String, u64)>,
}

impl Progress {
	fn new(quiet: bool) -> Self {
		Self { quiet, sent: None }
	}
}

impl Watch for Progress {
	fn reached(&mut self, stage: &Stage) {
		let text = match stage {
			Stage::Sending { hash, until } => {
				self.sent = Some((hash.clone(), *until));
				return;
			},
			Stage::Submitted { hash } => format!("submitted {hash}"),
			Stage::InBlock => "in a block".into(),
			Stage::Retracted => "in no block again: waiting for another".into(),
			Stage::Finalized => "finalized".into(),
		};
		if !self.quiet {
			note(&format!("… {text}"));
		}
	}
}
