use super::Frame;
use crate::{
	client::{Client, ClientError, Reply},
	net::Address,
};
use rustix::event::{eventfd, EventfdFlags};
use std::{
	io::{self, Write},
	os::fd::{AsFd, BorrowedFd, OwnedFd},
	sync::{
		atomic::{AtomicBool, Ordering},
		mpsc::{self, Receiver, Sender, SyncSender},
		Arc,
	},
	thread,
	time::Duration,
};
use thiserror::Error;
use zdb_store::{
	replication::{Joined, LogPosition, Tip},
	Identity, NamespaceId,
};

/// For how long a master may say nothing: it says that it is there each second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long until the next try.
const PAUSE: Duration = Duration::from_millis(500);
/// How much news may wait to be taken.
const NEWS: usize = 8;

/// How a master is reached.
#[derive(Clone, Debug)]
pub struct LinkOptions {
	/// Where.
	pub master: Address,
	/// Its administrator's password.
	pub password: Option<String>,
}

/// Why a replica cannot follow.
#[derive(Debug, Error)]
pub enum LinkError {
	/// It cannot be reached, or it refused.
	#[error(transparent)]
	Client(#[from] ClientError),
	/// It is the master of another store.
	#[error("the master's store is another one than that in our folder: give the replica an empty folder")]
	Stranger,
	/// The connection failed.
	#[error("the connection to the master failed: {0}")]
	Io(#[from] io::Error),
	/// What it said could not be used.
	#[error("what the master sent could not be applied")]
	Again,
	/// The server is ending, or was promoted.
	#[error("nobody follows any more")]
	Over,
}

/// What the threads tell the one that owns the store.
pub enum News {
	/// A connection begins: where does our log end, and when did it join last?
	Tip(Sender<(Tip, Option<Joined>)>),
	/// The connection stands; words go here. This is when we joined.
	Connected(Sender<Word>, Option<Joined>),
	/// The master said something.
	Frame(Frame),
	/// The connection is no more.
	Cut(LinkError),
}

/// What a replica tells its master.
#[derive(Clone, Debug)]
pub enum Word {
	/// What it has, as safely as it keeps things.
	Ack(LogPosition),
	/// A key whose record is damaged here.
	Want(NamespaceId, Vec<u8>),
	/// A record that the master asked for.
	Give(Vec<u8>),
}

/// A replica's connection to its master, made again whenever it is cut.
pub struct Link {
	news: Receiver<News>,
	waker: Arc<OwnedFd>,
	over: Arc<AtomicBool>,
	again: Arc<AtomicBool>,
}

/// The identity of the store that `options` lead to.
pub fn identity(options: &LinkOptions) -> Result<Identity, LinkError> {
	let mut client = connect(options)?;
	ask_identity(&mut client)
}

impl Link {
	/// Follow the master of the store `own`.
	pub fn start(options: LinkOptions, own: Identity) -> io::Result<Self> {
		let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
		let (over, again) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
		let (sender, news) = mpsc::sync_channel(NEWS);
		let follower = Follower {
			options,
			own,
			sender,
			waker: waker.clone(),
			over: over.clone(),
			again: again.clone(),
		};
		thread::Builder::new().name("follow".into()).spawn(move || follower.run())?;
		Ok(Self { news, waker, over, again })
	}

	/// Make a new connection: what this one says does not fit.
	pub fn begin_again(&self) {
		self.again.store(true, Ordering::Release);
	}

	/// What can be waited for: there is news.
	pub fn waker(&self) -> BorrowedFd<'_> {
		self.waker.as_fd()
	}

	/// The next news, if there is any.
	pub fn next(&self) -> Option<News> {
		self.news.try_recv().ok()
	}

	/// No longer wake anyone for the news so far.
	pub fn rest(&self) {
		// Nothing to be read means that nobody woke.
		let _ = rustix::io::read(&*self.waker, &mut [0; 8]);
	}
}

impl Drop for Link {
	fn drop(&mut self) {
		self.over.store(true, Ordering::Release);
	}
}

struct Follower {
	options: LinkOptions,
	own: Identity,
	sender: SyncSender<News>,
	waker: Arc<OwnedFd>,
	over: Arc<AtomicBool>,
	again: Arc<AtomicBool>,
}

impl Follower {
	fn run(self) {
		while !self.over.load(Ordering::Acquire) {
			match self.follow() {
				Ok(never) => match never {},
				Err(LinkError::Over) => return,
				Err(error) => {
					if self.tell(News::Cut(error)).is_err() {
						return;
					}
					thread::sleep(PAUSE);
				},
			}
		}
	}

	fn tell(&self, news: News) -> Result<(), LinkError> {
		self.sender.send(news).map_err(|_| LinkError::Over)?;
		rustix::io::write(&*self.waker, &1u64.to_ne_bytes()).map_err(io::Error::from)?;
		Ok(())
	}

	fn follow(&self) -> Result<std::convert::Infallible, LinkError> {
		let mut client = connect(&self.options)?;
		if ask_identity(&mut client)? != self.own {
			return Err(LinkError::Stranger);
		}
		let (answer, tip) = mpsc::channel();
		self.tell(News::Tip(answer))?;
		let (tip, joined) = tip.recv().map_err(|_| LinkError::Over)?;
		let mut command = vec!["REPLICATE".into(), "FROM".into(), tip.end.to_number().to_string()];
		if let Some((position, sum)) = tip.last {
			command.extend([position.to_number().to_string(), sum.to_string()]);
		}
		command.extend(joined.map(|joined| joined.to_string()));
		let joined = match client.ask(&command)? {
			Reply::Simple(text) => text.split_whitespace().nth(1).and_then(Joined::parse),
			_ => return Err(client.foreign().into()),
		};
		let (words, said) = mpsc::channel();
		let writer = client.writer()?;
		thread::Builder::new().name("acknowledge".into()).spawn(move || speak(&said, writer))?;
		self.tell(News::Connected(words, joined))?;
		loop {
			let frame = Frame::decode(client.receive()?).ok_or_else(|| client.foreign())?;
			self.tell(News::Frame(frame))?;
			if self.over.load(Ordering::Acquire) {
				return Err(LinkError::Over);
			}
			if self.again.swap(false, Ordering::AcqRel) {
				return Err(LinkError::Again);
			}
		}
	}
}

/// Say words to the master as they come; of acknowledgements that pile up only the last.
fn speak(said: &Receiver<Word>, mut writer: Box<dyn Write + Send>) {
	let mut bytes = Vec::new();
	while let Ok(first) = said.recv() {
		bytes.clear();
		let mut ack = None;
		for word in std::iter::once(first).chain(said.try_iter()) {
			match word {
				Word::Ack(position) => ack = Some(position),
				Word::Want(namespace, key) => {
					let namespace = namespace.0.to_string();
					command(&mut bytes, &[b"WANT", namespace.as_bytes(), &key]);
				},
				Word::Give(record) => command(&mut bytes, &[b"GIVE", &record]),
			}
		}
		if let Some(position) = ack {
			command(&mut bytes, &[b"ACK", position.to_number().to_string().as_bytes()]);
		}
		if writer.write_all(&bytes).is_err() {
			// The thread that reads finds out too, and makes a new connection.
			return;
		}
	}
}

fn command(bytes: &mut Vec<u8>, words: &[&[u8]]) {
	crate::resp::array(bytes, words.len() + 1);
	crate::resp::text(bytes, "REPLICATE");
	words.iter().for_each(|word| crate::resp::bulk(bytes, word));
}

fn connect(options: &LinkOptions) -> Result<Client, LinkError> {
	let mut client = Client::connect(&options.master, PATIENCE)?;
	if let Some(password) = &options.password {
		client.ask(&["AUTH", password])?;
	}
	Ok(client)
}

fn ask_identity(client: &mut Client) -> Result<Identity, LinkError> {
	let said = client.ask(&["REPLICATE", "IDENTITY"])?.bulk();
	let bytes = said.and_then(|hex| hex::decode(hex).ok()).and_then(|bytes| bytes.try_into().ok());
	Ok(Identity(bytes.ok_or_else(|| client.foreign())?))
}
