//! What does not go well.

use crate::world::{container, image, key, sealed_to, spec, spec_with, story, volume, World};
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

/// What a machine without zdbs says of them.
#[test]
fn what_is_not_offered_is_told_and_the_rest_runs() {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	runtime.block_on(async {
		let mut world = World::new();
		world.start_without_zdbs();
		let zdb = Kind::Zdb(Zdb {
			size: 1 << 30,
			disk: Disk::Hdd,
			mode: ZdbMode::User,
			public: false,
			password: None,
			networks: Default::default(),
		});
		world.chain.create(1, spec_with(&[("db", zdb), ("web", container(1, &[]))]));
		let why = world.fails(1).await;
		assert_eq!(why.code, FailureCode::Zdb);
		assert!(why.detail.as_str().is_some_and(|it| it.contains("offers no zdbs")));
		assert!(world.host.actual().containers.contains_key(&key(1, "web")));
		let said = world.chain.reports(1);
		world.pass(900).await;
		assert_eq!(world.chain.reports(1), said, "it is said once");
		assert!(matches!(said[0].1, Outcome::Failed(_)));
	});
	runtime.shutdown_background();
}
