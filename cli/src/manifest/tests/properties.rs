use super::*;
use grid_primitives::spec::{plan::check, MAX_NODES, MAX_WORKLOADS};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::fmt::Write;

/// How many grids and manifests are drawn. A failure says its number.
const DRAWS: u64 = 300;

/// So many services, each with how many there are of it, its cores, whether it has a volume, and
/// how far apart they are.
fn text(services: &[(u32, u32, bool, u8)]) -> String {
	let digest = "1".repeat(64);
	let mut text = String::from("grid: 1\nname: any\nnetworks: { lan: { range: 10.1.0.0/16 } }\n");
	let volumes: Vec<_> = (0..services.len()).filter(|index| services[*index].2).collect();
	if !volumes.is_empty() {
		text.push_str("volumes:\n");
		volumes.iter().for_each(|it| writeln!(text, "  v{it}: {{ size: 1GiB }}").expect("it fits"));
	}
	text.push_str("containers:\n");
	for (index, (count, cores, volume, spread)) in services.iter().enumerate() {
		let spread = ["none", "nodes", "farms"][usize::from(*spread)];
		write!(
			text,
			"  s{index}:\n    image: a.example/b@sha256:{digest}\n    count: {count}\n    \
			 cpu: {cores}\n    memory: 1GiB\n    networks: [lan]\n    place: {{ spread: {spread} }}\n"
		)
		.expect("it fits");
		if *volume {
			writeln!(text, "    mounts: [{{ volume: v{index}, path: /data }}]").expect("it fits");
		}
	}
	text
}

#[test]
fn a_plan_is_sound_or_there_is_none_and_applying_it_again_changes_nothing() {
	let mut sound = 0;
	for draw in 0..DRAWS {
		let mut random = StdRng::seed_from_u64(draw);
		let services: Vec<_> = (0..random.random_range(1..8))
			.map(|_| {
				let (count, cores) = (random.random_range(1..6), random.random_range(1..4));
				(count, cores, random.random(), random.random_range(0..3))
			})
			.collect();
		let nodes = (1..=random.random_range(1..60))
			.map(|id| node(id, random.random_range(1..6), random.random_range(1..24)))
			.collect();
		sound += u64::from(is_sound(draw, &services, nodes, &mut random));
	}
	assert!(sound > DRAWS / 2, "only {sound} of {DRAWS} could be planned: they prove too little");
}

/// Whether there is a plan. If there is, it has to be sound.
fn is_sound(
	draw: u64,
	services: &[(u32, u32, bool, u8)],
	mut nodes: Vec<Candidate>,
	random: &mut StdRng,
) -> bool {
	let manifest = manifest(&text(services));
	let Ok(first) = planned(&manifest, &nodes, &Current::default()) else { return false };

	assert!(first.specs.len() <= MAX_NODES as usize, "draw {draw}");
	assert!(check(first.specs.iter().map(|(node, spec)| (*node, spec))).is_ok(), "draw {draw}");
	let wanted: usize = services
		.iter()
		.map(|(count, _, volume, _)| *count as usize * (1 + usize::from(*volume)))
		.sum();
	let all: usize = first.specs.values().map(|spec| spec.workloads().len()).sum();
	assert_eq!(all, wanted + first.specs.len(), "draw {draw}");
	let largest = first.specs.values().map(|spec| spec.workloads().len()).max();
	assert!(largest <= Some(MAX_WORKLOADS as usize), "draw {draw}");

	let current = carried_out(&first, &mut nodes, &Current::default());
	let second = planned(&manifest, &nodes, &current).expect("what is there can stay");
	assert!(second.changes.is_empty(), "draw {draw}: {:?}", second.changes);

	// One node fails: what was elsewhere stays, address for address.
	let homes: Vec<_> = first.specs.keys().copied().collect();
	let failed = homes[random.random_range(0..homes.len())];
	nodes.iter_mut().filter(|it| it.node.node == failed).for_each(|it| it.node.online = false);
	let Ok(healed) = planned(&manifest, &nodes, &current) else { return true };
	assert!(!healed.specs.contains_key(&failed), "draw {draw}");
	for (node, spec) in first.specs.iter().filter(|(node, _)| **node != failed) {
		let then = healed.specs.get(node).expect("nothing else moves");
		let stays = spec.workloads().iter().all(|it| then.workloads().contains(it));
		assert!(stays, "draw {draw}: node {node} has changed");
	}
	carried_out(&healed, &mut nodes, &current);
	true
}
