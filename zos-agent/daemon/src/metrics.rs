//! All that is counted, by name, and how it is served: as text, on this machine alone.

use std::{
	fmt::Write,
	net::SocketAddr,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, PoisonError,
	},
	time::Duration,
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	time::timeout,
};
use zos_core::{ports::ZdbUsage, Key};

/// The most bytes of a request that are read.
const MOST_REQUEST: usize = 4_096;
/// Who asks has to do so soon.
const PATIENCE: Duration = Duration::from_secs(5);

/// A number that goes up, or up and down.
#[derive(Debug, Default)]
pub struct Number(AtomicU64);

impl Number {
	/// So many more.
	pub fn add(&self, more: u64) {
		self.0.fetch_add(more, Ordering::Relaxed);
	}

	/// From now on this.
	pub fn set(&self, to: u64) {
		self.0.store(to, Ordering::Relaxed);
	}

	/// What it is.
	pub fn get(&self) -> u64 {
		self.0.load(Ordering::Relaxed)
	}
}

/// All that is counted of an agent.
#[derive(Debug, Default)]
pub struct Metrics {
	/// The newest finalized block.
	pub head: Number,
	/// Heartbeats that the chain has heard.
	pub heartbeats: Number,
	/// Heartbeats that it has not.
	pub heartbeats_missed: Number,
	/// Reports that the chain has heard.
	pub reports: Number,
	/// Steps that failed.
	pub failures: Number,
	/// Contracts that are to be here.
	pub contracts: Number,
	/// Of these, those of which something does not run.
	pub failing: Number,
	/// Containers on the machine.
	pub containers: Number,
	/// What zdbs take.
	pub zdbs: Usages,
}

/// What each of some workloads takes of its disk.
#[derive(Debug, Default)]
pub struct Usages(Mutex<Vec<(Key, ZdbUsage)>>);

impl Usages {
	/// From now on this.
	pub fn set(&self, to: Vec<(Key, ZdbUsage)>) {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
	}

	fn write(&self, text: &mut String) {
		let usages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		type Figure = fn(&ZdbUsage) -> u64;
		let figures: [(&str, &str, Figure); 3] = [
			("zdb_bytes", "What a zdb takes of its disk", |it| it.bytes),
			("zdb_size_bytes", "What a zdb may take of its disk", |it| it.size),
			("zdb_entries", "The keys in a zdb", |it| it.entries),
		];
		for (name, help, figure) in figures {
			// Writing to a text does not fail.
			let _ = writeln!(text, "# HELP zos_{name} {help}\n# TYPE zos_{name} gauge");
			for (Key { contract, name: workload }, usage) in usages.iter() {
				// Names of workloads have nothing that would have to be escaped.
				let workload = workload.as_str().unwrap_or_default();
				let of = format!("contract=\"{contract}\",workload=\"{workload}\"");
				let _ = writeln!(text, "zos_{name}{{{of}}} {}", figure(usage));
			}
		}
	}
}

/// More that is counted elsewhere: a name, what it is, whether it only goes up, and the number.
pub type More = Arc<dyn Fn() -> Vec<(&'static str, &'static str, bool, u64)> + Send + Sync>;

impl Metrics {
	/// All of it, as Prometheus reads it.
	pub fn text(&self, more: &[(&'static str, &'static str, bool, u64)]) -> String {
		let own = [
			("finalized_block", "The newest finalized block", false, self.head.get()),
			(
				"heartbeats_total",
				"Heartbeats that the chain has heard",
				true,
				self.heartbeats.get(),
			),
			(
				"heartbeats_missed_total",
				"Heartbeats that the chain has not heard",
				true,
				self.heartbeats_missed.get(),
			),
			("reports_total", "Reports that the chain has heard", true, self.reports.get()),
			("failures_total", "Steps that failed", true, self.failures.get()),
			("contracts", "Contracts that are to be here", false, self.contracts.get()),
			(
				"contracts_failing",
				"Contracts of which something does not run",
				false,
				self.failing.get(),
			),
			("containers", "Containers on the machine", false, self.containers.get()),
		];
		let mut text = String::new();
		for (name, help, only_up, value) in own.iter().chain(more) {
			let kind = if *only_up { "counter" } else { "gauge" };
			// Writing to a text does not fail.
			let _ = writeln!(
				text,
				"# HELP zos_{name} {help}\n# TYPE zos_{name} {kind}\nzos_{name} {value}"
			);
		}
		self.zdbs.write(&mut text);
		text
	}
}

/// Serve metrics, for ever.
pub async fn serve(at: SocketAddr, metrics: Arc<Metrics>, more: More) -> std::io::Result<()> {
	let listener = TcpListener::bind(at).await?;
	log::info!("metrics are at http://{}/metrics", listener.local_addr()?);
	loop {
		// One at a time: there is one who asks, now and then.
		match listener.accept().await {
			Ok((stream, _)) => {
				let text = metrics.text(&more());
				match timeout(PATIENCE, answer(stream, &text)).await {
					Ok(Ok(())) => {},
					Ok(Err(error)) => log::debug!("metrics: {error}"),
					Err(_) => log::debug!("metrics: who asked was too slow"),
				}
			},
			Err(error) => {
				log::warn!("metrics: {error}");
				tokio::time::sleep(PATIENCE).await;
			},
		}
	}
}

async fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
	let mut request = Vec::new();
	let mut part = [0; 512];
	while !request.windows(4).any(|it| it == b"\r\n\r\n") && request.len() < MOST_REQUEST {
		match stream.read(&mut part).await? {
			0 => return Ok(()),
			read => request.extend_from_slice(&part[..read]),
		}
	}
	let (status, body) = match request.starts_with(b"GET /metrics ") {
		true => ("200 OK", text),
		false => ("404 Not Found", "metrics are at /metrics\n"),
	};
	let head = format!(
		"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
		body.len()
	);
	stream.write_all(head.as_bytes()).await?;
	stream.write_all(body.as_bytes()).await?;
	stream.shutdown().await
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_zdbs_take_is_told_of_each() {
		let metrics = Metrics::default();
		let key = Key::new(12, "data").expect("it is one");
		metrics.zdbs.set(vec![(key, ZdbUsage { bytes: 7, size: 9, entries: 2 })]);
		let text = metrics.text(&[]);
		assert!(text.contains("zos_zdb_bytes{contract=\"12\",workload=\"data\"} 7\n"), "{text}");
		assert!(
			text.contains("zos_zdb_size_bytes{contract=\"12\",workload=\"data\"} 9\n"),
			"{text}"
		);
	}
}
