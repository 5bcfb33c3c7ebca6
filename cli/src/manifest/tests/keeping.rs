//! Data stays where it is, whatever the manifest calls those who use it.

use super::*;
use std::collections::BTreeSet;

/// A container that mounts the volume of the shop, too: by its name, it comes first.
const BACKUP: &str = "
  backup:
    image: registry.example/shop/backup@sha256:2222222222222222222222222222222222222222222222222222222222222222
    cpu: 1
    memory: 1GiB
    mounts: [{ volume: data, path: /data, read_only: true }]
";

/// The shop on the second of three nodes, none of which is better than another.
fn at_home() -> (Vec<Candidate>, Current, NodeId) {
	let mut nodes = vec![node(1, 1, 8), node(2, 1, 8), node(3, 2, 8)];
	let there = manifest(&format!("{SHOP}place: {{ nodes: [2] }}\n"));
	let first = planned(&there, &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&first, &mut nodes, &Current::default());
	(nodes, current, 2)
}

/// The nodes that have a workload, by name.
fn homes(plan: &Plan, name: &str) -> Vec<NodeId> {
	let has = |spec: &Spec| spec.workloads().iter().any(|it| it.name.as_str() == Some(name));
	plan.specs.iter().filter(|(_, spec)| has(spec)).map(|(node, _)| *node).collect()
}

#[test]
fn who_mounts_a_volume_too_comes_to_where_it_is() {
	let (nodes, current, home) = at_home();
	let then = manifest(&format!("{}{BACKUP}", SHOP.trim_end()));
	let plan = planned(&then, &nodes, &current).expect("there is room");
	assert_eq!((homes(&plan, "data"), homes(&plan, "backup")), (vec![home], vec![home]));
	assert!(plan.moves.is_empty() && plan.losses.is_empty(), "{:?}", plan.moves);
}

#[test]
fn who_gets_another_name_stays_with_its_volume() {
	let (nodes, current, home) = at_home();
	let then = manifest(&SHOP.replace("  web:", "  front:"));
	let plan = planned(&then, &nodes, &current).expect("there is room");
	assert_eq!((homes(&plan, "data"), homes(&plan, "front")), (vec![home], vec![home]));
}

#[test]
fn where_most_is_kept_is_home() {
	let (mut nodes, current, home) = at_home();
	let apart =
		SHOP.replace("data: { size: 10GiB }", "data: { size: 10GiB }\n  logs: { size: 1GiB }");
	let apart = format!(
		"{}{}    place: {{ nodes: [1] }}\n",
		apart.trim_end(),
		BACKUP.replace("volume: data", "volume: logs")
	);
	let two = planned(&manifest(&apart), &nodes, &current).expect("there is room");
	let current = carried_out(&two, &mut nodes, &current);
	assert_eq!((homes(&two, "logs"), homes(&two, "data")), (vec![1], vec![home]));

	let together =
		apart.replace("[{ volume: data,", "[{ volume: logs, path: /logs }, { volume: data,");
	let together = together.replace("    place: { nodes: [1] }\n", "");
	let plan = planned(&manifest(&together), &nodes, &current).expect("there is room");
	assert_eq!((homes(&plan, "logs"), homes(&plan, "data")), (vec![home], vec![home]));
	let lost: Vec<_> = plan.losses.iter().map(|it| (it.node, it.name.as_str())).collect();
	assert_eq!(lost, [(1, "logs")]);
}

#[test]
fn what_is_called_like_another_does_not_take_its_name() {
	let mut nodes = vec![node(1, 1, 8), node(2, 1, 8)];
	let other = format!("{}{BACKUP}", SHOP.trim_end()).replace("  backup:", "  web-1:");
	let two = planned(&manifest(&other), &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&two, &mut nodes, &Current::default());
	let again = planned(&manifest(&other), &nodes, &current).expect("it is there");
	assert!(again.changes.is_empty(), "{:?}", again.changes);
	let apart = SHOP
		.replace("  web:", "  shop:")
		.replace("    mounts: [{ volume: data, path: /var/lib/shop }]\n", "");
	let apart =
		apart.replace("volumes:\n  data: { size: 10GiB }\n", "").replace("  shop:", "  web-1:");
	let first = planned(&manifest(&apart), &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let both = format!(
		"{}{}",
		apart.trim_end(),
		BACKUP
			.replace("  backup:", "  web:")
			.replace("    mounts: [{ volume: data, path: /data, read_only: true }]\n", "")
	);
	let plan = planned(&manifest(&both), &nodes, &current).expect("there is room");
	assert_eq!((homes(&plan, "web").len(), homes(&plan, "web-1").len()), (1, 1));
}

#[test]
fn of_several_the_first_is_the_one_that_there_was() {
	let (mut nodes, current, home) = at_home();
	let several = manifest(
		&SHOP.replace("    cpu: 2\n", "    cpu: 2\n    count: 2\n    place: { spread: nodes }\n"),
	);
	let two = planned(&several, &nodes, &current).expect("there is room");
	let data: BTreeSet<_> = two
		.specs
		.values()
		.flat_map(|spec| spec.workloads())
		.filter(|it| matches!(it.kind, grid_primitives::spec::Kind::Volume(_)))
		.filter_map(|it| it.name.as_str().map(String::from))
		.collect();
	assert_eq!(data, ["data", "data-2"].map(String::from).into());
	assert_eq!((homes(&two, "data"), homes(&two, "web")), (vec![home], vec![home]));
	let current = carried_out(&two, &mut nodes, &current);
	let again = planned(&several, &nodes, &current).expect("it is there");
	assert!(again.changes.is_empty(), "{:?}", again.changes);

	let one = planned(&manifest(SHOP), &nodes, &current).expect("it is there");
	assert_eq!(homes(&one, "data"), [home]);
	let lost: Vec<_> = one.losses.iter().map(|it| it.name.as_str()).collect();
	assert_eq!(lost, ["data-2"]);
}

#[test]
fn of_several_that_become_one_the_first_is_left_with_its_name() {
	let mut nodes = vec![node(1, 1, 8), node(2, 1, 8)];
	let several = manifest(
		&SHOP.replace("    cpu: 2\n", "    cpu: 2\n    count: 2\n    place: { spread: nodes }\n"),
	);
	let two = planned(&several, &nodes, &Current::default()).expect("there is room");
	let home = homes(&two, "data-1");
	let current = carried_out(&two, &mut nodes, &Current::default());
	let one = planned(&manifest(SHOP), &nodes, &current).expect("it is there");
	assert_eq!(homes(&one, "data-1"), home);
	assert_eq!((homes(&one, "web-1"), homes(&one, "web")), (home, vec![]));
	let current = carried_out(&one, &mut nodes, &current);
	let again = planned(&manifest(SHOP), &nodes, &current).expect("it is there");
	assert!(again.changes.is_empty(), "{:?}", again.changes);
}
