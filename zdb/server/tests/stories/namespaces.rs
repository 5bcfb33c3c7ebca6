//! Tenants share a server, and nothing else.

use crate::world::{open, sha1, Builder, Server, Talk};
use std::fs;
use zdb::client::Client;

fn with_admin() -> (Server, Client) {
	let server = Builder::new().admin("root").start();
	let mut admin = server.client();
	admin.fine("AUTH root");
	(server, admin)
}

#[test]
fn what_is_in_one_is_not_in_another() {
	let server = open();
	let mut client = server.client();
	client.fine("NSNEW photos");
	assert_eq!(client.say("NSLIST"), "[default, photos]");
	client.say("SET key default");
	client.fine("SELECT photos");
	assert_eq!(client.say("GET key"), "nil");
	client.say("SET key photos");
	client.fine("SELECT default");
	assert_eq!(client.say("GET key"), "default");
	assert_eq!(client.say("NSNEW photos"), "-This namespace is not available");
	assert_eq!(client.say("NSNEW a/b"), "-This name is not allowed");
	assert_eq!(client.say(&format!("NSNEW {}", "n".repeat(129))), "-Namespace too long");
	assert_eq!(client.say("SELECT videos"), "-Namespace not found");
	assert_eq!(client.say("NSINFO videos"), "-Namespace not found");
}

#[test]
fn a_password_keeps_others_out() {
	let (server, mut admin) = with_admin();
	admin.fine("NSNEW photos");
	admin.fine("NSSET photos password sesame");
	let mut client = server.client();
	assert_eq!(client.say("SELECT photos"), "-Namespace protected and private");
	assert_eq!(client.say("SELECT photos open"), "-Access denied");
	client.fine("SELECT photos sesame");
	assert_eq!(client.say("SET key value"), "key");

	admin.fine("NSSET photos public 1");
	let mut reader = server.client();
	reader.fine("SELECT photos");
	assert_eq!(reader.say("GET key"), "value");
	assert_eq!(reader.say("SET key other"), "-Namespace is in read-only mode");
	assert_eq!(reader.say("DEL key"), "-Namespace is in read-only mode");

	admin.fine("NSSET photos password *");
	reader.fine("SELECT photos");
	assert_eq!(reader.say("SET key other"), "key");
}

#[test]
fn passwords_and_settings_are_kept_but_not_as_they_were_said() {
	let (server, mut admin) = with_admin();
	admin.fine("NSNEW photos");
	for setting in ["password open-sesame", "maxsize 1000", "public 1", "lock 1"] {
		admin.fine(&format!("NSSET photos {setting}"));
	}
	let before = admin.say("NSINFO photos");
	let server = server.again(true, &["--open"]);
	for file in fs::read_dir(server.folder.join("data")).unwrap() {
		let path = file.unwrap().path();
		if path.is_file() {
			let bytes = fs::read(&path).unwrap();
			assert!(!bytes.windows(11).any(|window| window == b"open-sesame"), "{path:?}");
		}
	}
	let mut client = server.client();
	for line in ["password: yes", "public: yes", "locked: yes", "data_limits_bytes: 1000"] {
		assert!(before.contains(line) && client.say("NSINFO photos").contains(line), "{line}");
	}
	assert_eq!(client.say("SELECT photos sesame"), "-Access denied");
	client.fine("SELECT photos open-sesame");
}

#[test]
fn a_challenge_is_answered_without_saying_the_password() {
	let key = tempfile::NamedTempFile::new().unwrap();
	fs::write(key.path(), [7; 32]).unwrap();
	let flag = format!("--password-key={}", key.path().display());
	let server = Builder::new().admin("root").flag(&flag).start();
	let mut client = server.client();
	let answer = |client: &mut Client, password: &str| {
		let nonce = client.say("AUTH SECURE CHALLENGE");
		assert_eq!(nonce.len(), 16);
		sha1(&format!("{nonce}:{password}"))
	};
	let wrong = answer(&mut client, "toor");
	assert_eq!(client.say(&format!("AUTH SECURE {wrong}")), "-Access denied");
	let used = "-No CHALLENGE requested, secure authentication not available";
	assert_eq!(client.say(&format!("AUTH SECURE {wrong}")), used);
	assert_eq!(client.say("NSNEW photos"), "-Permission denied");
	let right = answer(&mut client, "root");
	client.fine(&format!("AUTH SECURE {right}"));
	client.fine("NSNEW photos");
	client.fine("NSSET photos password sesame");

	let server = server.again(true, &[&flag]);
	let mut client = server.client();
	let wrong = answer(&mut client, "sesam");
	assert_eq!(client.say(&format!("SELECT photos SECURE {wrong}")), "-Access denied");
	assert_eq!(client.say("SELECT photos SECURE short"), "-Invalid hash length");
	let right = answer(&mut client, "sesame");
	client.fine(&format!("SELECT photos SECURE {right}"));
	client.fine(&format!("SELECT photos SECURE {right}"));
}

#[test]
fn only_administrators_manage_them() {
	let (server, mut admin) = with_admin();
	let mut client = server.client();
	for command in ["NSNEW photos", "NSDEL photos", "NSSET photos public 1"] {
		assert_eq!(client.say(command), "-Permission denied", "{command}");
	}
	assert_eq!(client.say("AUTH toor"), "-Access denied");
	assert_eq!(client.say(&format!("AUTH {}", "x".repeat(129))), "-Password too long");
	assert_eq!(client.say("AUTH OTHER root"), "-Only SECURE extra method supported");
	admin.fine("NSNEW photos");
	assert_eq!(admin.say("NSSET photos colour red"), "-Invalid property");
	assert_eq!(admin.say("NSSET photos public yes"), "-Invalid argument");
	assert_eq!(admin.say("NSSET default public 1"), "-Cannot update default namespace");
	assert_eq!(admin.say("NSDEL default"), "-Cannot remove default namespace");
	assert_eq!(admin.say("NSDEL videos"), "-This namespace doesn't exists");
	admin.fine("SELECT photos");
	let said = admin.say("NSDEL photos");
	assert_eq!(said, "-Cannot remove namespace you're currently using.");
}

#[test]
fn without_a_password_nobody_is_an_administrator() {
	let server = Builder::new().start();
	let mut client = server.client();
	assert_eq!(client.say("AUTH ''"), "-Authentication disabled");
	assert_eq!(client.say("NSNEW photos"), "-Permission denied");
	assert_eq!(client.say("SET key value"), "key", "the default namespace is everyone's");
}

#[test]
fn the_default_namespace_can_be_protected() {
	let server = Builder::new().admin("root").flag("--protect").start();
	let mut client = server.client();
	assert_eq!(client.say("SET key value"), "-Namespace is in read-only mode");
	client.fine("SELECT default");
	assert_eq!(client.say("SET key value"), "-Namespace is in read-only mode");
	client.fine("SELECT default root");
	assert_eq!(client.say("SET key value"), "key");
	let mut admin = server.client();
	admin.fine("AUTH root");
	assert_eq!(admin.say("SET key other"), "key");
}

#[test]
fn who_is_in_a_removed_one_is_told_and_let_go() {
	let server = open();
	let mut client = server.client();
	let mut admin = server.client();
	admin.fine("NSNEW photos");
	client.fine("SELECT photos");
	client.say("SET key value");
	admin.fine("NSDEL photos");
	let said = client.say("GET key");
	assert_eq!(said, "-Your active namespace is not available anymore (probably removed).");
	assert!(client.call(&["PING"]).is_err(), "the connection is closed");
	admin.fine("NSNEW photos");
	admin.fine("SELECT photos");
	assert_eq!(admin.say("GET key"), "nil", "a new one of the same name is empty");
}

#[test]
fn only_what_is_private_can_be_flushed() {
	let server = open();
	let mut client = server.client();
	assert_eq!(client.say("FLUSH"), "-Flushing public namespace denied");
	client.fine("NSNEW photos");
	client.fine("NSSET photos password sesame");
	client.fine("SELECT photos sesame");
	client.say("SET key value");
	client.fine("FLUSH");
	assert_eq!(client.say("GET key"), "nil");
	assert_eq!(client.say("DBSIZE"), ":0");
	let server = server.again(false, &["--open"]);
	let mut client = server.client();
	client.fine("SELECT photos sesame");
	assert_eq!(client.say("GET key"), "nil", "nor after a restart");
}

#[test]
fn what_may_not_be_changed_is_not_emptied() {
	let server = open();
	let mut admin = server.client();
	admin.fine("NSNEW photos");
	admin.fine("NSSET photos password sesame");
	let mut client = server.client();
	client.fine("SELECT photos sesame");
	client.say("SET key value");
	for (property, refusal) in [
		("worm", "-Namespace is protected by worm mode"),
		("lock", "-Namespace is temporarily locked (read-only)"),
		("freeze", "-Namespace is temporarily frozen (read-write disabled)"),
	] {
		admin.fine(&format!("NSSET photos {property} 1"));
		assert_eq!(client.say("FLUSH"), refusal);
		admin.fine(&format!("NSSET photos {property} 0"));
		assert_eq!(client.say("GET key"), "value");
	}
	client.fine("FLUSH");
	assert_eq!(client.say("GET key"), "nil");
}
