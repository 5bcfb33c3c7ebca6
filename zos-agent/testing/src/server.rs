use std::{
	io::{BufRead, BufReader, Write},
	net::{Shutdown, TcpListener, TcpStream},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread::{self, JoinHandle},
};

/// What somebody asks.
#[derive(Clone, Debug)]
pub struct Request {
	/// For what.
	pub path: String,
	/// How: names are in small letters.
	pub headers: Vec<(String, String)>,
}

impl Request {
	/// What a header says.
	pub fn header(&self, name: &str) -> Option<&str> {
		self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
	}

	/// The byte from which on it is asked for.
	pub fn from(&self) -> usize {
		let range = self.header("range").and_then(|it| it.strip_prefix("bytes="));
		let start = range.and_then(|it| it.split('-').next());
		start.and_then(|it| it.parse().ok()).unwrap_or(0)
	}
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
	/// The number of the status.
	pub status: u16,
	/// Headers, but for the length.
	pub headers: Vec<(String, String)>,
	/// The bytes that are sent.
	pub body: Vec<u8>,
	/// The bytes that are promised, if that is another number.
	pub promised: Option<u64>,
	/// Send the body again and again until nobody listens.
	pub endless: bool,
}

impl Answer {
	/// Bytes.
	pub fn of(body: impl Into<Vec<u8>>) -> Self {
		let body = body.into();
		Self { status: 200, headers: Vec::new(), body, promised: None, endless: false }
	}

	/// Nothing but a status.
	pub fn status(status: u16) -> Self {
		Self { status, ..Self::of([]) }
	}

	/// With this header too.
	pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
		self.headers.push((name.into(), value.into()));
		self
	}
}

/// An HTTP server on the loopback that answers what it is told to.
pub struct Server {
	address: String,
	stop: Arc<AtomicBool>,
	thread: Option<JoinHandle<()>>,
}

impl Server {
	/// Answer like this.
	pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
		let address = listener.local_addr().expect("it listens").to_string();
		let stop = Arc::new(AtomicBool::new(false));
		let stopped = stop.clone();
		let answer = Arc::new(answer);
		let thread = thread::spawn(move || {
			for stream in listener.incoming().map_while(Result::ok) {
				if stopped.load(Ordering::SeqCst) {
					break;
				}
				let answer = answer.clone();
				// Who asks may go away in the middle.
				thread::spawn(move || drop(serve(stream, &*answer)));
			}
		});
		Self { address, stop, thread: Some(thread) }
	}

	/// Its address, as it begins a reference.
	pub fn address(&self) -> &str {
		&self.address
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		self.stop.store(true, Ordering::SeqCst);
		// So that it looks.
		let _ = TcpStream::connect(&self.address);
		if let Some(thread) = self.thread.take() {
			let _ = thread.join();
		}
	}
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Request) -> Answer) -> std::io::Result<()> {
	let mut lines = BufReader::new(stream.try_clone()?).lines();
	let first = lines.next().transpose()?.unwrap_or_default();
	let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
	let mut headers = Vec::new();
	for line in lines.by_ref() {
		let line = line?;
		let Some((name, value)) = line.split_once(':') else { break };
		headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
	}
	let Answer { status, headers, body, promised, endless } = answer(&Request { path, headers });
	let mut stream = stream;
	let mut head = format!("HTTP/1.1 {status} Answer\r\nConnection: close\r\n");
	for (name, value) in headers {
		head.push_str(&format!("{name}: {value}\r\n"));
	}
	if !endless {
		let length = promised.unwrap_or(body.len() as u64);
		head.push_str(&format!("Content-Length: {length}\r\n"));
	}
	stream.write_all(format!("{head}\r\n").as_bytes())?;
	stream.write_all(&body)?;
	if endless {
		loop {
			stream.write_all(&body)?;
		}
	}
	stream.shutdown(Shutdown::Both)
}
