//! Who answers for names.

use super::{
	message::{complaint, Code, Question, Record, POINTER},
	zone::{Found, Zone},
};
use rustix::net::{sockopt, AddressFamily, SocketFlags, SocketType};
use std::{
	io::{self, Read, Write},
	net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
	sync::{
		atomic::{AtomicUsize, Ordering},
		mpsc::{sync_channel, Receiver, SyncSender, TrySendError},
		Arc, Mutex, PoisonError, RwLock,
	},
	thread,
	time::Duration,
};

const PORT: u16 = 53;
/// The longest question or answer.
const LONGEST: usize = 65_535;
/// How many ask others at the same time, and how many wait for that.
const ASKING: usize = 8;
const WAITING: usize = 256;
/// How many conversations there are at the same time.
const CONVERSATIONS: usize = 32;
/// How long others may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sockets where names are asked for, in the namespace of a network.
pub(crate) struct Resolver {
	datagrams: Vec<UdpSocket>,
	streams: Vec<TcpListener>,
}

/// Something to ask others.
struct Errand {
	question: Vec<u8>,
	servers: Arc<[SocketAddr]>,
	socket: Arc<UdpSocket>,
	from: SocketAddr,
}

/// What becomes of a question.
enum Verdict {
	Answer(Vec<u8>),
	Ask(Arc<[SocketAddr]>),
	Nothing,
}

type Names = Arc<RwLock<Zone>>;

impl Resolver {
	/// Opens them, in the namespace of this thread. The addresses may come later.
	pub(crate) fn open(addresses: &[IpAddr]) -> io::Result<Self> {
		let mut resolver = Self { datagrams: Vec::new(), streams: Vec::new() };
		for address in addresses {
			let at = SocketAddr::new(*address, PORT);
			resolver.datagrams.push(socket(SocketType::DGRAM, at)?.into());
			let listener = socket(SocketType::STREAM, at)?;
			rustix::net::listen(&listener, CONVERSATIONS as i32)?;
			resolver.streams.push(listener.into());
		}
		Ok(resolver)
	}

	/// Answers, on threads of its own.
	pub(crate) fn serve(self, zone: &Names) -> io::Result<()> {
		let (errands, waiting) = sync_channel(WAITING);
		let waiting = Arc::new(Mutex::new(waiting));
		for _ in 0..ASKING {
			let waiting = waiting.clone();
			thread::Builder::new().name("ask".into()).spawn(move || run_errands(&waiting))?;
		}
		for socket in self.datagrams {
			let (zone, errands) = (zone.clone(), errands.clone());
			let name = thread::Builder::new().name("names".into());
			name.spawn(move || answer_datagrams(&Arc::new(socket), &zone, &errands))?;
		}
		let conversations = Arc::new(AtomicUsize::new(0));
		for listener in self.streams {
			let (zone, conversations) = (zone.clone(), conversations.clone());
			let name = thread::Builder::new().name("names".into());
			name.spawn(move || answer_streams(&listener, &zone, &conversations))?;
		}
		Ok(())
	}
}

fn socket(kind: SocketType, at: SocketAddr) -> io::Result<std::os::fd::OwnedFd> {
	let family = if at.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
	let socket = rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
	sockopt::set_socket_reuseaddr(&socket, true)?;
	if at.is_ipv4() {
		sockopt::set_ip_freebind(&socket, true)?;
	} else {
		sockopt::set_ipv6_v6only(&socket, true)?;
		sockopt::set_ipv6_freebind(&socket, true)?;
	}
	rustix::net::bind(&socket, &at)?;
	Ok(socket)
}

fn judge(zone: &Names, message: &[u8]) -> Verdict {
	let question = match Question::read(message) {
		Ok(question) => question,
		Err(answer) => return answer.map_or(Verdict::Nothing, Verdict::Answer),
	};
	let zone = zone.read().unwrap_or_else(PoisonError::into_inner);
	if !question.is_of_internet() {
		return Verdict::Answer(question.answer(Code::Refused, &[]));
	}
	if question.kind == POINTER {
		if let Some(name) = zone.reverse(&question.name) {
			return Verdict::Answer(question.answer(Code::Fine, &[Record::Name(name.into())]));
		}
	}
	Verdict::Answer(match zone.find(&question.name) {
		Found::At(addresses) => question.answer(Code::Fine, &question.addresses(&addresses)),
		Found::Nobody => question.answer(Code::Nobody, &[]),
		Found::Refused => question.answer(Code::Refused, &[]),
		Found::Elsewhere(servers) => return Verdict::Ask(servers),
	})
}

fn answer_datagrams(socket: &Arc<UdpSocket>, zone: &Names, errands: &SyncSender<Errand>) {
	let mut room = vec![0; LONGEST];
	loop {
		let Ok((length, from)) = socket.recv_from(&mut room) else {
			thread::sleep(Duration::from_millis(10));
			continue;
		};
		let message = room.get(..length).unwrap_or_default();
		let answer = match judge(zone, message) {
			Verdict::Nothing => None,
			Verdict::Answer(answer) => Some(answer),
			Verdict::Ask(servers) => {
				let errand =
					Errand { question: message.to_vec(), servers, socket: socket.clone(), from };
				match errands.try_send(errand) {
					Ok(()) => None,
					Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
						complaint(message, Code::Failed)
					},
				}
			},
		};
		if let Some(answer) = answer {
			// Who does not hear it asks again.
			let _ = socket.send_to(&answer, from);
		}
	}
}

fn run_errands(waiting: &Mutex<Receiver<Errand>>) {
	loop {
		let errand = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
		let Ok(Errand { question, servers, socket, from }) = errand else { return };
		let answers = servers.iter().find_map(|server| ask(*server, &question).ok());
		if let Some(answer) = answers.or_else(|| complaint(&question, Code::Failed)) {
			let _ = socket.send_to(&answer, from);
		}
	}
}

/// Asks another server, from a port and under a number that nobody can guess.
fn ask(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
	let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
	let socket = UdpSocket::bind(any)?;
	socket.connect(server)?;
	socket.set_read_timeout(Some(PATIENCE))?;
	let number: [u8; 2] = rand::random();
	let mut asked = question.to_vec();
	let own = asked.first_chunk_mut::<2>().map(|at| std::mem::replace(at, number));
	socket.send(&asked)?;
	let mut room = vec![0; LONGEST];
	let deadline = std::time::Instant::now() + PATIENCE;
	while std::time::Instant::now() < deadline {
		let length = socket.recv(&mut room)?;
		let answer = room.get_mut(..length).unwrap_or_default();
		if let (Some(at), Some(own)) = (answer.first_chunk_mut::<2>(), own) {
			if *at == number {
				*at = own;
				return Ok(answer.to_vec());
			}
		}
	}
	Err(io::ErrorKind::TimedOut.into())
}

fn answer_streams(listener: &TcpListener, zone: &Names, conversations: &Arc<AtomicUsize>) {
	for stream in listener.incoming() {
		let Ok(stream) = stream else {
			thread::sleep(Duration::from_millis(10));
			continue;
		};
		if conversations.fetch_add(1, Ordering::Relaxed) < CONVERSATIONS {
			let (zone, held) = (zone.clone(), Conversation(conversations.clone()));
			let started = thread::Builder::new().name("names".into()).spawn(move || {
				let _held = held;
				if let Err(error) = converse(stream, &zone) {
					log::trace!("a conversation about names: {error}");
				}
			});
			if let Err(error) = started {
				log::debug!("no thread for a conversation: {error}");
			}
		} else {
			conversations.fetch_sub(1, Ordering::Relaxed);
		}
	}
}

/// One of the conversations that there are at the same time.
struct Conversation(Arc<AtomicUsize>);

impl Drop for Conversation {
	fn drop(&mut self) {
		self.0.fetch_sub(1, Ordering::Relaxed);
	}
}

fn converse(mut stream: TcpStream, zone: &Names) -> io::Result<()> {
	stream.set_read_timeout(Some(PATIENCE))?;
	stream.set_write_timeout(Some(PATIENCE))?;
	loop {
		let message = read_message(&mut stream)?;
		let answer = match judge(zone, &message) {
			Verdict::Nothing => return Ok(()),
			Verdict::Answer(answer) => answer,
			Verdict::Ask(servers) => {
				let answer = servers.iter().find_map(|it| ask_in_stream(*it, &message).ok());
				match answer.or_else(|| complaint(&message, Code::Failed)) {
					Some(answer) => answer,
					None => return Ok(()),
				}
			},
		};
		write_message(&mut stream, &answer)?;
	}
}

fn ask_in_stream(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
	let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
	stream.set_read_timeout(Some(PATIENCE))?;
	stream.set_write_timeout(Some(PATIENCE))?;
	write_message(&mut stream, question)?;
	read_message(&mut stream)
}

fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
	let mut length = [0; 2];
	stream.read_exact(&mut length)?;
	let mut message = vec![0; u16::from_be_bytes(length).into()];
	stream.read_exact(&mut message)?;
	Ok(message)
}

fn write_message(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
	let length = u16::try_from(message.len()).map_err(io::Error::other)?;
	stream.write_all(&[&length.to_be_bytes(), message].concat())
}
