use std::{
	fs,
	os::unix::fs::{symlink, PermissionsExt},
	path::Path,
};

/// The programs that a small system has.
const APPLETS: &[&str] = &[
	"sh", "ls", "cat", "echo", "env", "sleep", "id", "mount", "umount", "mkdir", "rm", "touch",
	"dd", "df", "ps", "kill", "hostname", "ip", "nc", "wget", "chmod", "chown", "mknod", "stat",
	"grep", "head", "tail", "seq", "sync", "test", "true", "false", "yes", "printf", "pwd", "date",
	"unshare", "reboot", "insmod", "ping", "chroot", "nsenter", "ln", "find", "od", "tr", "wc",
	"awk", "sed", "cut", "readlink", "nproc", "free", "time", "timeout", "usleep", "stty", "su",
];

/// Make a small system of Debian's `busybox-static` in a folder.
pub fn busybox_root(root: &Path) {
	for folder in ["bin", "etc", "proc", "sys", "dev", "tmp", "root", "var/log"] {
		fs::create_dir_all(root.join(folder)).expect("a folder is made");
	}
	fs::copy("/bin/busybox", root.join("bin/busybox")).expect("busybox-static is installed");
	for applet in APPLETS {
		symlink("busybox", root.join("bin").join(applet)).expect("a link is made");
	}
	let files = [
		("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n"),
		("etc/group", "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n"),
	];
	for (path, text) in files {
		fs::write(root.join(path), text).expect("a file is written");
	}
	let everybody = fs::Permissions::from_mode(0o1777);
	fs::set_permissions(root.join("tmp"), everybody).expect("a mode is set");
}
