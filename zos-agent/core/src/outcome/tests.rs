use super::*;
use crate::{
	ports::{ContainerFound, VolumeFound},
	sample::{network, program, spec, text, volume, want, SIZE},
};
use grid_primitives::{report::NetworkKey, spec::Disk};
use std::time::Duration;

fn key(name: &str) -> Key {
	Key::new(1, name).expect("it is one")
}

fn website() -> Spec {
	spec(&[("data", volume(SIZE)), ("web", program(1, &["data"]))])
}

/// A machine on which the website is in this state.
fn machine(state: ContainerState) -> Actual {
	let spec = website();
	let Kind::Container(container) = &spec.workloads()[1].kind else { panic!("it is one") };
	let fingerprint = Some(Fingerprint::of_container(container, &spec));
	let web = ContainerFound { key: key("web"), fingerprint, image: None, state };
	let ready = Some("/data".into());
	let data =
		VolumeFound { key: key("data"), size: SIZE, grows_in_use: true, disk: Disk::Ssd, ready };
	Actual {
		containers: [(key("web"), web)].into(),
		volumes: [(key("data"), data)].into(),
		..Actual::default()
	}
}

fn running() -> Actual {
	machine(ContainerState::Running { restarts: 0, crashes: None })
}

fn said(intent: Intent, actual: &Actual) -> Option<Outcome> {
	outcome(&want(1, intent), actual, &Attempts::default())
}

/// The code that is reported of a website that is to run.
fn code(actual: &Actual) -> Option<FailureCode> {
	match said(Intent::Run(website()), actual) {
		Some(Outcome::Failed(failure)) => Some(failure.code),
		_ => None,
	}
}

#[test]
fn all_of_it_runs_or_it_is_not_said() {
	let all = Some(Outcome::Running { keys: Default::default() });
	assert_eq!(said(Intent::Run(website()), &running()), all);
	for name in ["web", "data"] {
		let mut actual = running();
		actual.containers.remove(&key(name));
		actual.volumes.remove(&key(name));
		assert_eq!(said(Intent::Run(website()), &actual), None, "without {name}");
	}
	let mut smaller = running();
	smaller.volumes.get_mut(&key("data")).expect("it is there").size /= 2;
	assert_eq!(said(Intent::Run(website()), &smaller), None);
}

#[test]
fn what_a_revision_dropped_must_be_gone_before_it_runs() {
	let mut actual = running();
	let old = actual.volumes[&key("data")].clone();
	actual.volumes.insert(key("old"), VolumeFound { key: key("old"), ..old });
	assert_eq!(said(Intent::Run(website()), &actual), None);
}

#[test]
fn the_first_failure_is_told() {
	let mut attempts = Attempts::default();
	let why = failure(FailureCode::ImageNotFound, Some(text("web")), "no such image");
	attempts.failed(key("web"), None, why.clone(), true, Duration::ZERO);
	let mut actual = running();
	actual.containers.clear();
	let run = want(1, Intent::Run(website()));
	assert_eq!(outcome(&run, &actual, &attempts), Some(Outcome::Failed(why)));
	// What failed before does not matter once it runs.
	assert!(matches!(outcome(&run, &running(), &attempts), Some(Outcome::Running { .. })));
}

#[test]
fn all_failures_are_known_and_the_cause_is_the_one_that_is_told() {
	let spec = spec(&[("web", program(1, &[])), ("data", volume(SIZE)), ("job", program(2, &[]))]);
	let run = want(1, Intent::Run(spec));
	let mut actual = Actual::default();
	let old = running().volumes[&key("data")].clone();
	actual.volumes.insert(key("old"), VolumeFound { key: key("old"), ..old });
	let mut attempts = Attempts::default();
	let mut fail = |name: &str, code| {
		let why = failure(code, Some(text(name)), "no");
		attempts.failed(key(name), None, why, true, Duration::ZERO);
	};
	fail("web", FailureCode::NotStarted);
	fail("job", FailureCode::ImageNotFound);
	fail("data", FailureCode::Volume);
	fail("old", FailureCode::Volume);
	let names = |attempts: &Attempts| {
		let all = failing(&run, &actual, attempts).into_iter();
		let name = |it: Failing| it.workload.expect("it is about one").name().to_owned();
		all.map(name).collect::<Vec<_>>()
	};
	assert_eq!(names(&attempts), ["job", "data", "old", "web"]);
	let told = |attempts: &Attempts| match outcome(&run, &actual, attempts) {
		Some(Outcome::Failed(failure)) => (failure.code, failure.workload),
		other => panic!("{other:?}"),
	};
	assert_eq!(told(&attempts), (FailureCode::ImageNotFound, Some(text("job"))));
	attempts.succeeded(&key("job"));
	assert_eq!(told(&attempts), (FailureCode::Volume, Some(text("data"))), "it was mended");
	attempts.succeeded(&key("data"));
	assert_eq!(told(&attempts), (FailureCode::Volume, None), "the chain has no such workload");
	attempts.succeeded(&key("old"));
	assert_eq!(told(&attempts), (FailureCode::NotStarted, Some(text("web"))));
}

#[test]
fn what_does_not_go_away_is_known() {
	let mut attempts = Attempts::default();
	let why = failure(FailureCode::Other, Some(text("web")), "it does not end");
	attempts.failed(key("web"), None, why.clone(), true, Duration::ZERO);
	for intent in [Intent::Pause(website()), Intent::Leave] {
		let all = failing(&want(1, intent.clone()), &running(), &attempts);
		assert_eq!(all, [Failing { workload: Some(key("web")), failure: why.clone() }]);
		assert_eq!(outcome(&want(1, intent), &running(), &attempts), None, "it still runs");
	}
}

#[test]
fn crashes_are_told_when_they_do_not_end() {
	let crashes = |last, in_a_row| Crashes { last, in_a_row };
	let restarting = |last, in_a_row| machine(ContainerState::Restarting(crashes(last, in_a_row)));
	assert_eq!(code(&restarting(Exit::Code(1), 1)), None);
	assert_eq!(code(&restarting(Exit::Code(1), 3)), Some(FailureCode::Crashed));
	assert_eq!(code(&restarting(Exit::OutOfMemory, 1)), Some(FailureCode::OutOfMemory));
	// It runs again, but it did so before: it is not well until it has for a while.
	let again =
		ContainerState::Running { restarts: 3, crashes: Some(crashes(Exit::Signal(11), 3)) };
	assert_eq!(code(&machine(again)), Some(FailureCode::Crashed));
}

#[test]
fn a_program_that_is_done_is_no_failure() {
	assert_eq!(code(&machine(ContainerState::Ended(Exit::Code(0)))), None);
	assert_eq!(code(&machine(ContainerState::Ended(Exit::Code(2)))), Some(FailureCode::Crashed));
	let killed = machine(ContainerState::Ended(Exit::OutOfMemory));
	assert_eq!(code(&killed), Some(FailureCode::OutOfMemory));
}

#[test]
fn a_volume_that_cannot_be_as_wanted_is_told() {
	for change in [|it: &mut VolumeFound| it.size *= 2, |it: &mut VolumeFound| it.disk = Disk::Hdd]
	{
		let mut actual = running();
		change(actual.volumes.get_mut(&key("data")).expect("it is there"));
		assert_eq!(code(&actual), Some(FailureCode::Volume));
	}
}

#[test]
fn stopped_means_that_programs_are_gone_and_left_that_data_is_too() {
	let mut actual = running();
	assert_eq!(said(Intent::Pause(website()), &actual), None);
	actual.containers.clear();
	assert_eq!(said(Intent::Pause(website()), &actual), Some(Outcome::Stopped));
	assert_eq!(said(Intent::Leave, &actual), None);
	actual.volumes.clear();
	assert_eq!(said(Intent::Leave, &actual), Some(Outcome::Stopped));
}

#[test]
fn what_is_not_believed_is_told_only_if_it_is_to_run() {
	let why = failure(FailureCode::NotProven, None, "no");
	let keep = |run| Intent::Keep { run, why: why.clone() };
	assert_eq!(said(keep(true), &running()), Some(Outcome::Failed(why.clone())));
	assert_eq!(said(keep(false), &running()), None);
}

#[test]
fn keys_of_networks_are_told() {
	let spec = spec(&[("net", network(1))]);
	let Kind::Network(network) = &spec.workloads()[0].kind else { panic!("it is one") };
	let public = NetworkKey { network: text("net"), public_key: [5; 32], endpoint: None };
	let mut found = crate::ports::NetworkFound {
		key: key("net"),
		fingerprint: Some(Fingerprint::of_network(network, &Default::default())),
		public: None,
	};
	let mut actual = Actual::default();
	actual.networks.insert(key("net"), found.clone());
	assert_eq!(said(Intent::Run(spec.clone()), &actual), None, "it has no key yet");
	found.public = Some(public.clone());
	actual.networks.insert(key("net"), found);
	let keys = vec![public].try_into().expect("it is one");
	assert_eq!(said(Intent::Run(spec), &actual), Some(Outcome::Running { keys }));
}

#[test]
fn details_are_what_the_chain_takes() {
	let long = failure(FailureCode::Other, None, &"ä\n".repeat(100));
	let detail = long.detail.as_str().expect("it is UTF-8");
	assert!(detail.len() <= 128 && detail.len() > 120);
	assert!(!detail.chars().any(char::is_control));
}
