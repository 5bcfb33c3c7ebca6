//! How a node joins, and shows that it is there.

use crate::world::{spec, story, World};
use zos_agent::agent::{AgentError, MembershipError};
use zos_core::ports::Call;

fn beats(world: &World) -> Vec<([u8; 16], u64)> {
	let state = world.chain.state();
	let beats = state.calls.iter().filter_map(|call| match call {
		Call::Heartbeat { boot_id, uptime } => Some((*boot_id, *uptime)),
		_ => None,
	});
	beats.collect()
}

#[test]
fn a_node_joins_the_farm_that_invites_it_and_is_available_all_the_time() {
	story(|world| async move {
		world.until("it has joined", |it| it.view.status().agent.node == Some(4)).await;
		world.pass(3_600).await;
		let node = world.chain.state().node.clone().expect("it has joined");
		assert_eq!(node.farm, 1);
		assert!(node.clock.available_seconds >= 3_500, "{:?}", node.clock);
		let heard = world.metrics.heartbeats.get();
		assert!((50..=60).contains(&heard), "{heard} in an hour");
		assert!(beats(&world).len() as u64 <= heard + 2, "hardly any is in vain");
	});
}

#[test]
fn a_node_that_nobody_invites_waits() {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	runtime.block_on(async {
		let mut world = World::new();
		world.chain.uninvite();
		world.start();
		world.pass(600).await;
		assert_eq!(world.view.status().agent.invited, Some(false));
		world.chain.create(1, spec(1));
		world.chain.invite(3);
		world.runs(1, 1).await;
		assert_eq!(world.view.status().agent.farm, Some(3));
		assert_eq!(world.view.status().agent.invited, None);
	});
	runtime.shutdown_background();
}

#[test]
fn a_node_that_several_farms_invite_must_be_told_which() {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	runtime.block_on(async {
		let mut world = World::new();
		world.chain.invite(2);
		world.start();
		let why = world.ended().await;
		let AgentError::Membership(MembershipError::ManyFarms(farms)) = why else {
			panic!("{why}")
		};
		assert_eq!(farms, [1, 2]);
	});
	runtime.shutdown_background();
}

#[test]
fn a_node_that_was_removed_and_joins_again_runs_what_it_is_to_run_then() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		for (number, joins_by_itself) in [(5, false), (6, true)] {
			world.chain.remove(joins_by_itself);
			let joined = |it: &World| it.view.status().agent.node == Some(number);
			for _ in 0..10 {
				world.pass(300).await;
				if joined(&world) {
					break;
				}
			}
			world.until("it has joined again", joined).await;
			let contract = number.into();
			world.chain.create(contract, spec(1));
			world.runs(contract, 1).await;
			let is_alone = |it: &World| it.host.actual().contracts().iter().eq([&contract]);
			world.until("nothing else is left", is_alone).await;
		}
	});
}

#[test]
fn hardware_that_has_changed_is_told_in_time() {
	story(|mut world| async move {
		world.until("it has joined", |it| it.view.status().agent.node == Some(4)).await;
		world.kill().await;
		world.capacity.cru /= 2;
		world.start();
		let cru = world.capacity.cru;
		world.pass(600).await;
		world
			.until("the chain knows", |it| {
				it.chain.state().node.as_ref().is_some_and(|node| node.machine.capacity.cru == cru)
			})
			.await;
	});
}
