//! What operators do: settings, figures, stopping.

use crate::world::{open, run, zdb, Builder, Talk};
use std::{
	fs,
	io::{Read, Write},
	net::TcpStream,
};

fn refused(arguments: &[&str]) -> String {
	let output = zdb().args(arguments).output().unwrap();
	assert!(!output.status.success(), "{arguments:?}");
	String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_gentle_stop_keeps_all_and_starts_again_as_before() {
	let server = Builder::new().flag("--open").flag("--sync=os").start();
	let mut client = server.client();
	for number in 0..1000 {
		client.say(&format!("SET key-{number} value-{number}"));
	}
	let server = server.again(true, &["--open"]);
	let mut client = server.client();
	assert_eq!(client.say("DBSIZE"), ":1000");
	for number in 0..1000 {
		assert_eq!(client.say(&format!("GET key-{number}")), format!("value-{number}"));
	}
}

#[test]
fn stopping_says_so_and_takes_the_socket_away() {
	let mut server = open();
	assert!(server.socket.exists());
	assert!(server.stop().success());
	assert!(!server.socket.exists());
}

#[test]
fn prometheus_finds_figures() {
	let server = open();
	let mut client = server.client();
	client.say("SET key value");
	client.say("NONSENSE");
	let mut stream = TcpStream::connect(server.metrics).unwrap();
	stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
	let mut page = String::new();
	stream.read_to_string(&mut page).unwrap();
	assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
	for line in [
		"zdb_namespace_entries{namespace=\"default\"} 1",
		"zdb_namespace_data_bytes{namespace=\"default\"} 5",
		"zdb_commands_total 2",
		"zdb_commands_failed_total 1",
		"zdb_read_only 0",
	] {
		assert!(page.lines().any(|one| one == line), "{line} in {page}");
	}
	for line in page.lines().skip_while(|line| !line.starts_with('#')) {
		let is_sample =
			line.rsplit_once(' ').is_some_and(|(_, value)| value.parse::<f64>().is_ok());
		assert!(line.starts_with("# ") || is_sample, "{line}");
	}
}

#[test]
fn one_file_says_it_all_and_flags_win() {
	let folder = tempfile::tempdir().unwrap();
	let file = folder.path().join("zdb.toml");
	fs::write(
		&file,
		"sync = \"always\"\nclients = 7\nopen = true\ncompaction = 30\ncache = \"8MiB\"\n",
	)
	.unwrap();
	let config = format!("--config={}", file.display());
	let server = Builder::new().flag(&config).flag("--clients=5").start();
	let mut client = server.client();
	assert_eq!(client.say("CONFIG GET maxclients"), "[maxclients, 5]");
	assert_eq!(client.say("CONFIG GET appendfsync"), "[appendfsync, always]");
	client.fine("NSNEW photos");
}

#[test]
fn mistakes_are_answered_with_what_is_right() {
	let folder = tempfile::tempdir().unwrap();
	let file = folder.path().join("zdb.toml");
	let config = format!("--config={}", file.display());
	for (text, part) in [
		("data = \"/nowhere\"\nsocke = \"/a\"\n", "unknown field `socke`"),
		("sync = \"sometimes\"\n", "choose always, os, or an interval"),
		("segment = \"1 parsec\"\n", "write a number of bytes"),
		("clients = \"many\"\n", "clients"),
		("open = true\n", "--data FOLDER"),
		("data = \"/nowhere\"\nmetrics = \"0.0.0.0:9901\"\n", "loopback only"),
		("data = \"/nowhere\"\nadmin = \"\"\n", "is empty"),
		("data = \"/nowhere\"\nadmin = \"a\"\nadmin_file = \"/b\"\n", "leave one out"),
		("data = \"/nowhere\"\npassword_key = \"/nowhere/key\"\n", "head -c 32"),
	] {
		fs::write(&file, text).unwrap();
		let said = refused(&["serve", &config]);
		assert!(said.contains(part), "{text}: {said}");
	}
	assert!(refused(&["serve", "--config=/nowhere/zdb.toml"]).contains("/nowhere/zdb.toml"));
	assert!(refused(&["serve", "--mode=both"]).contains("user, seq or mixed"));
	assert!(refused(&["serve", "--no-such-flag"]).contains("--no-such-flag"));
}

#[test]
fn an_address_or_a_folder_that_is_taken_is_said() {
	let server = open();
	let other = tempfile::tempdir().unwrap();
	let data = format!("--data={}", other.path().display());
	let listen = format!("--listen={}", server.address);
	assert!(refused(&["serve", &data, &listen]).contains("choose another address"));
	let socket = format!("--socket={}", server.socket.display());
	assert!(refused(&["serve", &data, &socket]).contains("another server answers"));
	let data = format!("--data={}", server.folder.join("data").display());
	assert!(refused(&["serve", &data, "--listen=127.0.0.1:0"]).contains("another process"));
}

#[test]
fn help_tells_the_verbs() {
	let said = run(zdb().arg("--help"));
	for verb in ["serve", "check", "dump", "stats", "import"] {
		assert!(said.contains(verb), "{said}");
	}
}
