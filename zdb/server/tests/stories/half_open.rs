//! Clients whose machine is gone without a word.

use crate::world::{eventually, run, Builder, Talk};
use std::process::{Child, Command, Stdio};

/// A network of its own, behind a cable that can be pulled.
struct Elsewhere {
	name: String,
	client: Option<Child>,
}

fn ip(words: &str) {
	run(Command::new("ip").args(words.split(' ')));
}

impl Elsewhere {
	fn new(name: &str, subnet: &str) -> Self {
		let this = Self { name: name.into(), client: None };
		ip(&format!("netns add {name}"));
		ip(&format!("link add {name}a type veth peer name {name}b netns {name}"));
		ip(&format!("addr add {subnet}.1/24 dev {name}a"));
		ip(&format!("link set {name}a up"));
		ip(&format!("-n {name} addr add {subnet}.2/24 dev {name}b"));
		ip(&format!("-n {name} link set {name}b up"));
		this
	}

	fn pull(&self) {
		ip(&format!("link set {}a down", self.name));
	}
}

impl Drop for Elsewhere {
	fn drop(&mut self) {
		if let Some(client) = &mut self.client {
			let _ = client.kill();
			let _ = client.wait();
		}
		// What was not made cannot be removed.
		let _ = Command::new("ip").args(["link", "del", &format!("{}a", self.name)]).output();
		let _ = Command::new("ip").args(["netns", "del", &self.name]).output();
	}
}

#[test]
fn they_are_found_out_and_let_go() {
	let name = format!("zdb{}", std::process::id() % 100_000);
	let mut elsewhere = Elsewhere::new(&name, "10.213.77");
	let server = Builder::new().flag("--keepalive=1").flag("--unread-timeout=3").start();
	let port = server.address.port();
	let talk = format!(
		"exec 3<>/dev/tcp/10.213.77.1/{port}; printf 'PING\\r\\n' >&3; read -r line <&3; sleep 1000"
	);
	elsewhere.client = Some(
		Command::new("ip")
			.args(["netns", "exec", &name, "bash", "-c", &talk])
			.stdout(Stdio::null())
			.stderr(Stdio::null())
			.spawn()
			.unwrap(),
	);
	let mut client = server.client();
	eventually("it is in", || client.say("INFO").contains("connected_clients:2\\r"));
	elsewhere.pull();
	eventually("it is let go", || client.say("INFO").contains("connected_clients:1\\r"));
}
