//! The agent is killed in the middle of each thing that it does.

use crate::world::{container, spec, spec_with, volume, World};
use zos_provision::fakes::Cut;

/// What the people of a chain do, one after the other.
const ACTS: [fn(&World); 8] = [
	|world| {
		world.chain.create(2, spec(2));
		world.chain.create(3, spec(3));
	},
	|world| world.chain.amend(2, spec(4)),
	|world| {
		let more =
			[("data", volume(16)), ("more", volume(4)), ("web", container(4, &["data", "more"]))];
		world.chain.amend(2, spec_with(&more));
		world.chain.set_paused(3, true);
	},
	|world| world.chain.set_paused(3, false),
	|world| {
		world.chain.amend(3, spec_with(&[("data", volume(8)), ("job", container(5, &[]))]));
		world.chain.create(4, spec(1));
	},
	|world| world.chain.cancel(2),
	|world| world.chain.leave(4),
	|world| world.chain.create(5, spec(6)),
];

/// Wait until all is as the chain wants it, and known there. Says whether the agent was cut off.
async fn settle(world: &World) -> bool {
	world
		.until("all is told", |world| {
			let contracts = world.chain.contracts();
			let told = contracts.iter().all(|(contract, desired)| {
				world.chain.last_report(*contract).is_some_and(|(revision, outcome)| {
					let stopped = outcome == grid_primitives::report::Outcome::Stopped;
					revision == desired.revision && desired.run != stopped
				})
			});
			let here = world.host.actual().contracts();
			let clean = here.iter().all(|it| contracts.contains_key(it));
			world.host.is_cut() || (told && clean)
		})
		.await;
	world.host.is_cut()
}

/// Act, with the agent cut off and killed at an effect. Says whether there was one.
async fn act(at: usize, cut: Cut) -> bool {
	let mut world = World::new();
	world.start();
	// Nobody ever changes this one: nothing may ever happen to it.
	world.chain.create(1, spec(1));
	world.runs(1, 1).await;
	world.host.take_done();
	world.host.cut_at(at, cut);
	let mut was_cut = false;
	let mut done = Vec::new();
	for people_act in ACTS {
		people_act(&world);
		if settle(&world).await {
			was_cut = true;
			world.kill().await;
			world.host.reconnect();
			world.start();
			assert!(!settle(&world).await);
		}
		done.extend(world.host.take_done());
	}
	assert!(!done.iter().any(|it| it.contains(" 1/")), "{cut:?} at {at}: {done:?}");
	world.pass(10).await;
	world.agrees().await;
	was_cut
}

fn at_each_effect(cut: Cut) {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	let effects = runtime.block_on(async {
		for at in 1.. {
			if !act(at, cut).await {
				return at - 1;
			}
		}
		0
	});
	runtime.shutdown_background();
	// So many at least are what people did above.
	assert!(effects >= 25, "only {effects} effects");
}

#[test]
fn before_each_thing_that_it_does() {
	at_each_effect(Cut::Before);
}

#[test]
fn within_each_thing_that_it_does() {
	at_each_effect(Cut::Within);
}

#[test]
fn after_each_thing_that_it_does() {
	at_each_effect(Cut::After);
}

#[test]
fn at_any_moment() {
	let mut runtime = tokio::runtime::Builder::new_current_thread();
	let runtime = runtime.enable_all().start_paused(true).build().expect("it can be made");
	runtime.block_on(async {
		let mut world = World::new();
		world.start();
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		world.host.take_done();
		// Moments that have no common measure with anything that happens.
		let moments = (1..60_u64).map(|it| it * 733 % 7_919);
		for (people_act, moment) in ACTS.iter().cycle().zip(moments) {
			if world.chain.contracts().contains_key(&2)
				|| std::ptr::fn_addr_eq(*people_act, ACTS[0])
			{
				people_act(&world);
			}
			tokio::time::sleep(std::time::Duration::from_millis(moment)).await;
			world.restart().await;
			if !world.chain.contracts().contains_key(&2) {
				break;
			}
		}
		assert!(!settle(&world).await);
		let done = world.host.take_done();
		assert!(!done.iter().any(|it| it.contains(" 1/")), "{done:?}");
		world.pass(10).await;
		world.agrees().await;
	});
	runtime.shutdown_background();
}
