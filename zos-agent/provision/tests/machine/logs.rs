//! What containers print is kept, and no more of it than was asked for.

use crate::world::{eventually, Made, World};
use grid_primitives::spec::{LogTarget, RestartPolicy};
use std::{fs, path::Path};
use zos_core::ports::{Containers, LogFrom, LogStream};

fn bytes(folder: &Path) -> u64 {
	let files = fs::read_dir(folder).expect("a folder");
	files.map(|file| file.expect("a file").metadata().expect("its size").len()).sum()
}

#[test]
fn only_the_last_bytes_are_kept() {
	let world = World::new();
	let mut made = Made::shell("web", "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done");
	made.container.log = LogTarget::Node(20_000);
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let folder = world.state().join("containers/7-web/log");
	assert!(bytes(&folder) <= 20_000);
	let printed = world.printed(&made.key);
	assert_eq!(printed.last().map(String::as_str), Some("19999"));
	assert!(printed.len() > 500, "{}", printed.len());
	for pair in printed.windows(2) {
		let [one, two] = [&pair[0], &pair[1]].map(|it| it.parse::<u32>().expect("a number"));
		assert_eq!(one + 1, two, "nothing is lost in between");
	}
}

#[test]
fn one_can_go_on_reading() {
	let world = World::new();
	let made = Made::shell("web", "echo one; read _ < /proc/self/fd/9; echo two >&2; echo three")
		.restart(RestartPolicy::OnFailure(0));
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let read = |from, most| {
		let page = world.containers.logs(&made.key, from, most).expect("logs are read");
		page.expect("it is there")
	};
	let first = read(LogFrom::Position(0), 1);
	assert_eq!(first.lines[0].text, "one");
	assert_eq!(first.lines[0].stream, LogStream::Out);
	let rest = read(LogFrom::Position(first.next), 100);
	assert!(rest.lines.iter().any(|it| it.stream == LogStream::Error && it.text == "two"));
	assert!(rest.lines.iter().any(|it| it.stream == LogStream::Out && it.text == "three"));
	let nothing = read(LogFrom::Position(rest.next), 100);
	assert!(nothing.lines.is_empty());
	assert_eq!(nothing.next, rest.next);

	world.containers.remove(&made.key).expect("it is removed");
	let gone = world.containers.logs(&made.key, LogFrom::Position(rest.next), 100);
	assert_eq!(gone.expect("it can be asked"), None, "nobody waits for what is gone");
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let anew = read(LogFrom::Position(rest.next), 1);
	assert_eq!(anew.lines[0].text, "one", "who follows goes on with the one in its place");
}

#[test]
fn discarded_is_discarded_and_nobody_waits_for_it() {
	let world = World::new();
	let mut made = Made::shell("web", "dd if=/dev/zero bs=1M count=20; exit 5");
	made.container.log = LogTarget::Discard;
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert!(world.printed(&made.key).is_empty());
	assert!(!world.state().join("containers/7-web/log").exists());
}

#[test]
fn what_was_printed_before_its_end_is_still_there_after_it_starts_again() {
	let world = World::new();
	let made = Made::shell("web", "echo line; exit 1").restart(RestartPolicy::Always);
	world.start(&made).expect("it starts");
	eventually("several lines", || world.printed(&made.key).len() >= 3);
}
