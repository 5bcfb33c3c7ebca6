//! Many commands at once, in pieces of any size.

use crate::world::{open, show, PATIENCE};
use std::{
	io::{Read, Write},
	net::TcpStream,
	thread,
};
use zdb::resp::MAX_BULK;

const REQUESTS: &[u8] =
	b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\n\r\n*1\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n\
	PING\r\n*2\r\n$3\r\nDEL\r\n$1\r\nk\r\nget k\n";
const ANSWERS: &[u8] = b"$1\r\nk\r\n$6\r\n\r\n*1\r\n\r\n+PONG\r\n+OK\r\n$-1\r\n";

#[test]
fn the_answers_are_the_same_wherever_the_requests_are_cut() {
	let server = open();
	let mut stream = TcpStream::connect(server.address).unwrap();
	stream.set_nodelay(true).unwrap();
	stream.set_read_timeout(Some(PATIENCE)).unwrap();
	for cut in 0..=REQUESTS.len() {
		stream.write_all(&REQUESTS[..cut]).unwrap();
		// The server is to see the first piece by itself.
		thread::yield_now();
		stream.write_all(&REQUESTS[cut..]).unwrap();
		let mut answers = vec![0; ANSWERS.len()];
		stream.read_exact(&mut answers).unwrap();
		assert_eq!(answers.escape_ascii().to_string(), ANSWERS.escape_ascii().to_string());
	}
	for byte in REQUESTS {
		stream.write_all(&[*byte]).unwrap();
	}
	let mut answers = vec![0; ANSWERS.len()];
	stream.read_exact(&mut answers).unwrap();
	assert_eq!(answers, ANSWERS);
}

#[test]
fn a_hundred_thousand_commands_are_answered_in_order() {
	const MANY: usize = 100_000;
	let server = open();
	for mut client in [server.client(), server.client_by_socket()] {
		for number in 0..MANY {
			client.queue(&["ECHO", &number.to_string()]);
		}
		thread::scope(|scope| {
			// Reading and writing go on together: what is not read is not answered for ever.
			let mut reader = server.client();
			scope.spawn(move || reader.call(&["PING"]).unwrap());
			client.send().unwrap();
		});
		for number in 0..MANY {
			assert_eq!(show(&client.receive().unwrap()), number.to_string());
		}
	}
}

#[test]
fn values_of_all_sizes_come_back_as_they_were() {
	let server = open();
	let value = |length: usize| -> Vec<u8> {
		(0..length).map(|place| (place * 31 + length) as u8).collect()
	};
	let sizes = [0, 1, 63, 4096, 65_535, 65_536, 65_537, 262_143, 262_144, 1 << 20, MAX_BULK];
	for mut client in [server.client(), server.client_by_socket()] {
		for size in sizes {
			let key = size.to_string();
			client.call(&[b"DEL", key.as_bytes()]).unwrap();
			client.queue(&[b"SET", key.as_bytes(), &value(size)]);
			client.queue(&[b"GET", key.as_bytes()]);
			client.send().unwrap();
			assert_eq!(show(&client.receive().unwrap()), key);
			let got = client.receive().unwrap().bulk().unwrap();
			assert!(got == value(size), "{size} bytes");
		}
		let all = client.call(&["MGET", "65536", "1", "262144"]).unwrap().array().unwrap();
		let all: Vec<_> = all.into_iter().map(|reply| reply.bulk().unwrap().len()).collect();
		assert_eq!(all, [65_536, 1, 262_144]);
	}
}

#[test]
fn a_reply_that_would_be_too_big_is_refused() {
	let server = open();
	let mut client = server.client();
	client.call(&[b"SET".as_slice(), b"big", &vec![7; MAX_BULK]]).unwrap();
	let mut command = vec!["MGET"];
	command.extend(["big"; 100]);
	let said = show(&client.call(&command).unwrap());
	assert_eq!(said, "-Reply too big, ask for fewer keys at a time");
	assert_eq!(show(&client.call(&["PING"]).unwrap()), "PONG");
	assert!(server.resident() < 600 << 20, "{}", server.resident());
}

#[test]
fn what_was_asked_before_the_end_is_answered() {
	let server = open();
	let mut stream = TcpStream::connect(server.address).unwrap();
	stream.set_read_timeout(Some(PATIENCE)).unwrap();
	stream.write_all(b"PING\r\nQUIT\r\nPING\r\n").unwrap();
	let mut answers = String::new();
	stream.read_to_string(&mut answers).unwrap();
	assert_eq!(answers, "+PONG\r\n+OK\r\n");
	let mut stream = TcpStream::connect(server.address).unwrap();
	stream.set_read_timeout(Some(PATIENCE)).unwrap();
	stream.write_all(b"PING\r\n*1\r\n$4\r\nPI").unwrap();
	stream.shutdown(std::net::Shutdown::Write).unwrap();
	let mut answers = String::new();
	stream.read_to_string(&mut answers).unwrap();
	assert_eq!(answers, "+PONG\r\n");
}
