//! A contract from its registration to its end.

use crate::world::{container, image, key, read, spec, spec_with, story, volume, SIZE};
use grid_primitives::report::FailureCode;
use zos_provision::fakes::{FakeFault, FakeHost, Times};

/// What was done to the machine, beside images.
fn done(host: &FakeHost) -> Vec<String> {
	let mut done = host.take_done();
	done.retain(|it| !it.contains("image"));
	done
}

#[test]
fn deployed_amended_paused_resumed_and_cancelled() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		assert_eq!(done(&world.host), ["make volume 1/data", "start container 1/web"]);

		world.chain.amend(1, spec(2));
		world.runs(1, 2).await;
		assert_eq!(done(&world.host), ["remove container 1/web", "start container 1/web"]);
		let digest = world.host.actual().containers[&key(1, "web")].image;
		assert_eq!(digest, Some([2; 32]));

		world.chain.set_paused(1, true);
		world.stops(1).await;
		assert_eq!(done(&world.host), ["remove container 1/web"]);
		assert_eq!(world.host.actual().volumes.len(), 1, "the data stays");

		world.chain.set_paused(1, false);
		world.runs(1, 2).await;
		assert_eq!(done(&world.host), ["start container 1/web"]);

		world.chain.cancel(1);
		world.is_gone(1).await;
		assert_eq!(done(&world.host), ["remove container 1/web", "remove volume 1/data"]);
		world.until("the image is gone", |it| it.host.images().is_empty()).await;
	});
}

#[test]
fn a_volume_grows_while_its_container_runs() {
	story(|world| async move {
		let sized = |size| spec_with(&[("data", volume(size)), ("web", container(1, &["data"]))]);
		world.chain.create(1, sized(8));
		world.runs(1, 1).await;
		done(&world.host);
		world.chain.amend(1, sized(16));
		world.runs(1, 2).await;
		assert_eq!(done(&world.host), ["make volume 1/data"]);
		assert_eq!(world.host.actual().volumes[&key(1, "data")].size, 16 * SIZE);

		world.chain.amend(1, sized(4));
		let why = world.fails(1).await;
		assert_eq!(why.code, FailureCode::Volume);
		assert!(done(&world.host).is_empty(), "it is never made smaller");
	});
}

#[test]
fn a_volume_that_cannot_grow_in_use_grows_all_the_same() {
	story(|world| async move {
		let sized = |size| {
			let other = ("log", container(2, &[]));
			spec_with(&[("data", volume(size)), ("web", container(1, &["data"])), other])
		};
		world.chain.create(1, sized(8));
		world.runs(1, 1).await;
		world.host.let_volumes_grow_alone();
		done(&world.host);

		// Who uses it goes on as long as there is no space.
		let fault = FakeFault::passing(FailureCode::NoCapacity, "no space");
		world.host.fail("reserve volume 1/data", fault, Times::Only(3));
		world.chain.amend(1, sized(16));
		assert_eq!(world.fails(1).await.code, FailureCode::NoCapacity);
		assert!(world.host.actual().containers.contains_key(&key(1, "web")));
		assert!(done(&world.host).is_empty());

		world.runs(1, 2).await;
		let steps = [
			"reserve volume 1/data",
			"remove container 1/web",
			"make volume 1/data",
			"start container 1/web",
		];
		assert_eq!(done(&world.host), steps, "nobody else is stopped");
		assert_eq!(world.host.actual().volumes[&key(1, "data")].size, 16 * SIZE);
	});
}

#[test]
fn a_contract_that_leaves_says_so_when_nothing_is_left() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.chain.leave(1);
		world.until("it has left", |it| it.chain.contracts().is_empty()).await;
		assert!(world.host.actual().contracts().is_empty());
	});
}

#[test]
fn many_contracts_come_at_once() {
	story(|mut world| async move {
		for contract in 1..=100 {
			world.chain.create(contract, spec((contract % 5) as u8 + 1));
		}
		for contract in 1..=100 {
			world.runs(contract, 1).await;
		}
		assert_eq!(world.host.images().len(), 5);
		world.agrees().await;
	});
}

#[test]
fn a_slow_image_holds_back_no_other_contract() {
	story(|world| async move {
		world.host.hold(&image(9));
		world.chain.create(1, spec(9));
		world.pass(10).await;
		world.chain.create(2, spec(1));
		world.runs(2, 1).await;
		assert_eq!(world.chain.last_report(1), None, "there is nothing to say yet");
		world.host.release(&image(9));
		world.runs(1, 1).await;
	});
}

#[test]
fn an_image_that_nobody_wants_any_more_is_given_up() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		// It never comes, but what ran goes on.
		world.host.hold(&image(9));
		world.chain.amend(1, spec(9));
		world.pass(60).await;
		assert!(world.host.actual().containers.contains_key(&key(1, "web")));
		world.chain.amend(1, spec(2));
		world.runs(1, 3).await;
		world.host.hold(&image(8));
		world.chain.amend(1, spec(8));
		world.pass(10).await;
		world.chain.cancel(1);
		world.is_gone(1).await;
	});
}

#[test]
fn two_revisions_at_once_are_one_step() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		done(&world.host);
		world.chain.amend(1, spec(2));
		world.chain.amend(1, spec(3));
		world.runs(1, 3).await;
		assert_eq!(done(&world.host), ["remove container 1/web", "start container 1/web"]);
		let said: Vec<_> = world.chain.reports(1).into_iter().map(|(it, _)| it).collect();
		assert_eq!(said, [1, 3]);
	});
}

#[test]
fn secrets_reach_their_container() {
	story(|world| async move {
		world.chain.create(1, spec_with(&[("web", read(container(1, &[])))]));
		world.runs(1, 1).await;
	});
}
