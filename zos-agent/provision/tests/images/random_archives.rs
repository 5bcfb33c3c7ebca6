//! Random layers against a model: what overlayfs shows is what the words of the image
//! specification mean, or the layer is refused and nothing is anywhere.

use crate::node::{Mounted, Node};
use proptest::prelude::*;
use std::collections::BTreeMap;
use zos_testing::Layer;

/// What an archive says.
#[derive(Clone, Debug)]
enum Say {
	File(String, u8),
	Folder(String),
	Soft(String, String),
	Hard(String, String),
	Gone(String, String),
	AllGone(String),
	Pipe(String),
}

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Thing {
	File(u8),
	Folder,
	Soft(String),
	Pipe,
}

type Tree = BTreeMap<String, Thing>;

/// A layer by itself: what it adds, and what it removes from those below.
#[derive(Clone, Debug, Default)]
struct Model {
	adds: Tree,
	hides: BTreeMap<String, Hidden>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hidden {
	/// The thing and all in it.
	It,
	/// All in it.
	Within,
}

struct Refused;

fn parents(path: &str) -> impl Iterator<Item = &str> {
	path.match_indices('/').map(|(at, _)| &path[..at])
}

fn is_in(path: &str, folder: &str) -> bool {
	path.strip_prefix(folder).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
}

impl Model {
	fn of(entries: &[Say]) -> Result<Self, Refused> {
		let mut model = Self::default();
		for entry in entries {
			model.say(entry)?;
		}
		Ok(model)
	}

	fn say(&mut self, entry: &Say) -> Result<(), Refused> {
		match entry {
			Say::File(path, content) => self.put(path, Thing::File(*content)),
			Say::Soft(path, to) => self.put(path, Thing::Soft(to.clone())),
			Say::Pipe(path) => self.put(path, Thing::Pipe),
			Say::Folder(path) => self.put_folder(path),
			Say::Hard(path, to) => {
				// Who has it is found before its place is made, and still has to be there after.
				self.make_parents(path)?;
				for parent in parents(to) {
					match self.adds.get(parent) {
						Some(Thing::Folder) => (),
						_ => return Err(Refused),
					}
				}
				let thing = self.adds.get(to).cloned().ok_or(Refused)?;
				if thing == Thing::Folder || is_in(to, path) && to != path {
					return Err(Refused);
				}
				self.put(path, thing)
			},
			Say::Gone(folder, name) => {
				let path =
					if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
				self.make_parents(&path)?;
				match self.adds.get(&path) {
					Some(Thing::Folder) => drop(self.hides.insert(path, Hidden::Within)),
					Some(_) => (),
					None => drop(self.hides.insert(path, Hidden::It)),
				}
				Ok(())
			},
			Say::AllGone(folder) => {
				if !folder.is_empty() {
					self.make_parents(&format!("{folder}/x"))?;
				}
				self.hides.insert(folder.clone(), Hidden::Within);
				Ok(())
			},
		}
	}

	fn make_parents(&mut self, path: &str) -> Result<(), Refused> {
		for parent in parents(path) {
			match self.adds.get(parent) {
				Some(Thing::Folder) => (),
				Some(_) => return Err(Refused),
				None => self.new_folder(parent),
			}
		}
		Ok(())
	}

	/// In the place of what is gone, it is not one with what was below.
	fn new_folder(&mut self, path: &str) {
		if let Some(hidden) = self.hides.get_mut(path) {
			*hidden = Hidden::Within;
		}
		self.adds.insert(path.to_owned(), Thing::Folder);
	}

	fn put_folder(&mut self, path: &str) -> Result<(), Refused> {
		self.make_parents(path)?;
		if self.adds.get(path) != Some(&Thing::Folder) {
			self.clear(path);
			self.new_folder(path);
		}
		Ok(())
	}

	fn put(&mut self, path: &str, thing: Thing) -> Result<(), Refused> {
		self.make_parents(path)?;
		self.clear(path);
		// What is here hides what is below by itself.
		self.hides.remove(path);
		self.adds.insert(path.to_owned(), thing);
		Ok(())
	}

	fn clear(&mut self, path: &str) {
		self.adds.retain(|other, _| other != path && !is_in(other, path));
		self.hides.retain(|other, _| !is_in(other, path));
	}

	fn over(&self, below: &Tree) -> Tree {
		let mut tree = below.clone();
		for (path, hidden) in &self.hides {
			tree.retain(|other, _| match hidden {
				Hidden::It => other != path && !is_in(other, path),
				Hidden::Within => !is_in(other, path),
			});
		}
		for (path, thing) in &self.adds {
			let both_folders = *thing == Thing::Folder && tree.get(path) == Some(&Thing::Folder);
			if !both_folders {
				tree.retain(|other, _| other != path && !is_in(other, path));
			}
			tree.insert(path.clone(), thing.clone());
		}
		tree
	}
}

fn archive(entries: &[Say]) -> Layer {
	Layer::build(|archive| {
		let mut add = |kind, name: &str, to: Option<&str>, content: &[u8]| {
			let mut header = tar::Header::new_gnu();
			header.set_entry_type(kind);
			header.set_mode(0o755);
			header.set_size(content.len() as u64);
			match to {
				Some(to) => archive.append_link(&mut header, name, to),
				None => archive.append_data(&mut header, name, content),
			}
			.expect("in memory");
		};
		for entry in entries {
			match entry {
				Say::File(path, content) => add(tar::EntryType::Regular, path, None, &[*content]),
				Say::Folder(path) => add(tar::EntryType::Directory, path, None, b""),
				Say::Soft(path, to) => add(tar::EntryType::Symlink, path, Some(to), b""),
				Say::Hard(path, to) => add(tar::EntryType::Link, path, Some(to), b""),
				Say::Pipe(path) => add(tar::EntryType::Fifo, path, None, b""),
				Say::Gone(folder, name) => {
					add(tar::EntryType::Regular, &format!("./{folder}/.wh.{name}"), None, b"")
				},
				Say::AllGone(folder) => {
					add(tar::EntryType::Regular, &format!("./{folder}/.wh..wh..opq"), None, b"")
				},
			}
		}
	})
}

fn name() -> impl Strategy<Value = String> {
	prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
	prop::collection::vec(name(), 1..=3).prop_map(|names| names.join("/"))
}

fn folder() -> impl Strategy<Value = String> {
	prop::collection::vec(name(), 0..=2).prop_map(|names| names.join("/"))
}

fn say() -> impl Strategy<Value = Say> {
	prop_oneof![
		4 => (path(), any::<u8>()).prop_map(|(path, content)| Say::File(path, content)),
		4 => path().prop_map(Say::Folder),
		1 => (path(), name()).prop_map(|(path, to)| Say::Soft(path, format!("/{to}"))),
		2 => (path(), path()).prop_map(|(path, to)| Say::Hard(path, to)),
		2 => (folder(), name()).prop_map(|(folder, name)| Say::Gone(folder, name)),
		1 => folder().prop_map(Say::AllGone),
		1 => path().prop_map(Say::Pipe),
	]
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

	#[test]
	fn layers_mean_what_the_specification_says(
		layers in prop::collection::vec(prop::collection::vec(say(), 1..8), 1..4),
	) {
		let node = Node::new();
		let models: Result<Vec<_>, _> = layers.iter().map(|it| Model::of(it)).collect();
		let pulled = node.pull_layers(layers.iter().map(|it| archive(it)));
		let Ok(models) = models else {
			prop_assert!(pulled.is_err(), "the model refuses it");
			node.assert_empty();
			return Ok(());
		};
		let pulled = pulled.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
		let wanted = models.iter().fold(Tree::new(), |below, model| model.over(&below));
		let wanted: BTreeMap<_, _> = wanted
			.into_iter()
			.map(|(path, thing)| {
				let seen = match thing {
					Thing::File(content) => ('f', vec![content]),
					Thing::Folder => ('d', vec![]),
					Thing::Soft(to) => ('l', to.into_bytes()),
					Thing::Pipe => ('p', vec![]),
				};
				(path, seen)
			})
			.collect();
		prop_assert_eq!(Mounted::of(&pulled).all(), wanted);
	}
}
