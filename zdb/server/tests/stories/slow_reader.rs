//! Clients that ask and do not listen.

use crate::world::{eventually, open, Builder, Talk, PATIENCE};
use std::{
	io::{ErrorKind, Read, Write},
	net::TcpStream,
	time::Duration,
};

const MEBI: usize = 1 << 20;

/// Ask for a value of a mebibyte as often as the server listens, at most `most` times.
fn ask(stream: &mut TcpStream, most: usize) -> usize {
	stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
	let request = b"*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n";
	for asked in 0..most {
		match stream.write_all(request) {
			Ok(()) => {},
			Err(error) if error.kind() == ErrorKind::WouldBlock => return asked,
			Err(error) => panic!("the server cut it: {error}"),
		}
	}
	most
}

#[test]
fn what_they_do_not_read_is_bounded_and_they_may_go_on() {
	let server = open();
	let mut client = server.client();
	client.call(&[b"SET".as_slice(), b"big", &vec![b'v'; MEBI]]).unwrap();
	let before = server.resident();
	let mut slow = TcpStream::connect(server.address).unwrap();
	let asked = ask(&mut slow, 2000);
	let grown = server.resident().saturating_sub(before) as usize;
	assert!(grown < 100 * MEBI, "{asked} answers of a mebibyte took {grown} bytes of memory");
	assert_eq!(client.say("PING"), "PONG", "others are served meanwhile");
	let mut answer = vec![0; MEBI + b"$1048576\r\n\r\n".len()];
	slow.set_read_timeout(Some(PATIENCE)).unwrap();
	for _ in 0..asked {
		slow.read_exact(&mut answer).unwrap();
		assert!(answer.starts_with(b"$1048576\r\nvvv") && answer.ends_with(b"v\r\n"));
	}
	eventually("the memory is given back", || {
		(server.resident().saturating_sub(before) as usize) < 64 * MEBI
	});
}

#[test]
fn many_of_them_share_one_bound() {
	let server = Builder::new().flag("--buffers=64MiB").start();
	let mut client = server.client();
	client.call(&[b"SET".as_slice(), b"big", &vec![b'v'; MEBI]]).unwrap();
	let before = server.resident();
	let crowd: Vec<_> = (0..100)
		.map(|_| {
			let mut slow = TcpStream::connect(server.address).unwrap();
			for _ in 0..32 {
				// Some are cut before they have said all.
				let _ = slow.write_all(b"*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n");
			}
			slow
		})
		.collect();
	eventually("who would hold too much is cut", || {
		client.say("INFO").contains("connected_clients:")
			&& !client.say("INFO").contains(&format!("connected_clients:{}\\r", crowd.len() + 1))
	});
	let grown = server.resident().saturating_sub(before) as usize;
	assert!(grown < 200 * MEBI, "100 clients hold {grown} bytes of the server");
	assert_eq!(client.say("PING"), "PONG");
	drop(crowd);
}

#[test]
fn who_reads_nothing_for_too_long_is_cut() {
	let server = Builder::new().flag("--unread-timeout=2").start();
	let mut client = server.client();
	client.call(&[b"SET".as_slice(), b"big", &vec![b'v'; MEBI]]).unwrap();
	let mut slow = TcpStream::connect(server.address).unwrap();
	slow.write_all(&b"GET big\r\n".repeat(32)).unwrap();
	eventually("it is cut", || server.log().contains("does not read"));
	eventually("and gone", || client.say("INFO").contains("connected_clients:1\\r"));
}

#[test]
fn who_says_nothing_for_too_long_is_cut_only_when_asked_for() {
	let server = Builder::new().flag("--idle-timeout=1").start();
	let mut silent = TcpStream::connect(server.address).unwrap();
	silent.set_read_timeout(Some(PATIENCE)).unwrap();
	assert_eq!(silent.read(&mut [0; 1]).unwrap(), 0);
	eventually("it is said why", || server.log().contains("it says nothing"));
}
