//! Who runs the server tells it which namespaces to serve, and where.

use crate::world::{Builder, Server, PATIENCE};
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener},
	os::{fd::OwnedFd, unix::net::UnixStream},
	path::PathBuf,
};
use zdb::{
	client::{Client, Reply},
	net::Address,
};
use zdb_control::{Control, ControlError, Order, Password, Reason, Serving};

fn served() -> (Server, PathBuf, tempfile::TempDir) {
	let folder = tempfile::tempdir().unwrap();
	let control = folder.path().join("control");
	let server = Builder::new().flag(format!("--control={}", control.display())).start();
	(server, control, folder)
}

fn order(name: &str, place: Option<&str>) -> Order {
	Order {
		name: name.into(),
		called: "mine".into(),
		sequential: false,
		public: false,
		bytes: 1 << 20,
		entries: None,
		password: None,
		clients: 2,
		place: place.map(String::from),
	}
}

fn socket() -> (Vec<OwnedFd>, SocketAddr) {
	let listener = TcpListener::bind("127.0.0.1:0").unwrap();
	let address = listener.local_addr().unwrap();
	(vec![listener.into()], address)
}

fn client(at: SocketAddr) -> Client {
	Client::connect(&Address::Tcp(at), PATIENCE).unwrap()
}

fn error(reply: Reply) -> String {
	match reply {
		Reply::Error(text) => text,
		other => panic!("{other:?}"),
	}
}

#[test]
fn a_namespace_is_served_where_its_socket_is_and_is_all_that_is_seen_there() {
	let (server, control, _folder) = served();
	let mut control = Control::connect(&control, PATIENCE).unwrap();
	let (sockets, at) = socket();
	control.serve(order("tenant-1", Some("here")), &sockets).unwrap();
	drop(sockets);
	let mut inside = client(at);
	inside.ask(&["SET", "key", "value"]).unwrap();
	assert!(error(inside.call(&["SELECT", "tenant-1"]).unwrap()).contains("not found"));
	assert_eq!(inside.ask(&["NSLIST"]).unwrap(), Reply::Array(vec![Reply::Bulk(b"mine".into())]));
	let mut beside = server.client();
	assert_eq!(beside.ask(&["GET", "key"]).unwrap(), Reply::Nil, "it is in another namespace");

	let (found, read_only) = control.list("tenant").unwrap();
	assert_eq!((found.len(), read_only), (1, None));
	assert_eq!((found[0].entries, &found[0].serving), (1, &Serving::At("here".into())));
	control.pause("tenant-1").unwrap();
	assert!(inside.call(&["GET", "key"]).is_err(), "it is served still");
	assert!(std::net::TcpStream::connect(at).is_err(), "it can be reached still");
	assert_eq!(control.list("tenant").unwrap().0[0].serving, Serving::No);
	control.remove("tenant-1").unwrap();
	assert_eq!(control.list("").unwrap().0.len(), 1, "but the default one");
}

#[test]
fn nobody_behind_one_gate_takes_the_places_behind_another() {
	let (_server, control, _folder) = served();
	let mut control = Control::connect(&control, PATIENCE).unwrap();
	let (one, first) = socket();
	let (two, second) = socket();
	control.serve(order("one", Some("here")), &one).unwrap();
	control.serve(order("two", Some("there")), &two).unwrap();
	let mut inside: Vec<_> = (0..2).map(|_| client(first)).collect();
	for client in &mut inside {
		client.ask(&["PING"]).unwrap();
	}
	let refused = client(first).call(&["PING"]);
	assert!(!matches!(refused, Ok(Reply::Simple(_))), "{refused:?}");
	client(second).ask(&["PING"]).unwrap();
	drop(inside.pop());
	let lets_in = || matches!(client(first).call(&["PING"]), Ok(Reply::Simple(_)));
	let begun = std::time::Instant::now();
	while !lets_in() {
		assert!(begun.elapsed() < PATIENCE, "who went still has a place");
	}
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
	let (_server, path, _folder) = served();
	let mut control = Control::connect(&path, PATIENCE).unwrap();
	let reason = |result: Result<(), ControlError>| match result {
		Err(ControlError::Refused { reason, .. }) => reason,
		other => panic!("{other:?}"),
	};
	assert_eq!(reason(control.serve(order("none", Some("here")), &[])), Reason::Sockets);
	let file = tempfile::tempfile().unwrap();
	assert_eq!(reason(control.serve(order("a", Some("here")), &[file.into()])), Reason::Sockets);
	assert_eq!(reason(control.serve(order("default", None), &[])), Reason::Request);
	assert_eq!(reason(control.serve(order("a/b", None), &[])), Reason::Request);
	let long = Order { password: Some(Password(vec![7; 129].into())), ..order("a", None) };
	assert_eq!(reason(control.serve(long, &[])), Reason::Request);
	assert_eq!(reason(control.remove("default")), Reason::Request);
	control.remove("no such").unwrap();
	control.pause("no such").unwrap();

	let mut garbage = UnixStream::connect(&path).unwrap();
	garbage.write_all(b"nonsense\n{\"list\":\"\"}\n").unwrap();
	let mut answers = [0; 8];
	garbage.read_exact(&mut answers).unwrap();
	assert_eq!(&answers, b"{\"refuse");
	let mut endless = UnixStream::connect(&path).unwrap();
	let cut = (0..100).find_map(|_| endless.write_all(&[b'x'; 4096]).err());
	assert!(cut.is_some() || endless.read(&mut [0]).is_ok_and(|read| read == 0), "it is read on");
	assert!(!control.list("").unwrap().0.is_empty(), "others are heard");
}
