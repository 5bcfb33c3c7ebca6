//! When this server joined its master is kept in the folder of the data, for the next start.

use std::{fs, io, path::Path};
use zdb_store::replication::Joined;

const FILE: &str = "joined";

/// Keep it. Where that comes to nothing, an earlier one does no harm.
pub fn keep(folder: &Path, joined: Joined) -> io::Result<()> {
	let draft = folder.join("joined.tmp");
	fs::write(&draft, joined.to_string())?;
	fs::rename(draft, folder.join(FILE))
}

/// What was kept.
pub fn kept(folder: &Path) -> Option<Joined> {
	Joined::parse(&fs::read_to_string(folder.join(FILE)).ok()?)
}
