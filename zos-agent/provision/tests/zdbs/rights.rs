//! Tenants speak to the server: whoever takes it over has next to nothing.

use crate::world::{Network, Ordered, World, MIB};
use std::{fs, path::Path};

#[test]
fn a_server_has_the_rights_that_it_needs_and_no_others() {
	let world = World::new();
	let network = Network::new();
	world.make(&Ordered::new(1, "data", Some(&network))).expect("it is made");
	let server = world.server().expect("it runs");
	let of = |file: &str| fs::read_to_string(format!("/proc/{server}/{file}")).expect("it runs");
	let status = of("status");
	let line = |name: &str| {
		let line = status.lines().find_map(|line| line.strip_prefix(name));
		line.expect("it is told").split_whitespace().map(String::from).collect::<Vec<_>>()
	};
	for ids in ["Uid:", "Gid:"] {
		let ids = line(ids);
		assert!(ids.iter().all(|id| id.parse::<u32>().expect("a number") >= 4_000_000_000));
	}
	assert!(line("Groups:").is_empty(), "groups");
	for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
		assert_eq!(line(set), ["0000000000000000"], "{set}");
	}
	assert_eq!(line("NoNewPrivs:"), ["1"]);
	let link = |name: &str| fs::read_link(format!("/proc/{server}/{name}")).expect("it runs");
	let data = fs::canonicalize(world.folder().join("zdbs/data")).expect("a folder");
	assert_eq!(link("root"), data, "it sees more than its data");
	let own = fs::read_link("/proc/self/ns/net").expect("it is told");
	assert_ne!(link("ns/net"), own, "it is in the machine's network");
	let interfaces =
		of("net/dev").lines().skip(2).filter(|it| !it.trim().starts_with("lo:")).count();
	assert_eq!(interfaces, 0, "it is in some network");

	let group = of("cgroup");
	let name = format!("/{}zdbs-ssd", world.names.prefix());
	assert!(group.lines().any(|line| line.ends_with(&name)), "{group}");
	let limits = ["memory/memory.limit_in_bytes", "memory.max"];
	let limit = limits.iter().find_map(|limit| {
		let (folder, file) = limit.split_once('/').unwrap_or(("", limit));
		let at = Path::new("/sys/fs/cgroup").join(folder).join(&name[1..]).join(file);
		fs::read_to_string(at).ok()
	});
	assert_eq!(limit.expect("it is bounded").trim(), (256 * MIB).to_string());
	assert!(of("limits").lines().any(|line| {
		line.starts_with("Max core file size") && line.split_whitespace().nth(4) == Some("0")
	}));
}

#[test]
fn passwords_are_nowhere_to_be_read() {
	let world = World::new();
	let network = Network::new();
	let password = "a password that nobody else has";
	let order = Ordered { password: Some(password), ..Ordered::new(1, "data", Some(&network)) };
	world.make(&order).expect("it is made");
	let mut client = network.connect();
	client.ask::<()>(&["AUTH", password]).expect("it is right");
	client.ask::<()>(&["AUTH", "a wrong one"]).expect_err("it is wrong");
	client.set("key", b"what is there is what we look for").expect("it is written");
	let server = world.server().expect("it runs");
	for file in ["cmdline", "environ"] {
		let text = fs::read(format!("/proc/{server}/{file}")).expect("it runs");
		assert!(!has(&text, password), "{file}");
	}
	assert!(world.has_on_disk(b"what is there is what we look for"));
	let hexadecimal: String = password.bytes().map(|byte| format!("{byte:02x}")).collect();
	for secret in [password, &hexadecimal] {
		walk(world.folder(), &mut |file| {
			let text = fs::read(file).unwrap_or_default();
			assert!(!has(&text, secret), "{}", file.display());
		});
	}
}

fn has(text: &[u8], secret: &str) -> bool {
	text.windows(secret.len()).any(|part| part == secret.as_bytes())
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
	for entry in fs::read_dir(folder).expect("a folder").flatten() {
		match entry.file_type().expect("it is told") {
			kind if kind.is_dir() => walk(&entry.path(), visit),
			kind if kind.is_file() => visit(&entry.path()),
			_ => {},
		}
	}
}
