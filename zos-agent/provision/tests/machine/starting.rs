//! Containers start, end, start again and go away.

use crate::world::{eventually, kill, Made, World, MIB};
use grid_primitives::{report::FailureCode, spec::RestartPolicy};
use zos_core::ports::{ContainerState, Containers, Exit};

#[test]
fn a_container_runs_until_it_is_removed_and_nothing_is_left() {
	let world = World::new();
	let made = Made::sleeper("web");
	world.start(&made).expect("it starts");
	let found = world.found(&made.key).expect("it is there");
	assert_eq!(found.state, ContainerState::Running { restarts: 0, crashes: None });
	assert_eq!(found.fingerprint, Some(made.fingerprint()));
	assert_eq!(found.image, Some([7; 32]));
	eventually("it prints", || world.printed(&made.key) == ["begun"]);

	world.containers.remove(&made.key).expect("it is removed");
	world.assert_nothing_left();
	world.containers.remove(&made.key).expect("what is gone is gone");
}

#[test]
fn starting_what_runs_leaves_it_alone() {
	let world = World::new();
	let made = Made::sleeper("web");
	world.start(&made).expect("it starts");
	let process = world.process(&made.key);
	world.start(&made).expect("it is there");
	assert_eq!(world.process(&made.key), process);
}

#[test]
fn another_fingerprint_is_another_container() {
	let world = World::new();
	world.start(&Made::sleeper("web")).expect("it starts");
	let process = world.process(&Made::sleeper("web").key);
	let changed = Made::sleeper("web").env("A", "b");
	world.start(&changed).expect("it starts");
	assert_ne!(world.process(&changed.key), process);
	let found = world.found(&changed.key).expect("it is there");
	assert_eq!(found.fingerprint, Some(changed.fingerprint()));
	assert_eq!(world.shims().len(), 1);
}

#[test]
fn how_it_ended_is_told() {
	let world = World::new();
	for (name, text, exit) in [
		("well", "exit 0", Exit::Code(0)),
		("badly", "exit 3", Exit::Code(3)),
		// The first process of a container is spared by signals that it does not want, but not by
		// those of the machine.
		("killed", "sleep 1000", Exit::Signal(9)),
	] {
		let made = Made::shell(name, text);
		world.start(&made).expect("it starts");
		if exit == Exit::Signal(9) {
			kill(world.process(&made.key));
		}
		assert_eq!(world.end_of(&made.key), exit);
		world.start(&made).expect("what ended has ended");
		assert_eq!(world.state_of(&made.key), Some(ContainerState::Ended(exit)));
	}
	eventually("no shim stays with what ended", || world.shims().is_empty());
}

#[test]
fn on_failure_it_starts_again_so_many_times() {
	let world = World::new();
	let made = Made::shell("web", "echo again; exit 3").restart(RestartPolicy::OnFailure(3));
	world.start(&made).expect("it starts");
	assert_eq!(world.end_of(&made.key), Exit::Code(3));
	assert_eq!(world.printed(&made.key), ["again"; 4]);
}

#[test]
fn on_success_it_is_done() {
	let world = World::new();
	let made = Made::shell("web", "echo once").restart(RestartPolicy::OnFailure(3));
	world.start(&made).expect("it starts");
	assert_eq!(world.end_of(&made.key), Exit::Code(0));
	assert_eq!(world.printed(&made.key), ["once"]);
}

#[test]
fn always_is_always_and_says_how_it_ended() {
	let world = World::new();
	let made = Made::shell("web", "echo again; exit 0").restart(RestartPolicy::Always);
	world.start(&made).expect("it starts");
	let mut crashes = 0;
	eventually("it has ended three times in a row", || {
		match world.state_of(&made.key) {
			Some(ContainerState::Restarting(it)) => {
				assert_eq!(it.last, Exit::Code(0));
				crashes = it.in_a_row;
			},
			Some(ContainerState::Running { restarts, crashes: Some(it) }) => {
				assert!(restarts > 0);
				assert_eq!(it.last, Exit::Code(0));
			},
			Some(ContainerState::Running { restarts: 0, crashes: None }) => {},
			other => panic!("{other:?}"),
		}
		crashes >= 3
	});
	world.containers.remove(&made.key).expect("it is removed while it waits");
	world.assert_nothing_left();
}

#[test]
fn each_start_begins_with_the_image() {
	let world = World::new();
	let made = Made::shell("web", "test -e /made && echo old || echo new; touch /made; exit 1")
		.restart(RestartPolicy::OnFailure(2));
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert_eq!(world.printed(&made.key), ["new"; 3]);
	assert!(!crate::world::layer().join("made").exists(), "an image is never written to");
}

#[test]
fn what_cannot_start_says_why_and_leaves_only_its_record() {
	let world = World::new();
	let mut made = Made::shell("web", "");
	made.container.command =
		vec!["/no/such/program".try_into().expect("short")].try_into().expect("few");
	let error = world.start(&made).expect_err("there is no such program");
	assert_eq!(error.code(), FailureCode::NotStarted);
	assert!(error.to_string().contains("/no/such/program"), "{error}");
	assert_eq!(world.state_of(&made.key), Some(ContainerState::Broken));
	eventually("its shim is gone", || world.shims().is_empty());
	world.containers.remove(&made.key).expect("it is removed");
	world.assert_nothing_left();
}

#[test]
fn a_user_that_the_image_has_not_is_named() {
	let world = World::new();
	let mut made = Made::shell("web", "true");
	made.image.config.user = Some("stranger".into());
	let error = world.start(&made).expect_err("there is no such user");
	assert!(error.to_string().contains("stranger"), "{error}");
	assert!(!error.is_retryable());
}

#[test]
fn the_image_says_what_the_spec_does_not() {
	let world = World::new();
	let mut made = Made::shell("web", "").env("B", "of the spec");
	made.container.command = Default::default();
	made.image.config.entrypoint = ["/bin/sh", "-c"].map(str::to_owned).to_vec();
	made.image.config.cmd = vec!["echo $A, $B; pwd; id; echo $PATH; hostname".into()];
	made.image.config.env = ["A=of the image", "B=of the image"].map(str::to_owned).to_vec();
	made.image.config.working_dir = Some("/home".into());
	made.image.config.user = Some("web".into());
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let expected = [
		"of the image, of the spec",
		"/home",
		"uid=33(web) gid=34(web) groups=40(logs)",
		"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"web",
	];
	let printed = world.printed(&made.key);
	let printed: Vec<_> = printed.iter().map(|line| line.replace("34(web),40", "40")).collect();
	assert_eq!(printed, expected);
}

#[test]
fn a_container_may_print_by_the_name_of_its_output() {
	let world = World::new();
	let mut made = Made::shell("web", "echo by name > /dev/stdout; echo badly > /dev/stderr");
	made.image.config.user = Some("web".into());
	world.start(&made).expect("it starts");
	assert_eq!(world.end_of(&made.key), Exit::Code(0));
	assert_eq!(world.complaints(&made.key), ["badly"]);
	assert_eq!(world.printed(&made.key).len(), 2);
}

#[test]
fn upper_layers_hide_lower_ones() {
	let world = World::new();
	let mut made = Made::shell("web", "cat /etc/said; ls -ln /etc/said");
	let folders = ["one", "two"].map(|name| {
		let folder = world.state().join(name);
		std::fs::create_dir_all(folder.join("etc")).expect("a folder");
		std::fs::write(folder.join("etc/said"), name).expect("a file");
		folder
	});
	made.image.layers.extend(folders);
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key).join(" ");
	assert!(printed.starts_with("two"), "{printed}");
	assert!(printed.contains(" 0        0 "), "it belongs to root, as in the image: {printed}");
}

#[test]
fn it_joins_the_network_that_it_is_given() {
	let world = World::new();
	let namespace = Namespace::new(&format!("{}net", world.names.prefix()));
	let mut made = Made::shell("web", "ls /sys/class/net; ip link show dev given | grep -c ,UP");
	made.namespace = Some(namespace.path());
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	assert_eq!(world.printed(&made.key), ["given", "lo", "other", "1"]);
	let alone = world.script("alone", "ls /sys/class/net; ip -o addr | cut -c1-20");
	assert_eq!(alone[0], "lo");
	assert!(!alone.iter().any(|line| line.contains("given")), "{alone:?}");
}

#[test]
fn nothing_to_run_is_refused() {
	let world = World::new();
	let mut made = Made::shell("web", "");
	made.container.command = Default::default();
	made.container.root = MIB;
	assert!(!world.start(&made).expect_err("nothing to run").is_retryable());
}

/// A network namespace with one interface.
struct Namespace(String);

impl Namespace {
	fn new(name: &str) -> Self {
		let ip = |arguments: &str| {
			let status = std::process::Command::new("ip").args(arguments.split(' ')).status();
			assert!(status.expect("iproute2 is installed").success(), "ip {arguments}");
		};
		ip(&format!("netns add {name}"));
		let made = Self(name.to_owned());
		ip(&format!("-n {name} link add given type veth peer name other"));
		ip(&format!("-n {name} link set given up"));
		made
	}

	fn path(&self) -> std::path::PathBuf {
		std::path::Path::new("/run/netns").join(&self.0)
	}
}

impl Drop for Namespace {
	fn drop(&mut self) {
		let _ = std::process::Command::new("ip").args(["netns", "del", &self.0]).status();
	}
}
