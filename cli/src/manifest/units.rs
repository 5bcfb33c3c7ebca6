//! What has to be together, and how often there is to be of it.

use super::{
	names::{numbers, Names},
	types::{Container, Database, DiskKind, Manifest, Place},
	Current,
};
use grid_primitives::{
	spec::{self, Disk, Workload},
	Capacity,
};
use std::collections::{BTreeMap, BTreeSet};

/// Workloads that are on one node: containers, and the volumes they share; or a database.
#[derive(Clone, Debug)]
pub struct Unit {
	/// What it is one of several of.
	pub service: String,
	/// Its workloads by name, with what they come from in the manifest. The first names the unit.
	pub workloads: Vec<(String, Source)>,
	/// What it takes of its node, without networks.
	pub takes: Capacity,
	/// Where it goes.
	pub place: Place,
	/// The networks that its node has to be in.
	pub networks: BTreeSet<String>,
}

/// What a workload comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
	/// A volume.
	Volume,
	/// A database.
	Database,
	/// A container.
	Container,
}

/// Where in the manifest a workload is described, and which of several it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
	/// What it is.
	pub kind: Kind,
	/// Its name there.
	pub name: String,
	/// The number that it is called by; `None` if it goes without, as the only one does.
	pub number: Option<u32>,
}

impl Kind {
	/// What a workload of a spec comes from.
	pub(super) fn of(kind: &spec::Kind) -> Option<Self> {
		match kind {
			spec::Kind::Volume(_) => Some(Self::Volume),
			spec::Kind::Zdb(_) => Some(Self::Database),
			spec::Kind::Container(_) => Some(Self::Container),
			spec::Kind::Network(_) => None,
		}
	}
}

impl Unit {
	/// Its name.
	pub fn name(&self) -> &str {
		self.workloads.first().map_or("", |(name, _)| name)
	}

	/// Whether something that runs is of it.
	pub(super) fn has(&self, workload: &Workload) -> bool {
		self.workloads.iter().any(|(name, source)| {
			workload.name.as_str() == Some(name) && Kind::of(&workload.kind) == Some(source.kind)
		})
	}
}

/// A name with its number.
pub(super) fn numbered(name: &str, number: Option<u32>) -> String {
	match number {
		Some(number) => format!("{name}-{number}"),
		None => name.into(),
	}
}

/// A kind of disk, as specs have it.
pub(super) fn disk(kind: DiskKind) -> Disk {
	match kind {
		DiskKind::Ssd => Disk::Ssd,
		DiskKind::Hdd => Disk::Hdd,
	}
}

/// So much of a disk.
fn on_disk(kind: DiskKind, size: u64) -> Capacity {
	match kind {
		DiskKind::Ssd => Capacity { sru: size, ..Capacity::ZERO },
		DiskKind::Hdd => Capacity { hru: size, ..Capacity::ZERO },
	}
}

/// All that there is to be, in the order of names. What runs keeps its name.
pub fn units(manifest: &Manifest, current: &Current) -> Vec<Unit> {
	let mut all = Vec::new();
	let groups = groups(manifest);
	let mut names = Names::new(manifest, &groups, current);
	for group in &groups {
		let count = group.first().map_or(1, |(_, it)| it.count.value);
		let called = std::iter::once(names.first_of(group)).chain(numbers(count).skip(1));
		all.extend(called.map(|number| of_containers(manifest, group, number)));
	}
	let databases = manifest.databases.iter();
	all.extend(databases.map(|(name, it)| of_database(manifest, name, &it.value)));
	all
}

/// Containers that are on one node.
pub(super) type Group<'a> = Vec<(&'a String, &'a Container)>;

/// Where a container goes, if it is said.
pub(super) fn place_of<'a>(manifest: &'a Manifest, container: &'a Container) -> Option<&'a Place> {
	let top = Some(&manifest.place).filter(|place| **place != Place::default());
	container.place.as_ref().map(|place| &place.value).or(top)
}

/// Containers that share volumes, directly or by others.
pub(super) fn groups(manifest: &Manifest) -> Vec<Group<'_>> {
	let mut groups: Vec<(BTreeSet<&String>, Group)> = Vec::new();
	for (name, container) in &manifest.containers {
		let mut volumes: BTreeSet<_> =
			container.mounts.iter().map(|mount| &mount.volume.value).collect();
		let mut members = Vec::new();
		groups.retain_mut(|(others, group)| {
			let apart = volumes.is_disjoint(others);
			if !apart {
				volumes.append(others);
				members.append(group);
			}
			apart
		});
		members.push((name, &container.value));
		members.sort_by_key(|(name, _)| *name);
		groups.push((volumes, members));
	}
	let mut groups: Vec<_> = groups.into_iter().map(|(_, members)| members).collect();
	groups.sort_by_key(|members| members.first().map(|(name, _)| *name));
	groups
}

fn of_containers(manifest: &Manifest, group: &Group, number: Option<u32>) -> Unit {
	let mut workloads = Vec::new();
	let mut takes = Capacity::ZERO;
	let mut networks = BTreeSet::new();
	let mut volumes = BTreeMap::new();
	for (name, container) in group {
		let source = Source { kind: Kind::Container, name: name.to_string(), number };
		workloads.push((numbered(name, number), source));
		let log = container.log.map_or(0, |log| log.0);
		let capacity = Capacity {
			cru: container.cpu.0.into(),
			mru: container.memory.0,
			sru: container.root.0.saturating_add(log),
			hru: 0,
		};
		takes = takes.saturating_add(capacity);
		networks.extend(container.networks.iter().map(|network| network.value.clone()));
		for mount in &container.mounts {
			if let Some(volume) = manifest.volumes.get(&mount.volume.value) {
				volumes.insert(mount.volume.value.clone(), &volume.value);
			}
		}
	}
	for (name, volume) in volumes {
		takes = takes.saturating_add(on_disk(volume.disk, volume.size.0));
		workloads.push((numbered(&name, number), Source { kind: Kind::Volume, name, number }));
	}
	Unit {
		service: group.first().map(|(name, _)| name.to_string()).unwrap_or_default(),
		workloads,
		takes,
		// Who says something says the same as the others.
		place: group.iter().find_map(|(_, it)| place_of(manifest, it)).cloned().unwrap_or_default(),
		networks,
	}
}

fn of_database(manifest: &Manifest, name: &str, database: &Database) -> Unit {
	let source = Source { kind: Kind::Database, name: name.into(), number: None };
	Unit {
		service: name.into(),
		workloads: vec![(name.into(), source)],
		takes: on_disk(database.disk, database.size.0),
		place: database.place.clone().unwrap_or_else(|| manifest.place.clone()),
		networks: database.networks.iter().map(|network| network.value.clone()).collect(),
	}
}
