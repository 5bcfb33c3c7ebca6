//! Clients walk over all that is there, and back into what was.

use crate::world::{open, show, Talk};
use std::collections::BTreeSet;
use zdb::client::{Client, Reply};

/// Walk with `command` to the end; the keys in order, and how many answers it took.
fn walk(client: &mut Client, command: &str) -> (Vec<String>, usize) {
	let mut keys = Vec::new();
	let mut cursor: Option<Vec<u8>> = None;
	for answers in 0.. {
		let said = match &cursor {
			None => client.call(&[command]),
			Some(cursor) => client.call(&[command.as_bytes(), cursor]),
		};
		match said.unwrap() {
			Reply::Error(text) => {
				assert_eq!(text, "No more data");
				return (keys, answers);
			},
			reply => {
				let [next, items]: [Reply; 2] = reply.array().unwrap().try_into().unwrap();
				cursor = next.bulk();
				assert_eq!(cursor.as_ref().map(Vec::len), Some(17));
				for item in items.array().unwrap() {
					let [key, length, time]: [Reply; 3] = item.array().unwrap().try_into().unwrap();
					assert_eq!(length, Reply::Integer(5));
					assert!(matches!(time, Reply::Integer(1_700_000_000..)));
					keys.push(show(&key));
				}
			},
		}
	}
	unreachable!()
}

#[test]
fn a_walk_meets_all_keys_in_the_order_they_were_written() {
	let server = open();
	let mut client = server.client();
	assert_eq!(client.say("SCAN"), "-No more data");
	let keys: Vec<_> = (0..3000).map(|number| format!("key-{number}")).collect();
	for key in &keys {
		client.queue(&["SET", key, "value"]);
	}
	client.send().unwrap();
	for key in &keys {
		assert_eq!(show(&client.receive().unwrap()), *key);
	}
	let (forward, answers) = walk(&mut client, "SCAN");
	assert_eq!(forward, keys);
	assert!(answers > 2, "it is told in pieces");
	let (mut backward, _) = walk(&mut client, "RSCAN");
	backward.reverse();
	assert_eq!(backward, keys);
	assert_eq!(walk(&mut client, "SCANX").0, keys);
}

#[test]
fn a_walk_goes_on_from_any_key_and_through_changes() {
	let server = open();
	let mut client = server.client();
	for number in 0..1000 {
		client.say(&format!("SET key-{number} value"));
	}
	let cursor = client.call(&["KEYCUR", "key-997"]).unwrap().bulk().unwrap();
	let said = client.call(&[b"SCAN".as_slice(), &cursor]).unwrap();
	let items = said.array().unwrap().remove(1).array().unwrap();
	let keys: Vec<_> =
		items.iter().map(|item| show(item).split(',').next().unwrap().to_string()).collect();
	assert_eq!(keys, ["[key-998", "[key-999"]);
	assert_eq!(client.say("KEYCUR other"), "-Key not found");
	assert_eq!(client.say("SCAN nonsense"), "-Invalid key format");

	// What is there all the time is met though other keys come and go.
	let mut other = server.client();
	let mut met = BTreeSet::new();
	let mut cursor: Option<Vec<u8>> = None;
	for round in 0.. {
		let said = match &cursor {
			None => client.call(&["SCAN"]),
			Some(cursor) => client.call(&[b"SCAN".as_slice(), cursor]),
		};
		let Some(mut parts) = said.unwrap().array() else { break };
		for item in parts.remove(1).array().unwrap() {
			met.insert(show(&item.array().unwrap()[0]));
		}
		cursor = parts.remove(0).bulk();
		// Were there something new each time, it would never end.
		if round < 100 {
			other.say(&format!("DEL key-{round}"));
			other.say(&format!("SET new-{round} value"));
		}
	}
	for number in 100..1000 {
		assert!(met.contains(&format!("key-{number}")), "{number}");
	}
}

#[test]
fn the_past_of_a_key_is_told_step_by_step() {
	let server = open();
	let mut client = server.client();
	for (time, value) in [(1000, "first"), (2000, "second"), (3000, "third")] {
		client.say(&format!("SET key {value} {time}"));
	}
	client.say("SET other value");
	let mut past = client.call(&["HISTORY", "key"]).unwrap().array().unwrap();
	let mut told = Vec::new();
	loop {
		told.push((show(&past[1]), show(&past[2])));
		let Reply::Bulk(previous) = &past[0] else { break };
		assert_eq!(previous.len(), 8);
		past = client.call(&[b"HISTORY", b"key".as_slice(), previous]).unwrap().array().unwrap();
	}
	let expected = [("3000", "third"), ("2000", "second"), ("1000", "first")];
	assert_eq!(told, expected.map(|(time, value)| (time.to_string(), value.to_string())));
	assert_eq!(client.say("HISTORY nothing"), "-Key not found");
	assert_eq!(client.say("HISTORY key short"), "-Invalid arguments");
	assert!(client
		.call(&[b"HISTORY", b"key".as_slice(), &[0; 8]])
		.is_ok_and(|reply| { reply == Reply::Error("No more history".into()) }));
	let past = client.call(&["HISTORY", "key"]).unwrap().array().unwrap();
	let Reply::Bulk(previous) = &past[0] else { panic!("there is a past") };
	let stolen = client.call(&[b"HISTORY", b"other".as_slice(), previous]).unwrap();
	assert!(matches!(stolen, Reply::Error(_)), "the past of one key is not another's: {stolen:?}");
}
