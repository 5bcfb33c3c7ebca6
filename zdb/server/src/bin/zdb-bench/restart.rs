use crate::{load::fill, server::Server};
use std::time::Instant;

const MILLIONS: u64 = 4;
const RUNS: usize = 5;

/// Seconds a million keys from the start to an answer, the median.
fn measure(mut server: Server, signal: &str) -> anyhow::Result<(Server, f64)> {
	let mut seconds = Vec::new();
	for _ in 0..RUNS {
		let folder = server.end(signal)?;
		let start = Instant::now();
		server = Server::on(folder)?;
		server.client()?.ask(&["DBSIZE"])?;
		seconds.push(start.elapsed().as_secs_f64() / MILLIONS as f64);
	}
	seconds.sort_by(f64::total_cmp);
	Ok((server, seconds[RUNS / 2]))
}

pub(crate) fn run() -> anyhow::Result<()> {
	let server = Server::zdb(&[])?;
	fill(&mut server.client()?, 0, MILLIONS * 1_000_000, 64)?;
	let (server, killed) = measure(server, "-KILL")?;
	println!("{MILLIONS} million keys, after a kill: {killed:.3} s a million");
	let (_, stopped) = measure(server, "-TERM")?;
	println!("{MILLIONS} million keys, after a stop: {stopped:.3} s a million");
	println!(
		"zdb-restart: {stopped:.3} s a million keys after a stop, {killed:.3} s after a kill \
		 (bar: ≤ 0.1 s, ≤ 1 s)"
	);
	Ok(())
}
