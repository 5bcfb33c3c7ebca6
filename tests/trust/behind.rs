//! What was once true and is no longer: an old state is never gone back to, however it is proven.

use crate::{
	silence::{catches_up, follower},
	world::*,
};
use grid_stories::{stays, AgentProcess, Hears, Images, NodeBuilder, Person, User};
use std::time::Duration;

fn nobody_goes_back(hears: Hears) {
	let mut author = NodeBuilder::new("current").args(["--dev"]).start();
	let mut other = follower("old", &author);
	let images = Images::new();
	let one = image(&images, "one");
	let mut agent = AgentProcess::invited("dev", &[&author], hears);
	agent.listens_to("dev", hears, &[hears.address(&other), hears.address(&author)]);
	let number = agent.joins(author.chain());
	let user = User::new(author.chain(), Person::Bob, number);
	let ended = user.deploy("ended", program(&one));
	user.runs(ended, 1);
	catches_up(&other, &author);

	// One of the two dies, and the agent takes the other.
	other.kill();
	user.cancel(ended);
	agent.leaves_nothing();
	let kept = user.deploy("kept", program(&one));
	user.runs(kept, 1);
	let running = runs(&agent, 1);
	let known = u64::from(author.chain().finalized().number);

	// It is back, and knows only of a contract that has ended, and of none that runs.
	other.knows_only(&[]);
	other.start();
	assert!(u64::from(other.chain().finalized().number) < known, "it is behind");
	stays("the newer one is followed", Duration::from_secs(6), || goes_on(&mut agent, &running));
	author.kill();
	stays("the older one is not", Duration::from_secs(10), || goes_on(&mut agent, &running));
	agent.kill();
	agent.start();
	let time = for_so_long(15, 60);
	stays("nor by who starts again", time, || {
		goes_on(&mut agent, &running) && acted_on(&agent).is_none_or(|at| at >= known)
	});
	assert!(table(&agent).contains("not heard yet: what runs goes on"), "{}", table(&agent));

	author.start();
	let user = User { chain: author.chain(), who: Person::Bob, node: number };
	user.cancel(kept);
	agent.leaves_nothing();
}

#[test]
fn old_finality_is_true_but_nothing_is_done_for_it() {
	nobody_goes_back(Hears::Light);
}

#[test]
fn an_endpoint_that_is_behind_is_never_followed() {
	nobody_goes_back(Hears::Rpc);
}
