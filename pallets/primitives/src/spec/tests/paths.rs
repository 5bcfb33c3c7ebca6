//! Where containers see volumes and secrets.

use super::*;

fn mounted(path: &str) -> Result<(), Fault> {
	with(|it| it.web.mounts = list([mount("data", path)]))
}

fn kept(path: &str) -> Result<(), Fault> {
	with(|it| it.web.secrets = list([secret(Delivery::File(text(path)))]))
}

#[test]
fn paths_are_absolute_and_plain() {
	for good in ["/a", "/a/b.c/d e", "/...", "/.hidden", "/процессы", "/process", "/device/x"]
	{
		assert_eq!((mounted(good), kept(good)), (Ok(()), Ok(())), "{good}");
	}
	let bad = [
		"", "/", "a", "a/b", "./a", "//", "//a", "/a//b", "/a/", "/.", "/..", "/a/..", "/a/./b",
		"/a/../b", "/a\0", "/a\nb", "/a\x7f", "/a\u{85}",
	];
	for path in bad {
		let wrong = fault(WEB, Reason::BadPath);
		assert_eq!((mounted(path), kept(path)), (wrong, wrong), "{path:?}");
	}
	let bytes = with(|it| it.web.mounts[0].path = Text(list([b'/', 0xff])));
	assert_eq!(bytes, fault(WEB, Reason::BadPath));
}

#[test]
fn what_the_kernel_shows_stays() {
	for path in ["/proc", "/proc/1", "/sys", "/sys/fs/cgroup", "/dev", "/dev/shm"] {
		let wrong = fault(WEB, Reason::BadPath);
		assert_eq!((mounted(path), kept(path)), (wrong, wrong), "{path}");
	}
}

#[test]
fn paths_are_not_inside_of_one_another() {
	let found = |mounts: &[&str], files: &[&str]| {
		with(|it| {
			it.web.mounts = list(mounts.iter().map(|path| mount("data", path)));
			let file = |path: &&str| secret(Delivery::File(text(path)));
			it.web.secrets = list(files.iter().map(file));
		})
	};
	assert_eq!(found(&["/a", "/ab", "/b/a", "/b/b"], &["/c", "/b/c"]), Ok(()));
	let overlap = fault(WEB, Reason::PathsOverlap);
	assert_eq!(found(&["/a", "/a"], &[]), overlap);
	assert_eq!(found(&["/a/b/c", "/a"], &[]), overlap);
	assert_eq!(found(&["/a"], &["/a"]), overlap);
	assert_eq!(found(&["/a"], &["/a/key"]), overlap);
	assert_eq!(found(&[], &["/a/key", "/a"]), overlap);
	// What sorts between them byte by byte does not hide them.
	assert_eq!(found(&["/a", "/a!", "/a-b", "/a.b", "/a/b"], &[]), overlap);
}

#[test]
fn mounts_name_volumes_of_the_spec() {
	for volume in ["web", "index", "net", "elsewhere"] {
		let found = with(|it| it.web.mounts = list([mount(volume, "/a")]));
		assert_eq!(found, fault(WEB, Reason::BadReference), "{volume}");
	}
}

#[test]
fn a_volume_can_be_seen_by_many() {
	let twice = with(|it| it.web.mounts = list([mount("data", "/a"), mount("data", "/b")]));
	assert_eq!(twice, Ok(()));
	let other = Container { mounts: list([mount("data", "/var/lib/data")]), ..container() };
	assert_eq!(Story::new().more("other", Kind::Container(other)).spec().check(), Ok(()));
}
