//! What a container sees of the machine's own file systems.

use serde_json::{json, Value};

/// Files and folders of the kernel that tell about the machine or about others on it, or that act
/// on the machine: nothing is there for a container.
pub(super) const MASKED: [&str; 20] = [
	"/proc/acpi",
	"/proc/asound",
	"/proc/config.gz",
	"/proc/interrupts",
	"/proc/kallsyms",
	"/proc/kcore",
	"/proc/key-users",
	"/proc/keys",
	"/proc/kmsg",
	"/proc/latency_stats",
	"/proc/modules",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/slabinfo",
	"/proc/sysrq-trigger",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/vmallocinfo",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
];

/// What a container may look at but not change.
pub(super) const READ_ONLY: [&str; 6] =
	["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/tty", "/sys/fs/cgroup"];

/// The file systems that every container has. Those in memory count as memory of the container.
///
/// `/sys` shows the network of whoever mounts it, which is only allowed to the owner of that
/// network: where the container joins one that it does not own, the shim mounts it beforehand.
pub(super) fn mounts(sys_from_shim: bool) -> Vec<Value> {
	let fresh = |to: &str, kind: &str, options: &[&str]| json!({"destination": to, "type": kind, "source": kind, "options": options});
	let sys = if sys_from_shim {
		let options = ["bind", "ro", "nosuid", "noexec", "nodev"];
		json!({"destination": "/sys", "type": "bind", "source": "sys", "options": options})
	} else {
		fresh("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"])
	};
	vec![
		fresh("/proc", "proc", &["nosuid", "noexec", "nodev"]),
		fresh("/dev", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=1m"]),
		fresh(
			"/dev/pts",
			"devpts",
			&["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
		),
		fresh("/dev/shm", "tmpfs", &["nosuid", "noexec", "nodev", "mode=1777", "size=64m"]),
		fresh("/dev/mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
		sys,
		fresh("/sys/fs/cgroup", "cgroup", &["nosuid", "noexec", "nodev", "relatime", "ro"]),
	]
}
