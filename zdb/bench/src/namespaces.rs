use crate::{load::key, server::Server};
use anyhow::bail;
use std::{
	thread,
	time::{Duration, Instant},
};
use zdb::client::{Client, Reply};

/// How many namespaces there are, more than one machine has workloads.
const MANY: u64 = 20_000;
/// What each has.
const KEYS: u64 = 10;
/// How many commands are sent together.
const TOGETHER: u64 = 500;
const PATIENCE: Duration = Duration::from_secs(120);

fn name(number: u64) -> String {
	format!("tenant-{number:06}")
}

/// Gives many commands, all of which have to be done.
fn give(client: &mut Client, commands: impl Iterator<Item = Vec<String>>) -> anyhow::Result<()> {
	let mut waiting = 0;
	let mut commands = commands.peekable();
	while let Some(command) = commands.next() {
		client.queue(&command);
		waiting += 1;
		if waiting == TOGETHER || commands.peek().is_none() {
			client.send()?;
			for _ in 0..std::mem::take(&mut waiting) {
				if let Reply::Error(text) = client.receive()? {
					bail!("the server refused: {text}");
				}
			}
		}
	}
	Ok(())
}

fn words(words: &[&str]) -> Vec<String> {
	words.iter().map(|word| word.to_string()).collect()
}

pub(crate) fn run() -> anyhow::Result<()> {
	let server = Server::zdb(&["--segment=16MiB", "--cache=1MiB"])?;
	let mut client = server.client()?;
	// What a first use takes is not of namespaces.
	give(&mut client, (0..TOGETHER).map(|number| words(&["SET", &key(number), "value"])))?;
	let before = server.resident()?;
	let start = Instant::now();
	give(&mut client, (0..MANY).map(|number| words(&["NSNEW", &name(number)])))?;
	let rate = MANY as f64 / start.elapsed().as_secs_f64();
	let empty = (server.resident()? - before) as f64 / MANY as f64;
	let fill = (0..MANY).flat_map(|number| {
		let values = (0..KEYS).map(|place| words(&["SET", &key(place), &format!("{:064}", place)]));
		std::iter::once(words(&["SELECT", &name(number)])).chain(values)
	});
	give(&mut client, fill)?;
	let filled = (server.resident()? - before) as f64 / MANY as f64;
	println!("{MANY} namespaces made, {rate:.0} a second");
	println!("memory of each: {empty:.0} bytes empty, {filled:.0} bytes with {KEYS} keys");

	let (server, killed) = server.starts("-KILL")?;
	let (server, stopped) = server.starts("-TERM")?;
	println!("to the first answer: {stopped:.3} s after a stop, {killed:.3} s after a kill");

	let mut client = server.client()?;
	let before = server.used()?;
	let start = Instant::now();
	give(&mut client, (0..MANY).map(|number| words(&["NSDEL", &name(number)])))?;
	let rate = MANY as f64 / start.elapsed().as_secs_f64();
	let mut left = server.used()?;
	while left > before / 10 {
		if start.elapsed() > PATIENCE {
			bail!("{left} of {before} bytes are still there");
		}
		thread::sleep(Duration::from_millis(10));
		left = server.used()?;
	}
	let cleared = start.elapsed().as_secs_f64();
	println!("{MANY} namespaces removed, {rate:.0} a second; off the disk after {cleared:.1} s");
	let resident = server.resident()?;
	give(
		&mut client,
		(0..MANY).flat_map(|number| {
			[words(&["NSNEW", &name(number)]), words(&["NSDEL", &name(number)])]
		}),
	)?;
	let gone = server.resident()?.saturating_sub(resident) as f64 / MANY as f64;
	println!("memory of each that was made and removed: {gone:.0} bytes");
	let worst = stopped.max(killed) / MANY as f64 * 1e4;
	println!(
		"zdb-namespaces: {empty:.0} bytes each, {gone:.0} bytes of each that is gone, a start with \
		 10 000 takes {worst:.3} s (bar: ≤ 1000 bytes, ≤ 100 bytes, ≤ 0.2 s)"
	);
	Ok(())
}
