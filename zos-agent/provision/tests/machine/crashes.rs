//! Agents and shims are killed, machines start again, and nothing stops, leaks or lies.

use crate::world::{eventually, key, kill, Made, World, MIB};
use grid_primitives::spec::RestartPolicy;
use std::fs;
use zos_core::ports::{ContainerState, Containers, Exit, Volumes};

#[test]
fn an_agent_that_comes_back_finds_what_runs() {
	let mut world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let made = Made::sleeper("web").bind(&folder, "/data", false);
	world.start(&made).expect("it starts");
	let process = world.process(&made.key);
	let before = world.found(&made.key);
	world.agent_comes_back();
	assert_eq!(world.found(&made.key), before);
	world.start(&made).expect("it is there");
	assert_eq!(world.process(&made.key), process);
	assert_eq!(world.volume("data", 8 * MIB), folder);
	let disk = world.state().join("volumes/7-data/disk");
	let devices = world.loops().into_iter().filter(|it| it.file == disk).count();
	assert_eq!(devices, 1, "a volume is mounted once");
}

#[test]
fn without_an_agent_it_starts_again_and_is_heard() {
	let mut world = World::new();
	let text = "echo again; sleep 0.05; exit 1";
	let made = Made::shell("web", text).restart(RestartPolicy::OnFailure(3));
	world.start(&made).expect("it starts");
	// Nobody asks anything of an agent until it is long over.
	eventually("it has ended", || world.state().join("containers/7-web/ended.json").exists());
	world.agent_comes_back();
	assert_eq!(world.end_of(&made.key), Exit::Code(1));
	assert_eq!(world.printed(&made.key), ["again"; 4]);
}

#[test]
fn a_container_whose_shim_is_killed_runs_on_and_gets_another() {
	let world = World::new();
	let text = "trap 'exit 6' TERM; i=0; while true; do echo $i; i=$((i+1)); sleep 0.01; done";
	let made = Made::shell("web", text);
	world.start(&made).expect("it starts");
	let process = world.process(&made.key);
	eventually("it prints", || world.printed(&made.key).len() > 3);
	let shim = world.shims()[0];
	kill(shim);
	eventually("it is dead", || world.shims().is_empty());
	assert_eq!(world.process(&made.key), process, "it runs on");
	assert!(world.runs(&made.key));
	assert_eq!(world.shims().len(), 1);
	assert_ne!(world.shims()[0], shim);
	let before = world.printed(&made.key).len();
	eventually("it is heard", || world.printed(&made.key).len() > before + 3);
	let printed = world.printed(&made.key);
	for (number, line) in printed.iter().enumerate() {
		assert_eq!(*line, number.to_string(), "nothing is lost: it waited until it was heard");
	}
	world.containers.remove(&made.key).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn the_end_of_a_container_that_got_another_shim_is_no_success_unless_seen() {
	let world = World::new();
	let made = Made::shell("web", "sleep 1000");
	world.start(&made).expect("it starts");
	kill(world.shims()[0]);
	eventually("it is dead", || world.shims().is_empty());
	assert!(world.runs(&made.key));
	kill(world.process(&made.key));
	assert_nobody_saw(world.end_of(&made.key));
}

/// The kernel may still know how a process ended that was killed while it had no shim.
#[track_caller]
fn assert_nobody_saw(exit: Exit) {
	assert!(matches!(exit, Exit::Unseen | Exit::Signal(9)), "{exit:?}");
}

#[test]
fn a_container_that_dies_with_its_shim_starts_again_as_it_should() {
	let world = World::new();
	let made = Made::sleeper("web").restart(RestartPolicy::Always);
	world.start(&made).expect("it starts");
	eventually("it prints", || world.printed(&made.key) == ["begun"]);
	let process = world.process(&made.key);
	kill(world.shims()[0]);
	kill(process);
	eventually("it runs again", || {
		matches!(world.state_of(&made.key), Some(ContainerState::Running { restarts: 1, .. }))
	});
	assert_ne!(world.process(&made.key), process);
	eventually("it printed twice", || world.printed(&made.key) == ["begun", "begun"]);

	let once = Made::shell("once", "sleep 1000");
	world.start(&once).expect("it starts");
	let group = world.names.of_workload(&once.key);
	let shims = world.shims();
	for shim in shims {
		kill(shim);
	}
	zos_provision::host::cgroups::remove(&group).expect("killed");
	assert_nobody_saw(world.end_of(&once.key));
}

#[test]
fn what_a_killed_shim_leaves_is_removed() {
	let world = World::new();
	let made = Made::sleeper("web");
	world.start(&made).expect("it starts");
	kill(world.shims()[0]);
	eventually("it is dead", || world.shims().is_empty());
	world.containers.remove(&made.key).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn a_machine_that_starts_again_has_what_is_on_its_disk() {
	let mut world = World::new();
	let folder = world.volume("data", 8 * MIB);
	let made = Made::sleeper("web").bind(&folder, "/data", false);
	let done = Made::shell("done", "exit 0");
	world.start(&made).expect("it starts");
	world.start(&done).expect("it starts");
	world.end_of(&done.key);
	fs::write(folder.join("file"), "kept").expect("there is room");
	world.reboots();
	let found = world.found(&made.key).expect("it is known");
	assert_eq!(found.state, ContainerState::Broken);
	assert_eq!(found.fingerprint, Some(made.fingerprint()));
	let ended = ContainerState::Ended(Exit::Code(0));
	assert_eq!(world.state_of(&done.key), Some(ended), "what is done is not done again");
	let volume = world.volumes.list().expect("listed").remove(0);
	assert_eq!((volume.key, volume.size, volume.ready), (key("data"), 8 * MIB, None));

	assert_eq!(world.volume("data", 8 * MIB), folder);
	assert_eq!(fs::read(folder.join("file")).expect("it is there"), b"kept");
	world.start(&made).expect("it starts");
	assert!(world.runs(&made.key));
	eventually("what it printed before is there", || {
		world.printed(&made.key) == ["begun", "begun"]
	});
}

#[test]
fn whatever_was_left_half_done_is_done_by_the_same_verb() {
	let world = World::new();
	let made = Made::sleeper("web");
	// Killed after the record was written, after the run folder was, and after the pipes were.
	let kept = world.state().join("containers/7-web");
	let run = world.run_of(&made.key);
	let record = |_: ()| {
		fs::create_dir_all(&kept).expect("a folder");
		fs::write(kept.join(".container.json.new"), "{").expect("a file");
	};
	let folder = |_: ()| fs::create_dir_all(run.join("secrets")).expect("a folder");
	let pipe = |_: ()| fs::write(run.join("out"), "").expect("a file");
	let steps: [&dyn Fn(()); 3] = [&record, &folder, &pipe];
	for count in 1..=steps.len() {
		for step in &steps[..count] {
			step(());
		}
		assert_eq!(world.state_of(&made.key), Some(ContainerState::Broken), "it is found");
		world.start(&made).expect("it starts");
		assert!(world.runs(&made.key));
		world.containers.remove(&made.key).expect("it is removed");
		world.assert_nothing_left();
	}

	// A volume whose file was made but not what is in it, and one that was never mounted.
	let folder = world.state().join("volumes/7-data");
	fs::create_dir_all(&folder).expect("a folder");
	fs::write(folder.join("disk"), [0; 5_000]).expect("a file");
	assert_eq!(world.volumes.list().expect("listed")[0].ready, None);
	let mounted = world.volume("data", 8 * MIB);
	fs::write(mounted.join("file"), "kept").expect("there is room");
	rustix::mount::unmount(&mounted, rustix::mount::UnmountFlags::empty()).expect("unmounted");
	assert_eq!(world.volumes.list().expect("listed")[0].ready, None);
	assert_eq!(fs::read(world.volume("data", 8 * MIB).join("file")).expect("there"), b"kept");
	// Killed after its record was removed.
	fs::remove_file(folder.join("volume.json")).expect("it is there");
	world.volumes.remove(&key("data")).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn an_agent_killed_while_it_starts_containers_leaves_none_that_is_not_found() {
	let mut world = World::new();
	for round in 0..10 {
		let made = Made::sleeper(&format!("web-{round}"));
		// The agent's thread goes on where a killed one would not, so its shim is what is killed, at
		// another moment each time.
		std::thread::scope(|scope| {
			let thread = scope.spawn(|| world.start(&made));
			std::thread::sleep(std::time::Duration::from_millis(round * 3));
			for shim in world.shims() {
				kill(shim);
			}
			let _ = thread.join().expect("no panic");
		});
		world.agent_comes_back();
		world.start(&made).expect("it starts");
		assert!(world.runs(&made.key));
		world.containers.remove(&made.key).expect("it is removed");
	}
	world.assert_nothing_left();
}
