//! What a container must not do, tried from within and looked at from without.

use crate::world::{Made, World, MIB};
use std::{
	fs,
	io::ErrorKind,
	net::TcpListener,
	os::{
		linux::{fs::MetadataExt, net::SocketAddrExt},
		unix::net::{SocketAddr, UnixListener},
	},
	path::Path,
};
use zos_core::ports::Containers;

/// Each is refused to root in a container.
const REFUSED: [&str; 59] = [
	"mount",
	"umount",
	"fsopen",
	"open-tree",
	"pivot-root",
	"handle",
	"mknod-memory",
	"ptrace",
	"ptrace-me",
	"peek",
	"raw",
	"packet",
	"vsock",
	"crypto",
	"add-key",
	"keyctl",
	"request-key",
	"bpf",
	"perf",
	"userfault",
	"io-uring",
	"unshare-user",
	"unshare-mount",
	"clone-user",
	"clone-net",
	"clone3",
	"setns",
	"module",
	"module-file",
	"module-gone",
	"kexec",
	"reboot",
	"set-time",
	"set-day",
	"set-name",
	"swap",
	"account",
	"quota",
	"kernel-log",
	"rude",
	"nice",
	"unkillable",
	"ports",
	"write /proc/sysrq-trigger h",
	"write /proc/sys/kernel/core_pattern |/bin/sh",
	"write /proc/sys/kernel/hostname escaped",
	"write /proc/sys/kernel/modprobe /bin/sh",
	"write /proc/sys/vm/drop_caches 1",
	"write /proc/irq/default_smp_affinity 1",
	"write /etc/hosts escaped",
	"write /etc/resolv.conf escaped",
	"read /proc/kcore",
	"read /proc/kmsg",
	"read /proc/keys",
	"read /proc/kallsyms",
	"read /proc/timer_list",
	"read /dev/mem",
	"list /sys/firmware",
	"list /sys/kernel/debug",
];

/// Runs the program that tries things, and gives each line that it printed.
fn tried(world: &World, things: impl IntoIterator<Item = String>) -> Vec<String> {
	let lines = things.into_iter().map(|thing| format!("probe {}", quoted(&thing)));
	world.script("probe", &lines.collect::<Vec<_>>().join("; "))
}

fn quoted(words: &str) -> String {
	words.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
}

fn assert_refused(printed: &[String], count: usize) {
	let wrong: Vec<_> = printed.iter().filter(|line| !line.contains(": refused")).collect();
	assert!(wrong.is_empty(), "{wrong:#?}");
	assert_eq!(printed.len(), count, "{printed:#?}");
}

#[test]
fn what_reaches_beyond_a_container_is_refused() {
	let world = World::new();
	let watched = ["core_pattern", "hostname", "modprobe"];
	let read = |name: &str| fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok();
	let before = watched.map(read);
	let all: Vec<_> =
		REFUSED.into_iter().filter(|it| *it != "ports" || cfg!(target_arch = "x86_64")).collect();
	let printed = tried(&world, all.iter().map(|it| it.to_string()));
	assert_refused(&printed, all.len());
	assert_eq!(watched.map(read), before, "the machine is as it was");
}

#[test]
fn the_disks_of_the_machine_are_not_there() {
	let world = World::new();
	let device = fs::metadata(world.state()).expect("a folder").st_dev();
	let printed = tried(&world, [format!("mknod-disk {device}")]);
	assert_refused(&printed, 1);
	let devices =
		world.script("look", "cd /dev; find . -type b; find . -type c | sort; cat /proc/swaps");
	let expected =
		["./full", "./null", "./ptmx", "./pts/ptmx", "./random", "./tty", "./urandom", "./zero"];
	let devices: Vec<_> = devices.iter().filter(|it| it.starts_with("./")).collect();
	for device in &devices {
		assert!(expected.contains(&device.as_str()), "{devices:?}");
	}
}

#[test]
fn control_groups_can_be_read_at_most() {
	let world = World::new();
	let text = "cd /sys/fs/cgroup; for file in $(find . -name cgroup.procs -o -name release_agent \
		-o -name notify_on_release -o -name 'memory.limit*' -o -name memory.max -o -name devices.allow); do \
		probe write /sys/fs/cgroup/$file 1; done; \
		for folder in . *; do mkdir $folder/escaped 2>/dev/null && echo made $folder; done; echo over";
	let printed = world.script("groups", text);
	assert!(printed.contains(&"over".to_owned()), "{printed:?}");
	assert!(printed.len() > 3, "{printed:?}");
	let wrong: Vec<_> =
		printed.iter().filter(|line| !line.contains(": refused") && *line != "over").collect();
	assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_program_that_belongs_to_root_does_not_make_root_of_others() {
	let world = World::new();
	let text = "cp /bin/probe /bin/rights; chmod 6755 /bin/rights; su web -c '/bin/rights euid'";
	assert_eq!(world.script("rights", text), ["33"]);
}

#[test]
fn nobody_else_is_to_be_seen() {
	let world = World::new();
	let other = Made::sleeper("other");
	world.start(&other).expect("it starts");
	let strangers = [std::process::id() as i32, world.shims()[0], world.process(&other.key)];
	let printed = tried(&world, strangers.map(|id| format!("kill {id}")));
	assert_refused(&printed, strangers.len());
	assert!(world.runs(&other.key));
	let processes = world.script("look", "ps | grep -vc -e PID -e 'ps$' -e grep -e /bin/sh");
	assert_eq!(processes, ["0"], "only its own processes");
	let environ = world.script("environ", "cat /proc/*/environ | tr '\\0' '\\n' | grep -v -e ^PATH -e ^SHLVL -e ^PWD -e ^HOME -e ^HOSTNAME -e ^OLDPWD");
	assert_eq!(environ, [] as [&str; 0]);
}

#[test]
fn no_path_of_the_machine_is_to_be_seen() {
	let world = World::new();
	let folder = world.volume("others", 8 * MIB);
	fs::write(folder.join("secret-of-others"), "secret").expect("there is room");
	let mine = world.volume("mine", 8 * MIB);
	let text =
		"find / -xdev -name 'secret-of-*'; find /data; ls /data/../..; cat /proc/self/mountinfo";
	let made = Made::shell("look", text).bind(&mine, "/data", false);
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key).join("\n");
	assert!(!printed.contains("secret-of-others"), "{printed}");
	let package = std::env::current_dir().expect("there is one");
	for path in [world.state(), world.run(), &package] {
		let seen: Vec<_> =
			printed.lines().filter(|it| it.contains(path.to_str().expect("text"))).collect();
		assert!(seen.is_empty(), "{seen:#?}");
	}
	let absolute = folder.join("secret-of-others");
	let printed = tried(
		&world,
		[
			format!("read {}", absolute.display()),
			format!("read /proc/1/root{}", absolute.display()),
			format!("read /proc/self/cwd/../../../../..{}", absolute.display()),
		],
	);
	assert_refused(&printed, 3);
	assert_eq!(fs::read(absolute).expect("it is there"), b"secret");
}

#[test]
fn links_in_an_image_or_a_volume_lead_nowhere() {
	let world = World::new();
	let folder = world.volume("data", 8 * MIB);
	std::os::unix::fs::symlink(world.state(), folder.join("out")).expect("a link");
	std::os::unix::fs::symlink("../../../../../../..", folder.join("up")).expect("a link");
	let text = "ls /data/out 2>&1; cat /data/up/etc/passwd | head -1; ls /data/up";
	let made = Made::shell("look", text).bind(&folder, "/data", false);
	// It is mounted where a link of the image leads out.
	let sly = world.state().join("sly");
	fs::create_dir_all(&sly).expect("a folder");
	std::os::unix::fs::symlink("/../../../../../../tmp", sly.join("lure")).expect("a link");
	let mut made = made.bind(&folder, "/lure/zos-escaped", false);
	made.image.layers.push(sly);
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key);
	assert!(printed[0].contains("No such file"), "{printed:?}");
	assert_eq!(printed[1], "root:x:0:0::/root:/bin/sh");
	assert!(!Path::new("/tmp/zos-escaped").exists());
}

#[test]
fn the_agent_and_the_machine_cannot_be_spoken_to() {
	let world = World::new();
	let path = world.run().join("agent.sock");
	let socket = UnixListener::bind(&path).expect("a socket");
	let name = format!("{}agent", world.names.prefix());
	let address = SocketAddr::from_abstract_name(&name).expect("a name");
	let nameless = UnixListener::bind_addr(&address).expect("a socket");
	let port = TcpListener::bind("127.0.0.1:0").expect("a port");
	let number = port.local_addr().expect("its number").port();
	let text = format!(
		"find / -name agent.sock; probe abstract {name}; \
		grep -c {name} /proc/net/unix; \
		nc -w 1 127.0.0.1 {number} < /dev/null && echo spoke; echo over"
	);
	let printed = world.script("speak", &text);
	assert!(
		printed.iter().any(|line| line.contains("refused (Connection refused)")),
		"{printed:?}"
	);
	assert!(printed.contains(&"0".to_owned()), "{printed:?}");
	assert!(!printed.contains(&"spoke".to_owned()), "{printed:?}");
	assert!(!printed.iter().any(|line| line.ends_with("agent.sock")), "{printed:?}");
	socket.set_nonblocking(true).expect("ours");
	nameless.set_nonblocking(true).expect("ours");
	port.set_nonblocking(true).expect("ours");
	assert_eq!(socket.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
	assert_eq!(nameless.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
	assert_eq!(port.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
}

#[test]
fn seen_from_the_machine_a_container_is_nobody() {
	let world = World::new();
	let made = Made::sleeper("web");
	world.start(&made).expect("it starts");
	let process = world.process(&made.key);
	let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
	let of = |name: &str| {
		let line = status.lines().find(|line| line.starts_with(name)).expect("it is told");
		line[name.len()..].split_whitespace().collect::<Vec<_>>()
	};
	assert_eq!(of("NoNewPrivs:"), ["1"]);
	assert_eq!(of("Seccomp:"), ["2"]);
	for user in of("Uid:").into_iter().chain(of("Gid:")) {
		assert!(user.parse::<u32>().expect("a number") >= 1 << 20, "{user}");
	}
	// chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, sys_chroot
	let given = [0, 1, 3, 4, 5, 6, 7, 8, 10, 18].iter().fold(0_u64, |all, bit| all | 1 << bit);
	for set in ["CapBnd:", "CapPrm:", "CapEff:"] {
		let has = u64::from_str_radix(of(set)[0], 16).expect("a number");
		assert_eq!(has & !given, 0, "{set} {has:b}");
	}
	for set in ["CapInh:", "CapAmb:"] {
		assert_eq!(of(set), ["0000000000000000"]);
	}
	for kind in ["user", "mnt", "pid", "ipc", "uts", "net", "cgroup"] {
		let of = |id: &str| fs::read_link(format!("/proc/{id}/ns/{kind}")).expect("it is told");
		assert_ne!(of(&process.to_string()), of("self"), "{kind}");
	}
	let score = fs::read_to_string(format!("/proc/{process}/oom_score_adj")).expect("it runs");
	assert!(score.trim().parse::<i32>().expect("a number") >= 0, "not spared as its shim is");
	// Before it prints, it may still be the runtime that becomes it.
	crate::world::eventually("it prints", || world.printed(&made.key) == ["begun"]);
	for open in fs::read_dir(format!("/proc/{process}/fd")).expect("it runs").flatten() {
		// Its script, which the shell opened itself, among them.
		let Ok(file) = fs::read_link(open.path()) else { continue };
		let of_its_own = ["/dev/null", "/script"].map(Path::new).contains(&file.as_path());
		assert!(of_its_own || file.ends_with("out") || file.ends_with("error"), "{file:?}");
	}
}

#[test]
fn the_users_of_two_containers_are_not_the_same() {
	let world = World::new();
	let [one, other] = ["one", "other"].map(|name| {
		let made = Made::sleeper(name);
		world.start(&made).expect("it starts");
		let map = format!("/proc/{}/uid_map", world.process(&made.key));
		let map = fs::read_to_string(map).expect("it runs");
		map.split_whitespace().nth(1).expect("its first user").parse::<u32>().expect("a number")
	});
	assert!(one.abs_diff(other) >= 1 << 16, "{one} {other}");
	world.containers.list().expect("listed");
}

#[test]
fn a_container_cannot_fill_the_memory_of_the_machine() {
	let world = World::new();
	let text = "for place in /dev /proc /sys /sys/fs/cgroup /etc/hosts /run; do \
		[ -d $place ] && place=$place/filling; \
		dd if=/dev/zero of=$place bs=64k count=1000 2>/dev/null; wc -c < $place 2>/dev/null; done; echo over";
	let mut made = Made::shell("fill", text);
	made.container.root = 4 * MIB;
	world.start(&made).expect("it starts");
	world.end_of(&made.key);
	let printed = world.printed(&made.key);
	assert!(printed.contains(&"over".to_owned()), "{printed:?}");
	let sizes = printed.iter().filter_map(|line| line.parse::<u64>().ok());
	assert!(sizes.sum::<u64>() <= 5 * MIB, "{printed:?}");
}
