//! How a manifest is read, and what may be wrong with it.

use super::{
	types::{Manifest, Network},
	units::{groups, place_of},
	words::in_words,
	Error, Flaw,
};
use grid_primitives::spec::{limits, Name};
use std::collections::BTreeSet;

/// The most of one container.
const MOST_COUNT: u32 = 1_000;

/// What the reader of YAML finds wrong, and where.
pub(crate) fn flaw(error: &serde_saphyr::Error) -> Flaw {
	let (line, column) =
		error.location().map_or((0, 0), |location| (location.line(), location.column()));
	let what = in_words(&error.to_string());
	Flaw { line, column, what }
}

/// Read a manifest. What is wrong is said with its line and column.
pub fn read(text: &str) -> Result<Manifest, Error> {
	let manifest: Manifest =
		serde_saphyr::from_str(text).map_err(|error| beginning(flaw(&error)))?;
	check(&manifest)?;
	Ok(manifest)
}

/// What every manifest begins with is missing at the beginning, and not at the end.
fn beginning(flaw: Flaw) -> Flaw {
	let what = match flaw.what.split(' ').next() {
		Some("`grid`") => "`grid` is missing: begin with grid: 1",
		Some("`name`") => "`name` is missing: say what all of it is called, as in name: shop",
		_ => return flaw,
	};
	match flaw.what.ends_with("is missing in what ends here") {
		true => Flaw { line: 1, column: 1, what: what.into() },
		false => flaw,
	}
}

fn is_name(text: &str) -> bool {
	Name::try_from(text).is_ok_and(|name| name.is_name())
}

fn check(manifest: &Manifest) -> Result<(), Flaw> {
	if manifest.grid.value != 1 {
		return Err(manifest.grid.flaw("this grid reads manifests of version 1: write grid: 1"));
	}
	if !is_name(&manifest.name) {
		return Err(manifest.name.flaw(
			"a name has 1 to 36 characters of a-z, 0-9 and -, and - neither begins nor ends it",
		));
	}
	if manifest.containers.is_empty() && manifest.databases.is_empty() {
		return Err(manifest.name.flaw("there is nothing to run: name containers or databases"));
	}
	check_names(manifest)?;
	check_networks(manifest)?;
	check_databases(manifest)?;
	check_containers(manifest)?;
	check_volumes(manifest)?;
	check_places(manifest)
}

/// Names are used once, with what they become when there are several.
fn check_names(manifest: &Manifest) -> Result<(), Flaw> {
	let networks = manifest.networks.iter().map(|(name, it)| (name, it.flaw(""), 1));
	let volumes = manifest.volumes.iter().map(|(name, it)| (name, it.flaw(""), 1));
	let databases = manifest.databases.iter().map(|(name, it)| (name, it.flaw(""), 1));
	let containers =
		manifest.containers.iter().map(|(name, it)| (name, it.flaw(""), it.count.value));
	let mut taken = BTreeSet::new();
	for (name, at, count) in networks.chain(volumes).chain(databases).chain(containers) {
		let flaw = |what: String| Flaw { what, ..at.clone() };
		if !is_name(name) {
			return Err(flaw(format!(
				"{name:?} is no name: 1 to 36 characters of a-z, 0-9 and -, and - neither begins \
				 nor ends it"
			)));
		}
		let numbered = (1..=count.min(MOST_COUNT)).map(|number| match count {
			1 => name.clone(),
			_ => format!("{name}-{number}"),
		});
		for each in numbered {
			if !is_name(&each) {
				return Err(flaw(format!("{each:?} is too long for a name: call {name} shorter")));
			}
			if !taken.insert(each.clone()) {
				return Err(flaw(format!("two are called {each:?}: give one another name")));
			}
		}
	}
	Ok(())
}

fn check_networks(manifest: &Manifest) -> Result<(), Flaw> {
	for (name, network) in &manifest.networks {
		let range = network.range.0;
		if !range.is_private() || !range.begins_at_first() {
			return Err(network.flaw(format!(
				"the range {range} of {name} is not private, or does not begin at its first \
				 address: take one as 10.10.0.0/16"
			)));
		}
		if !limits::RANGE_PREFIX.contains(&range.prefix) {
			let (least, most) = (limits::RANGE_PREFIX.start(), limits::RANGE_PREFIX.end());
			return Err(network.flaw(format!(
				"the range of a network is from /{least} to /{most}, and not {range}"
			)));
		}
		check_devices(manifest, name, network)?;
	}
	Ok(())
}

fn check_devices(manifest: &Manifest, network: &str, it: &Network) -> Result<(), Flaw> {
	let mut keys = BTreeSet::new();
	for (name, device) in &it.devices {
		if !is_name(name) {
			return Err(device.flaw(format!(
				"{name:?} is no name of a device: 1 to 36 characters of a-z, 0-9 and -"
			)));
		}
		if !keys.insert(device.key.0) {
			return Err(device.flaw(format!(
				"another device of {network} has the key of {name}: each needs one of its own"
			)));
		}
		let Some(near) = &device.near else { continue };
		let networks =
			match (manifest.containers.get(&near.value), manifest.databases.get(&near.value)) {
				(Some(container), _) => &container.networks,
				(None, Some(database)) => &database.networks,
				(None, None) => {
					return Err(
						near.flaw(format!("there is no container or database {:?}", near.value))
					);
				},
			};
		if !networks.iter().any(|it| it.value == network) {
			return Err(near.flaw(format!("{} is not in the network {network}", near.value)));
		}
	}
	if it.devices.is_empty() || uses(manifest, network) {
		return Ok(());
	}
	let at = it.devices.values().next().map_or_else(|| manifest.name.flaw(""), |it| it.flaw(""));
	let what = format!("nothing is in the network {network}, so no device can join it");
	Err(Flaw { what, ..at })
}

/// Whether anything is in a network.
fn uses(manifest: &Manifest, network: &str) -> bool {
	let containers = manifest.containers.values().flat_map(|it| &it.networks);
	let databases = manifest.databases.values().flat_map(|it| &it.networks);
	containers.chain(databases).any(|it| it.value == network)
}

fn known(manifest: &Manifest, network: &super::measures::At<String>) -> Result<(), Flaw> {
	if manifest.networks.contains_key(&network.value) {
		return Ok(());
	}
	let names: Vec<_> = manifest.networks.keys().map(String::as_str).collect();
	Err(network.flaw(format!("there is no network {:?}{}", network.value, among(&names))))
}

fn among(names: &[&str]) -> String {
	match names {
		[] => ": there are none".into(),
		names => format!(": there are {}", names.join(", ")),
	}
}

fn check_databases(manifest: &Manifest) -> Result<(), Flaw> {
	for (name, database) in &manifest.databases {
		if database.networks.is_empty() {
			return Err(database.flaw(format!("nobody can reach {name}: name its networks")));
		}
		check_size(database, &format!("the size of {name}"), database.size.0)?;
		for network in &database.networks {
			known(manifest, network)?;
		}
	}
	Ok(())
}

fn check_size<T>(at: &super::measures::At<T>, what: &str, size: u64) -> Result<(), Flaw> {
	if limits::DISK.contains(&size) {
		return Ok(());
	}
	Err(at.flaw(format!("{what} is from 1MiB to 1024TiB")))
}

fn check_containers(manifest: &Manifest) -> Result<(), Flaw> {
	for (name, container) in &manifest.containers {
		let flaw = |what: String| Err(container.flaw(what));
		if !(1..=MOST_COUNT).contains(&container.count.value) {
			return Err(container.count.flaw(format!("there are 1 to {MOST_COUNT} of {name}")));
		}
		if !limits::CPU.contains(&container.cpu.0) {
			return flaw(format!("the cpu of {name} is from 10m to 1000 cores"));
		}
		if !limits::MEMORY.contains(&container.memory.0) {
			return flaw(format!("the memory of {name} is from 4MiB to 64TiB"));
		}
		check_size(container, &format!("the root of {name}"), container.root.0)?;
		if container.log.is_some_and(|log| log.0 > limits::MAX_LOG.into()) {
			return flaw(format!("the log of {name} is at most 1GiB"));
		}
		for network in &container.networks {
			known(manifest, network)?;
		}
		for mount in &container.mounts {
			if !manifest.volumes.contains_key(&mount.volume.value) {
				let names: Vec<_> = manifest.volumes.keys().map(String::as_str).collect();
				return Err(mount.volume.flaw(format!(
					"there is no volume {:?}{}",
					mount.volume.value,
					among(&names)
				)));
			}
		}
		for port in &container.ports {
			let attached = match &port.network {
				Some(wanted) => container.networks.iter().any(|network| network.value == *wanted),
				None => !container.networks.is_empty(),
			};
			if !attached {
				return Err(port.flaw(format!(
					"a port leads to {name} by a network that it is in: name the network at {name}"
				)));
			}
			if port.port == 0 || port.to == Some(0) {
				return Err(port.flaw("a port is from 1 to 65535"));
			}
		}
		for value in container.env.values() {
			for other in super::build::mentioned(&value.value) {
				check_mention(manifest, name, &other).map_err(|what| value.flaw(what))?;
			}
		}
		for other in container.args.iter().flat_map(|it| super::build::mentioned(it)) {
			check_mention(manifest, name, &other).map_err(|what| container.flaw(what))?;
		}
	}
	Ok(())
}

/// What is mentioned is there, and reachable.
fn check_mention(manifest: &Manifest, from: &str, to: &str) -> Result<(), String> {
	let networks = match (manifest.containers.get(to), manifest.databases.get(to)) {
		(Some(container), _) => &container.networks,
		(None, Some(database)) => &database.networks,
		(None, None) => return Err(format!("${{ip:{to}}} names no container and no database")),
	};
	let mine = manifest.containers.get(from).map(|it| &it.networks[..]).unwrap_or_default();
	let shared = networks.iter().any(|it| mine.iter().any(|mine| mine.value == it.value));
	shared.then_some(()).ok_or_else(|| format!("{from} and {to} have no network in common"))
}

fn check_volumes(manifest: &Manifest) -> Result<(), Flaw> {
	for (name, volume) in &manifest.volumes {
		check_size(volume, &format!("the size of {name}"), volume.size.0)?;
		let mut counts = manifest
			.containers
			.values()
			.filter(|it| it.mounts.iter().any(|mount| mount.volume.value == *name))
			.map(|it| it.count.value);
		let Some(first) = counts.next() else {
			return Err(volume.flaw(format!("nobody mounts {name}: mount it, or leave it out")));
		};
		if counts.any(|other| other != first) {
			return Err(volume.flaw(format!(
				"the containers that mount {name} have to be equally many, as each node has a \
				 volume of its own"
			)));
		}
	}
	Ok(())
}

/// What is on one node has one set of rules.
fn check_places(manifest: &Manifest) -> Result<(), Flaw> {
	for group in groups(manifest) {
		let said = group.iter().filter_map(|(name, it)| Some((name, place_of(manifest, it)?)));
		let mut said = said.peekable();
		let Some((first, place)) = said.peek().copied() else { continue };
		let Some((name, _)) = said.find(|(_, other)| *other != place) else { continue };
		let what = format!(
			"{name} is on one node with {first}, as they share a volume, and `place` says something \
			 else there: say the same at both"
		);
		let container = manifest.containers.get(*name);
		let at =
			container.map(|it| it.place.as_ref().map_or_else(|| it.flaw(""), |it| it.flaw("")));
		return Err(Flaw { what, ..at.unwrap_or_else(|| manifest.name.flaw("")) });
	}
	Ok(())
}
