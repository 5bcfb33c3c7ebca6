//! What a store should hold, in maps.

use super::power::Dice;
use crate::{Direction, Mode, NamespaceId, Settings, Store};
use std::{collections::BTreeMap, sync::Arc};

/// What a store should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
	pub(super) namespaces: BTreeMap<Vec<u8>, Space>,
}

/// What a namespace should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Space {
	pub(super) mode: Mode,
	pub(super) max_bytes: Option<u64>,
	pub(super) next_id: u64,
	pub(super) keys: BTreeMap<Vec<u8>, (Arc<[u8]>, u32)>,
}

impl Space {
	fn data_bytes(&self) -> u64 {
		self.keys.values().map(|(value, _)| value.len() as u64).sum()
	}
}

/// A value of a random length, made of few bits, so that models stay small.
pub(super) fn value(dice: &mut Dice) -> Vec<u8> {
	let length = match dice.below(20) {
		0 => 0,
		1 => 33_000 + dice.below(9_000),
		2..=4 => dice.below(5_000),
		_ => dice.below(200),
	};
	let mut seed = dice.roll();
	let mut bytes = Vec::with_capacity(length as usize + 8);
	while bytes.len() < length as usize {
		seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
		bytes.extend(seed.to_le_bytes());
	}
	bytes.truncate(length as usize);
	bytes
}

/// What a store does hold, seen through all that can be asked of it.
pub(super) fn observe(store: &mut Store) -> Result<Model, String> {
	let mut model = Model::default();
	let list: Vec<(NamespaceId, Vec<u8>)> =
		store.namespaces().map(|(id, name)| (id, name.to_vec())).collect();
	for (id, name) in list {
		let settings = store.settings(id).cloned().ok_or("a namespace without settings")?;
		let info = store.info(id).ok_or("a namespace without information")?;
		let Settings { mode, max_bytes, .. } = settings;
		let mut space = Space { mode, max_bytes, next_id: info.next_id, ..Space::default() };
		let forward = walk(store, id, Direction::Forward)?;
		let mut backward = walk(store, id, Direction::Backward)?;
		backward.reverse();
		if forward != backward {
			return Err(format!("the scans differ: {} {}", forward.len(), backward.len()));
		}
		for (key, length, timestamp) in forward {
			let mut value = Vec::new();
			let found = store.get(id, &key, &mut value).map_err(|error| error.to_string())?;
			if !found || value.len() != length as usize {
				return Err(format!("{key:?} is scanned but cannot be read"));
			}
			if space.keys.insert(key.clone(), (value.into(), timestamp)).is_some() {
				return Err(format!("{key:?} is met twice"));
			}
		}
		if info.entries != space.keys.len() as u64 || info.data_bytes != space.data_bytes() {
			let (keys, bytes) = (space.keys.len(), space.data_bytes());
			return Err(format!("{info:?} is said of {keys} keys with {bytes} bytes"));
		}
		model.namespaces.insert(name, space);
	}
	Ok(model)
}

/// Key, length and time of all keys.
fn walk(
	store: &mut Store,
	id: NamespaceId,
	direction: Direction,
) -> Result<Vec<(Vec<u8>, u32, u32)>, String> {
	let mut all = Vec::new();
	let mut cursor = None;
	loop {
		let page = store.scan(id, cursor, direction, 7).map_err(|error| error.to_string())?;
		all.extend(page.items.into_iter().map(|item| (item.key, item.length, item.timestamp)));
		match page.next {
			Some(next) if Some(next) == cursor => return Err("a scan stands still".into()),
			Some(next) => cursor = Some(next),
			None => return Ok(all),
		}
	}
}

/// An error with all its causes.
pub(super) fn text(error: impl std::error::Error) -> String {
	let mut text = error.to_string();
	let mut cause = error.source();
	while let Some(error) = cause {
		text = format!("{text}: {error}");
		cause = error.source();
	}
	text
}

/// Where what was found is not what was expected.
pub(super) fn difference(found: &Model, expected: &Model) -> String {
	for (name, space) in &expected.namespaces {
		let Some(other) = found.namespaces.get(name) else {
			return format!("{} is missing", String::from_utf8_lossy(name));
		};
		for (key, (value, time)) in &space.keys {
			match other.keys.get(key) {
				Some((found, at)) if found == value && at == time => (),
				Some((_, at)) => return format!("{key:?} is of {at}, not of {time}"),
				None => return format!("{key:?} of {time} is missing"),
			}
		}
		if let Some(key) = other.keys.keys().find(|key| !space.keys.contains_key(*key)) {
			return format!("{key:?} should not be there");
		}
		if other != space {
			let ids = (other.next_id, space.next_id);
			return format!("{} is another: {ids:?}", String::from_utf8_lossy(name));
		}
	}
	"there are namespaces that should not be".into()
}
