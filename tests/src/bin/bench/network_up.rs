//! From the moment a contract over two machines is final to the first round trip between its
//! containers, less what the chain takes until all know the keys of both.

use grid_benchmarks::{chosen, quantile};
use grid_stories::{
	machines::{Machine, Machines},
	specs::spec,
	Person, User,
};
use std::{
	net::{SocketAddr, UdpSocket},
	path::Path,
	sync::atomic::{AtomicBool, Ordering},
	thread::{self, sleep},
	time::{Duration, Instant},
};
use zos_provision::host::mounts;
use zos_testing::hosts::within;

const RUNS: u64 = 15;
const PORT: u16 = 7_007;
const LIMIT: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(5);
/// Who is not there yet is asked again after this.
const AGAIN: Duration = Duration::from_millis(10);

/// Of one run, in seconds.
struct Times {
	/// From finality to both containers being attached.
	made: f64,
	/// From then until the chain's final state has both keys.
	published: f64,
	/// From then to the first round trip.
	reached: f64,
}

pub(crate) fn run() {
	let mut world = Machines::new();
	let machines = ["one", "two"].map(|name| world.machine(name));
	let user = User::new(world.node.chain(), Person::Bob, machines[0].node);
	// The first run fetches the image.
	let mut all: Vec<_> =
		(0..=chosen("GRID_ROUNDS", RUNS)).map(|_| once(&world, &machines, &user)).collect();
	all.remove(0);
	let show = |what: &str, of: &dyn Fn(&Times) -> f64| {
		let each: Vec<_> = all.iter().map(of).collect();
		let [half, most] = [0.5, 1.0].map(|share| quantile(&each, share));
		println!("{what}: p50 {half:.2} s, worst {most:.2} s");
		half
	};
	show("containers attached after finality", &|it| it.made);
	show("the chain, until both keys are final", &|it| it.published);
	show("the first round trip after that", &|it| it.reached);
	let half = show("without the chain", &|it| it.made + it.reached);
	println!("network-up: {half:.2} s (bar: ≤ 1.5 s)");
}

fn once(world: &Machines, [one, two]: &[Machine; 2], user: &User) -> Times {
	let parts = [(one, world.part(1, "a", "b")), (two, world.part(2, "b", "a"))];
	let plan = parts.map(|(machine, workloads)| (machine.node, spec(workloads)));
	// This returns when it is final.
	let contract = user.deploy_over("shop", plan.into());
	let begun = Instant::now();
	let [from, to] = [one.container(contract, "a"), two.container(contract, "b")];
	let there = SocketAddr::from(([10, 1, 2, 2], PORT));
	let echo = socket(&to, there);
	let here = socket(&from, SocketAddr::from(([10, 1, 1, 2], PORT)));
	let made = begun.elapsed();
	for socket in [&echo, &here] {
		socket.set_read_timeout(Some(AGAIN)).expect("a time");
	}
	let is_over = AtomicBool::new(false);
	let (known, reached) = thread::scope(|scope| {
		scope.spawn(|| {
			let mut room = [0; 8];
			while !is_over.load(Ordering::Relaxed) {
				if let Ok((_, from)) = echo.recv_from(&mut room) {
					let _ = echo.send_to(&room, from);
				}
			}
		});
		let known = scope.spawn(|| {
			until(|| {
				let known = |machine: &Machine| {
					let placement = user.at(machine.node).finalized_placement(contract);
					placement.is_some_and(|it| !it.keys.is_empty())
				};
				(known(one) && known(two)).then(|| begun.elapsed())
			})
		});
		until(|| {
			// Without a way yet, it is refused.
			let _ = here.send_to(&[7; 8], there);
			here.recv(&mut [0; 8]).ok().map(drop)
		});
		let reached = begun.elapsed();
		is_over.store(true, Ordering::Relaxed);
		(known.join().expect("the chain answers"), reached)
	});
	user.cancel(contract);
	until(|| (!from.exists() && !to.exists()).then_some(()));
	let seconds = |it: Duration| it.as_secs_f64();
	Times {
		made: seconds(made),
		published: seconds(known) - seconds(made),
		reached: (seconds(reached) - seconds(known)).max(0.0),
	}
}

/// A socket in a namespace, as soon as both namespace and address are there.
fn socket(space: &Path, at: SocketAddr) -> UdpSocket {
	until(|| {
		let is_there = mounts::beneath(space).is_ok_and(|it| !it.is_empty());
		is_there.then(|| within(space, || UdpSocket::bind(at).ok())).flatten()
	})
}

fn until<T>(mut what: impl FnMut() -> Option<T>) -> T {
	let begun = Instant::now();
	loop {
		if let Some(it) = what() {
			return it;
		}
		assert!(begun.elapsed() < LIMIT, "not within {LIMIT:?}");
		sleep(GLANCE);
	}
}
