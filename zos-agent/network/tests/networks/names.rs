//! Who answers for names where the kernel is the tunnel.

use std::{
	io::{Read, Write},
	net::{IpAddr, Shutdown},
	os::unix::net::UnixStream,
	process::Command,
};
use zos_network::{names::Zone, tunnel::Arguments};
use zos_testing::hosts::{resolve, tried, Internet};

/// The process at the other end is ended with the test.
struct Control(UnixStream);

impl Drop for Control {
	fn drop(&mut self) {
		if let Ok(whose) = rustix::net::sockopt::socket_peercred(&self.0) {
			tried(&format!("kill -9 {}", whose.pid.as_raw_nonzero()));
		}
	}
}

#[test]
fn names_are_answered_without_a_tunnel() {
	let mut internet = Internet::new();
	let (space, _) = internet.space("one");
	let folder = tempfile::tempdir().expect("a folder");
	let control = folder.path().join("control");
	let resolver = IpAddr::from([127, 0, 0, 1]);
	let arguments = Arguments {
		namespace: Some(space.path()),
		control: control.clone(),
		resolver: vec![resolver],
		..Arguments::default()
	};
	let mut command = Command::new(env!("CARGO_BIN_EXE_zos-wg"));
	assert!(command.args(arguments.words()).status().expect("it can be run").success());
	let mut control = Control(UnixStream::connect(&control).expect("it listens"));

	let mut zone = Zone::default();
	let web = IpAddr::from([10, 1, 1, 2]);
	zone.names.entry(Zone::name(&["web", "shop"])).or_default().push(web);
	control.0.write_all(zone.write().as_bytes()).expect("it listens");
	control.0.write_all(b"set=1\nreplace_peers=true\n\n").expect("it listens");
	control.0.shutdown(Shutdown::Write).expect("it is open");
	let mut said = String::new();
	control.0.read_to_string(&mut said).expect("it answers");
	let refused = format!("errno={}", libc::EOPNOTSUPP);
	assert_eq!(said, format!("errno=0\n\n{refused}\n\n"), "it has no peers");

	assert_eq!(resolve(&space.path(), resolver, "web.shop.grid", 1), Ok(vec![10, 1, 1, 2]));
	assert_eq!(space.run("ip link show type tun"), "", "there is no interface");
}
