//! Looking up who runs a container, in its own root.

use super::Failure;
use rustix::fs::{openat2, Mode, OFlags, ResolveFlags, CWD};
use std::{fs::File, io::Read, path::Path};

/// The most bytes of a list of users or groups that are looked at.
const LONGEST: u64 = 4 << 20;

/// Who runs a container: ids in the container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
	pub(super) id: u32,
	pub(super) group: u32,
	pub(super) more_groups: Vec<u32>,
}

/// Looks up `user`, `uid`, `user:group` or `uid:gid` in a root.
pub(super) fn find(user: &str, root: &Path) -> Result<User, Failure> {
	resolve(user, &list(root, "etc/passwd"), &list(root, "etc/group"))
		.ok_or_else(|| Failure::NoUser(user.to_owned()))
}

/// A file of the root. No link leads out of it.
fn list(root: &Path, path: &str) -> String {
	let text = || -> std::io::Result<String> {
		let folder = openat2(
			CWD,
			root,
			OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
			Mode::empty(),
			ResolveFlags::empty(),
		)?;
		let file = openat2(
			folder,
			path,
			// Whoever made the image may have put a pipe there.
			OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
			Mode::empty(),
			ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
		)?;
		let mut bytes = Vec::new();
		File::from(file).take(LONGEST).read_to_end(&mut bytes)?;
		Ok(String::from_utf8_lossy(&bytes).into_owned())
	};
	// An image without such a list has no names, only numbers.
	text().unwrap_or_default()
}

fn resolve(user: &str, passwd: &str, groups: &str) -> Option<User> {
	let (name, group) = match user.split_once(':') {
		Some((name, group)) => (name, Some(group)),
		None => (user, None),
	};
	let name = if name.is_empty() { "0" } else { name };
	let number = number(name);
	let users = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
	let known = users
		.filter_map(|fields| {
			Some((*fields.first()?, fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
		})
		.find(|(known, id, _): &(&str, u32, u32)| *known == name || Some(*id) == number);
	let (id, own_group) = match known {
		Some((_, id, group)) => (id, group),
		None => (number?, 0),
	};
	if let Some(group) = group.filter(|group| !group.is_empty()) {
		return Some(User { id, group: group_id(group, groups)?, more_groups: Vec::new() });
	}
	let more = |(known, ..): &(&str, u32, u32)| memberships(known, own_group, groups);
	let more_groups = known.as_ref().map(more).unwrap_or_default();
	Some(User { id, group: own_group, more_groups })
}

/// A number that can be the id of somebody in a container.
fn number(text: &str) -> Option<u32> {
	text.parse().ok().filter(|id| *id < crate::host::identities::COUNT)
}

fn group_id(group: &str, groups: &str) -> Option<u32> {
	let mut lines = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
	let named = lines.find(|fields| fields.first() == Some(&group));
	named.and_then(|fields| number(fields.get(2)?)).or_else(|| number(group))
}

fn memberships(user: &str, own: u32, groups: &str) -> Vec<u32> {
	let lines = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
	lines
		.filter(|fields| fields.get(3).is_some_and(|them| them.split(',').any(|it| it == user)))
		.filter_map(|fields| number(fields.get(2)?))
		.filter(|id| *id != own)
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34::/:/bin/sh\nbad line\n";
	const GROUPS: &str = "root:x:0:\nweb:x:34:\nlogs:x:40:other,web\n";

	fn user(text: &str) -> Option<(u32, u32, Vec<u32>)> {
		resolve(text, PASSWD, GROUPS).map(|it| (it.id, it.group, it.more_groups))
	}

	#[test]
	fn users_are_named_or_numbered() {
		assert_eq!(user(""), Some((0, 0, vec![])));
		assert_eq!(user("web"), Some((33, 34, vec![40])));
		assert_eq!(user("33"), Some((33, 34, vec![40])));
		assert_eq!(user("1000"), Some((1000, 0, vec![])));
		assert_eq!(user("1000:1001"), Some((1000, 1001, vec![])));
		assert_eq!(user("web:logs"), Some((33, 40, vec![])));
		assert_eq!(user("web:"), Some((33, 34, vec![40])));
	}

	#[test]
	fn who_is_not_there_is_not_root() {
		assert_eq!(user("nobody-here"), None);
		assert_eq!(user("web:no-group"), None);
		assert_eq!(user("70000"), None, "a container has no such id");
		assert_eq!(user("-1"), None);
	}

	#[test]
	fn links_of_the_image_stay_in_it() {
		let folder = tempfile::tempdir().unwrap();
		std::fs::create_dir(folder.path().join("etc")).unwrap();
		std::os::unix::fs::symlink("/../../etc/passwd", folder.path().join("etc/passwd")).unwrap();
		assert_eq!(find("root", folder.path()), Err(Failure::NoUser("root".into())));
	}
}
