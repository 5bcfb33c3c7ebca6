//! What is read of processes and of what they say of themselves.

use std::{
	fs,
	io::{Read, Write},
	net::TcpStream,
	os::unix::fs::MetadataExt,
	path::Path,
};

/// Clock ticks of a second, as the kernel counts the time of processes.
const TICKS: f64 = 100.0;

/// The seconds of a core that a process has taken so far.
pub(crate) fn processor_seconds(process: u32) -> f64 {
	let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
	let (_, fields) = stat.rsplit_once(')').expect("it has a name");
	let ticks = fields.split_ascii_whitespace().skip(11).take(2);
	ticks.filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// The megabytes of a process that are in memory.
pub(crate) fn resident(process: u32) -> f64 {
	let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
	kilobytes(&status, "VmRSS:") / 1_024.0
}

/// The megabytes of memory that would be free without a process: what it shares counts in parts.
pub(crate) fn proportional(process: u32) -> f64 {
	let sums = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
	kilobytes(&sums, "Pss:") / 1_024.0
}

fn kilobytes(text: &str, name: &str) -> f64 {
	let line = text.lines().find_map(|line| line.strip_prefix(name));
	let number = line.and_then(|it| it.trim().strip_suffix("kB")?.trim().parse().ok());
	number.expect("the kernel counts memory")
}

/// The bytes that a file, or all in a folder, takes on the disk.
pub(crate) fn disk_bytes(path: &Path) -> u64 {
	let Ok(found) = fs::symlink_metadata(path) else { return 0 };
	let beneath = fs::read_dir(path).into_iter().flatten().flatten();
	found.blocks() * 512 + beneath.map(|entry| disk_bytes(&entry.path())).sum::<u64>()
}

/// A number that a process of this machine shows to Prometheus.
pub(crate) fn shown(port: u16, name: &str) -> f64 {
	let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("metrics are shown");
	let question = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
	stream.write_all(question.as_bytes()).expect("metrics are shown");
	let mut answer = String::new();
	stream.read_to_string(&mut answer).expect("metrics are shown");
	let line = answer.lines().find(|line| line.starts_with(name));
	let number = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
	number.unwrap_or_else(|| panic!("there is no {name} in:\n{answer}"))
}
