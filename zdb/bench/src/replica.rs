use crate::{
	load::{fill, key},
	server::Server,
};
use anyhow::{bail, Context};
use grid_benchmarks::{median, quantile};
use std::{
	sync::mpsc,
	thread,
	time::{Duration, Instant},
};
use zdb::client::{Client, Reply};

const RATE: u32 = 50_000;
/// How many values are sent together: fifty each millisecond.
const TOGETHER: u32 = 50;
const SECONDS: u32 = 10;
/// What a replica copies that has nothing.
const COPIED: u64 = 2 << 30;
const PATIENCE: Duration = Duration::from_secs(300);

fn replica_of(master: &Server) -> anyhow::Result<Server> {
	Server::zdb(&[&format!("--replica-of={}", master.socket().display())])
}

fn wait_for_replica(client: &mut Client) -> anyhow::Result<()> {
	match client.ask(&["WAIT", "1", &PATIENCE.as_millis().to_string()])? {
		Reply::Integer(1) => Ok(()),
		_ => bail!("the replica does not catch up"),
	}
}

/// Milliseconds from the acknowledgement of a value to its being readable at the replica.
fn lags(master: &Server, replica: &Server) -> anyhow::Result<Vec<f64>> {
	let (told, acknowledged) = mpsc::channel::<Instant>();
	let mut writer = master.client()?;
	let writing = thread::spawn(move || -> anyhow::Result<()> {
		let start = Instant::now();
		for batch in 0..RATE / TOGETHER * SECONDS {
			let due = start + Duration::from_secs(1) * (batch * TOGETHER) / RATE;
			thread::sleep(due.saturating_duration_since(Instant::now()));
			let number = batch.to_string();
			for place in 1..TOGETHER {
				let other = key(u64::from(batch * TOGETHER + place));
				writer.queue(&["SET", &other, &format!("{batch:064}")]);
			}
			writer.queue(&["SET", "newest", &number]);
			writer.send()?;
			for _ in 0..TOGETHER {
				writer.receive()?;
			}
			told.send(Instant::now()).context("nobody measures")?;
		}
		Ok(())
	});
	let mut reader = replica.client()?;
	let mut lags = Vec::new();
	let mut waiting = None;
	loop {
		let newest = match reader.ask(&["GET", "newest"])? {
			Reply::Bulk(digits) => std::str::from_utf8(&digits)?.parse::<usize>()? + 1,
			_ => 0,
		};
		let now = Instant::now();
		while lags.len() < newest {
			let Some(at) = waiting.take().or_else(|| acknowledged.recv().ok()) else { break };
			// It may be read there before the writer hears that it is here.
			lags.push(now.saturating_duration_since(at).as_secs_f64() * 1000.0);
		}
		if waiting.is_none() {
			match acknowledged.try_recv() {
				Ok(at) => waiting = Some(at),
				Err(mpsc::TryRecvError::Empty) => {},
				Err(mpsc::TryRecvError::Disconnected) => break,
			}
		}
		if waiting.is_some_and(|at| at.elapsed() > PATIENCE) {
			bail!("the replica stopped to follow");
		}
		thread::sleep(Duration::from_micros(200));
	}
	match writing.join() {
		Ok(written) => written?,
		Err(_) => bail!("the writer failed"),
	}
	Ok(lags)
}

pub(crate) fn run() -> anyhow::Result<()> {
	let master = Server::zdb(&[])?;
	let replica = replica_of(&master)?;
	let mut client = master.client()?;
	client.ask(&["SET", "first", "value"])?;
	wait_for_replica(&mut client)?;
	let lags = lags(&master, &replica)?;
	println!(
		"{} batches of {TOGETHER} at {RATE} SET/s: median {:.2} ms",
		lags.len(),
		median(&lags)
	);
	drop((replica, master));

	let master = Server::zdb(&[])?;
	let mut client = master.client()?;
	fill(&mut client, 0, COPIED / 4096, 4096)?;
	let start = Instant::now();
	let _replica = replica_of(&master)?;
	client.ask(&["SET", "last", "value"])?;
	wait_for_replica(&mut client)?;
	let speed = COPIED as f64 / start.elapsed().as_secs_f64() / 1e9;
	println!("{} GiB copied at {speed:.2} GB/s", COPIED >> 30);
	println!(
		"zdb-replica: {:.2} ms behind at the 99th percentile, {speed:.2} GB/s for a new replica \
		 (bar: < 5 ms)",
		quantile(&lags, 0.99)
	);
	Ok(())
}
