//! Silence is not a command.

use crate::world::{container, key, spec, spec_with, story, World};
use zos_core::ports::ContainerState;

fn runs(world: &World, contract: u64) -> bool {
	let state = world.host.actual().containers.get(&key(contract, "web")).map(|it| it.state);
	matches!(state, Some(ContainerState::Running { .. }))
}

#[test]
fn what_runs_goes_on_without_a_chain_and_is_cared_for() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.chain.create(2, spec(2));
		world.runs(1, 1).await;
		world.runs(2, 1).await;
		world.host.take_done();
		world.chain.set_gone(true);
		world.chain.cancel(1);
		world.chain.create(3, spec(3));
		world.pass(600).await;
		assert!(world.host.take_done().is_empty());

		world.host.set_state(&key(2, "web"), ContainerState::Broken);
		world.until("2 runs again", |world| runs(world, 2)).await;

		world.chain.set_gone(false);
		world.is_gone(1).await;
		world.runs(3, 1).await;
		assert!(runs(&world, 2));
	});
}

#[test]
fn an_agent_that_starts_without_a_chain_touches_nothing() {
	story(|mut world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.host.take_done();
		world.chain.set_gone(true);
		world.restart().await;
		world.chain.cancel(1);
		world.pass(600).await;
		assert!(runs(&world, 1));
		assert!(world.host.take_done().is_empty());
		world.chain.set_gone(false);
		world.is_gone(1).await;
	});
}

#[test]
fn what_was_to_be_said_is_said_when_the_chain_is_back() {
	story(|world| async move {
		let slow = "start container 1/web";
		world.host.hold(slow);
		world.chain.create(1, spec_with(&[("web", container(1, &[]))]));
		world.pass(10).await;
		world.chain.set_gone(true);
		world.host.release(slow);
		world.pass(120).await;
		assert!(runs(&world, 1));
		assert_eq!(world.chain.last_report(1), None);
		world.chain.set_gone(false);
		world.runs(1, 1).await;
		assert_eq!(world.chain.reports(1).len(), 1, "it is said once");
	});
}

#[test]
fn what_came_and_went_while_the_agent_was_off_leaves_no_trace() {
	story(|mut world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.kill().await;
		world.host.take_done();
		world.chain.create(2, spec(2));
		world.pass(60).await;
		world.chain.cancel(2);
		world.chain.create(3, spec(3));
		world.chain.cancel(1);
		world.start();
		world.runs(3, 1).await;
		world.is_gone(1).await;
		let done = world.host.take_done();
		assert!(!done.iter().any(|it| it.contains(" 2/")), "{done:?}");
		world.pass(10).await;
		world.agrees().await;
	});
}

#[test]
fn a_machine_that_starts_again_has_everything_back() {
	story(|mut world| async move {
		for contract in 1..=5 {
			world.chain.create(contract, spec(contract as u8));
			world.runs(contract, 1).await;
		}
		world.kill().await;
		world.host.reboot();
		world.boot = [2; 16];
		world.start();
		for contract in 1..=5 {
			world.until("it runs again", |world| runs(world, contract)).await;
		}
		assert!(world.host.actual().volumes.values().all(|it| it.ready.is_some()));
		world
			.until("the chain knows the new start", |world| {
				world.chain.state().node.as_ref().is_some_and(|it| it.clock.boot_id == [2; 16])
			})
			.await;
		world.agrees().await;
	});
}
