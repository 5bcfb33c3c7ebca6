use crate::{load::fill, server::Server};

const MILLIONS: u64 = 4;

pub(crate) fn run() -> anyhow::Result<()> {
	let server = Server::zdb(&[])?;
	fill(&mut server.client()?, 0, MILLIONS * 1_000_000, 64)?;
	let (server, killed) = server.starts("-KILL")?;
	let killed = killed / MILLIONS as f64;
	println!("{MILLIONS} million keys, after a kill: {killed:.3} s a million");
	let (_, stopped) = server.starts("-TERM")?;
	let stopped = stopped / MILLIONS as f64;
	println!("{MILLIONS} million keys, after a stop: {stopped:.3} s a million");
	println!(
		"zdb-restart: {stopped:.3} s a million keys after a stop, {killed:.3} s after a kill \
		 (bar: ≤ 0.1 s, ≤ 1 s)"
	);
	Ok(())
}
