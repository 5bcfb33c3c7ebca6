//! What has to change, so that what runs is what is wanted.

use super::{
	build::{label, Builder, Map, Sealer},
	current::{Current, Loss},
	place::{place, Candidate, Publicity},
	types::Manifest,
	units, Error, Unit,
};
use grid_primitives::{
	spec::{plan::check, Change, Name, Spec},
	NodeId, TwinId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Something that goes to another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
	/// What.
	pub unit: String,
	/// From where.
	pub from: NodeId,
	/// To where.
	pub to: NodeId,
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
	/// What is left behind.
	pub losses: Vec<Loss>,
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
	let units = units(manifest, current);
	let publicity = manifest
		.networks
		.iter()
		.map(|(name, it)| (name.clone(), Publicity { v4: it.public_v4, v6: it.public_v6 }));
	let free = |it: &&Candidate| !current.leaving.contains(&it.node.node);
	let candidates: Vec<_> = candidates.iter().filter(free).cloned().collect();
	let publicity = publicity.collect();
	let place =
		|unfit: &BTreeSet<NodeId>| place(&units, &candidates, current, unfit, twin, &publicity);
	let nodes = match place(&current.unfit) {
		// What can go nowhere else is better there than nowhere.
		Err(_) if !current.unfit.is_empty() => place(&BTreeSet::new()),
		other => other,
	};
	let nodes = nodes.map_err(Error::NoNode)?;
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
		Some(Move { unit: unit.name().into(), from, to: *to })
	});
	let moves = moves.collect();
	let (changes, losses) = (changes(current, &specs), current.losses(&specs));
	Ok(Plan { label: label(manifest)?, changes, moves, losses, specs })
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
