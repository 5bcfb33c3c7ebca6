//! Who names the keys: those who write, or the server.

use crate::world::{open, Builder, Talk};
use zdb::client::Reply;

#[test]
fn users_name_their_keys() {
	let server = open();
	let mut client = server.client();
	assert_eq!(client.say("SET name first"), "name");
	assert_eq!(client.say("SET name first"), "nil", "it was that already");
	assert_eq!(client.say("SET name second"), "name");
	assert_eq!(client.say("GET name"), "second");
	assert_eq!(client.say("GET other"), "nil");
	assert_eq!(client.say("EXISTS name"), ":1");
	assert_eq!(client.say("EXISTS other"), ":0");
	assert_eq!(client.say("LENGTH name"), ":6");
	assert_eq!(client.say("LENGTH other"), "nil");
	assert_eq!(client.say("CHECK name"), ":1");
	assert_eq!(client.say("CHECK other"), "nil");
	assert_eq!(client.say("MGET name other name"), "[second, nil, second]");
	assert_eq!(client.say("DBSIZE"), ":1");
	assert_eq!(client.say("DEL name"), "OK");
	assert_eq!(client.say("DEL name"), "-Key not found");
	assert_eq!(client.say("GET name"), "nil");
	assert_eq!(client.say("DBSIZE"), ":0");
	assert_eq!(client.say("SET '' value"), "-Invalid argument, key needed");
	assert_eq!(client.say(&format!("SET {} value", "k".repeat(256))), "-Key too large");
	assert_eq!(client.say(&format!("GET {}", "k".repeat(256))), "-Invalid key");
	assert_eq!(client.say(&format!("SET {} value", "k".repeat(255))), "k".repeat(255));
	assert_eq!(client.say("SET name ''"), "name");
	assert_eq!(client.say("GET name"), "");
}

#[test]
fn the_server_counts_up() {
	let server = open();
	let mut client = server.client();
	client.fine("NSNEW log");
	client.fine("NSSET log mode seq");
	client.fine("SELECT log");
	for (id, value) in ["zero", "one", "two"].into_iter().enumerate() {
		let said = client.call(&["SET", "", value]).unwrap();
		assert_eq!(said, Reply::Bulk((id as u64).to_le_bytes().into()));
	}
	let one = 1u64.to_le_bytes();
	let get = |client: &mut zdb::client::Client| client.call(&[b"GET", &one[..]]).unwrap();
	assert_eq!(get(&mut client), Reply::Bulk(b"one".into()));
	let update = client.call(&[b"SET", &one[..], b"uno"]).unwrap();
	assert_eq!(update, Reply::Bulk(one.into()));
	assert_eq!(get(&mut client), Reply::Bulk(b"uno".into()));
	assert_eq!(client.say("SET mine value"), "-Invalid key, only update authorized");
	assert_eq!(client.say("NSSET log mode user"), "-Cannot change mode of used namespace");
	assert!(client.say("NSINFO log").contains("mode: sequential\\nindex_"));
	assert!(client.say("NSINFO log").contains("next_internal_id: 3\\n"));
}

#[test]
fn counting_goes_on_after_a_restart() {
	let server = Builder::new().flag("--open").flag("--mode=seq").start();
	let mut client = server.client();
	for value in ["zero", "one"] {
		client.call(&["SET", "", value]).unwrap();
	}
	assert_eq!(
		client.call(&[b"DEL", &1u64.to_le_bytes()[..]]).unwrap(),
		Reply::Simple("OK".into())
	);
	let server = server.again(true, &["--open", "--mode=seq"]);
	let said = server.client().call(&["SET", "", "two"]).unwrap();
	assert_eq!(said, Reply::Bulk(2u64.to_le_bytes().into()), "no id is given twice");
}

#[test]
fn one_mode_for_all_is_not_changed() {
	let server = Builder::new().flag("--open").flag("--mode=user").start();
	let mut client = server.client();
	client.fine("NSNEW photos");
	let said = client.say("NSSET photos mode seq");
	assert_eq!(said, "-This server instance is configured to use a single runtime mode");
}

#[test]
fn only_administrators_say_when_it_was() {
	let server = Builder::new().admin("root").start();
	let mut client = server.client();
	assert_eq!(client.say("SET key value 1000"), "-Permission denied");
	client.fine("AUTH root");
	assert_eq!(client.say("SET key value 1000"), "key");
	assert_eq!(client.say("KEYTIME key"), ":1000");
	assert_eq!(client.say("KEYTIME other"), "nil");
	assert_eq!(client.say("SET key value now"), "-Invalid argument");
	assert_eq!(client.say("SET key value EX 10"), "-Unexpected arguments");
	assert_eq!(client.say("DEL key 2000"), "OK");
}
