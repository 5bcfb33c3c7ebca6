//! Ten thousand clients that say nothing, and some that do.

use crate::world::{open, Builder, Talk};
use std::{io::Read, net::TcpStream};

const CROWD: usize = 10_000;

#[test]
fn ten_thousand_idle_clients_cost_little_and_hold_up_nobody() {
	// Both ends of a connection would be this process's and the server's: one file each.
	let room = rustix::process::getrlimit(rustix::process::Resource::Nofile);
	let maximum = room.maximum.unwrap_or(u64::MAX);
	assert!(maximum > CROWD as u64 + 1000, "the system allows {maximum} files only");
	let raised = rustix::process::Rlimit { current: room.maximum, maximum: room.maximum };
	rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();

	let server = open();
	let mut client = server.client();
	let before = server.resident();
	let crowd: Vec<_> = (0..CROWD).map(|_| TcpStream::connect(server.address).unwrap()).collect();
	crate::world::eventually("all are in", || {
		client.say("INFO clients").contains(&format!("connected_clients:{}\\r", CROWD + 1))
	});
	let each = (server.resident() - before) / CROWD as u64;
	assert!(each < 4096, "an idle client takes {each} bytes");
	for number in 0..1000 {
		assert_eq!(client.say(&format!("SET key-{number} value")), format!("key-{number}"));
	}
	drop(crowd);
	crate::world::eventually("all are gone", || {
		client.say("INFO clients").contains("connected_clients:1\\r")
	});
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
	crate::world::eventually("there is room again", || {
		let mut client = server.client();
		client.call(&["PING"]).is_ok_and(|reply| crate::world::show(&reply) == "PONG")
	});
}
