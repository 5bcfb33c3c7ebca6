//! What does not go well.

use crate::world::{
	container, encryption_key, image, key, sealed_by, sealed_to, spec, spec_with, story, volume,
	World, TWIN,
};
use crypto_box::SecretKey;
use grid_primitives::{
	report::{FailureCode, Outcome},
	spec::{Disk, Kind, Zdb, ZdbMode},
	Capacity,
};
use zos_core::ports::{ContainerState, Crashes, Exit};
use zos_provision::fakes::{FakeFault, Times};

#[test]
fn what_fails_is_tried_again_ever_later_and_holds_back_no_other() {
	story(|world| async move {
		let fault = FakeFault::passing(FailureCode::NotStarted, "no room for it");
		world.host.fail("start container 1/bad", fault, Times::Only(5));
		world
			.chain
			.create(1, spec_with(&[("bad", container(1, &[])), ("good", container(2, &[]))]));
		let why = world.fails(1).await;
		assert_eq!(why.code, FailureCode::NotStarted);
		assert_eq!(why.workload.as_ref().and_then(|it| it.as_str()), Some("bad"));
		assert_eq!(why.detail.as_str(), Some("no room for it"));
		assert!(world.host.actual().containers.contains_key(&key(1, "good")));

		let status = world.view.status();
		let bad = &status.contracts[0].workloads[0];
		assert_eq!((bad.name.as_str(), bad.state.as_str()), ("bad", "failing"));
		assert!(bad.detail.as_ref().is_some_and(|it| it.contains("no room")));
		assert!(bad.retry_in.is_some());

		// After 2, 4, 8, 16 and 32 seconds.
		world.pass(50).await;
		assert!(!world.host.actual().containers.contains_key(&key(1, "bad")));
		world.runs(1, 1).await;
		assert_eq!(world.metrics.failures.get(), 5);
	});
}

#[test]
fn every_failure_is_seen_and_the_chain_hears_of_the_next_when_one_is_mended() {
	story(|world| async move {
		let fault = |code| FakeFault::passing(code, "no");
		let always = Times::Always;
		world.host.fail("start container 1/web", fault(FailureCode::NotStarted), always);
		world.host.fail(&image(2), fault(FailureCode::ImageNotFound), always);
		world.host.fail("make volume 1/data", fault(FailureCode::Volume), always);
		let all = [("web", container(1, &[])), ("job", container(2, &[])), ("data", volume(1))];
		world.chain.create(1, spec_with(&all));
		let told = |code| {
			move |world: &World| match world.chain.last_report(1) {
				Some((_, Outcome::Failed(failure))) => failure.code == code,
				_ => false,
			}
		};
		world.until("the cause is told", told(FailureCode::ImageNotFound)).await;
		world.until("all have failed", |it| it.view.status().failures.len() == 3).await;
		let failures = world.view.status().failures;
		let seen: Vec<_> = failures.iter().map(|it| it.code.as_str()).collect();
		assert_eq!(seen, ["ImageNotFound", "Volume", "NotStarted"]);
		for failure in failures {
			let (workload, again) = (failure.workload.expect("it is about one"), failure.retry_in);
			assert!(failure.since > 0 && again.is_some() && failure.tries.is_some(), "{workload}");
		}

		world.host.heal(&image(2));
		world.until("the next is told", told(FailureCode::Volume)).await;
		world.host.heal("make volume 1/data");
		world.until("the last is told", told(FailureCode::NotStarted)).await;
		assert_eq!(world.view.status().failures.len(), 1);
		world.host.heal("start container 1/web");
		world.runs(1, 1).await;
		world.until("nothing fails", |it| it.view.status().failures.is_empty()).await;
	});
}

#[test]
fn what_does_not_end_is_seen() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		let fault = FakeFault::passing(FailureCode::Other, "it does not end");
		world.host.fail("remove container 1/web", fault, Times::Only(3));
		world.chain.cancel(1);
		world.until("it is seen", |it| it.view.status().failures.len() == 1).await;
		let status = world.view.status();
		assert_eq!(status.leaving, [1]);
		assert_eq!(status.failures[0].workload.as_deref(), Some("web"));
		assert!(status.failures[0].detail.contains("does not end"));
		world.is_gone(1).await;
		world.until("all is well", |it| it.view.status().failures.is_empty()).await;
	});
}

#[test]
fn a_revision_that_cannot_start_leaves_the_old_one_running() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		let fault = FakeFault::lasting(FailureCode::ImageRefused, "it is not what it says");
		world.host.fail(&image(2), fault, Times::Always);
		world.host.take_done();
		world.chain.amend(1, spec(2));
		assert_eq!(world.fails(1).await.code, FailureCode::ImageRefused);
		world.pass(600).await;
		assert!(world.host.take_done().is_empty(), "nothing is touched, nothing tried in vain");
		// Another revision is tried at once.
		world.chain.amend(1, spec(3));
		world.runs(1, 3).await;
	});
}

#[test]
fn a_secret_for_somebody_else_is_told() {
	story(|world| async move {
		let other = SecretKey::from([8; 32]).public_key();
		world.chain.create(1, spec_with(&[("web", sealed_to(container(1, &[]), &other))]));
		assert_eq!(world.fails(1).await.code, FailureCode::SecretNotReadable);
		assert!(world.host.images().is_empty(), "nothing is fetched for it");
	});
}

#[test]
fn a_secret_of_another_twin_is_no_more_read_than_told() {
	story(|world| async move {
		let here = encryption_key().public_key();
		let stolen = sealed_by(container(1, &[]), TWIN + 1, &here);
		world.chain.create(1, spec_with(&[("web", stolen)]));
		let why = world.fails(1).await;
		assert_eq!(why.code, FailureCode::SecretNotReadable);
		let detail = why.detail.as_str().expect("it is text");
		assert!(detail.contains("another twin"), "{detail}");
		assert!(world.host.actual().containers.is_empty(), "nobody is to see it");
	});
}

#[test]
fn crashes_are_told_and_so_is_that_they_ended() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		let crashes = Crashes { last: Exit::OutOfMemory, in_a_row: 1 };
		world.host.set_state(&key(1, "web"), ContainerState::Restarting(crashes));
		assert_eq!(world.fails(1).await.code, FailureCode::OutOfMemory);
		let well = ContainerState::Running { restarts: 1, crashes: None };
		world.host.set_state(&key(1, "web"), well);
		world.runs(1, 1).await;
		world.host.end(&key(1, "web"), Exit::Code(3));
		assert_eq!(world.fails(1).await.code, FailureCode::Crashed);
		assert_eq!(world.host.take_done().len(), 3, "whoever ended for good is left alone");
	});
}

#[test]
fn a_container_that_broke_is_made_again() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.host.set_state(&key(1, "web"), ContainerState::Broken);
		world
			.until("it runs again", |it| {
				let state = it.host.actual().containers.get(&key(1, "web")).map(|it| it.state);
				matches!(state, Some(ContainerState::Running { .. }))
			})
			.await;
		assert_eq!(world.chain.reports(1).len(), 1, "it was away for a moment");
	});
}

#[test]
fn what_makes_no_sense_is_left_as_it_is() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.host.take_done();
		let plan = vec![(4, [9; 32])];
		world.chain.edit(1, |it| (it.plan, it.spec) = (plan, Some(spec(2))));
		assert_eq!(world.fails(1).await.code, FailureCode::NotProven);
		world.pass(60).await;
		assert!(world.host.take_done().is_empty());
		assert_eq!(world.view.status().contracts[0].wanted, "keep");
	});
}

#[test]
fn a_machine_that_has_less_serves_those_that_came_first() {
	story(|mut world| async move {
		world.kill().await;
		world.capacity = Capacity { sru: 20 << 20, ..world.capacity };
		world.start();
		world.chain.create(1, spec_with(&[("data", volume(12))]));
		world.chain.create(2, spec_with(&[("data", volume(12))]));
		world.runs(1, 1).await;
		assert_eq!(world.fails(2).await.code, FailureCode::NoCapacity);
		world.chain.cancel(1);
		world.runs(2, 1).await;
	});
}

#[test]
fn what_nobody_wants_is_removed() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		let actual = world.host.actual();
		let mut leak = actual.containers[&key(1, "web")].clone();
		leak.key = key(77, "ghost");
		world.host.leak(leak);
		world.is_gone(77).await;
		assert!(world.host.actual().containers.contains_key(&key(1, "web")));
	});
}

#[test]
fn a_report_that_comes_too_early_is_said_again() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		for _ in 0..3 {
			world.host.end(&key(1, "web"), Exit::Code(1));
			world.fails(1).await;
			let well = ContainerState::Running { restarts: 1, crashes: None };
			world.host.set_state(&key(1, "web"), well);
			world.runs(1, 1).await;
		}
		assert_eq!(world.chain.reports(1).len(), 7);
	});
}

#[test]
fn what_never_goes_well_is_told_once_and_the_rest_runs() {
	story(|world| async move {
		let never = FakeFault::lasting(FailureCode::Zdb, "no zdb can be so");
		world.host.fail("make zdb 1/db", never, Times::Always);
		let zdb = Kind::Zdb(Zdb {
			size: 1 << 30,
			disk: Disk::Ssd,
			mode: ZdbMode::User,
			public: false,
			password: None,
			networks: Default::default(),
		});
		world.chain.create(1, spec_with(&[("db", zdb), ("web", container(1, &[]))]));
		let why = world.fails(1).await;
		assert_eq!(why.code, FailureCode::Zdb);
		assert_eq!(why.detail.as_str(), Some("no zdb can be so"));
		assert!(world.host.actual().containers.contains_key(&key(1, "web")));
		let said = world.chain.reports(1);
		world.pass(900).await;
		assert_eq!(world.chain.reports(1), said, "it is said once");
		assert!(matches!(said[0].1, Outcome::Failed(_)));
	});
}
