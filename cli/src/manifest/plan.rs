//! What has to change, so that what runs is what is wanted.

use super::{
	build::{label, Builder, Map, Sealer},
	place::{place, Candidate, Publicity},
	types::Manifest,
	units, Error, Unit,
};
use grid_primitives::{
	spec::{plan::check, AccessPeer, Change, Kind, Name, Spec, Subnet, Zdb},
	Capacity, NodeId, TwinId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What runs, as the chain has it.
#[derive(Clone, Debug, Default)]
pub struct Current {
	/// What each node is to run.
	pub specs: BTreeMap<NodeId, Spec>,
	/// The nodes that are about to stop what they run: they can take nothing until they have.
	pub leaving: BTreeSet<NodeId>,
	/// What was on nodes that are gone, as far as it is known.
	pub lost: BTreeSet<NodeId>,
}

impl Current {
	/// What is free on a node, with what the contract itself has there.
	pub(super) fn free_with_own(&self, candidate: &Candidate) -> Capacity {
		let own = self.specs.get(&candidate.node.node).map(|spec| spec.usage().capacity);
		candidate.node.free.saturating_add(own.unwrap_or_default())
	}

	/// Where a unit is.
	pub(super) fn home_of(&self, unit: &Unit) -> Option<NodeId> {
		let has = |spec: &Spec| {
			let mut workloads = spec.workloads().iter();
			workloads.any(|it| it.name.as_str() == Some(unit.name()))
		};
		self.specs.iter().find(|(_, spec)| has(spec)).map(|(node, _)| *node)
	}

	/// The part of a network that a node has.
	pub(super) fn part_of(&self, node: NodeId, network: &str) -> Option<Subnet> {
		let mut networks = self.specs.get(&node)?.networks();
		networks.find(|(name, _)| name.as_str() == Some(network)).map(|(_, it)| it.subnet)
	}

	/// The address that a workload has in a network.
	pub(super) fn address_of(
		&self,
		node: NodeId,
		workload: &str,
		network: &str,
	) -> Option<[u8; 4]> {
		let spec = self.specs.get(&node)?;
		let found = spec.workloads().iter().find(|it| it.name.as_str() == Some(workload))?;
		let attachments = match &found.kind {
			Kind::Container(container) => &container.networks[..],
			Kind::Zdb(Zdb { networks, .. }) => &networks[..],
			Kind::Network(_) | Kind::Volume(_) => return None,
		};
		let attached = attachments.iter().find(|it| it.network.as_str() == Some(network))?;
		Some(attached.ip)
	}

	/// Where a device joins a network, and which address it has there.
	pub(super) fn device_of(&self, network: &str, device: &str) -> Option<(NodeId, [u8; 4])> {
		self.specs.iter().find_map(|(node, spec)| {
			let mut networks = spec.networks().filter(|(name, _)| name.as_str() == Some(network));
			let its = |it: &&AccessPeer| it.name.as_str() == Some(device);
			networks.find_map(|(_, it)| it.access.iter().find(its)).map(|it| (*node, it.ip))
		})
	}
}

/// Something that goes to another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
	/// What.
	pub unit: String,
	/// From where.
	pub from: NodeId,
	/// To where.
	pub to: NodeId,
	/// What is left behind with its data.
	pub loses: Vec<String>,
}

/// What has to change.
#[derive(Clone, Debug)]
pub struct Plan {
	/// What it is called.
	pub label: Name,
	/// What each node is to run.
	pub specs: BTreeMap<NodeId, Spec>,
	/// What is different from what runs.
	pub changes: Vec<Change>,
	/// What goes elsewhere.
	pub moves: Vec<Move>,
}

impl Plan {
	/// All of it, as a contract is made.
	pub fn whole(&self) -> Vec<(NodeId, Spec)> {
		self.specs.iter().map(|(node, spec)| (*node, spec.clone())).collect()
	}
}

/// Plan. The same manifest, nodes and contract give the same plan.
pub fn plan(
	manifest: &Manifest,
	candidates: &[Candidate],
	current: &Current,
	twin: Option<TwinId>,
	ula_seed: [u8; 32],
	sealer: &dyn Sealer,
) -> Result<Plan, Error> {
	let units = units(manifest);
	let publicity = manifest
		.networks
		.iter()
		.map(|(name, it)| (name.clone(), Publicity { v4: it.public_v4, v6: it.public_v6 }));
	let free = |it: &&Candidate| !current.leaving.contains(&it.node.node);
	let candidates: Vec<_> = candidates.iter().filter(free).cloned().collect();
	let nodes =
		place(&units, &candidates, current, twin, &publicity.collect()).map_err(Error::NoNode)?;
	let placed: Vec<_> = units.iter().zip(nodes).collect();
	let map = Map::new(manifest, &placed, current);
	let builder = Builder { manifest, map, sealer, ula_seed };
	let mut by_node: BTreeMap<NodeId, Vec<&Unit>> = BTreeMap::new();
	for (unit, node) in &placed {
		by_node.entry(*node).or_default().push(unit);
	}
	let specs = by_node
		.iter()
		.map(|(node, units)| Ok((*node, builder.spec(*node, units).map_err(on_node(*node))?)))
		.collect::<Result<BTreeMap<_, _>, Error>>()?;
	check(specs.iter().map(|(node, spec)| (*node, spec))).map_err(|(node, fault)| {
		let workload = fault.workload.and_then(|index| {
			let spec = specs.get(&node?)?;
			spec.workloads().get(index as usize)?.name.as_str().map(String::from)
		});
		Error::Fault {
			node: node.map_or_else(|| "?".into(), |node| node.to_string()),
			fault: match workload {
				Some(workload) => format!("{workload}: {}", fault.reason),
				None => fault.reason.to_string(),
			},
		}
	})?;
	let moves = placed.iter().filter_map(|(unit, to)| {
		let from = current.home_of(unit).filter(|from| from != to)?;
		Some(Move { unit: unit.name().into(), from, to: *to, loses: unit.keeps.clone() })
	});
	let moves = moves.collect();
	let changes = changes(current, &specs);
	Ok(Plan { label: label(manifest)?, changes, moves, specs })
}

fn changes(current: &Current, specs: &BTreeMap<NodeId, Spec>) -> Vec<Change> {
	let here = current.specs.keys().filter(|node| !current.lost.contains(node));
	let gone = here.filter(|node| !specs.contains_key(node));
	let gone = gone.map(|node| Change { node: *node, spec: None });
	let new = specs
		.iter()
		.filter(|(node, spec)| {
			current.lost.contains(node) || current.specs.get(node).is_none_or(|it| it != *spec)
		})
		.map(|(node, spec)| Change { node: *node, spec: Some(spec.clone()) });
	let mut all: Vec<_> = gone.chain(new).collect();
	all.sort_by_key(|change| change.node);
	all
}

/// Who is told what is wrong is told where.
fn on_node(node: NodeId) -> impl Fn(Error) -> Error {
	move |error| match error {
		Error::Fault { fault, .. } => Error::Fault { node: node.to_string(), fault },
		other => other,
	}
}
