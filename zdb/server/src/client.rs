//! A client: what the server uses to copy from another one.

use crate::{net::Address, resp};
use std::{
	io::{self, BufRead, BufReader, Read, Write},
	net::TcpStream,
	os::unix::net::UnixStream,
	time::Duration,
};
use thiserror::Error;

/// Replies nest no deeper than this.
const DEPTH: usize = 8;
/// Arrays and strings are no longer than this.
const LONGEST: i64 = 512 << 20;

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
	/// A short text.
	Simple(String),
	/// It could not be done.
	Error(String),
	/// A number.
	Integer(i64),
	/// A string of bytes.
	Bulk(Vec<u8>),
	/// No value.
	Nil,
	/// Several.
	Array(Vec<Reply>),
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ClientError {
	/// The connection failed.
	#[error("the connection to {address} failed: {source}")]
	Io {
		/// To where.
		address: Address,
		/// Why.
		source: io::Error,
	},
	/// The answer is none of the protocol.
	#[error("{0} does not speak RESP2: is it the right port?")]
	Foreign(Address),
	/// The answer was an error.
	#[error("{address} refused {command}: {text}")]
	Refused {
		/// Who.
		address: Address,
		/// What it was asked.
		command: String,
		/// What it said.
		text: String,
	},
}

trait Stream: Read + Write + Send {
	fn writer(&self) -> io::Result<Box<dyn Write + Send>>;
}

impl Stream for TcpStream {
	fn writer(&self) -> io::Result<Box<dyn Write + Send>> {
		Ok(Box::new(self.try_clone()?))
	}
}

impl Stream for UnixStream {
	fn writer(&self) -> io::Result<Box<dyn Write + Send>> {
		Ok(Box::new(self.try_clone()?))
	}
}

/// A connection to a server.
pub struct Client {
	address: Address,
	stream: BufReader<Box<dyn Stream>>,
	unsent: Vec<u8>,
}

impl Client {
	/// Connect to `address`; no answer may take longer than `patience`.
	pub fn connect(address: &Address, patience: Duration) -> Result<Self, ClientError> {
		let connect = || -> io::Result<Box<dyn Stream>> {
			match address {
				Address::Tcp(to) => {
					let stream = TcpStream::connect_timeout(to, patience)?;
					stream.set_nodelay(true)?;
					stream.set_read_timeout(Some(patience))?;
					stream.set_write_timeout(Some(patience))?;
					Ok(Box::new(stream))
				},
				Address::Unix(path) => {
					let stream = UnixStream::connect(path)?;
					stream.set_read_timeout(Some(patience))?;
					stream.set_write_timeout(Some(patience))?;
					Ok(Box::new(stream))
				},
			}
		};
		let stream =
			connect().map_err(|source| ClientError::Io { address: address.clone(), source })?;
		let stream = BufReader::with_capacity(64 << 10, stream);
		Ok(Self { address: address.clone(), stream, unsent: Vec::new() })
	}

	/// Add a command to those that are sent together.
	pub fn queue<A: AsRef<[u8]>>(&mut self, command: &[A]) {
		resp::array(&mut self.unsent, command.len());
		for argument in command {
			resp::bulk(&mut self.unsent, argument.as_ref());
		}
	}

	/// Send the commands that were added.
	pub fn send(&mut self) -> Result<(), ClientError> {
		let sent = self.stream.get_mut().write_all(&self.unsent);
		self.unsent.clear();
		sent.map_err(|source| self.failed(source))
	}

	/// The next answer.
	pub fn receive(&mut self) -> Result<Reply, ClientError> {
		self.reply(DEPTH)
	}

	/// Send a command, and wait for the answer.
	pub fn call<A: AsRef<[u8]>>(&mut self, command: &[A]) -> Result<Reply, ClientError> {
		self.queue(command);
		self.send()?;
		self.receive()
	}

	/// The same, where an error is one.
	pub fn ask<A: AsRef<[u8]>>(&mut self, command: &[A]) -> Result<Reply, ClientError> {
		match self.call(command)? {
			Reply::Error(text) => Err(ClientError::Refused {
				address: self.address.clone(),
				command: command
					.first()
					.map(|name| String::from_utf8_lossy(name.as_ref()).into_owned())
					.unwrap_or_default(),
				text,
			}),
			reply => Ok(reply),
		}
	}

	/// The writing side of the connection, for who writes while another reads.
	pub fn writer(&self) -> io::Result<Box<dyn Write + Send>> {
		self.stream.get_ref().writer()
	}

	/// An answer that makes no sense for what was asked.
	pub fn foreign(&self) -> ClientError {
		ClientError::Foreign(self.address.clone())
	}

	fn failed(&self, source: io::Error) -> ClientError {
		ClientError::Io { address: self.address.clone(), source }
	}

	fn reply(&mut self, depth: usize) -> Result<Reply, ClientError> {
		let mut line = Vec::new();
		let mut limited = (&mut self.stream).take(resp::MAX_LINE as u64);
		limited.read_until(b'\n', &mut line).map_err(|source| self.failed(source))?;
		if line.is_empty() {
			return Err(self.failed(io::ErrorKind::UnexpectedEof.into()));
		}
		let Some(body) = line.strip_suffix(b"\r\n").filter(|body| !body.is_empty()) else {
			return Err(self.foreign());
		};
		let text = || String::from_utf8_lossy(&body[1..]).into_owned();
		let number = || resp::parse_integer(&body[1..]).filter(|number| *number <= LONGEST);
		match body[0] {
			b'+' => Ok(Reply::Simple(text())),
			b'-' => Ok(Reply::Error(text())),
			b':' => resp::parse_integer(&body[1..]).map(Reply::Integer).ok_or(self.foreign()),
			b'$' => match number().ok_or(self.foreign())? {
				length if length < 0 => Ok(Reply::Nil),
				length => {
					let mut bytes = vec![0; length as usize + 2];
					self.stream.read_exact(&mut bytes).map_err(|source| self.failed(source))?;
					bytes.truncate(length as usize);
					Ok(Reply::Bulk(bytes))
				},
			},
			b'*' if depth > 0 => match number().ok_or(self.foreign())? {
				length if length < 0 => Ok(Reply::Nil),
				length => (0..length)
					.map(|_| self.reply(depth - 1))
					.collect::<Result<_, _>>()
					.map(Reply::Array),
			},
			_ => Err(self.foreign()),
		}
	}
}

impl Reply {
	/// The bytes of a string.
	pub fn bulk(self) -> Option<Vec<u8>> {
		match self {
			Self::Bulk(bytes) => Some(bytes),
			_ => None,
		}
	}

	/// The elements of an array.
	pub fn array(self) -> Option<Vec<Reply>> {
		match self {
			Self::Array(replies) => Some(replies),
			_ => None,
		}
	}
}
