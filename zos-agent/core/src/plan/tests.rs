//! Plans in tables: what is there, what is wanted, and what is done.

use super::Plan;
use crate::{
	backoff::Attempts,
	outcome::failure,
	ports::{ContainerState, Exit},
	sample::{container, network, program, spec, text, volume, want, SIZE},
	verify::Intent,
	Actual, Key,
};
use grid_primitives::{
	report::FailureCode,
	spec::{Attachment, Disk, Kind, Spec, Volume},
};
use std::time::Duration;

/// A machine on which a contract runs.
fn running(spec: &Spec) -> Actual {
	let mut actual = Actual::default();
	let plan = Plan::new(&[want(1, Intent::Run(spec.clone()))], &actual);
	actual.execute(plan, |_| false);
	actual
}

/// The steps of contract 1, each with those that it waits for.
fn steps(intent: Intent, actual: &Actual) -> Vec<String> {
	let plan = Plan::new(&[want(1, intent)], actual);
	let steps = plan.of(1);
	let line = |step: &super::Step| match step.after.as_slice() {
		[] => format!("{step}"),
		after => format!("{step} after {after:?}"),
	};
	steps.iter().map(line).collect()
}

fn key(name: &str) -> Key {
	Key::new(1, name).expect("it is one")
}

fn website(image: u8, size: u64) -> Spec {
	spec(&[("data", volume(size)), ("web", program(image, &["data"])), ("log", program(9, &[]))])
}

#[test]
fn first_come_volumes_then_who_uses_them() {
	assert_eq!(
		steps(Intent::Run(website(1, SIZE)), &Actual::default()),
		[
			"prepare container 1/web",
			"prepare container 1/log",
			"make volume 1/data",
			"start container 1/web after [0, 2]",
			"start container 1/log after [1]",
		]
	);
}

#[test]
fn another_image_is_fetched_before_the_old_container_stops() {
	assert_eq!(
		steps(Intent::Run(website(2, SIZE)), &running(&website(1, SIZE))),
		[
			"prepare container 1/web",
			"remove container 1/web after [0]",
			"start container 1/web after [0, 1]",
		]
	);
}

#[test]
fn what_is_done_is_not_done_again_when_the_machine_starts() {
	let mut actual = running(&website(1, SIZE));
	for (name, found) in
		[("web", ContainerState::Ended(Exit::Code(0))), ("log", ContainerState::Broken)]
	{
		actual.containers.get_mut(&key(name)).expect("it is there").state = found;
	}
	actual.volumes.get_mut(&key("data")).expect("it is there").ready = None;
	assert_eq!(
		steps(Intent::Run(website(1, SIZE)), &actual),
		[
			"prepare container 1/log",
			"remove container 1/log after [0]",
			"make volume 1/data after [1]",
			"start container 1/log after [0, 1]",
		]
	);
	assert!(!steps(Intent::Run(website(2, SIZE)), &actual).is_empty(), "another one is to be done");
}

#[test]
fn a_volume_grows_under_a_container_that_runs() {
	let actual = running(&website(1, SIZE));
	assert_eq!(steps(Intent::Run(website(1, 2 * SIZE)), &actual), ["make volume 1/data"]);
	let nothing: [&str; 0] = [];
	assert_eq!(steps(Intent::Run(website(1, SIZE / 2)), &actual), nothing, "never smaller");
	let moved = spec(&[
		("data", Kind::Volume(Volume { size: SIZE, disk: Disk::Hdd })),
		("web", program(1, &["data"])),
		("log", program(9, &[])),
	]);
	assert_eq!(steps(Intent::Run(moved), &actual), nothing, "never elsewhere");
}

#[test]
fn a_volume_that_cannot_grow_while_it_is_used_is_let_go_for_a_moment() {
	let mut actual = running(&website(1, SIZE));
	actual.volumes.get_mut(&key("data")).expect("it is there").grows_in_use = false;
	let nothing: [&str; 0] = [];
	assert_eq!(steps(Intent::Run(website(1, SIZE)), &actual), nothing, "it need not grow");
	let grown = [
		"prepare container 1/web",
		"reserve volume 1/data",
		"remove container 1/web after [0, 1]",
		"make volume 1/data after [2]",
		"start container 1/web after [0, 1, 2, 3]",
	];
	assert_eq!(steps(Intent::Run(website(1, 2 * SIZE)), &actual), grown);
	actual.containers.clear();
	let unused = steps(Intent::Run(website(1, 2 * SIZE)), &actual);
	assert!(!unused.iter().any(|it| it.contains("reserve") || it.contains("remove")), "{unused:?}");
}

#[test]
fn nobody_lets_go_of_a_volume_that_failed_to_grow_a_moment_ago() {
	let mut actual = running(&website(1, SIZE));
	actual.volumes.get_mut(&key("data")).expect("it is there").grows_in_use = false;
	let plan = Plan::new(&[want(1, Intent::Run(website(1, 2 * SIZE)))], &actual);
	let grown = plan.of(1).iter().find(|it| it.key == key("data")).expect("it grows");
	let mut attempts = Attempts::default();
	let why = failure(FailureCode::NoCapacity, None, "no space");
	attempts.failed(key("data"), grown.aim, why, true, Duration::ZERO);
	let due = Plan::due(plan.of(1), &attempts, Duration::ZERO);
	assert!(due.iter().all(|it| !it), "{due:?}");
}

#[test]
fn a_container_lets_go_of_a_volume_that_was_lost_before_it_is_attached_again() {
	let mut actual = running(&website(1, SIZE));
	actual.volumes.get_mut(&key("data")).expect("it is there").ready = None;
	assert_eq!(
		steps(Intent::Run(website(1, SIZE)), &actual),
		[
			"prepare container 1/web",
			"remove container 1/web after [0]",
			"make volume 1/data after [1]",
			"start container 1/web after [0, 1, 2]",
		]
	);
}

#[test]
fn a_container_goes_on_until_the_volumes_of_its_next_revision_are_there() {
	let next = spec(&[
		("data", volume(SIZE)),
		("more", volume(SIZE)),
		("web", program(1, &["data", "more"])),
		("log", program(9, &[])),
	]);
	assert_eq!(
		steps(Intent::Run(next), &running(&website(1, SIZE))),
		[
			"prepare container 1/web",
			"make volume 1/more",
			"remove container 1/web after [0, 1]",
			"start container 1/web after [0, 1, 2]",
		]
	);
}

#[test]
fn what_a_revision_drops_goes_after_those_who_used_it() {
	let next = spec(&[("web", program(2, &[]))]);
	assert_eq!(
		steps(Intent::Run(next), &running(&website(1, SIZE))),
		[
			"remove container 1/log",
			"prepare container 1/web",
			"remove container 1/web after [1]",
			"remove volume 1/data after [0, 2]",
			"start container 1/web after [1, 2]",
		]
	);
}

#[test]
fn a_pause_stops_programs_and_keeps_data() {
	let actual = running(&website(1, SIZE));
	assert_eq!(
		steps(Intent::Pause(website(1, SIZE)), &actual),
		["remove container 1/log", "remove container 1/web"]
	);
}

#[test]
fn an_end_leaves_nothing() {
	let actual = running(&website(1, SIZE));
	let all =
		["remove container 1/log", "remove container 1/web", "remove volume 1/data after [0, 1]"];
	assert_eq!(steps(Intent::Leave, &actual), all);
	let plan = Plan::new(&[], &actual);
	assert_eq!(plan.of(1), Plan::new(&[want(1, Intent::Leave)], &actual).of(1));
}

#[test]
fn a_reboot_brings_all_back() {
	let mut actual = running(&website(1, SIZE));
	actual.volumes.values_mut().for_each(|it| it.ready = None);
	actual.containers.values_mut().for_each(|it| it.state = ContainerState::Broken);
	let intent = Intent::Run(website(1, SIZE));
	assert_eq!(steps(intent.clone(), &actual).len(), 7);
	let plan = Plan::new(&[want(1, intent.clone())], &actual);
	actual.execute(plan, |_| false);
	assert!(steps(intent, &actual).is_empty());
}

#[test]
fn a_container_waits_for_its_network_and_survives_its_changes() {
	let attached = |image| {
		let attachment = Attachment { network: text("net"), ip: [10, 1, 0, 2] };
		container(image, vec![], vec![attachment])
	};
	let first = spec(&[("net", network(1)), ("web", attached(1))]);
	assert_eq!(
		steps(Intent::Run(first.clone()), &Actual::default()),
		["prepare container 1/web", "make network 1/net", "start container 1/web after [0, 1]"]
	);
	let Kind::Network(mut other) = network(1) else { unreachable!("it is one") };
	other.port = Some(51820);
	let second = spec(&[("net", Kind::Network(other)), ("web", attached(1))]);
	assert_eq!(steps(Intent::Run(second), &running(&first)), ["make network 1/net"]);
}

#[test]
fn contracts_that_give_room_come_first() {
	let actual = {
		let mut actual = running(&website(1, SIZE));
		let plan = Plan::new(&[want(7, Intent::Run(website(1, SIZE)))], &Actual::default());
		actual.execute(plan, |_| false);
		actual
	};
	let wanted = [want(1, Intent::Run(website(2, SIZE))), want(2, Intent::Run(website(1, SIZE)))];
	let order: Vec<_> =
		Plan::new(&wanted, &actual).into_contracts().into_iter().map(|(it, _)| it).collect();
	assert_eq!(order, [7, 1, 2]);
}
