//! Looking at a data folder, and filling it from elsewhere.

use crate::world::{open, run, zdb, Builder, Server, Talk};
use std::{
	fs,
	process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use zdb::{client::Client, net::Address};

fn data(server: &Server) -> String {
	format!("--data={}", server.folder.join("data").display())
}

fn fails(command: &mut Command) -> String {
	let output = command.output().unwrap();
	assert!(!output.status.success(), "{command:?}");
	String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_folder_is_checked_dumped_and_counted() {
	let mut server = open();
	let mut client = server.client();
	client.say("SET key value 1000");
	client.fine("NSNEW photos");
	client.fine("SELECT photos");
	client.say(&format!("SET photo {}", "pixels".repeat(100)));
	let said = fails(zdb().args(["stats", &data(&server)]));
	assert!(said.contains("another process"), "{said}");
	assert!(server.stop().success());

	let checked = run(zdb().args(["check", &data(&server)]));
	assert!(checked.contains("0 are damaged"), "{checked}");
	let dumped = run(zdb().args(["dump", "--values", "--namespace=default", &data(&server)]));
	let line = r#"{"namespace":"default","key":"6b6579","length":5,"timestamp":1000,"value":"76616c7565"}"#;
	assert_eq!(dumped.trim(), line);
	assert_eq!(run(zdb().args(["dump", &data(&server)])).lines().count(), 2);
	assert!(
		fails(zdb().args(["dump", "--namespace=videos", &data(&server)])).contains("no namespace")
	);
	let stats = run(zdb().args(["stats", &data(&server)]));
	assert!(stats.contains("photos") && stats.contains("600"), "{stats}");
	assert!(fails(zdb().args(["check", "--data=/nowhere"])).contains("no folder"));

	let folder = server.folder.join("data");
	for entry in fs::read_dir(&folder).unwrap() {
		let path = entry.unwrap().path();
		let mut bytes = fs::read(&path).unwrap();
		if let Some(at) = bytes.windows(12).position(|window| window == b"pixelspixels") {
			bytes[at] ^= 1;
			fs::write(&path, bytes).unwrap();
		}
	}
	let said = fails(zdb().args(["check", &data(&server)]));
	assert!(said.contains("key photo of photos, needed"), "{said}");
	let said = fails(zdb().args(["dump", "--values", &data(&server)]));
	assert!(
		said.contains("value\":\"76616c7565\"") && said.contains("1 values are damaged"),
		"{said}"
	);
}

#[test]
fn another_zdb_is_copied_with_its_namespaces() {
	let source = Builder::new().admin("root").start();
	let mut client = source.client();
	client.fine("AUTH root");
	for number in 0..1000 {
		client.say(&format!("SET key-{number} value-{number} {}", 1000 + number));
	}
	client.fine("NSNEW log");
	client.fine("NSSET log mode seq");
	client.fine("NSSET log password sesame");
	client.fine("NSSET log maxsize 1000000");
	client.fine("SELECT log sesame");
	for number in 0..10 {
		client.call(&["SET", "", &format!("line {number}")]).unwrap();
	}
	for gone in [0u64, 4, 5] {
		client.call(&[b"DEL", &gone.to_le_bytes()[..]]).unwrap();
	}
	let secret = source.folder.join("sesame");
	fs::write(&secret, "sesame\n").unwrap();
	let folder = tempfile::tempdir().unwrap();
	let import = |more: &[&str]| {
		let mut command = zdb();
		command.args(["import", &format!("--from={}", source.address)]);
		command.arg(format!("--data={}", folder.path().join("data").display())).args(more);
		command
	};
	assert!(fails(&mut import(&[])).contains("cannot read namespace log"));
	let password = format!("--password-file={}", secret.display());
	let said = run(&mut import(&[&password]));
	assert!(said.contains("0 could not be copied"), "{said}");
	let again = run(&mut import(&[&password]));
	assert!(again.starts_with("0 values copied, 1007 were there already"), "{again}");

	let copy = Builder::on(folder.path()).flag("--open").start();
	let mut client = copy.client();
	assert_eq!(client.say("DBSIZE"), ":1000");
	assert_eq!(client.say("GET key-999"), "value-999");
	assert_eq!(client.say("KEYTIME key-999"), ":1999");
	client.fine("SELECT log");
	assert_eq!(client.say("DBSIZE"), ":7");
	let get = |client: &mut Client, id: u64| client.call(&[b"GET", &id.to_le_bytes()[..]]).unwrap();
	assert_eq!(get(&mut client, 6).bulk().unwrap(), b"line 6");
	assert_eq!(get(&mut client, 5), zdb::client::Reply::Nil);
	let next = client.call(&["SET", "", "line 10"]).unwrap();
	assert_eq!(next.bulk().unwrap(), 10u64.to_le_bytes());
	let info = client.say("NSINFO log");
	assert!(info.contains("mode: sequential") && info.contains("data_limits_bytes: 1000000"));
}

struct Redis(Child, TempDir);

impl Drop for Redis {
	fn drop(&mut self) {
		// It may have ended by itself.
		let _ = self.0.kill();
		let _ = self.0.wait();
	}
}

#[test]
fn the_strings_of_a_redis_are_copied() {
	let folder = tempfile::tempdir().unwrap();
	let socket = folder.path().join("redis.sock");
	let process = Command::new("redis-server")
		.args(["--port", "0", "--save", "", "--dir"])
		.arg(folder.path())
		.arg("--unixsocket")
		.arg(&socket)
		.stdout(Stdio::null())
		.spawn()
		.unwrap();
	let redis = Redis(process, folder);
	crate::world::eventually("redis answers", || {
		Client::connect(&Address::Unix(socket.clone()), crate::world::PATIENCE).is_ok()
	});
	let mut client =
		Client::connect(&Address::Unix(socket.clone()), crate::world::PATIENCE).unwrap();
	for number in 0..1000 {
		client.say(&format!("SET key-{number} value-{number}"));
	}
	client.say("RPUSH list one two");
	let data = redis.1.path().join("zdb");
	let said = run(zdb()
		.args(["import", &format!("--from={}", socket.display()), "--into=photos"])
		.arg(format!("--data={}", data.join("data").display())));
	assert!(said.starts_with("1000 values copied"), "{said}");
	let copy = Builder::on(&data).flag("--open").start();
	let mut client = copy.client();
	client.fine("SELECT photos");
	assert_eq!(client.say("DBSIZE"), ":1000");
	assert_eq!(client.say("GET key-7"), "value-7");
}
