//! The folder of key files.

use super::{Account, Error, KeyFile};
use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
};

/// A folder of key files, each sealed with a passphrase.
#[derive(Clone, Debug)]
pub struct Store {
	folder: PathBuf,
}

impl Store {
	/// The keys in a folder.
	pub fn new(folder: PathBuf) -> Self {
		Self { folder }
	}

	fn path(&self, name: &str) -> Result<PathBuf, Error> {
		let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
		if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
			return Err(Error::BadName(name.into()));
		}
		Ok(self.folder.join(format!("{name}.json")))
	}

	/// Whether there is such a key.
	pub fn has(&self, name: &str) -> bool {
		self.path(name).is_ok_and(|path| path.is_file())
	}

	/// All keys by name.
	pub fn list(&self) -> Result<Vec<(String, KeyFile)>, Error> {
		let entries = match fs::read_dir(&self.folder) {
			Ok(entries) => entries,
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
			Err(error) => return Err(Error::file(&self.folder)(error)),
		};
		let mut found = Vec::new();
		for entry in entries {
			let path = entry.map_err(Error::file(&self.folder))?.path();
			let name = path.file_stem().and_then(|name| name.to_str());
			if let (Some(name), Some("json")) = (name, path.extension().and_then(|it| it.to_str()))
			{
				found.push((name.to_string(), read(&path)?));
			}
		}
		found.sort_by(|(one, _), (other, _)| one.cmp(other));
		Ok(found)
	}

	/// One of the keys.
	pub fn get(&self, name: &str) -> Result<KeyFile, Error> {
		let path = self.path(name)?;
		if !path.is_file() {
			return Err(Error::Unknown(name.into()));
		}
		read(&path)
	}

	/// The name of the key of an account, if it is here.
	pub fn name_of(&self, account: Account) -> Result<Option<String>, Error> {
		let all = self.list()?;
		Ok(all.into_iter().find(|(_, key)| key.address == account).map(|(name, _)| name))
	}

	/// Keep a key. None is ever written over.
	pub fn put(&self, name: &str, key: &KeyFile) -> Result<PathBuf, Error> {
		let path = self.path(name)?;
		private_folder(&self.folder)?;
		let text = serde_json::to_vec_pretty(key).map_err(Error::NotJson)?;
		let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(Error::file(&path))?;
		file.write_all(&text)
			.and_then(|()| file.as_file().sync_all())
			.map_err(Error::file(&path))?;
		file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
			std::io::ErrorKind::AlreadyExists => Error::NameTaken(name.into()),
			_ => Error::file(&path)(error.error),
		})?;
		Ok(path)
	}

	/// Forget a key.
	pub fn remove(&self, name: &str) -> Result<(), Error> {
		let path = self.path(name)?;
		match fs::remove_file(&path) {
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
				Err(Error::Unknown(name.into()))
			},
			other => other.map_err(Error::file(&path)),
		}
	}
}

/// Read a key file from anywhere.
pub(crate) fn read(path: &Path) -> Result<KeyFile, Error> {
	let text = fs::read(path).map_err(Error::file(path))?;
	serde_json::from_slice(&text).map_err(Error::NotJson)
}

fn private_folder(folder: &Path) -> Result<(), Error> {
	use std::os::unix::fs::DirBuilderExt;
	fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::file(folder))
}

#[cfg(test)]
mod tests {
	use super::super::{from_phrase, seal, Scheme};
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	fn key() -> KeyFile {
		let pair = from_phrase(Scheme::Ed25519, "//Bob").expect("it is a phrase");
		seal(&pair, "bob", "secret").expect("it can be sealed")
	}

	#[test]
	fn a_key_is_only_for_its_owner_to_read_and_never_written_over() {
		let folder = tempfile::tempdir().expect("a folder can be made");
		let store = Store::new(folder.path().join("keys"));
		let path = store.put("bob", &key()).expect("it is new");
		let mode = fs::metadata(path).expect("it is there").permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
		assert!(matches!(store.put("bob", &key()), Err(Error::NameTaken(_))));
		assert_eq!(store.name_of(key().address).expect("it is read"), Some("bob".into()));
		store.remove("bob").expect("it is there");
		assert!(matches!(store.get("bob"), Err(Error::Unknown(_))));
	}

	#[test]
	fn a_name_that_leads_elsewhere_is_refused() {
		let store = Store::new("/nonexistent".into());
		for name in ["", "../bob", "a/b", "bob.json"] {
			assert!(matches!(store.get(name), Err(Error::BadName(_))), "{name}");
		}
	}
}
