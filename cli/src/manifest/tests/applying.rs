use super::*;
use grid_primitives::spec::{Kind, Zdb};
use std::collections::BTreeSet;

fn nodes() -> Vec<Candidate> {
	vec![node(1, 1, 4), node(2, 1, 8), node(3, 2, 8)]
}

#[test]
fn what_is_planned_is_together_where_it_has_to_be_and_finds_each_other() {
	let plan = planned(&manifest(SHOP), &nodes(), &Current::default()).expect("there is room");
	assert_eq!(plan.specs.len(), 1, "one node has room for all");
	let spec = plan.specs.values().next().expect("it was counted");
	let names: Vec<_> = spec.workloads().iter().filter_map(|it| it.name.as_str()).collect();
	assert_eq!(names, ["lan", "data", "cache", "web"]);
	let Kind::Container(web) = &spec.workloads()[3].kind else { panic!("web is a container") };
	let Kind::Zdb(Zdb { networks, .. }) = &spec.workloads()[2].kind else { panic!("a zdb") };
	let cache = std::net::Ipv4Addr::from(networks[0].ip);
	assert_eq!(web.env[0].value.as_str(), Some(format!("{cache}:6379").as_str()));
}

#[test]
fn applying_twice_changes_nothing() {
	let (manifest, mut nodes) = (manifest(SHOP), nodes());
	let first = planned(&manifest, &nodes, &Current::default()).expect("there is room");
	assert_eq!(first.changes.len(), 1);
	let current = carried_out(&first, &mut nodes, &Current::default());
	let second = planned(&manifest, &nodes, &current).expect("it is there");
	assert_eq!((second.changes.len(), second.moves.len()), (0, 0));
}

#[test]
fn more_of_something_leaves_the_rest_as_it_was() {
	let mut nodes = nodes();
	let (spread, count) = ("    place: { spread: nodes }\n", "    count: 2\n");
	let small = SHOP.replace("    mounts: [{ volume: data, path: /var/lib/shop }]\n", "");
	let small = small.replace("volumes:\n  data: { size: 10GiB }\n", "");
	let first = manifest(&small);
	let first = planned(&first, &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let second = planned(&manifest(&format!("{small}{count}{spread}")), &nodes, &current);
	let second = second.expect("there is room");
	assert_eq!(second.specs.len(), 2);
	let subnets: BTreeSet<_> = second
		.specs
		.values()
		.flat_map(|spec| spec.networks().map(|(_, network)| network.subnet.to_string()))
		.collect();
	assert_eq!(subnets.len(), 2, "each node has a part of its own: {subnets:?}");
}

#[test]
fn what_is_on_a_node_that_is_offline_goes_elsewhere_and_says_what_it_loses() {
	let (manifest, mut nodes) = (manifest(SHOP), nodes());
	let first = planned(&manifest, &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let home = *first.specs.keys().next().expect("it is somewhere");
	nodes.iter_mut().filter(|it| it.node.node == home).for_each(|it| it.node.online = false);
	let healed = planned(&manifest, &nodes, &current).expect("others have room");
	assert!(!healed.specs.contains_key(&home));
	assert_eq!(healed.changes.iter().filter(|it| it.spec.is_none()).count(), 1);
	let lost: BTreeSet<_> = healed.moves.iter().flat_map(|it| it.loses.clone()).collect();
	assert_eq!(lost, ["cache", "data"].map(String::from).into());
}

#[test]
fn a_node_in_maintenance_keeps_what_it_has_and_gets_nothing_new() {
	let (manifest, mut nodes) = (manifest(SHOP), vec![node(1, 1, 8)]);
	let first = planned(&manifest, &nodes, &Current::default()).expect("there is room");
	let current = carried_out(&first, &mut nodes, &Current::default());
	nodes[0].node.state = NodeState::Maintenance;
	let again = planned(&manifest, &nodes, &current).expect("it stays");
	assert!(again.changes.is_empty());
	let new = planned(&manifest, &nodes, &Current::default());
	assert!(matches!(new, Err(Error::NoNode(Unplaced { allowed: 0, .. }))));
}

#[test]
fn rules_choose_nodes_and_say_why_there_is_none() {
	let placed = |rule: &str, nodes: &[Candidate]| {
		let text = format!("{SHOP}place: {rule}\n");
		planned(&manifest(&text), nodes, &Current::default())
			.map(|plan| plan.specs.keys().copied().collect::<Vec<_>>())
	};
	let mut nodes = nodes();
	assert_eq!(placed("{ farms: [2] }", &nodes).expect("there is one"), [3]);
	assert_eq!(placed("{ nodes: [1] }", &nodes).expect("there is one"), [1]);
	assert!(placed("{ countries: [DE] }", &nodes).is_err());
	assert!(placed("{ certified: true }", &nodes).is_err());
	nodes[0].node.certified = true;
	assert_eq!(placed("{ certified: true }", &nodes).expect("there is one"), [1]);
	assert!(placed("{ dedicated: true }", &nodes).is_err());
	nodes[1].node.tenant = Some(1);
	assert_eq!(placed("{ dedicated: true }", &nodes).expect("it is ours"), [2]);
	nodes[1].node.tenant = Some(2);
	assert_eq!(placed("{ farms: [1] }", &nodes).expect("2 is not ours"), [1]);
	let tiny = [node(1, 1, 1)];
	let Err(error) = placed("{}", &tiny) else { panic!("it is too small") };
	assert!(
		error.to_string().contains("none has 2 cores, 2 GiB memory, 11 GiB ssd free"),
		"{error}"
	);
}

#[test]
fn each_has_a_farm_of_its_own_if_that_is_wanted() {
	let text =
		SHOP.replace("    cpu: 2\n", "    cpu: 2\n    count: 2\n    place: { spread: farms }\n");
	let plan = planned(&manifest(&text), &nodes(), &Current::default()).expect("there are two");
	assert_eq!(plan.specs.len(), 2);
	assert!(plan.specs.contains_key(&3), "it is the only one of farm 2");
	let text = text.replace("count: 2", "count: 3");
	let Err(Error::NoNode(unplaced)) = planned(&manifest(&text), &nodes(), &Current::default())
	else {
		panic!("there are two farms only");
	};
	assert!(unplaced.to_string().contains("too close"), "{unplaced}");
}

#[test]
fn a_public_network_is_only_where_there_are_addresses() {
	let text = SHOP.replace("10.10.0.0/16 }", "10.10.0.0/16, public_v4: true }");
	let mut nodes = nodes();
	assert!(planned(&manifest(&text), &nodes, &Current::default()).is_err());
	nodes[0].public_v4 = true;
	let plan = planned(&manifest(&text), &nodes, &Current::default()).expect("there is one");
	assert_eq!(plan.specs.keys().copied().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_device_joins_where_it_is_wanted_and_keeps_its_address() {
	let key = format!("B{}=", "A".repeat(42));
	let text = SHOP.replace(
		"10.10.0.0/16 }",
		&format!("10.10.0.0/16, devices: {{ laptop: {{ key: {key}, near: web }} }} }}"),
	);
	let (manifest, mut nodes) = (manifest(&text), nodes());
	let first = planned(&manifest, &nodes, &Current::default()).expect("there is room");
	let laptop = |plan: &Plan| {
		let networks = plan.specs.iter().flat_map(|(node, spec)| {
			spec.networks().map(|(_, network)| (*node, network.clone())).collect::<Vec<_>>()
		});
		let mut found = networks.filter(|(_, it)| !it.access.is_empty());
		let (node, network) = found.next().expect("it joins");
		assert!(found.next().is_none(), "it joins once");
		(node, network.access[0].ip, network.subnet)
	};
	let (home, ip, part) = laptop(&first);
	assert!(part.can_give(ip), "{ip:?}");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let second = planned(&manifest, &nodes, &current).expect("it is there");
	assert!(second.changes.is_empty());
	nodes.iter_mut().filter(|it| it.node.node == home).for_each(|it| it.node.online = false);
	let healed = planned(&manifest, &nodes, &current).expect("others have room");
	assert_ne!(laptop(&healed).0, home, "it goes where the container goes");
}

#[test]
fn who_must_have_signed_an_image_is_told_to_its_node() {
	let pem = "signer: |\n      -----BEGIN PUBLIC KEY-----\n      AQID\n      -----END PUBLIC KEY-----\n    cpu: 2";
	let text = SHOP.replace("cpu: 2", pem);
	let plan = planned(&manifest(&text), &nodes(), &Current::default()).expect("there is room");
	let spec = plan.specs.values().next().expect("it is somewhere");
	let signer = spec.workloads().iter().find_map(|it| match &it.kind {
		Kind::Container(container) => container.signer.clone(),
		_ => None,
	});
	assert_eq!(signer.expect("it is told")[..], [1, 2, 3]);
}
