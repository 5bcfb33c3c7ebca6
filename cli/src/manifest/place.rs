//! Which nodes take what: decided by what is known of them, and by nothing else.

use super::{
	types::{Place, Spread},
	Current, Unit,
};
use grid_primitives::{
	ip::IpVersion,
	query::{NodeState, NodeSummary},
	spec::{MAX_NODES, MAX_WORKLOADS},
	Capacity, FarmId, NodeId, TwinId,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt,
};

/// A node that may take something.
#[derive(Clone, Debug)]
pub struct Candidate {
	/// What the chain says of it.
	pub node: NodeSummary,
	/// How many public addresses its farm has free.
	pub addresses: Addresses,
}

/// Numbers of public addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
	/// Of version 4.
	pub v4: u32,
	/// Of version 6.
	pub v6: u32,
}

impl Addresses {
	fn plus(self, other: Self) -> Self {
		Self { v4: self.v4.saturating_add(other.v4), v6: self.v6.saturating_add(other.v6) }
	}

	fn covers(self, other: Self) -> bool {
		self.v4 >= other.v4 && self.v6 >= other.v6
	}
}

/// What no node can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplaced {
	/// Its name.
	pub unit: String,
	/// What it needs.
	pub needs: Capacity,
	/// How many public addresses it needs.
	pub addresses: Addresses,
	/// How many nodes its rules let through.
	pub allowed: usize,
	/// How many of these have room.
	pub roomy: usize,
	/// Where it is, and why it cannot stay there.
	pub home: Option<(NodeId, Why)>,
}

/// Why something cannot stay where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
	/// The node is offline.
	Offline,
	/// The node takes no more than it has.
	NotOpen,
	/// The node is off the grid, or has less than is needed, or the rules have changed.
	NotAllowed,
}

impl fmt::Display for Unplaced {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let Self { unit, needs, addresses, allowed, roomy, home } = self;
		let mut needs = crate::output::capacity(needs);
		for (number, version) in [(addresses.v4, 4), (addresses.v6, 6)] {
			if number > 0 {
				needs += &format!(", a public address of version {version}");
			}
		}
		match (allowed, roomy) {
			(0, _) => write!(f, "{unit}: no node fits its rules; loosen `place`"),
			(allowed, 0) => write!(
				f,
				"{unit}: {allowed} nodes fit its rules, and none has {needs} free; take less, or \
				 loosen `place`"
			),
			(_, roomy) => write!(
				f,
				"{unit}: {roomy} nodes have room, but it would be too close to others, or there \
				 would be more than {MAX_NODES} nodes or {MAX_WORKLOADS} workloads on one; loosen \
				 `spread`"
			),
		}?;
		match home {
			Some((node, Why::Offline)) => write!(f, ". It is on node {node}, which is offline"),
			Some((node, Why::NotOpen)) => {
				write!(f, ". It is on node {node}, which takes no more than it has")
			},
			Some((node, Why::NotAllowed)) => {
				write!(f, ". It is on node {node}, and cannot stay there so")
			},
			None => Ok(()),
		}
	}
}

/// What a network asks of the nodes it is on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Publicity {
	pub(super) v4: bool,
	pub(super) v6: bool,
}

/// A node, and what is left of it.
struct Room<'a> {
	candidate: &'a Candidate,
	free: Capacity,
	workloads: u32,
	networks: BTreeSet<&'a str>,
	services: BTreeSet<&'a str>,
}

impl Room<'_> {
	/// Whether new contracts are welcome.
	fn is_welcoming(&self) -> bool {
		self.candidate.node.online && self.candidate.node.state == NodeState::Open
	}
}

/// Chooses nodes for units, one after the other.
struct Chooser<'a> {
	twin: Option<TwinId>,
	publicity: &'a BTreeMap<String, Publicity>,
	current: &'a Current,
	/// Where nothing is to be.
	unfit: &'a BTreeSet<NodeId>,
	rooms: BTreeMap<NodeId, Room<'a>>,
	used: BTreeSet<NodeId>,
	/// In which farms services are.
	farms: BTreeSet<(&'a str, FarmId)>,
	/// The public addresses that were taken of farms.
	given: BTreeMap<FarmId, Addresses>,
}

/// Choose a node for each unit, in their order. What is somewhere stays there if it can, unless the
/// node is unfit.
pub(super) fn place(
	units: &[Unit],
	candidates: &[Candidate],
	current: &Current,
	unfit: &BTreeSet<NodeId>,
	twin: Option<TwinId>,
	publicity: &BTreeMap<String, Publicity>,
) -> Result<Vec<NodeId>, Unplaced> {
	let room = |candidate| {
		let free = current.room_on(candidate);
		let (networks, services) = Default::default();
		(candidate.node.node, Room { candidate, free, workloads: 0, networks, services })
	};
	let rooms = candidates.iter().map(room).collect();
	let (used, farms, given) = Default::default();
	let mut chooser = Chooser { twin, publicity, current, unfit, rooms, used, farms, given };
	let mut chosen: Vec<Option<NodeId>> = vec![None; units.len()];
	// Who stays comes first, so that nobody new takes his room.
	for (unit, chosen) in units.iter().zip(&mut chosen) {
		*chosen = current.home_of(unit).filter(|node| chooser.may_stay(unit, *node));
		if let Some(node) = *chosen {
			chooser.take(unit, node);
		}
	}
	// The largest are the hardest to find room for.
	let mut rest: Vec<_> =
		(0..units.len()).filter(|index| chosen.get(*index).is_some_and(Option::is_none)).collect();
	rest.sort_by_key(|index| {
		let takes = units.get(*index).map(|unit| unit.takes).unwrap_or_default();
		std::cmp::Reverse((takes.mru, takes.cru, takes.sru, takes.hru))
	});
	for index in rest {
		let (Some(unit), Some(slot)) = (units.get(index), chosen.get_mut(index)) else { continue };
		let node = chooser.choose(unit)?;
		chooser.take(unit, node);
		*slot = Some(node);
	}
	Ok(chosen.into_iter().flatten().collect())
}

impl<'a> Chooser<'a> {
	fn allows(&self, place: &Place, it: &NodeSummary) -> bool {
		let one_of = |list: &[u32], it: u32| list.is_empty() || list.contains(&it);
		one_of(&place.nodes, it.node)
			&& one_of(&place.farms, it.farm)
			&& (place.countries.is_empty()
				|| place.countries.iter().any(|code| code.0 == it.country))
			&& (it.certified || !place.certified)
			&& match it.tenant {
				None => !place.dedicated,
				tenant => tenant == self.twin,
			}
	}

	fn has_room(&self, unit: &Unit, room: &Room) -> bool {
		if !room.free.covers(&unit.takes) {
			return false;
		}
		let wanted = self.wanted(unit, room);
		let given = self.given.get(&room.candidate.node.farm).copied().unwrap_or_default();
		wanted == Addresses::default() || room.candidate.addresses.covers(given.plus(wanted))
	}

	/// How many public addresses a unit needs on a node, that the contract has not there already.
	fn wanted(&self, unit: &Unit, room: &Room) -> Addresses {
		let mut wanted = Addresses::default();
		for network in unit.networks.iter().filter(|it| !room.networks.contains(it.as_str())) {
			let public = self.publicity.get(network).copied().unwrap_or_default();
			let lacks =
				|version| !self.current.has_address(room.candidate.node.node, network, version);
			wanted.v4 += u32::from(public.v4 && lacks(IpVersion::V4));
			wanted.v6 += u32::from(public.v6 && lacks(IpVersion::V6));
		}
		wanted
	}

	/// Whether a contract may have it there, with what is there already.
	fn fits(&self, unit: &Unit, room: &Room) -> bool {
		let networks = unit.networks.iter().filter(|it| !room.networks.contains(it.as_str()));
		let more = unit.workloads.len() + networks.count();
		let node = &room.candidate.node;
		room.workloads as usize + more <= MAX_WORKLOADS as usize
			&& (self.used.contains(&node.node) || self.used.len() < MAX_NODES as usize)
			&& match unit.place.spread {
				Spread::None => true,
				Spread::Nodes => !room.services.contains(unit.service.as_str()),
				Spread::Farms => !self.farms.contains(&(unit.service.as_str(), node.farm)),
			}
	}

	/// Whether what is on a node can go on there: new contracts need not be welcome.
	fn may_stay(&self, unit: &Unit, node: NodeId) -> bool {
		let room = self.rooms.get(&node).filter(|_| !self.unfit.contains(&node));
		room.is_some_and(|room| {
			let its = &room.candidate.node;
			(its.online || self.current.awaited.contains(&node))
				&& its.state != NodeState::Expelled
				&& self.allows(&unit.place, its)
				&& self.has_room(unit, room)
				&& self.fits(unit, room)
		})
	}

	fn choose(&self, unit: &Unit) -> Result<NodeId, Unplaced> {
		let mut best: Option<(_, NodeId)> = None;
		let fit = self.rooms.iter().filter(|(node, _)| !self.unfit.contains(node));
		for (node, room) in fit.filter(|(_, room)| room.is_welcoming()) {
			// Where others of the manifest are, on what is paid for anyway, and not at the price of
			// a certificate that nobody asked for; then where most is free, so that it all fits.
			let its = &room.candidate.node;
			let (used, rented) = (room.workloads > 0, its.tenant.is_some());
			let score = (!used, !rented, its.certified, std::cmp::Reverse(room.free.mru));
			// Who would not be chosen is not looked at closely: there are many nodes.
			let better = best.as_ref().is_none_or(|(other, _)| score < *other);
			if better
				&& self.allows(&unit.place, its)
				&& self.has_room(unit, room)
				&& self.fits(unit, room)
			{
				best = Some((score, *node));
			}
		}
		best.map(|(_, node)| node).ok_or_else(|| self.why_not(unit))
	}

	/// How far the nodes got that did not take it.
	fn why_not(&self, unit: &Unit) -> Unplaced {
		let rooms = self.rooms.values().filter(|room| room.is_welcoming());
		let allowed: Vec<_> =
			rooms.filter(|room| self.allows(&unit.place, &room.candidate.node)).collect();
		let roomy = allowed.iter().filter(|room| self.has_room(unit, room)).count();
		let publicity = unit.networks.iter().filter_map(|network| self.publicity.get(network));
		let addresses = publicity.fold(Addresses::default(), |sum, it| {
			sum.plus(Addresses { v4: it.v4.into(), v6: it.v6.into() })
		});
		let home = self.current.home_of(unit).map(|node| {
			let why = match self.rooms.get(&node).map(|room| &room.candidate.node) {
				Some(its) if !its.online => Why::Offline,
				Some(its) if its.state != NodeState::Open => Why::NotOpen,
				_ => Why::NotAllowed,
			};
			(node, why)
		});
		let (needs, allowed) = (unit.takes, allowed.len());
		Unplaced { unit: unit.name().into(), needs, addresses, allowed, roomy, home }
	}

	fn take(&mut self, unit: &'a Unit, node: NodeId) {
		let wanted = self.rooms.get(&node).map(|room| self.wanted(unit, room)).unwrap_or_default();
		let Some(room) = self.rooms.get_mut(&node) else { return };
		let given = self.given.entry(room.candidate.node.farm).or_default();
		*given = given.plus(wanted);
		let networks = unit.networks.iter().filter(|it| !room.networks.contains(it.as_str()));
		room.workloads += (unit.workloads.len() + networks.count()) as u32;
		room.free = room.free.saturating_sub(unit.takes);
		room.networks.extend(unit.networks.iter().map(String::as_str));
		room.services.insert(&unit.service);
		self.farms.insert((&unit.service, room.candidate.node.farm));
		self.used.insert(node);
	}
}
