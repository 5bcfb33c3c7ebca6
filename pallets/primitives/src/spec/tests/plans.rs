//! Specs on the nodes of a contract.

use super::*;
use crate::NodeId;
use plan::PlanFault;

fn on(parts: &[(NodeId, &str)]) -> Vec<(NodeId, Spec)> {
	let spec = |part: &str| {
		let network = Kind::Network(bare_network("10.1.0.0/16", part));
		let volume = Kind::Volume(Volume { size: 1 << 20, disk: Disk::Ssd });
		Spec::V1(list([workload("disk", volume), workload("net", network)]))
	};
	parts.iter().map(|(node, part)| (*node, spec(part))).collect()
}

fn checked(plan: &[(NodeId, Spec)]) -> Result<(), PlanFault> {
	plan::check(plan.iter().map(|(node, spec)| (*node, spec)))
}

fn wrong(
	node: impl Into<Option<NodeId>>,
	workload: impl Into<Option<u32>>,
	reason: Reason,
) -> Result<(), PlanFault> {
	Err((node.into(), Fault { workload: workload.into(), reason }))
}

/// Change the network of a spec.
fn change(spec: &mut Spec, change: impl FnOnce(&mut Network)) {
	let Spec::V1(workloads) = spec;
	match &mut workloads[1].kind {
		Kind::Network(network) => change(network),
		other => panic!("{other:?} is no network"),
	}
}

#[test]
fn a_network_spans_nodes() {
	let plan = on(&[(7, "10.1.0.0/24"), (3, "10.1.2.0/24"), (5, "10.1.1.0/24")]);
	assert_eq!(checked(&plan), Ok(()));
}

#[test]
fn a_plan_has_1_to_32_nodes() {
	assert_eq!(checked(&[]), wrong(None, None, Reason::BadNumberOfNodes));
	let many = |number: u32| -> Vec<_> {
		(1..=number).flat_map(|node| on(&[(node, &*format!("10.1.{node}.0/24"))])).collect()
	};
	assert_eq!(checked(&many(32)), Ok(()));
	assert_eq!(checked(&many(33)), wrong(None, None, Reason::BadNumberOfNodes));
}

#[test]
fn a_plan_has_a_node_once() {
	let plan = on(&[(7, "10.1.0.0/24"), (3, "10.1.2.0/24"), (7, "10.1.1.0/24")]);
	assert_eq!(checked(&plan), wrong(7, None, Reason::NodeTwice));
}

#[test]
fn each_spec_is_checked() {
	let mut plan = on(&[(7, "10.1.0.0/24"), (3, "10.1.2.0/24")]);
	change(&mut plan[1].1, |network| network.ula = Some([0; 5]));
	assert_eq!(checked(&plan), wrong(3, 1, Reason::BadUla));
}

#[test]
fn a_network_is_the_same_everywhere() {
	let plan = || on(&[(7, "10.1.0.0/24"), (3, "10.1.2.0/24")]);
	let mut other_range = plan();
	change(&mut other_range[1].1, |network| network.range.prefix = 20);
	assert_eq!(checked(&other_range), wrong(3, 1, Reason::RangesDiffer));
	let mut other_ula = plan();
	change(&mut other_ula[1].1, |network| network.ula = None);
	assert_eq!(checked(&other_ula), wrong(3, 1, Reason::RangesDiffer));
	// Another name is another network.
	let Spec::V1(workloads) = &mut other_range[1].1;
	workloads[1].name = text("other");
	assert_eq!(checked(&other_range), Ok(()));
}

#[test]
fn each_node_has_a_part_of_its_own() {
	let overlap = |node| wrong(node, 1, Reason::SubnetsOverlap);
	assert_eq!(checked(&on(&[(7, "10.1.2.0/24"), (3, "10.1.2.0/24")])), overlap(3));
	assert_eq!(checked(&on(&[(7, "10.1.2.0/24"), (3, "10.1.0.0/22")])), overlap(3));
	assert_eq!(checked(&on(&[(7, "10.1.0.0/22"), (3, "10.1.2.0/24")])), overlap(3));
	// Not next to each other, in the range or in the plan.
	let apart = [(7, "10.1.0.0/16"), (3, "10.1.0.0/30"), (4, "10.1.9.0/24")];
	assert_eq!(checked(&on(&apart)), overlap(3));
	let apart = [(7, "10.1.9.0/24"), (3, "10.1.0.0/30"), (4, "10.1.8.0/22")];
	assert_eq!(checked(&on(&apart)), overlap(4));
	let other_name = |mut plan: Vec<(NodeId, Spec)>| {
		let Spec::V1(workloads) = &mut plan[0].1;
		workloads[1].name = text("other");
		checked(&plan)
	};
	assert_eq!(other_name(on(&[(7, "10.1.2.0/24"), (3, "10.1.2.0/24")])), Ok(()));
}
