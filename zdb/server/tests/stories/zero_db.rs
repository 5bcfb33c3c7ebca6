//! Moving away from a 0-db: one that is played here answers byte for byte as 0-db 2 does.

use crate::world::{run, zdb, Builder, Talk};
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	thread,
};
use zdb::resp::{Parser, Step};

/// A namespace of it: keys in the order they were written, `None` where one was deleted.
struct Space {
	name: &'static str,
	sequential: bool,
	password: Option<&'static str>,
	items: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

/// How many keys a walk tells at a time; nobody can foretell it with the real one.
const PAGE: usize = 7;

/// Its cursor: length of the key, file, length of the value, offset in the index, checksum.
fn cursor(place: usize, key: &[u8], value: &[u8]) -> Vec<u8> {
	let mut bytes = vec![key.len() as u8];
	for number in [0, value.len() as u32, place as u32, 0xC0FF_EE00 ^ place as u32] {
		bytes.extend(number.to_le_bytes());
	}
	bytes
}

fn bulk(bytes: &[u8]) -> Vec<u8> {
	[format!("${}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

impl Space {
	fn new(
		name: &'static str,
		sequential: bool,
		password: Option<&'static str>,
		count: u64,
	) -> Self {
		let items = (0..count).map(|number| {
			let key = match sequential {
				true => number.to_le_bytes().to_vec(),
				false => format!("key-{number}").into_bytes(),
			};
			let value = format!("value {number} of {name}\r\n").into_bytes();
			(key, (number % 5 != 3).then_some(value))
		});
		Self { name, sequential, password, items: items.collect() }
	}

	fn scan(&self, after: Option<&[u8]>) -> Vec<u8> {
		let alive = || {
			let items = self.items.iter().enumerate();
			items.filter_map(|(place, (key, value))| Some((place, key, value.as_ref()?)))
		};
		let at = |(place, key, value): &(usize, &Vec<u8>, &Vec<u8>)| cursor(*place, key, value);
		let start = match after {
			None => 0,
			Some(bytes) => match alive().position(|item| at(&item) == bytes) {
				Some(found) => found + 1,
				None => return b"-Invalid key format\r\n".to_vec(),
			},
		};
		let page: Vec<_> = alive().skip(start).take(PAGE).collect();
		let Some(last) = page.last() else { return b"-No more data\r\n".to_vec() };
		let mut reply = [&b"*2\r\n"[..], &bulk(&at(last))].concat();
		reply.extend(format!("*{}\r\n", page.len()).bytes());
		for (place, key, value) in page {
			reply.extend([&b"*3\r\n"[..], &bulk(key)].concat());
			reply.extend(format!(":{}\r\n:{}\r\n", value.len(), 1_600_000_000 + place).bytes());
		}
		reply
	}

	fn info(&self) -> String {
		let (mode, entries) = match self.sequential {
			true => ("sequential", self.items.len()),
			false => ("userkey", self.items.len()),
		};
		let protected = if self.password.is_some() { "yes" } else { "no" };
		format!(
			"# namespace\nname: {}\nentries: {entries}\npublic: no\nworm: no\nlocked: no\n\
			 password: {protected}\ndata_size_bytes: 1\ndata_limits_bytes: 5000000\n\
			 mode: {mode}\n",
			self.name
		)
	}
}

fn answer(spaces: &[Space], active: &mut usize, args: &[&[u8]]) -> Vec<u8> {
	let name = String::from_utf8_lossy(args[0]).into_owned();
	let named = |wanted: &[u8]| spaces.iter().position(|space| space.name.as_bytes() == wanted);
	match (name.as_str(), &args[1..]) {
		("INFO", []) => bulk(b"# server\nserver_name: 0-db (zdb)\nserver_revision: 2.0.7\n"),
		("NSLIST", []) => {
			let names = spaces.iter().flat_map(|space| bulk(space.name.as_bytes()));
			[format!("*{}\r\n", spaces.len()).into_bytes(), names.collect()].concat()
		},
		("NSINFO", [wanted]) => named(wanted).map_or_else(
			|| b"-Namespace not found\r\n".to_vec(),
			|place| bulk(spaces[place].info().as_bytes()),
		),
		("SELECT", [wanted, rest @ ..]) => match named(wanted) {
			None => b"-Namespace not found\r\n".to_vec(),
			Some(place) => match (spaces[place].password, rest) {
				(Some(_), []) => b"-Namespace protected and private\r\n".to_vec(),
				(Some(password), [said]) if password.as_bytes() != *said => {
					b"-Access denied\r\n".to_vec()
				},
				_ => {
					*active = place;
					b"+OK\r\n".to_vec()
				},
			},
		},
		("SCAN", []) => spaces[*active].scan(None),
		("SCAN", [after]) => spaces[*active].scan(Some(after)),
		("GET", [key]) => {
			let found = spaces[*active].items.iter().find(|(name, _)| name == key);
			let value = found.and_then(|(_, value)| value.as_ref());
			value.map_or_else(|| b"$-1\r\n".to_vec(), |value| bulk(value))
		},
		_ => b"-Command not supported\r\n".to_vec(),
	}
}

fn play(spaces: &[Space], mut stream: TcpStream) {
	let (mut parser, mut bytes, mut active) = (Parser::new(), Vec::new(), 0);
	let mut buffer = [0; 8192];
	while let Ok(read @ 1..) = stream.read(&mut buffer) {
		bytes.extend_from_slice(&buffer[..read]);
		while let Ok(Step::Command { length }) = parser.step(&bytes) {
			let args: Vec<&[u8]> = parser.args(&bytes).iter().collect();
			let reply = answer(spaces, &mut active, &args);
			parser.reset();
			bytes.drain(..length);
			if stream.write_all(&reply).is_err() {
				return;
			}
		}
	}
}

/// Where it is. It ends with the test.
fn zero_db() -> SocketAddr {
	let listener = TcpListener::bind("127.0.0.1:0").unwrap();
	let address = listener.local_addr().unwrap();
	thread::spawn(move || {
		let spaces = [
			Space::new("default", false, None, 1000),
			Space::new("log", true, None, 100),
			Space::new("private", false, Some("sesame"), 20),
			Space::new("empty", false, None, 0),
		];
		for stream in listener.incoming().flatten() {
			play(&spaces, stream);
		}
	});
	address
}

#[test]
fn all_of_it_is_copied() {
	let source = zero_db();
	let folder = tempfile::tempdir().unwrap();
	let password = folder.path().join("sesame");
	std::fs::write(&password, "sesame\n").unwrap();
	let said = run(zdb()
		.args(["import", &format!("--from={source}")])
		.arg(format!("--password-file={}", password.display()))
		.arg(format!("--data={}", folder.path().join("data").display())));
	assert_eq!(said, "896 values copied, 0 were there already, 0 could not be copied\n");

	let copy = Builder::on(folder.path()).flag("--open").start();
	let mut client = copy.client();
	assert_eq!(client.say("DBSIZE"), ":800");
	assert_eq!(client.say("GET key-999"), "value 999 of default\\r\\n");
	assert_eq!(client.say("KEYTIME key-999"), ":1600000999");
	assert_eq!(client.say("GET key-3"), "nil");
	client.fine("SELECT private");
	assert_eq!(client.say("DBSIZE"), ":16");
	client.fine("SELECT empty");
	assert_eq!(client.say("DBSIZE"), ":0");
	client.fine("SELECT log");
	assert_eq!(client.say("DBSIZE"), ":80");
	let value = client.call(&[b"GET", &99u64.to_le_bytes()[..]]).unwrap();
	assert_eq!(value.bulk().unwrap(), b"value 99 of log\r\n");
	let next = client.call(&["SET", "", "more"]).unwrap();
	assert_eq!(next.bulk().unwrap(), 100u64.to_le_bytes());
	let info = client.say("NSINFO log");
	assert!(info.contains("mode: sequential") && info.contains("data_limits_bytes: 5000000"));
}
