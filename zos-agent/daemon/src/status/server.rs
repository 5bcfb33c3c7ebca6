//! Questions and answers are a line of JSON each.

use super::{Status, View};
use serde::{Deserialize, Serialize};
use std::{
	fs, io,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};
use tokio::{
	io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
	net::{UnixListener, UnixStream},
	sync::Semaphore,
	task::spawn_blocking,
	time::timeout,
};
use zos_core::{
	ports::{Containers, LogFrom, LogStream},
	Key,
};

/// The name of the socket, in the folder of the agent.
pub const SOCKET: &str = "agent.sock";

/// The most bytes of a question.
const MOST_QUESTION: u64 = 4_096;
/// The most bytes of an answer.
const MOST_ANSWER: u64 = 64 << 20;
/// The most lines of a log in one answer.
pub(crate) const PAGE: usize = 200;
/// How many are answered at the same time.
const MOST_CALLERS: usize = 8;
/// Who asks has to do so soon.
const PATIENCE: Duration = Duration::from_secs(10);

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
	/// How it goes.
	Status,
	/// What a container printed: a page of it.
	Logs {
		/// The container, as in `12/web`.
		of: String,
		/// Where the page before ended: else it begins where the last lines do.
		after: Option<u64>,
		/// How many lines these are.
		tail: usize,
		/// None that is older, in milliseconds since 1970.
		since: u64,
	},
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
	/// How it goes.
	Status(Box<Status>),
	/// What a container printed: when in milliseconds since 1970, whether it complained, and what.
	Logs {
		/// The lines, oldest first.
		lines: Vec<(u64, bool, String)>,
		/// Where to go on reading.
		next: u64,
	},
	/// Why a container has not printed anything: it is about to be made.
	NotYet(String),
	/// Why a container will not print anything: there is none.
	Gone(String),
	/// Why there is no answer.
	Error(String),
}

/// Why nothing was answered.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
	/// Nobody listens.
	#[error("no agent answers at {}: is it running, with this folder, and are you root?", path.display())]
	Nobody {
		/// The socket.
		path: PathBuf,
		/// Why.
		#[source]
		source: io::Error,
	},
	/// The connection broke.
	#[error("the agent does not answer")]
	Broken(#[source] io::Error),
	/// The answer cannot be read.
	#[error("the agent answers in a way that is not known: is it another version?")]
	Unknown(#[source] serde_json::Error),
	/// The answer is that it cannot.
	#[error("{0}")]
	Refused(String),
}

/// Listen in a folder, for root alone, for ever.
pub async fn serve(
	folder: &Path,
	view: Arc<View>,
	containers: Arc<dyn Containers>,
) -> io::Result<()> {
	let path = folder.join(SOCKET);
	// It is of an agent that is gone: the ledger lets only one run.
	match fs::remove_file(&path) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
		_ => {},
	}
	let listener = UnixListener::bind(&path)?;
	fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
	let callers = Arc::new(Semaphore::new(MOST_CALLERS));
	loop {
		let Ok(place) = callers.clone().acquire_owned().await else { return Ok(()) };
		match listener.accept().await {
			Ok((stream, _)) => {
				let (view, containers) = (view.clone(), containers.clone());
				tokio::spawn(async move {
					match timeout(PATIENCE, answer(stream, &view, containers)).await {
						Ok(Ok(())) => {},
						Ok(Err(error)) => log::debug!("who asked went away: {error}"),
						Err(_) => log::debug!("who asked was too slow"),
					}
					drop(place);
				});
			},
			Err(error) => {
				log::warn!("nobody can ask how it goes: {error}");
				tokio::time::sleep(PATIENCE).await;
			},
		}
	}
}

/// The folder of the agent is closed to others, and so is the socket; and who asks is looked at.
fn is_trusted(stream: &UnixStream) -> bool {
	let own = rustix::process::geteuid().as_raw();
	stream.peer_cred().is_ok_and(|peer| peer.uid() == 0 || peer.uid() == own)
}

async fn answer(
	stream: UnixStream,
	view: &View,
	containers: Arc<dyn Containers>,
) -> io::Result<()> {
	if !is_trusted(&stream) {
		return Err(io::ErrorKind::PermissionDenied.into());
	}
	let (read, mut write) = stream.into_split();
	let mut line = String::new();
	BufReader::new(read.take(MOST_QUESTION)).read_line(&mut line).await?;
	let answer = match serde_json::from_str(&line) {
		Ok(Question::Status) => Answer::Status(Box::new(view.status())),
		Ok(Question::Logs { of, after, tail, since }) => {
			let last = LogFrom::Last { lines: tail, since };
			logs(&of, after.map_or(last, LogFrom::Position), view, containers).await
		},
		Err(error) => Answer::Error(format!("that is no question: {error}")),
	};
	let mut text = serde_json::to_vec(&answer)?;
	text.push(b'\n');
	write.write_all(&text).await?;
	write.shutdown().await
}

async fn logs(of: &str, from: LogFrom, view: &View, containers: Arc<dyn Containers>) -> Answer {
	let key: Key = match of.parse() {
		Ok(key) => key,
		Err(error) => return Answer::Error(format!("{of}: {error}")),
	};
	let asked = key.clone();
	match spawn_blocking(move || containers.logs(&asked, from, PAGE)).await {
		Ok(Ok(Some(page))) => {
			let lines = page.lines.into_iter();
			let lines = lines.map(|it| (it.at, it.stream == LogStream::Error, it.text)).collect();
			Answer::Logs { lines, next: page.next }
		},
		Ok(Ok(None)) => absent(&key, &view.status()),
		Ok(Err(error)) => Answer::Error(error.to_string()),
		Err(error) => Answer::Error(error.to_string()),
	}
}

/// Why a container is not on the machine.
fn absent(key: &Key, status: &Status) -> Answer {
	if status.generation.is_none() {
		return Answer::NotYet(format!("{key} is not here, and the chain is not heard yet"));
	}
	let contract = status.contracts.iter().find(|it| it.contract == key.contract);
	let workload = contract.and_then(|it| it.workloads.iter().find(|it| it.name == key.name()));
	match workload {
		None => Answer::Gone(format!("there is no {key} here")),
		Some(it) if it.kind != "container" => {
			Answer::Gone(format!("{key} is a {}, and only containers print", it.kind))
		},
		Some(it) if it.state == "stopped" => {
			Answer::Gone(format!("{key} is stopped: its contract is not to run now"))
		},
		Some(it) => Answer::NotYet(format!("{key} is {}: see `zos-agent status`", it.state)),
	}
}

/// Ask the agent that runs with a folder.
pub async fn ask(folder: &Path, question: &Question) -> Result<Answer, AskError> {
	let path = folder.join(SOCKET);
	let mut stream =
		UnixStream::connect(&path).await.map_err(|source| AskError::Nobody { path, source })?;
	let mut line = serde_json::to_vec(question).map_err(AskError::Unknown)?;
	line.push(b'\n');
	stream.write_all(&line).await.map_err(AskError::Broken)?;
	let mut text = Vec::new();
	stream.take(MOST_ANSWER).read_to_end(&mut text).await.map_err(AskError::Broken)?;
	match serde_json::from_slice(&text).map_err(AskError::Unknown)? {
		Answer::Error(why) => Err(AskError::Refused(why)),
		answer => Ok(answer),
	}
}
