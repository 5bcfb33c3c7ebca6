//! Copies that follow, fall behind, catch up, take over, and never differ silently.

use crate::world::{eventually, open, Builder, Server, Talk};
use std::{
	fs,
	path::Path,
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::Duration,
};

fn replica_of(master: &Server) -> Server {
	Builder::new().flag("--open").flag(flag(master)).start()
}

/// The socket stays the same over restarts, where a port would not.
fn flag(master: &Server) -> String {
	format!("--replica-of={}", master.socket.display())
}

/// Until the replica has what the master has.
#[track_caller]
fn same(master: &Server, replica: &Server) {
	let (mut one, mut other) = (master.client(), replica.client());
	let offset = |info: String| {
		let at = info.find("master_repl_offset:").unwrap();
		info[at..].split("\\r").next().unwrap().to_string()
	};
	eventually("the replica has all", || {
		offset(one.say("INFO replication")) == offset(other.say("INFO replication"))
	});
	// A client gets the default namespace of when it came in.
	let (mut one, mut other) = (master.client(), replica.client());
	assert_eq!(one.say("DBSIZE"), other.say("DBSIZE"));
}

fn fill(server: &Server, from: usize, to: usize) {
	let mut client = server.client();
	for number in from..to {
		client.queue(&["SET", &format!("key-{number}"), &format!("value-{number}").repeat(50)]);
	}
	client.send().unwrap();
	for _ in from..to {
		client.receive().unwrap();
	}
}

#[test]
fn it_gets_all_there_is_and_then_all_that_comes() {
	let master = open();
	fill(&master, 0, 20_000);
	let mut client = master.client();
	client.fine("NSNEW photos");
	client.fine("NSSET photos password sesame");
	client.say("DEL key-7");
	let replica = replica_of(&master);
	same(&master, &replica);
	let mut reader = replica.client();
	assert_eq!(reader.say("GET key-19999"), "value-19999".repeat(50));
	assert_eq!(reader.say("GET key-7"), "nil");
	assert_eq!(reader.say("SELECT photos"), "-Namespace protected and private");
	reader.fine("SELECT photos sesame");

	client.say("SET new value");
	assert_eq!(client.say("WAIT 1 30000"), ":1");
	assert_eq!(replica.client().say("GET new"), "value");
	assert_eq!(client.say("WAIT 2 100"), ":1", "there is only one");
	let refused = "-READONLY You can't write against a read only replica.";
	for command in ["SET new other", "DEL new", "NSNEW videos", "NSSET photos public 1", "FLUSH"] {
		assert_eq!(reader.say(command), refused, "{command}");
	}
	let info = replica.client().say("INFO replication");
	assert!(info.contains("role:slave") && info.contains("master_link_status:up"), "{info}");
	assert!(client.say("INFO replication").contains("connected_slaves:1"));
	eventually("checksums are compared", || {
		!replica.client().say("INFO replication").contains("segments_compared:0\\r")
	});
}

#[test]
fn it_goes_on_where_it_was_after_either_side_was_killed() {
	let master = open();
	fill(&master, 0, 1000);
	let replica = replica_of(&master);
	same(&master, &replica);
	let flag = flag(&master);
	let joined = || fs::read_to_string(replica.folder.join("data/joined")).unwrap_or_default();
	eventually("it keeps when it joined", || joined().contains('/'));
	let replica = replica.again(false, &["--open", &flag]);
	fill(&master, 1000, 3000);
	same(&master, &replica);
	let replica = replica.again(true, &["--open", &flag]);
	let master = master.again(false, &["--open"]);
	fill(&master, 3000, 3500);
	same(&master, &replica);
	let master = master.again(true, &["--open"]);
	fill(&master, 3500, 4000);
	same(&master, &replica);
	let mut client = replica.client();
	for number in [0, 999, 1000, 2999, 3000, 3999] {
		let value = format!("value-{number}").repeat(50);
		assert_eq!(client.say(&format!("GET key-{number}")), value);
	}
	assert!(replica.client().say("INFO replication").contains("master_link_status:up"));
}

#[test]
fn it_takes_over_for_good_and_the_old_master_is_not_believed_afterwards() {
	let master = open();
	fill(&master, 0, 100);
	let replica = replica_of(&master);
	same(&master, &replica);
	let flag_of_replica = flag(&master);
	let mut client = replica.client();
	client.fine("REPLICAOF NO ONE");
	assert_eq!(client.say("SET after promotion"), "after");
	assert!(client.say("INFO replication").contains("role:master"));
	fill(&master, 200, 300);

	// Its settings say what it was: after a stop and after a kill it is still what it became.
	let replica = replica.again(true, &["--open", &flag_of_replica]);
	assert!(replica.client().say("INFO replication").contains("role:master"));
	let replica = replica.again(false, &["--open", &flag_of_replica]);
	let mut client = replica.client();
	assert_eq!(client.say("SET still master"), "still");
	assert_eq!(client.say("GET after"), "promotion");
	assert_eq!(client.say("GET key-250"), "nil");
	assert!(replica.log().contains("promoted"), "{}", replica.log());

	// Both have what the other has not: nobody picks one silently.
	let flag_of_master = flag(&replica);
	let master = master.again(true, &["--open", &flag_of_master]);
	let mut client = master.client();
	eventually("it is said", || client.say("INFO replication").contains("DIVERGED"));
	assert_eq!(client.say("GET key-250"), "value-250".repeat(50));
	assert_eq!(client.say("GET after"), "nil");
}

#[test]
fn once_promoted_it_is_quiet() {
	let master = open();
	let replica = replica_of(&master);
	same(&master, &replica);
	let stop = AtomicBool::new(false);
	thread::scope(|scope| {
		// There is always news that nobody has taken yet.
		scope.spawn(|| {
			let mut client = master.client();
			while !stop.load(Ordering::Relaxed) {
				client.say("SET key value");
				client.say("DEL key");
			}
		});
		let mut client = replica.client();
		eventually("it follows", || {
			client.say("INFO replication").contains("master_link_status:up")
		});
		thread::sleep(Duration::from_millis(200));
		client.fine("REPLICAOF NO ONE");
		stop.store(true, Ordering::Relaxed);
	});
	thread::sleep(Duration::from_secs(1));
	let before = replica.processor_time();
	thread::sleep(Duration::from_secs(2));
	let used = replica.processor_time() - before;
	assert!(used < Duration::from_millis(700), "it is idle, and took {used:?} of two seconds");
}

#[test]
fn it_does_not_follow_the_master_of_another_store() {
	let (master, other) = (open(), open());
	let flag = flag(&master);
	other.client().say("SET key value");
	let other = other.again(true, &["--open", &flag]);
	let mut client = other.client();
	eventually("it is said", || client.say("INFO replication").contains("another one"));
	assert_eq!(client.say("GET key"), "value");
}

#[test]
fn only_administrators_copy_a_server() {
	let master = Builder::new().admin("root").start();
	assert_eq!(master.client().say("REPLICATE IDENTITY"), "-Permission denied");
	let secret = master.folder.join("admin");
	let password = format!("--master-password-file={}", secret.display());
	let replica = Builder::new().flag("--open").flag(flag(&master)).flag(password).start();
	master.client().say("SET key value");
	same(&master, &replica);
	assert_eq!(replica.client().say("GET key"), "value");
}

/// Flip a bit of the value in the files of a server that is stopped.
fn damage(folder: &Path, value: &[u8]) {
	let mut damaged = 0;
	for entry in fs::read_dir(folder.join("data")).unwrap() {
		let path = entry.unwrap().path();
		let Ok(mut bytes) = fs::read(&path) else { continue };
		if let Some(at) = bytes.windows(value.len()).position(|window| window == value) {
			bytes[at + value.len() / 2] ^= 1;
			fs::write(&path, bytes).unwrap();
			damaged += 1;
		}
	}
	assert_eq!(damaged, 1, "the value is in one file");
}

#[test]
fn what_rots_on_one_side_is_healed_from_the_other() {
	let value = "precious".repeat(64);
	let mut master = open();
	fill(&master, 0, 100);
	master.client().say(&format!("SET key {value}"));
	let mut replica = replica_of(&master);
	same(&master, &replica);
	let flag = flag(&master);

	assert!(replica.stop().success());
	damage(&replica.folder, value.as_bytes());
	let replica = replica.again(false, &["--open", &flag]);
	let mut client = replica.client();
	let said = client.say("GET key");
	assert!(said == value || said.starts_with("-Internal Error"), "never a wrong value: {said}");
	eventually("the replica is healed", || client.say("GET key") == value);
	assert_eq!(client.say("CHECK key"), ":1");
	assert_eq!(client.say("GET key-5"), "value-5".repeat(50));

	assert!(master.stop().success());
	damage(&master.folder, value.as_bytes());
	let master = master.again(false, &["--open"]);
	let mut client = master.client();
	eventually("it follows again", || client.say("INFO").contains("connected_slaves:1\\r"));
	eventually("the master is healed", || client.say("GET key") == value);
}

#[test]
fn a_scrub_finds_what_rots_unread_and_has_it_healed() {
	let value = "precious".repeat(64);
	let mut master = open();
	fill(&master, 0, 2000);
	master.client().say(&format!("SET key {value}"));
	let replica = replica_of(&master);
	same(&master, &replica);
	let mut reader = replica.client();
	assert!(reader.say("INFO replication").contains("scrub:never"));
	reader.fine("SCRUB");
	eventually("all is well", || {
		reader.say("INFO replication").contains("scrub:done\\r\\nscrub_records_well:2")
	});

	assert!(master.stop().success());
	damage(&master.folder, value.as_bytes());
	let master = master.again(false, &["--open"]);
	let mut client = master.client();
	eventually("it follows again", || client.say("INFO").contains("connected_slaves:1\\r"));
	client.fine("SCRUB");
	eventually("it is healed", || client.say("INFO replication").contains("records_healed:1"));
	client.fine("SCRUB");
	eventually("nothing is left", || {
		client.say("INFO replication").contains("scrub_records_damaged:0")
	});
	assert_eq!(client.say("CHECK key"), ":1");
	assert_eq!(client.say("GET key"), value);
	assert_eq!(replica.client().say("SCRUB x"), "-Unexpected arguments");
}
