use crate::{load::fill, server::Server};

pub(crate) fn run() -> anyhow::Result<()> {
	let mut worst = 0.0f64;
	for keys in [1_000_000u64, 10_000_000] {
		// What holds data is as large as the settings say, not as there are keys.
		let server = Server::zdb(&["--cache=1MiB", "--compaction=off"])?;
		let mut client = server.client()?;
		fill(&mut client, keys, 1000, 64)?;
		let before = server.resident()?;
		fill(&mut client, 0, keys, 64)?;
		let each = (server.resident()? - before) as f64 / keys as f64;
		println!("{keys:>8} keys: {each:.1} bytes each");
		worst = worst.max(each);
	}
	println!("zdb-memory: {worst:.1} bytes a key (bar: ≤ 40 bytes)");
	Ok(())
}
