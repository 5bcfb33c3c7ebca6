//! The server is killed in the middle of its work.

use crate::world::{show, Builder};
use std::{
	collections::HashMap,
	thread,
	time::{Duration, Instant},
};
use zdb::client::Client;

const WRITERS: usize = 8;
const BATCH: usize = 16;
const KEYS: usize = 1000;

/// Write until the server is gone. Of each key, the number that was acknowledged last, and the
/// one that was sent last.
fn write(mut client: Client, writer: usize) -> HashMap<String, (u64, u64)> {
	let mut written = HashMap::new();
	for batch in 0u64.. {
		let numbers: Vec<u64> =
			(0..BATCH as u64).map(|place| batch * BATCH as u64 + place).collect();
		let key = |number: u64| format!("{writer}-{}", number as usize % KEYS);
		for number in &numbers {
			let value = format!("{number}-{}", "x".repeat(*number as usize % 300));
			client.queue(&["SET", &key(*number), &value]);
			written.entry(key(*number)).or_insert((0, 0)).1 = number + 1;
		}
		if client.send().is_err() {
			break;
		}
		for number in &numbers {
			match client.receive() {
				Ok(reply) => assert_eq!(show(&reply), key(*number)),
				Err(_) => return written,
			}
			written.entry(key(*number)).and_modify(|one| one.0 = number + 1);
		}
	}
	written
}

#[test]
fn what_was_acknowledged_is_there() {
	let flags = ["--sync=always", "--segment=4MiB"];
	let mut server = flags.iter().fold(Builder::new(), |builder, flag| builder.flag(*flag)).start();
	for round in 0..4 {
		let clients: Vec<_> = (0..WRITERS).map(|_| server.client()).collect();
		let writers: Vec<_> = clients
			.into_iter()
			.enumerate()
			.map(|(writer, client)| thread::spawn(move || write(client, round * WRITERS + writer)))
			.collect();
		let start = Instant::now();
		while start.elapsed() < Duration::from_millis(700 + round as u64 * 300) {
			thread::sleep(Duration::from_millis(10));
		}
		server = server.again(false, &flags);
		let mut client = server.client();
		let mut checked = 0;
		for writer in writers {
			for (key, (acknowledged, sent)) in writer.join().unwrap() {
				let value = client.call(&["GET", &key]).unwrap().bulk();
				let number = value.map_or(0, |value| {
					let text = String::from_utf8(value).unwrap();
					let (number, rest) = text.split_once('-').unwrap();
					let number: u64 = number.parse().unwrap();
					assert_eq!(rest, "x".repeat(number as usize % 300), "whole values only");
					number + 1
				});
				assert!(
					(acknowledged..=sent).contains(&number),
					"{key}: {number} is there, {acknowledged} was acknowledged, {sent} sent"
				);
				checked += 1;
			}
		}
		assert!(checked > 100, "the writers had written when it was killed: {checked}");
	}
}
