//! Profiles: which chain, which account. One file has them all.

use crate::chain::Endpoint;
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fs,
	io::Write,
	path::{Path, PathBuf},
};

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// Nobody knows where it is.
	#[error("there is no home folder: set GRID_HOME to the folder that grid is to use")]
	NoHome,
	/// It cannot be read or written.
	#[error("{path} cannot be used")]
	File {
		/// The file.
		path: PathBuf,
		/// Why.
		#[source]
		source: std::io::Error,
	},
	/// It cannot be understood.
	#[error("{path} cannot be understood")]
	Malformed {
		/// The file.
		path: PathBuf,
		/// Why.
		#[source]
		source: Box<toml::de::Error>,
	},
	/// It cannot be written.
	#[error("the profiles cannot be written down")]
	Unwritable(#[source] toml::ser::Error),
	/// There is no such profile.
	#[error("there is no profile {0:?}; `grid profile list` shows those there are")]
	NoProfile(String),
}

/// Where `grid` keeps things.
#[derive(Clone, Debug)]
pub struct Folders {
	/// The profiles.
	pub config: PathBuf,
	/// The keys.
	pub keys: PathBuf,
	/// What can be asked again.
	pub cache: PathBuf,
}

impl Folders {
	/// Where they are, as the environment says: all under `GRID_HOME` if it is set.
	pub fn find() -> Result<Self, Error> {
		let variable = |name| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
		if let Some(all) = variable("GRID_HOME") {
			return Ok(Self {
				config: all.join("config.toml"),
				keys: all.join("keys"),
				cache: all.join("cache"),
			});
		}
		let home = variable("HOME");
		let under = |name, otherwise: &str| {
			variable(name).or_else(|| Some(home.as_ref()?.join(otherwise))).ok_or(Error::NoHome)
		};
		Ok(Self {
			config: under("XDG_CONFIG_HOME", ".config")?.join("grid/config.toml"),
			keys: under("XDG_DATA_HOME", ".local/share")?.join("grid/keys"),
			cache: under("XDG_CACHE_HOME", ".cache")?.join("grid"),
		})
	}
}

/// All profiles, and which one is used when none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
	/// The one that is used when none is named.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub profile: Option<String>,
	/// They, by name.
	pub profiles: BTreeMap<String, Profile>,
}

/// What one works with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
	/// How the chain is reached.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub chain: Option<Endpoint>,
	/// The first block of the chain, so that no other is taken for it.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub genesis: Option<String>,
	/// Who acts.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub account: Option<String>,
	/// The program that signs for it, if its key is elsewhere.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub signer: Option<String>,
}

impl Config {
	/// Read the file. None is as good as an empty one.
	pub fn read(path: &Path) -> Result<Self, Error> {
		let text = match fs::read_to_string(path) {
			Ok(text) => text,
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
				return Ok(Self::default());
			},
			Err(source) => return Err(Error::File { path: path.into(), source }),
		};
		toml::from_str(&text)
			.map_err(|source| Error::Malformed { path: path.into(), source: Box::new(source) })
	}

	/// Write the file: whole, or not at all.
	pub fn write(&self, path: &Path) -> Result<(), Error> {
		let text = toml::to_string_pretty(self).map_err(Error::Unwritable)?;
		let folder = path.parent().unwrap_or(Path::new("."));
		let write = || {
			fs::create_dir_all(folder)?;
			let mut file = tempfile::NamedTempFile::new_in(folder)?;
			file.write_all(text.as_bytes())?;
			file.as_file().sync_all()?;
			file.persist(path)?;
			Ok(())
		};
		write().map_err(|source| Error::File { path: path.into(), source })
	}

	/// A profile: the named one, or that in use, or an empty one.
	pub fn choose(&self, named: Option<&str>) -> Result<Profile, Error> {
		match named.or(self.profile.as_deref()) {
			Some(name) => {
				self.profiles.get(name).cloned().ok_or_else(|| Error::NoProfile(name.into()))
			},
			None => Ok(Profile::default()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_was_written_is_read_again() {
		let folder = tempfile::tempdir().expect("a folder can be made");
		let path = folder.path().join("deep/config.toml");
		let profile = Profile {
			chain: Some("wss://grid.example".to_string().into()),
			genesis: None,
			account: Some("bob".into()),
			signer: Some("sign-with-card".into()),
		};
		let config = Config {
			profile: Some("main".into()),
			profiles: [("main".to_string(), profile.clone())].into(),
		};
		config.write(&path).expect("it can be written");
		let again = Config::read(&path).expect("it can be read");
		assert_eq!(again, config);
		assert_eq!(again.choose(None).expect("it is in use"), profile);
		assert!(matches!(again.choose(Some("other")), Err(Error::NoProfile(_))));
	}

	#[test]
	fn what_is_misspelt_is_said_with_its_line() {
		let folder = tempfile::tempdir().expect("a folder can be made");
		let path = folder.path().join("config.toml");
		fs::write(&path, "profile = 'a'\nprofils = {}\n").expect("it can be written");
		let Err(Error::Malformed { source, .. }) = Config::read(&path) else {
			panic!("it is misspelt");
		};
		assert!(source.to_string().contains("line 2"), "{source}");
	}
}
