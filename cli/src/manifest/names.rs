//! What the first of several is called: what runs keeps its name, and with it its data.

use super::{
	types::Manifest,
	units::{numbered, Group, Kind},
	Current,
};
use std::collections::BTreeSet;

/// Who has which name.
pub(super) struct Names {
	/// What runs.
	running: BTreeSet<(Kind, String)>,
	/// What the manifest calls something.
	claimed: BTreeSet<String>,
}

/// The names that a group has by a number, those that keep data first.
fn of_group(group: &Group, number: Option<u32>) -> impl Iterator<Item = (Kind, String)> + use<> {
	let mounts = group.iter().flat_map(|(_, container)| &container.mounts);
	let volumes: BTreeSet<_> = mounts.map(|mount| mount.volume.value.clone()).collect();
	let volumes = volumes.into_iter().map(|name| (Kind::Volume, name));
	let containers: Vec<_> = group.iter().map(|(name, _)| name.to_string()).collect();
	let containers = containers.into_iter().map(|name| (Kind::Container, name));
	volumes.chain(containers).map(move |(kind, name)| (kind, numbered(&name, number)))
}

/// The numbers of so many.
pub(super) fn numbers(count: u32) -> impl Iterator<Item = Option<u32>> {
	(1..=count).map(move |number| (count > 1).then_some(number))
}

impl Names {
	pub(super) fn new(manifest: &Manifest, groups: &[Group], current: &Current) -> Self {
		let running: BTreeSet<_> = current
			.specs
			.values()
			.flat_map(|spec| spec.workloads())
			.filter_map(|it| Some((Kind::of(&it.kind)?, it.name.as_str()?.to_string())))
			.collect();
		let mut claimed = BTreeSet::new();
		if !running.is_empty() {
			claimed.extend(manifest.networks.keys().chain(manifest.databases.keys()).cloned());
			for group in groups {
				let numbers = numbers(group.first().map_or(1, |(_, it)| it.count.value));
				claimed.extend(numbers.flat_map(|it| of_group(group, it)).map(|(_, name)| name));
			}
		}
		Self { running, claimed }
	}

	/// The number that the first of a group is called by: the one with which it runs, if it does and
	/// nobody else is called that.
	pub(super) fn first_of(&mut self, group: &Group) -> Option<u32> {
		let several = group.first().is_some_and(|(_, it)| it.count.value > 1);
		let (usual, other) = if several { (Some(1), None) } else { (None, Some(1)) };
		let mut both = of_group(group, usual).zip(of_group(group, other));
		let other_runs = both.find_map(|(usual, other)| {
			match (self.running.contains(&usual), self.running.contains(&other)) {
				(true, _) => Some(false),
				(false, true) => Some(true),
				(false, false) => None,
			}
		});
		if other_runs != Some(true)
			|| of_group(group, other).any(|(_, name)| self.claimed.contains(&name))
		{
			return usual;
		}
		self.claimed.extend(of_group(group, other).map(|(_, name)| name));
		other
	}
}
