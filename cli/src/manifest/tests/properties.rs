use super::*;
use grid_primitives::spec::{plan::check, MAX_NODES, MAX_WORKLOADS};
use proptest::prelude::*;
use std::fmt::Write;

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

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn a_plan_is_sound_or_there_is_none_and_applying_it_again_changes_nothing(
		services in prop::collection::vec((1_u32..6, 1_u32..4, any::<bool>(), 0_u8..3), 1..8),
		sizes in prop::collection::vec((1_u32..6, 1_u64..24), 1..60),
		fails in any::<prop::sample::Index>(),
	) {
		let manifest = manifest(&text(&services));
		let mut nodes: Vec<_> =
			(1..).zip(&sizes).map(|(id, (farm, cores))| node(id, *farm, *cores)).collect();
		let Ok(first) = planned(&manifest, &nodes, &Current::default()) else { return Ok(()) };

		prop_assert!(first.specs.len() <= MAX_NODES as usize);
		prop_assert!(check(first.specs.iter().map(|(node, spec)| (*node, spec))).is_ok());
		let wanted: usize = services
			.iter()
			.map(|(count, _, volume, _)| *count as usize * (1 + usize::from(*volume)))
			.sum();
		let networks = first.specs.len();
		let all: usize = first.specs.values().map(|spec| spec.workloads().len()).sum();
		prop_assert_eq!(all, wanted + networks);
		prop_assert!(first.specs.values().all(|it| it.workloads().len() <= MAX_WORKLOADS as usize));

		let current = carried_out(&first, &mut nodes, &Current::default());
		let second = planned(&manifest, &nodes, &current).expect("what is there can stay");
		prop_assert!(second.changes.is_empty(), "{:?}", second.changes);

		// One node fails: what was elsewhere stays, address for address.
		let homes: Vec<_> = first.specs.keys().copied().collect();
		let failed = *fails.get(&homes);
		nodes.iter_mut().filter(|it| it.node.node == failed).for_each(|it| it.node.online = false);
		let Ok(healed) = planned(&manifest, &nodes, &current) else { return Ok(()) };
		prop_assert!(!healed.specs.contains_key(&failed));
		for (node, spec) in first.specs.iter().filter(|(node, _)| **node != failed) {
			let then = healed.specs.get(node).expect("nothing else moves");
			let stays = |it| then.workloads().contains(it);
			prop_assert!(spec.workloads().iter().all(stays), "node {} has changed", node);
		}
		carried_out(&healed, &mut nodes, &current);
	}
}
