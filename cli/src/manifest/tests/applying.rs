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
	let lost = healed.losses.iter().map(|it| (it.node, it.name.as_str()));
	assert_eq!(lost.collect::<Vec<_>>(), [(home, "data"), (home, "cache")]);
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
	nodes[0].addresses.v4 = 1;
	let plan = planned(&manifest(&text), &nodes, &Current::default()).expect("there is one");
	assert_eq!(plan.specs.keys().copied().collect::<Vec<_>>(), [1]);
}

#[test]
fn an_address_is_given_once_and_who_has_one_keeps_it() {
	let text = SHOP.replace("10.10.0.0/16 }", "10.10.0.0/16, public_v4: true }");
	let text = text.replace("databases:\n  cache: { size: 5GiB, networks: [lan] }\n", "");
	let text = text.replace("    env: { CACHE: '${ip:cache}:6379' }\n", "");
	let two =
		text.replace("    cpu: 2\n", "    cpu: 2\n    count: 2\n    place: { spread: nodes }\n");
	let mut nodes = nodes();
	let of_farm = |nodes: &mut [Candidate], farm, v4| {
		let its = nodes.iter_mut().filter(|it| it.node.farm == farm);
		its.for_each(|it| it.addresses.v4 = v4);
	};
	let Err(error) = planned(&manifest(&two), &nodes, &Current::default()) else {
		panic!("there are no addresses");
	};
	assert!(error.to_string().contains("a public address of version 4"), "{error}");
	of_farm(&mut nodes, 1, 1);
	assert!(planned(&manifest(&two), &nodes, &Current::default()).is_err(), "it is one for two");
	of_farm(&mut nodes, 2, 1);
	let plan = planned(&manifest(&two), &nodes, &Current::default()).expect("each farm has one");
	assert!(plan.specs.contains_key(&3), "the second is in farm 2: {:?}", plan.specs.keys());

	let current = carried_out(&plan, &mut nodes, &Current::default());
	of_farm(&mut nodes, 1, 0);
	of_farm(&mut nodes, 2, 0);
	assert!(planned(&manifest(&two), &nodes, &current).is_err(), "nobody has one");
	let lan = || vec![("lan".to_string(), grid_primitives::ip::IpVersion::V4)];
	let addresses = plan.specs.keys().map(|node| (*node, lan())).collect();
	let current = Current { addresses, ..current };
	let again = planned(&manifest(&two), &nodes, &current).expect("they have theirs");
	assert!(again.changes.is_empty());
}

#[test]
fn what_grows_goes_where_it_may_and_what_shrinks_stays() {
	let mut nodes = nodes();
	let first = planned(&manifest(SHOP), &nodes, &Current::default()).expect("there is room");
	let home = *first.specs.keys().next().expect("it is somewhere");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let its = nodes.iter_mut().filter(|it| it.node.node == home);
	its.for_each(|it| it.node.state = NodeState::Retired);
	let smaller = manifest(&SHOP.replace("cpu: 2", "cpu: 1"));
	let smaller = planned(&smaller, &nodes, &current).expect("it stays");
	assert_eq!((smaller.changes.len(), smaller.moves.len()), (1, 0));
	let larger = manifest(&SHOP.replace("cpu: 2", "cpu: 3"));
	let moved = planned(&larger, &nodes, &current).expect("others have room");
	assert!(moved.moves.iter().any(|it| it.unit == "web" && it.from == home), "{:?}", moved.moves);
	nodes.retain(|it| it.node.node == home);
	let Err(error) = planned(&larger, &nodes, &current) else { panic!("it takes no more") };
	assert!(error.to_string().contains("takes no more than it has"), "{error}");
}

#[test]
fn who_is_waited_for_keeps_what_he_has_and_who_is_unfit_does_not() {
	let (manifest, mut nodes) = (manifest(SHOP), nodes());
	let first = planned(&manifest, &nodes, &Current::default()).expect("there is room");
	let home = *first.specs.keys().next().expect("it is somewhere");
	let current = carried_out(&first, &mut nodes, &Current::default());
	let unfit = Current { unfit: [home].into(), ..current.clone() };
	let fled = planned(&manifest, &nodes, &unfit).expect("others have room");
	assert!(!fled.specs.contains_key(&home));
	let alone: Vec<_> = nodes.iter().filter(|it| it.node.node == home).cloned().collect();
	let stays = planned(&manifest, &alone, &unfit).expect("it is better there than nowhere");
	assert!(stays.changes.is_empty());

	nodes.iter_mut().filter(|it| it.node.node == home).for_each(|it| it.node.online = false);
	let awaited = Current { awaited: [home].into(), ..current.clone() };
	let waits = planned(&manifest, &nodes, &awaited).expect("it stays");
	assert!(waits.changes.is_empty(), "{:?}", waits.moves);
	nodes.retain(|it| it.node.node == home);
	let Err(error) = planned(&manifest, &nodes, &current) else { panic!("there is no other") };
	assert!(error.to_string().contains(&format!("node {home}, which is offline")), "{error}");
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
