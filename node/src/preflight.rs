//! Looks before the node starts at what operators get wrong: a folder that cannot be written, a
//! port that is taken. Later, inside, the same would be a warning among others or a panic.

use sc_service::Configuration;
use std::{
	fs, io,
	net::{IpAddr, SocketAddr, TcpListener},
	os::unix::fs::{DirBuilderExt, MetadataExt},
	path::{Path, PathBuf},
};

/// A node that cannot write this much cannot run.
const ROOM: usize = 1 << 20;

/// Why the node cannot start.
#[derive(Debug)]
pub(crate) struct Obstacle(String);

impl std::error::Error for Obstacle {}

impl std::fmt::Display for Obstacle {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&self.0)
	}
}

/// Whether the base path of the command line can be written. It is looked at before anything
/// else is, because keys are put there first.
pub(crate) fn check_folder(folder: &Path) -> Result<(), Obstacle> {
	let explain = |error: io::Error| {
		Obstacle(format!("the base path {} cannot be written: {error}", folder.display()))
	};
	fs::create_dir_all(folder).map_err(explain)?;
	let probe = folder.join(format!(".room-{}", std::process::id()));
	let written = fs::write(&probe, vec![0; ROOM]);
	// What could not be written whole is removed all the same.
	let removed = fs::remove_file(&probe);
	written.and(removed).map_err(explain)
}

/// Where compiled runtimes are kept: a folder that can be written, by nobody else, as what is in it is
/// run. Neither can others put another folder in its place.
pub(crate) fn check_cache(folder: &Path) -> Result<PathBuf, Obstacle> {
	let explain = |error: io::Error| {
		Obstacle(format!("the runtime cache {} cannot be used: {error}", folder.display()))
	};
	fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(explain)?;
	let path = folder.canonicalize().map_err(explain)?;
	for above in path.ancestors() {
		let found = fs::metadata(above).map_err(explain)?;
		let owner = found.uid() == 0 || found.uid() == rustix::process::geteuid().as_raw();
		let is_shared = found.mode() & 0o022 != 0;
		// In a sticky folder, nobody moves what is another's.
		let is_sticky = found.mode() & 0o1000 != 0 && above != path;
		if !owner || (is_shared && !is_sticky) {
			return Err(Obstacle(format!(
				"the runtime cache {} is run, and {} can be written by others: name a folder that only \
				 this user can write, or remove this one, as they may have put something into it, and \
				 take their rights away",
				folder.display(),
				above.display()
			)));
		}
	}
	let probe = folder.join(format!(".room-{}", std::process::id()));
	fs::write(&probe, []).map_err(explain)?;
	// A node of the same number, in a namespace of its own, may have been faster.
	let _ = fs::remove_file(&probe);
	Ok(path)
}

/// Whether the ports are free. Where the user has not chosen a port for RPC, the server looks for
/// another itself.
pub(crate) fn check_ports(config: &Configuration, rpc_port: Option<u16>) -> Result<(), Obstacle> {
	for address in &config.network.listen_addresses {
		if let Some(address) = tcp(&address.to_string()) {
			check_port(address, "peers", "--port")?;
		}
	}
	for endpoint in config.rpc.addr.iter().flatten() {
		if Some(endpoint.listen_addr.port()) == rpc_port {
			check_port(endpoint.listen_addr, "RPC", "--rpc-port")?;
		}
	}
	if let Some(prometheus) = &config.prometheus_config {
		check_port(prometheus.port, "metrics", "--prometheus-port")?;
	}
	Ok(())
}

fn check_port(address: SocketAddr, purpose: &str, option: &str) -> Result<(), Obstacle> {
	match TcpListener::bind(address) {
		Err(error) if error.kind() != io::ErrorKind::AddrNotAvailable => Err(Obstacle(format!(
			"the address {address} for {purpose} cannot be used: {error}; choose another with \
			 {option}, or stop the process that uses it"
		))),
		_ => Ok(()),
	}
}

/// The address of `/ip4/…/tcp/…`.
fn tcp(multiaddress: &str) -> Option<SocketAddr> {
	let mut parts = multiaddress.split('/').skip(2);
	let ip: IpAddr = parts.next()?.parse().ok()?;
	let port = (parts.next()? == "tcp").then(|| parts.next()?.parse().ok())??;
	Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn tcp_addresses_are_found_in_what_peers_use() {
		let address = |text: &str| tcp(text).map(|it| it.to_string());
		assert_eq!(address("/ip4/127.0.0.1/tcp/30333/ws").as_deref(), Some("127.0.0.1:30333"));
		assert_eq!(address("/ip6/::/tcp/30333").as_deref(), Some("[::]:30333"));
		assert_eq!(address("/dns/example.org/tcp/30333"), None);
		assert_eq!(address("/ip4/127.0.0.1/udp/30333"), None);
	}

	#[test]
	fn a_taken_port_is_named() {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let address = listener.local_addr().unwrap();
		let obstacle = check_port(address, "RPC", "--rpc-port").unwrap_err().to_string();
		assert!(obstacle.contains(&address.to_string()) && obstacle.contains("--rpc-port"));
	}
}
