use crate::{
	load::{alternate, By, Load},
	server::{Durability, Kind},
};

pub(crate) fn run() -> anyhow::Result<()> {
	let one = Load {
		by: By::Tcp,
		clients: 1,
		pipeline: 1,
		size: 4096,
		requests: 10_000,
		keys: 1_000_000_000,
	};
	let fifty = Load { clients: 50, requests: 100_000, ..one };
	let measure = |load: Load| {
		let pairs = alternate(Durability::Always, |server| Ok([load.rate(server, "set")?]))?;
		for pair in &pairs {
			let (redis, zdb) = (pair.rate(Kind::Redis), pair.rate(Kind::Zdb));
			let (clients, ratio) = (load.clients, pair.ratio());
			println!(
				"{clients:>2} clients, 4096 B  redis {redis:>7.0}/s  zdb {zdb:>7.0}/s  {ratio:.2} ×"
			);
		}
		let [pair] = pairs;
		anyhow::Ok((pair.rate(Kind::Zdb) / 1000.0, pair.ratio()))
	};
	let (alone, _) = measure(one)?;
	let (together, ratio) = measure(fifty)?;
	println!(
		"zdb-durable: {together:.1} k/s with 50 clients, {ratio:.2} × redis, {alone:.1} k/s with 1 \
		 (bar: ≥ 40 k/s, ≥ 1 ×, ≥ 5 k/s)"
	);
	Ok(())
}
