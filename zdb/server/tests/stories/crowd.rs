//! Ten thousand clients that say nothing, and some that do.

use crate::world::{eventually, open, Builder, Talk};
use std::{
	io::{Read, Write},
	net::TcpStream,
};

const CROWD: usize = 10_000;

/// Both ends of a connection would be this process's and the server's: one file each.
fn have_files_for(clients: usize) {
	let room = rustix::process::getrlimit(rustix::process::Resource::Nofile);
	let maximum = room.maximum.unwrap_or(u64::MAX);
	assert!(maximum > clients as u64 + 1000, "the system allows {maximum} files only");
	let raised = rustix::process::Rlimit { current: room.maximum, maximum: room.maximum };
	rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
}

#[test]
fn ten_thousand_idle_clients_cost_little_and_hold_up_nobody() {
	have_files_for(CROWD);
	let server = open();
	let mut client = server.client();
	let before = server.resident();
	let crowd: Vec<_> = (0..CROWD).map(|_| TcpStream::connect(server.address).unwrap()).collect();
	eventually("all are in", || {
		client.say("INFO clients").contains(&format!("connected_clients:{}\\r", CROWD + 1))
	});
	let each = (server.resident() - before) / CROWD as u64;
	assert!(each < 4096, "an idle client takes {each} bytes");
	for number in 0..1000 {
		assert_eq!(client.say(&format!("SET key-{number} value")), format!("key-{number}"));
	}
	drop(crowd);
	eventually("all are gone", || client.say("INFO clients").contains("connected_clients:1\\r"));
}

#[test]
fn one_too_many_is_told_so() {
	let server = Builder::new().flag("--clients=3").start();
	let mut clients: Vec<_> = (0..3).map(|_| server.client()).collect();
	for client in &mut clients {
		assert_eq!(client.say("PING"), "PONG");
	}
	let mut said = String::new();
	TcpStream::connect(server.address).unwrap().read_to_string(&mut said).unwrap();
	assert_eq!(said, "-Too many clients, try again later\r\n");
	clients.pop();
	eventually("there is room again", || {
		let mut client = server.client();
		client.call(&["PING"]).is_ok_and(|reply| crate::world::show(&reply) == "PONG")
	});
}

#[test]
fn those_who_begin_commands_and_never_end_them_share_one_bound() {
	const MEBI: u64 = 1 << 20;
	have_files_for(CROWD);
	let server = Builder::new().flag("--buffers=16MiB").start();
	let mut client = server.client();
	assert_eq!(client.say("PING"), "PONG");
	let before = server.resident();
	for announced in ["*1\r\n$8388608\r\n", "*2\r\n$3\r\nGET\r\n$60000\r\n"] {
		let mut begun = announced.as_bytes().to_vec();
		begun.resize(if announced.starts_with("*1") { 240_000 } else { 15_000 }, b'x');
		let count = 64 * MEBI as usize / begun.len();
		let crowd: Vec<_> = (0..count)
			.map(|_| {
				let mut stream = TcpStream::connect(server.address).unwrap();
				// Some are cut before they have said all.
				let _ = stream.write_all(&begun);
				stream
			})
			.collect();
		eventually("who would hold too much is cut", || {
			let said = client.say("INFO");
			let at = said.find("connected_clients:").unwrap() + "connected_clients:".len();
			let left: usize = said[at..].split("\\r").next().unwrap().parse().unwrap();
			(left as u64) < 1 + count as u64 / 2
		});
		let grown = server.resident().saturating_sub(before);
		assert!(grown < 40 * MEBI, "{count} clients hold {grown} bytes of the server");
		// Others go on, also where a command comes in two pieces.
		let mut halved = TcpStream::connect(server.address).unwrap();
		halved.set_nodelay(true).unwrap();
		halved.write_all(b"*1\r\n$4\r\nPI").unwrap();
		assert_eq!(client.say("PING"), "PONG");
		halved.write_all(b"NG\r\n").unwrap();
		let mut answer = [0; 7];
		halved.read_exact(&mut answer).unwrap();
		assert_eq!(&answer, b"+PONG\r\n");
		drop(crowd);
	}
}
