//! A validator's machine dies for good, is replaced, and comes back.

use crate::governed_by_council::is_author;
use grid_stories::{eventually, Grid, Network, Person};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);
/// The local preset lets a validator be silent for 40 blocks, and sessions last 10.
const LATER: Duration = Duration::from_secs(240);

#[test]
fn it_is_no_longer_waited_for_until_it_rejoins() {
	let mut network = Network::local();
	network.finalizes(3);
	network.nodes[3].kill();

	let dave = Person::Dave.to_account_id();
	let chain = network.nodes[0].chain();
	eventually("three are left", LATER, || (!is_author(chain, &dave)).then_some(()));
	let number = network.commonly_finalized();
	network.finalizes(number + 4);

	network.nodes[3].start();
	let dead_no_more = network.nodes[3].chain();
	eventually("it has caught up", SOON, || {
		(dead_no_more.finalized().number > number).then_some(())
	});
	let chain = network.nodes[0].chain();
	// The operator needs nobody's permission.
	let url = network.nodes[0].url();
	Grid::default().says(&["--chain", &url, "--account", "//Dave", "validator", "rejoin"]);
	eventually("it validates again", SOON, || is_author(chain, &dave).then_some(()));
}
