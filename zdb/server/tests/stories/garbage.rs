//! A gibibyte of nonsense.

use crate::world::{open, Server, Talk};
use std::{
	io::{Read, Write},
	net::TcpStream,
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::{Duration, Instant},
};

const GIBI: usize = 1 << 30;
const MEBI: u64 = 1 << 20;

/// Send `piece` over and over, a gibibyte in all, reading answers only when `reads`; a new
/// connection whenever the server has had enough. Others are to be served all the while.
fn pour(server: &Server, piece: &[u8], reads: bool) {
	let before = server.resident();
	let done = AtomicBool::new(false);
	let (mut slowest, mut most) = (Duration::ZERO, before);
	thread::scope(|scope| {
		scope.spawn(|| {
			let mut sent = 0;
			while sent < GIBI {
				let mut stream = TcpStream::connect(server.address).unwrap();
				let reader = stream.try_clone().unwrap();
				if reads {
					scope.spawn(|| drop(std::io::copy(&mut { reader }, &mut std::io::sink())));
				}
				stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
				while sent < GIBI {
					// Who is not heard any more has sent nonsense for nothing: that is an end too.
					sent += piece.len();
					if stream.write_all(piece).is_err() {
						break;
					}
				}
				drop(stream.shutdown(std::net::Shutdown::Both));
				if !reads {
					sent += GIBI / 16;
				}
			}
			done.store(true, Ordering::Release);
		});
		let mut client = server.client();
		while !done.load(Ordering::Acquire) {
			let start = Instant::now();
			assert_eq!(client.say("PING"), "PONG");
			slowest = slowest.max(start.elapsed());
			most = most.max(server.resident());
			thread::sleep(Duration::from_millis(5));
		}
	});
	let grown = most - before;
	assert!(grown < 100 * MEBI, "the server grew by {grown} bytes");
	assert!(slowest < Duration::from_secs(10), "someone waited for {slowest:?}");
}

#[test]
fn small_commands_without_end() {
	let server = open();
	pour(&server, &b"PING\r\n".repeat(10_000), true);
	pour(&server, &b"PING\r\n".repeat(10_000), false);
	assert!(server.log().lines().all(|line| !line.contains("ERROR")), "{}", server.log());
}

#[test]
fn unknown_commands_without_end() {
	pour(&open(), &b"*2\r\n$7\r\nNONSENS\r\n$3\r\nabc\r\n".repeat(3_000), true);
}

#[test]
fn bytes_that_are_no_protocol() {
	let noise: Vec<u8> = (0..100_000u64)
		.map(|place| (place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as u8)
		.collect();
	pour(&open(), &noise, true);
}

#[test]
fn a_command_that_never_ends() {
	let server = open();
	let before = server.resident();
	let mut streams = Vec::new();
	for _ in 0..500 {
		let mut stream = TcpStream::connect(server.address).unwrap();
		stream.write_all(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$8388608\r\nbeginning").unwrap();
		streams.push(stream);
	}
	let mut client = server.client();
	crate::world::eventually("all are heard", || {
		client.say("INFO").contains("connected_clients:501\\r")
	});
	let grown = server.resident().saturating_sub(before);
	assert!(grown < 64 * MEBI, "what was announced took {grown} bytes");
}

#[test]
fn nonsense_is_answered_once_and_the_connection_closed() {
	let server = open();
	for (sent, answer) in [
		("*1\r\n$9999999\r\n", "-Payload too big\r\n"),
		("*1\r\n:1\r\n", "-Malformed request, string expected\r\n"),
		("*x\r\n", "-Malformed request, array expected\r\n"),
		(
			"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
			"-Unexpected arguments\r\n-Malformed request, array expected\r\n",
		),
		("\u{16}\u{3}\u{1}\r\n", "-Malformed request, array expected\r\n"),
	] {
		let mut stream = TcpStream::connect(server.address).unwrap();
		stream.set_read_timeout(Some(crate::world::PATIENCE)).unwrap();
		stream.write_all(sent.as_bytes()).unwrap();
		let mut said = String::new();
		stream.read_to_string(&mut said).unwrap();
		assert_eq!(said, answer, "{sent:?}");
	}
}
