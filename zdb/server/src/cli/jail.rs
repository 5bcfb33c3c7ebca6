//! Giving up whatever a server does not need, once it has what it needs.

use anyhow::{bail, Context};
use rustix::{
	fs::{chown, Mode},
	process::{chdir, chroot, geteuid, umask, Gid, Uid},
	thread::{set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use std::path::Path;

/// Be another user, who sees nothing of the machine but one folder, for ever. To be called while
/// there is one thread: others would stay what they are.
pub(super) fn enter(folder: &Path, user: u32) -> anyhow::Result<()> {
	if user == 0 || user == u32::MAX {
		bail!("--user is the number of a user that is not root");
	}
	if !geteuid().is_root() {
		bail!("only root can become another user: leave --user out, or start as root");
	}
	let (group, owner) = (Gid::from_raw(user), Uid::from_raw(user));
	chown(folder, Some(owner), Some(group))
		.with_context(|| format!("cannot have {} belong to the user", folder.display()))?;
	chdir(folder).with_context(|| format!("cannot go to {}", folder.display()))?;
	chroot(".").context("cannot see nothing but the data")?;
	chdir("/").context("cannot go to the data")?;
	umask(Mode::RWXG | Mode::RWXO);
	set_thread_groups(&[]).context("cannot leave all groups")?;
	set_thread_res_gid(group, group, group).context("cannot change the group")?;
	set_thread_res_uid(owner, owner, owner).context("cannot become the user")?;
	set_no_new_privs(true).context("cannot give up new privileges")?;
	Ok(())
}
