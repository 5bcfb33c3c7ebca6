//! The keys of a node: one by which the chain knows it, one to which secrets are sealed.

use crypto_box::SecretKey;
use rand::TryRngCore;
use serde::Deserialize;
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Write},
	os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The name of the file, in the folder of the agent.
const FILE: &str = "keys.toml";

const PREFACE: &str =
	"# The keys of this node. Whoever has them is this node, and reads its secrets.\n\
	# They are never shown, and never leave this machine.\n";

/// The keys of a node.
pub struct Keys {
	/// The seed of the sr25519 key by which the chain knows it.
	pub account: Zeroizing<[u8; 32]>,
	/// The X25519 key to which secrets are sealed.
	pub encryption: SecretKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
	account: Zeroizing<String>,
	encryption: Zeroizing<String>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
	/// There are none yet.
	#[error("there are no keys in {}: make them with `zos-agent init`", .0.display())]
	None(PathBuf),
	/// Others could read them.
	#[error("{} can be read by others: nobody else may, so `chmod 600` it, or begin anew", .0.display())]
	Open(PathBuf),
	/// They are of somebody else on the machine, who can read them.
	#[error("{} belongs to another user, who can read it: `chown root` it, if nobody has, or begin anew", .0.display())]
	Owned(PathBuf),
	/// Only root may use the folder.
	#[error("{} is not for this user: run this as root", .0.display())]
	NotAllowed(PathBuf),
	/// There is no room.
	#[error("there is no room for {}: free some of the disk", .0.display())]
	Full(PathBuf),
	/// The file is not what it should be.
	#[error("{} is damaged: restore it from a copy, or begin anew as another node", .0.display())]
	Damaged(PathBuf),
	/// The file or its folder cannot be used.
	#[error("{} cannot be used", path.display())]
	Io {
		/// The file or its folder.
		path: PathBuf,
		/// Why.
		#[source]
		source: io::Error,
	},
	/// The system gives no random numbers.
	#[error("the system gives no random numbers to make keys of")]
	NoChance(#[source] rand::rand_core::OsError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeysError + '_ {
	move |source| match source.kind() {
		io::ErrorKind::PermissionDenied => KeysError::NotAllowed(path.into()),
		io::ErrorKind::StorageFull => KeysError::Full(path.into()),
		_ => KeysError::Io { path: path.into(), source },
	}
}

impl Keys {
	/// The keys in a folder.
	pub fn read(folder: &Path) -> Result<Self, KeysError> {
		let path = folder.join(FILE);
		let text = match fs::read_to_string(&path) {
			Ok(text) => Zeroizing::new(text),
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return Err(KeysError::None(folder.into()))
			},
			Err(error) => return Err(at(&path)(error)),
		};
		let found = fs::metadata(&path).map_err(at(&path))?;
		if found.uid() != rustix::process::geteuid().as_raw() {
			return Err(KeysError::Owned(path));
		}
		if found.permissions().mode() & 0o077 != 0 {
			return Err(KeysError::Open(path));
		}
		let keys = toml::from_str(&text).ok().and_then(|written: Written| {
			let (mut account, mut encryption) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
			hex::decode_to_slice(written.account.as_bytes(), account.as_mut()).ok()?;
			hex::decode_to_slice(written.encryption.as_bytes(), encryption.as_mut()).ok()?;
			Some(Self { account, encryption: SecretKey::from(*encryption) })
		});
		keys.ok_or(KeysError::Damaged(path))
	}

	/// The keys in a folder, made if there are none.
	pub fn read_or_make(folder: &Path) -> Result<Self, KeysError> {
		match Self::read(folder) {
			Err(KeysError::None(_)) => {},
			result => return result,
		}
		let keys = Self::random()?;
		keys.write(folder)?;
		Ok(keys)
	}

	/// Keys that nobody else has.
	pub fn random() -> Result<Self, KeysError> {
		let (mut account, mut encryption) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
		for key in [&mut account, &mut encryption] {
			rand::rngs::OsRng.try_fill_bytes(key.as_mut()).map_err(KeysError::NoChance)?;
		}
		Ok(Self { account, encryption: SecretKey::from(*encryption) })
	}

	/// Written beside and renamed, so that there are either whole keys or none.
	fn write(&self, folder: &Path) -> Result<(), KeysError> {
		fs::create_dir_all(folder).map_err(at(folder))?;
		fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(at(folder))?;
		let account = Zeroizing::new(hex::encode(self.account.as_ref()));
		let encryption = Zeroizing::new(hex::encode(Zeroizing::new(self.encryption.to_bytes())));
		let text = Zeroizing::new(format!(
			"{PREFACE}account = \"{}\"\nencryption = \"{}\"\n",
			*account, *encryption
		));
		let (path, beside) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
		let write = || {
			let mut file = OpenOptions::new()
				.write(true)
				.create(true)
				.truncate(true)
				.mode(0o600)
				.open(&beside)?;
			file.write_all(text.as_bytes())?;
			file.sync_all()?;
			fs::rename(&beside, &path)?;
			File::open(folder)?.sync_all()
		};
		write().map_err(at(&path))
	}

	/// The key to which secrets for this node are sealed.
	pub fn public_encryption(&self) -> [u8; 32] {
		*self.encryption.public_key().as_bytes()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_are_made_once_and_for_nobody_else() {
		let folder = tempfile::tempdir().expect("there is room");
		let state = folder.path().join("state");
		assert!(matches!(Keys::read(&state), Err(KeysError::None(_))));
		let made = Keys::read_or_make(&state).expect("there is room");
		let again = Keys::read_or_make(&state).expect("they are there");
		assert_eq!(made.account, again.account);
		assert_eq!(made.public_encryption(), again.public_encryption());

		let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
		assert_eq!(mode(&state.join(FILE)) & 0o777, 0o600);
		assert_eq!(mode(&state) & 0o777, 0o700);
	}

	#[test]
	fn keys_that_others_can_read_or_that_are_damaged_are_not_used() {
		let folder = tempfile::tempdir().expect("there is room");
		Keys::read_or_make(folder.path()).expect("there is room");
		let path = folder.path().join(FILE);
		fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
		assert!(matches!(Keys::read(folder.path()), Err(KeysError::Open(_))));
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
		fs::write(&path, "account = \"12\"").expect("there is room");
		assert!(matches!(Keys::read_or_make(folder.path()), Err(KeysError::Damaged(_))));
	}
}
