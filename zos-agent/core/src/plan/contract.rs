//! The steps of one contract.

use super::{Step, Verb};
use crate::{fingerprint::Fingerprint, ports::ContainerState, verify::Wanted, Actual, Around, Key};
use grid_primitives::{
	spec::{Attachment, Container, Kind, Name, Spec, Volume},
	ContractId,
};
use std::collections::BTreeMap;

/// Steps that are collected, with the places of those that others wait for.
struct Steps<'a> {
	contract: ContractId,
	actual: &'a Actual,
	steps: Vec<Step>,
	removed_containers: BTreeMap<Key, usize>,
	removed_zdbs: Vec<usize>,
	networks: BTreeMap<Key, usize>,
	volumes: BTreeMap<Key, usize>,
	prepared: BTreeMap<Key, usize>,
	reserved: BTreeMap<Key, usize>,
}

/// So that nothing is left.
pub(super) fn steps_to_none(contract: ContractId, actual: &Actual) -> Vec<Step> {
	let mut steps = Steps::new(contract, actual);
	steps.remove_containers(|_| false);
	steps.remove_zdbs(|_| false);
	steps.remove_volumes(|_| false);
	steps.remove_networks(|_| false);
	steps.steps
}

/// So that programs stop and data stays. Networks keep their keys, which peers know.
pub(super) fn steps_to_pause(contract: ContractId, spec: &Spec, actual: &Actual) -> Vec<Step> {
	let mut steps = Steps::new(contract, actual);
	steps.remove_containers(|_| false);
	steps.pause_zdbs(spec);
	steps.remove_all_but(spec);
	steps.steps
}

/// So that all of it runs.
pub(super) fn steps_to_run(wanted: &Wanted, spec: &Spec, actual: &Actual) -> Vec<Step> {
	let mut steps = Steps::new(wanted.contract, actual);
	steps.remove_containers(|name| has(spec, name, |it| matches!(it, Kind::Container(_))));
	let containers = steps.containers_to_make(spec);
	steps.prepare(&containers);
	steps.make_networks(wanted, spec);
	steps.make_volumes(spec, There::No);
	steps.reserve_volumes(spec, &containers);
	steps.remove_others(&containers);
	steps.make_volumes(spec, There::Yes);
	steps.remove_all_but(spec);
	steps.make_zdbs(spec);
	steps.start(&containers);
	steps.steps
}

/// Which volumes are meant: those that are there already, or the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
	Yes,
	No,
}

/// A container that is not as it is to be.
struct ToMake<'a> {
	key: Key,
	aim: Fingerprint,
	container: &'a Container,
}

fn has(spec: &Spec, name: &Name, is: impl Fn(&Kind) -> bool) -> bool {
	spec.workloads().iter().any(|it| it.name == *name && is(&it.kind))
}

/// Those in a map of keys that are of a contract.
fn of<T>(contract: ContractId, all: &BTreeMap<Key, T>) -> impl Iterator<Item = (&Key, &T)> {
	let first = Key { contract, name: Name::default() };
	all.range(first..).take_while(move |(key, _)| key.contract == contract)
}

impl<'a> Steps<'a> {
	fn new(contract: ContractId, actual: &'a Actual) -> Self {
		Self {
			contract,
			actual,
			steps: Vec::new(),
			removed_containers: BTreeMap::new(),
			removed_zdbs: Vec::new(),
			networks: BTreeMap::new(),
			volumes: BTreeMap::new(),
			prepared: BTreeMap::new(),
			reserved: BTreeMap::new(),
		}
	}

	fn key(&self, name: &Name) -> Key {
		Key { contract: self.contract, name: name.clone() }
	}

	fn push(
		&mut self,
		key: Key,
		verb: Verb,
		aim: Option<Fingerprint>,
		after: impl IntoIterator<Item = usize>,
	) -> usize {
		let mut after: Vec<_> = after.into_iter().collect();
		after.sort_unstable();
		after.dedup();
		self.steps.push(Step { key, verb, aim, after });
		self.steps.len() - 1
	}

	fn remove_containers(&mut self, stays: impl Fn(&Name) -> bool) {
		for (key, _) in of(self.contract, &self.actual.containers) {
			if !stays(&key.name) {
				let at = self.push(key.clone(), Verb::RemoveContainer, None, []);
				self.removed_containers.insert(key.clone(), at);
			}
		}
	}

	fn remove_zdbs(&mut self, stays: impl Fn(&Name) -> bool) {
		let containers: Vec<_> = self.removed_containers.values().copied().collect();
		for (key, _) in of(self.contract, &self.actual.zdbs) {
			if !stays(&key.name) {
				let at = self.push(key.clone(), Verb::RemoveZdb, None, containers.clone());
				self.removed_zdbs.push(at);
			}
		}
	}

	/// Which container sees a volume that nobody wants is no longer known: all that go are waited
	/// for. Those that stay see only volumes that stay.
	fn remove_volumes(&mut self, stays: impl Fn(&Name) -> bool) {
		let containers: Vec<_> = self.removed_containers.values().copied().collect();
		for (key, _) in of(self.contract, &self.actual.volumes) {
			if !stays(&key.name) {
				self.push(key.clone(), Verb::RemoveVolume, None, containers.clone());
			}
		}
	}

	fn remove_networks(&mut self, stays: impl Fn(&Name) -> bool) {
		let containers = self.removed_containers.values().copied();
		let users: Vec<_> = containers.chain(self.removed_zdbs.iter().copied()).collect();
		for (key, _) in of(self.contract, &self.actual.networks) {
			if !stays(&key.name) {
				self.push(key.clone(), Verb::RemoveNetwork, None, users.clone());
			}
		}
	}

	fn remove_all_but(&mut self, spec: &Spec) {
		self.remove_zdbs(|name| has(spec, name, |it| matches!(it, Kind::Zdb(_))));
		self.remove_volumes(|name| has(spec, name, |it| matches!(it, Kind::Volume(_))));
		self.remove_networks(|name| has(spec, name, |it| matches!(it, Kind::Network(_))));
	}

	fn pause_zdbs(&mut self, spec: &Spec) {
		for (key, found) in of(self.contract, &self.actual.zdbs) {
			if found.serves && has(spec, &key.name, |it| matches!(it, Kind::Zdb(_))) {
				let aim = found.fingerprint;
				self.push(key.clone(), Verb::PauseZdb, aim, []);
			}
		}
	}

	/// Containers that are not there, are others, do not run though they should, have lost a volume
	/// or network from under them, or hold a volume that cannot grow as long as they do.
	fn containers_to_make<'b>(&self, spec: &'b Spec) -> Vec<ToMake<'b>> {
		let containers = spec.workloads().iter().filter_map(|it| match &it.kind {
			Kind::Container(container) => Some((&it.name, container)),
			_ => None,
		});
		let to_make = containers.filter_map(|(name, container)| {
			let key = self.key(name);
			let aim = Fingerprint::of_container(container, spec);
			if self.is_done(&key, aim) {
				return None;
			}
			let is_well = self.actual.containers.get(&key).is_some_and(|found| {
				found.fingerprint == Some(aim)
					&& found.state != ContainerState::Broken
					&& container.mounts.iter().all(|it| self.is_ready(&it.volume))
					&& !container.mounts.iter().any(|it| self.holds_back(spec, &it.volume))
					&& container.networks.iter().all(|it| self.is_network(&it.network))
			});
			(!is_well).then_some(ToMake { key, aim, container })
		});
		to_make.collect()
	}

	fn is_ready(&self, volume: &Name) -> bool {
		let found = self.actual.volumes.get(&self.key(volume));
		found.is_some_and(|found| found.ready.is_some())
	}

	/// Whether it ended for good. It holds nothing any more, and what is done is not done again.
	fn is_done(&self, key: &Key, aim: Fingerprint) -> bool {
		let found = self.actual.containers.get(key).filter(|it| it.fingerprint == Some(aim));
		found.is_some_and(|it| matches!(it.state, ContainerState::Ended(_)))
	}

	/// Whether a volume is to grow, and nobody may use it meanwhile.
	fn holds_back(&self, spec: &Spec, volume: &Name) -> bool {
		let Some(found) = self.actual.volumes.get(&self.key(volume)) else { return false };
		!found.grows_in_use
			&& has(spec, volume, |it| match it {
				Kind::Volume(it) => it.disk == found.disk && it.size > found.size,
				_ => false,
			})
	}

	fn is_network(&self, network: &Name) -> bool {
		self.actual.networks.contains_key(&self.key(network))
	}

	fn prepare(&mut self, containers: &[ToMake]) {
		for ToMake { key, aim, container } in containers {
			let verb = Verb::Prepare(Box::new((*container).clone()));
			let at = self.push(key.clone(), verb, Some(*aim), []);
			self.prepared.insert(key.clone(), at);
		}
	}

	/// Nobody is stopped so that a volume can grow for which there is no space.
	fn reserve_volumes(&mut self, spec: &Spec, containers: &[ToMake]) {
		for workload in spec.workloads() {
			let Kind::Volume(volume) = &workload.kind else { continue };
			let is_held = containers.iter().any(|it| {
				self.actual.containers.contains_key(&it.key)
					&& it.container.mounts.iter().any(|it| it.volume == workload.name)
			});
			if is_held && self.holds_back(spec, &workload.name) {
				let (key, aim) = (self.key(&workload.name), Fingerprint::of(&workload.kind));
				let verb = Verb::ReserveVolume(volume.clone());
				let at = self.push(key.clone(), verb, Some(aim), []);
				self.reserved.insert(key, at);
			}
		}
	}

	/// What runs goes on until all is here for what comes in its place.
	fn remove_others(&mut self, containers: &[ToMake]) {
		for ToMake { key, aim, container } in containers {
			if self.actual.containers.contains_key(key) {
				let needs = self.needs(key, container);
				let at = self.push(key.clone(), Verb::RemoveContainer, Some(*aim), needs);
				self.removed_containers.insert(key.clone(), at);
			}
		}
	}

	/// The steps so far that give a container what it needs.
	fn needs(&self, key: &Key, container: &Container) -> Vec<usize> {
		let mut needs = self.made_networks(&container.networks);
		for mount in container.mounts.iter() {
			let volume = self.key(&mount.volume);
			needs.extend(
				[&self.volumes, &self.reserved]
					.map(|it| it.get(&volume).copied())
					.into_iter()
					.flatten(),
			);
		}
		needs.extend(self.prepared.get(key).copied());
		needs
	}

	fn make_networks(&mut self, wanted: &Wanted, spec: &Spec) {
		for (name, network) in spec.networks() {
			let key = self.key(name);
			let around = Around::of(wanted, spec, name);
			let aim = Some(Fingerprint::of_network(network, &around));
			let found = self.actual.networks.get(&key);
			if found.is_some_and(|it| it.fingerprint == aim && it.public.is_some()) {
				continue;
			}
			let verb = Verb::MakeNetwork(Box::new(network.clone()), Box::new(around));
			let at = self.push(key.clone(), verb, aim, []);
			self.networks.insert(key, at);
		}
	}

	/// Make the volumes that are not as they are to be: new ones before what runs is stopped, those
	/// that are there after whoever is stopped has let go of them. Not every machine lets a volume
	/// grow that is used, and what was lost from under a container is used by it still.
	fn make_volumes(&mut self, spec: &Spec, there: There) {
		for workload in spec.workloads() {
			let Kind::Volume(volume) = &workload.kind else { continue };
			let key = self.key(&workload.name);
			let is_there = self.actual.volumes.contains_key(&key);
			if !self.needs_making(&key, volume) || is_there != (there == There::Yes) {
				continue;
			}
			let after: Vec<_> = match there {
				There::Yes => self.removed_containers.values().copied().collect(),
				There::No => Vec::new(),
			};
			let volume = match self.actual.volumes.get(&key) {
				// What is on another kind of disk is only attached.
				Some(it) if it.disk != volume.disk => Volume { size: it.size, disk: it.disk },
				_ => volume.clone(),
			};
			let aim = Some(Fingerprint::of(&workload.kind));
			let at = self.push(key.clone(), Verb::MakeVolume(volume), aim, after);
			self.volumes.insert(key, at);
		}
	}

	fn needs_making(&self, key: &Key, volume: &Volume) -> bool {
		match self.actual.volumes.get(key) {
			None => true,
			// It keeps its data where it is, and the chain is told.
			Some(found) if found.disk != volume.disk => found.ready.is_none(),
			Some(found) => found.ready.is_none() || found.size < volume.size,
		}
	}

	fn make_zdbs(&mut self, spec: &Spec) {
		for workload in spec.workloads() {
			let Kind::Zdb(zdb) = &workload.kind else { continue };
			let key = self.key(&workload.name);
			let aim = Some(Fingerprint::of(&workload.kind));
			let found = self.actual.zdbs.get(&key);
			if found.is_some_and(|it| it.serves && it.fingerprint == aim) {
				continue;
			}
			let after = self.made_networks(&zdb.networks);
			self.push(key, Verb::MakeZdb(Box::new(zdb.clone())), aim, after);
		}
	}

	fn made_networks(&self, attachments: &[Attachment]) -> Vec<usize> {
		let keys = attachments.iter().map(|it| self.key(&it.network));
		keys.filter_map(|key| self.networks.get(&key).copied()).collect()
	}

	fn start(&mut self, containers: &[ToMake]) {
		for ToMake { key, aim, container } in containers {
			let mut after = self.needs(key, container);
			after.extend(self.removed_containers.get(key).copied());
			let verb = Verb::StartContainer(Box::new((*container).clone()));
			self.push(key.clone(), verb, Some(*aim), after);
		}
	}
}
