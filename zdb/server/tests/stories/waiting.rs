//! A client waits for another one to do something.

use crate::world::{eventually, open, show, Server, Talk};
use zdb::client::Client;

fn waiting(server: &Server, what: &str) -> Client {
	let mut client = server.client();
	client.queue(&["WAIT", what, "30000"]);
	client.queue(&["PING"]);
	client.send().unwrap();
	client
}

/// Until as many clients wait as `number`.
fn wait_for(server: &Server, number: usize) {
	let mut client = server.client();
	let waiting = format!("blocked_clients:{number}\\r");
	eventually("clients wait", || client.say("INFO clients").contains(&waiting));
}

#[test]
fn it_hears_of_the_command_it_waits_for() {
	let server = open();
	let mut waiter = waiting(&server, "SET");
	let mut other = server.client();
	// INFO is said in the same namespace, and is not what it waits for.
	wait_for(&server, 1);
	other.say("GET key");
	other.say("SET key value");
	assert_eq!(show(&waiter.receive().unwrap()), "SET");
	assert_eq!(show(&waiter.receive().unwrap()), "PONG", "what it said meanwhile is done after");
}

#[test]
fn it_hears_nothing_of_other_namespaces() {
	let server = open();
	let mut other = server.client();
	other.fine("NSNEW photos");
	other.fine("SELECT photos");
	let mut waiter = waiting(&server, "SET");
	wait_for(&server, 1);
	other.say("SET key value");
	wait_for(&server, 1);
	let mut near = server.client();
	near.say("SET key value");
	assert_eq!(show(&waiter.receive().unwrap()), "SET");
}

#[test]
fn anything_will_do_when_asked_so() {
	let server = open();
	let mut waiter = waiting(&server, "*");
	let mut other = server.client();
	other.say("PING");
	// Whether the PING came first or the WAIT, one of them is heard.
	other.say("PING");
	eventually("it hears", || {
		other.say("PING") == "PONG" && other.say("INFO clients").contains("blocked_clients:0")
	});
	assert!(["PING", "INFO"].contains(&show(&waiter.receive().unwrap()).as_str()));
}

#[test]
fn it_does_not_wait_for_ever() {
	let server = open();
	let mut client = server.client();
	assert_eq!(client.say("WAIT SET 100"), "-Timeout");
	assert_eq!(client.say("WAIT SET 99"), "-Invalid timeout");
	assert_eq!(client.say("WAIT SET soon"), "-Invalid timeout");
	assert_eq!(client.say("WAIT SETS"), "-Unknown command to watch");
	assert_eq!(client.say("WAIT"), "-Invalid arguments");
	assert_eq!(client.say("PING"), "PONG");
}

#[test]
fn who_goes_away_no_longer_waits() {
	let server = open();
	let waiter = waiting(&server, "SET");
	wait_for(&server, 1);
	drop(waiter);
	wait_for(&server, 0);
}
