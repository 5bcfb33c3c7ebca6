//! Load: what redis-benchmark makes, and what our own client does.

use crate::server::{Durability, Kind, Server};
use anyhow::{bail, Context};
use grid_benchmarks::{chosen, median};
use std::{collections::BTreeMap, process::Command};
use zdb::client::{Client, Reply};

/// How often each server is measured, in turn with the other.
const ROUNDS: u64 = 5;

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
	Tcp,
	Unix,
}

impl By {
	pub(crate) fn name(self) -> &'static str {
		match self {
			Self::Tcp => "tcp",
			Self::Unix => "unix",
		}
	}
}

/// What redis-benchmark is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
	pub(crate) by: By,
	pub(crate) clients: usize,
	pub(crate) pipeline: usize,
	pub(crate) size: usize,
	pub(crate) requests: usize,
	/// Keys are chosen among so many.
	pub(crate) keys: usize,
}

impl Load {
	/// Commands a second.
	pub(crate) fn rate(&self, server: &Server, command: &str) -> anyhow::Result<f64> {
		let mut benchmark = Command::new("redis-benchmark");
		match self.by {
			By::Tcp => benchmark.args(["-p", &server.port.to_string()]),
			By::Unix => benchmark.arg("-s").arg(server.socket()),
		};
		benchmark.args(["-t", command, "--csv"]);
		let numbers = [
			("-n", self.requests),
			("-r", self.keys),
			("-d", self.size),
			("-P", self.pipeline),
			("-c", self.clients),
		];
		for (flag, number) in numbers {
			benchmark.args([flag, &number.to_string()]);
		}
		let output = benchmark.output().context("cannot run redis-benchmark")?;
		let text = String::from_utf8_lossy(&output.stdout);
		// `"SET","123456.78",…` after a line of titles.
		let rate = text.lines().find_map(|line| {
			let (_, rest) = line.split_once("\",\"")?;
			rest.split('"').next()?.parse().ok()
		});
		match rate {
			Some(rate) => Ok(rate),
			None => bail!("redis-benchmark: {text}{}", String::from_utf8_lossy(&output.stderr)),
		}
	}
}

/// What was measured of one thing on both servers.
#[derive(Default)]
pub(crate) struct Pair {
	rates: BTreeMap<Kind, Vec<f64>>,
}

impl Pair {
	/// Commands a second, the median.
	pub(crate) fn rate(&self, kind: Kind) -> f64 {
		self.rates.get(&kind).map_or(f64::NAN, |all| median(all))
	}

	/// How many times as fast as redis zdb is.
	pub(crate) fn ratio(&self) -> f64 {
		self.rate(Kind::Zdb) / self.rate(Kind::Redis)
	}
}

/// Measures `N` things, one after the other, on each server in turn.
pub(crate) fn alternate<const N: usize>(
	durability: Durability,
	measure: impl Fn(&Server) -> anyhow::Result<[f64; N]>,
) -> anyhow::Result<[Pair; N]> {
	let mut pairs = std::array::from_fn(|_| Pair::default());
	for _ in 0..chosen("GRID_ROUNDS", ROUNDS) {
		for kind in [Kind::Redis, Kind::Zdb] {
			let server = Server::start(kind, durability)?;
			for (pair, rate) in pairs.iter_mut().zip(measure(&server)?) {
				pair.rates.entry(kind).or_default().push(rate);
			}
		}
	}
	Ok(pairs)
}

/// A key of sixteen bytes.
pub(crate) fn key(number: u64) -> String {
	format!("key:{number:012}")
}

/// Gives keys from a number on values of a length, many at a time.
pub(crate) fn fill(
	client: &mut Client,
	from: u64,
	count: u64,
	length: usize,
) -> anyhow::Result<()> {
	let mut number = from;
	let mut value = vec![b'v'; length];
	while number < from + count {
		let last = (from + count).min(number + 512);
		for key_number in number..last {
			let digits = format!("{key_number:020}");
			let least = digits.len().min(length);
			value[..least].copy_from_slice(&digits.as_bytes()[..least]);
			client.queue(&[b"SET", key(key_number).as_bytes(), &value]);
		}
		client.send()?;
		for _ in number..last {
			if let Reply::Error(text) = client.receive()? {
				bail!("the server refused a value: {text}");
			}
		}
		number = last;
	}
	Ok(())
}
