//! What is written stays: for a while, for ever, or as long as there is room.

use crate::world::{open, Talk};

#[test]
fn a_locked_namespace_is_read_and_a_frozen_one_is_not() {
	let server = open();
	let mut client = server.client();
	client.say("SET key value");
	client.fine("NSSET default lock 1");
	let locked = "-Namespace is temporarily locked (read-only)";
	assert_eq!(client.say("SET key other"), locked);
	assert_eq!(client.say("DEL key"), locked);
	assert_eq!(client.say("GET key"), "value");

	let server = server.again(true, &["--open"]);
	let mut client = server.client();
	assert_eq!(client.say("SET key other"), locked, "a lock outlives a restart");
	client.fine("NSSET default lock 0");
	client.fine("NSSET default freeze 1");
	let frozen = "-Namespace is temporarily frozen (read-write disabled)";
	for command in ["GET key", "SET key other", "DEL key", "EXISTS key", "CHECK key", "SCAN"] {
		assert_eq!(client.say(command), frozen, "{command}");
	}
	client.fine("NSSET default freeze 0");
	assert_eq!(client.say("SET key other"), "key");
}

#[test]
fn worm_means_written_once() {
	let server = open();
	let mut client = server.client();
	client.fine("NSNEW archive");
	client.fine("NSSET archive worm 1");
	client.fine("SELECT archive");
	assert_eq!(client.say("SET key value"), "key");
	assert_eq!(client.say("SET key other"), "-Namespace is protected by worm mode");
	assert_eq!(client.say("DEL key"), "-Cannot delete a key when namespace is in worm mode");
	assert_eq!(client.say("DEL other"), "-Key not found");
	assert_eq!(client.say("GET key"), "value");
	assert!(client.say("NSINFO archive").contains("worm: yes"));
}

#[test]
fn a_namespace_holds_what_it_may_and_no_more() {
	let server = open();
	let mut client = server.client();
	client.fine("NSNEW small");
	client.fine("NSSET small maxsize 100");
	client.fine("SELECT small");
	assert_eq!(client.say(&format!("SET a {}", "a".repeat(60))), "a");
	let full = "-No space left on this namespace";
	assert_eq!(client.say(&format!("SET b {}", "b".repeat(60))), full);
	assert_eq!(client.say(&format!("SET a {}", "A".repeat(100))), "a", "it replaces the other");
	assert_eq!(client.say("SET b b"), full);
	client.fine("DEL a");
	assert_eq!(client.say("SET b b"), "b");
	let info = client.say("NSINFO small");
	assert!(info.contains("data_size_bytes: 1\\n") && info.contains("data_limits_bytes: 100\\n"));
}
