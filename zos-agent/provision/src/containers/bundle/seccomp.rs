//! What a container may ask of the kernel. Whatever is not named here is refused.

use serde_json::{json, Value};

const REFUSED: &str = "SCMP_ACT_ERRNO";
const ALLOWED: &str = "SCMP_ACT_ALLOW";

/// The families of sockets that reach no further than the container and its network.
const FAMILIES: [i32; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

/// What changes how numbers and addresses look to old programs, and nothing else.
const PERSONALITIES: [u64; 5] = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

/// Every flag of `clone` that makes a namespace.
const NAMESPACES: i32 = libc::CLONE_NEWNS
	| libc::CLONE_NEWCGROUP
	| libc::CLONE_NEWUTS
	| libc::CLONE_NEWIPC
	| libc::CLONE_NEWUSER
	| libc::CLONE_NEWPID
	| libc::CLONE_NEWNET;

const FILES: &[&str] = &[
	"access",
	"chdir",
	"chmod",
	"chown",
	"close",
	"close_range",
	"copy_file_range",
	"creat",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchdir",
	"fchmod",
	"fchmodat",
	"fchmodat2",
	"fchown",
	"fchownat",
	"fcntl",
	"fdatasync",
	"fgetxattr",
	"flistxattr",
	"flock",
	"fremovexattr",
	"fsetxattr",
	"fstat",
	"fstatfs",
	"fsync",
	"ftruncate",
	"futimesat",
	"getcwd",
	"getdents",
	"getdents64",
	"getxattr",
	"getxattrat",
	"inotify_add_watch",
	"inotify_init",
	"inotify_init1",
	"inotify_rm_watch",
	"ioctl",
	"lchown",
	"lgetxattr",
	"link",
	"linkat",
	"listxattr",
	"listxattrat",
	"llistxattr",
	"lremovexattr",
	"lseek",
	"lsetxattr",
	"lstat",
	"mkdir",
	"mkdirat",
	"mknod",
	"mknodat",
	"newfstatat",
	"open",
	"openat",
	"openat2",
	"pread64",
	"preadv",
	"preadv2",
	"pwrite64",
	"pwritev",
	"pwritev2",
	"read",
	"readahead",
	"readlink",
	"readlinkat",
	"readv",
	"removexattr",
	"removexattrat",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"sendfile",
	"setxattr",
	"setxattrat",
	"splice",
	"stat",
	"statfs",
	"statx",
	"symlink",
	"symlinkat",
	"sync",
	"sync_file_range",
	"syncfs",
	"tee",
	"truncate",
	"umask",
	"unlink",
	"unlinkat",
	"utime",
	"utimensat",
	"utimes",
	"vmsplice",
	"write",
	"writev",
	"chroot",
];

const WAITING: &[&str] = &[
	"epoll_create",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd",
	"eventfd2",
	"pipe",
	"pipe2",
	"poll",
	"ppoll",
	"pselect6",
	"select",
	"signalfd",
	"signalfd4",
	"io_cancel",
	"io_destroy",
	"io_getevents",
	"io_pgetevents",
	"io_setup",
	"io_submit",
];

const MEMORY: &[&str] = &[
	"brk",
	"cachestat",
	"madvise",
	"map_shadow_stack",
	"membarrier",
	"memfd_create",
	"mincore",
	"mlock",
	"mlock2",
	"mlockall",
	"mmap",
	"mprotect",
	"mremap",
	"mseal",
	"msync",
	"munlock",
	"munlockall",
	"munmap",
	"pkey_alloc",
	"pkey_free",
	"pkey_mprotect",
	"process_madvise",
	"process_mrelease",
	"remap_file_pages",
];

const PROCESSES: &[&str] = &[
	"arch_prctl",
	"execve",
	"execveat",
	"exit",
	"exit_group",
	"fork",
	"getpgid",
	"getpgrp",
	"getpid",
	"getppid",
	"getpriority",
	"getrlimit",
	"getrusage",
	"getsid",
	"gettid",
	"get_robust_list",
	"get_thread_area",
	"ioprio_get",
	"ioprio_set",
	"kill",
	"landlock_add_rule",
	"landlock_create_ruleset",
	"landlock_restrict_self",
	"pidfd_getfd",
	"pidfd_open",
	"pidfd_send_signal",
	"prctl",
	"prlimit64",
	"rseq",
	"seccomp",
	"setpgid",
	"setpriority",
	"setrlimit",
	"setsid",
	"set_robust_list",
	"set_thread_area",
	"set_tid_address",
	"tgkill",
	"times",
	"tkill",
	"vfork",
	"vhangup",
	"wait4",
	"waitid",
	"pause",
	"restart_syscall",
];

const THREADS: &[&str] = &[
	"futex",
	"futex_requeue",
	"futex_wait",
	"futex_waitv",
	"futex_wake",
	"getcpu",
	"sched_getaffinity",
	"sched_getattr",
	"sched_getparam",
	"sched_get_priority_max",
	"sched_get_priority_min",
	"sched_getscheduler",
	"sched_rr_get_interval",
	"sched_setaffinity",
	"sched_setattr",
	"sched_setparam",
	"sched_setscheduler",
	"sched_yield",
];

const SIGNALS: &[&str] = &[
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigqueueinfo",
	"rt_sigreturn",
	"rt_sigsuspend",
	"rt_sigtimedwait",
	"rt_tgsigqueueinfo",
	"sigaltstack",
];

const IDENTITY: &[&str] = &[
	"capget",
	"capset",
	"getegid",
	"geteuid",
	"getgid",
	"getgroups",
	"getresgid",
	"getresuid",
	"getuid",
	"setfsgid",
	"setfsuid",
	"setgid",
	"setgroups",
	"setregid",
	"setresgid",
	"setresuid",
	"setreuid",
	"setuid",
];

const TIME: &[&str] = &[
	"alarm",
	"clock_getres",
	"clock_gettime",
	"clock_nanosleep",
	"getitimer",
	"gettimeofday",
	"nanosleep",
	"setitimer",
	"time",
	"timer_create",
	"timer_delete",
	"timer_getoverrun",
	"timer_gettime",
	"timer_settime",
	"timerfd_create",
	"timerfd_gettime",
	"timerfd_settime",
];

const SOCKETS: &[&str] = &[
	"accept",
	"accept4",
	"bind",
	"connect",
	"getpeername",
	"getsockname",
	"getsockopt",
	"listen",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	"socketpair",
];

const MESSAGES: &[&str] = &[
	"mq_getsetattr",
	"mq_notify",
	"mq_open",
	"mq_timedreceive",
	"mq_timedsend",
	"mq_unlink",
	"msgctl",
	"msgget",
	"msgrcv",
	"msgsnd",
	"semctl",
	"semget",
	"semop",
	"semtimedop",
	"shmat",
	"shmctl",
	"shmdt",
	"shmget",
];

const MACHINE: &[&str] = &["getrandom", "sysinfo", "uname"];

/// The whole filter, for programs of this machine's own architecture.
pub(super) fn profile() -> Value {
	let groups = [
		FILES, WAITING, MEMORY, PROCESSES, THREADS, SIGNALS, IDENTITY, TIME, SOCKETS, MESSAGES,
		MACHINE,
	];
	let mut rules = vec![
		json!({"names": groups.concat(), "action": ALLOWED}),
		// Whether it makes a namespace cannot be seen of `clone3`. Told that there is none,
		// programs take `clone`.
		json!({"names": ["clone3"], "action": REFUSED, "errnoRet": libc::ENOSYS}),
		when("clone", 0, json!({"value": NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"})),
	];
	rules.extend(FAMILIES.map(|family| when("socket", 0, equals(family as u64))));
	rules.extend(PERSONALITIES.map(|it| when("personality", 0, equals(it))));
	json!({
		"defaultAction": REFUSED,
		"defaultErrnoRet": libc::EPERM,
		"architectures": [architecture()],
		"syscalls": rules,
	})
}

fn architecture() -> &'static str {
	if cfg!(target_arch = "aarch64") {
		"SCMP_ARCH_AARCH64"
	} else {
		"SCMP_ARCH_X86_64"
	}
}

fn equals(value: u64) -> Value {
	json!({"value": value, "op": "SCMP_CMP_EQ"})
}

fn when(name: &str, argument: u32, mut condition: Value) -> Value {
	condition["index"] = json!(argument);
	json!({"names": [name], "action": ALLOWED, "args": [condition]})
}

#[cfg(test)]
mod tests {
	use super::*;

	fn allowed() -> Vec<String> {
		let profile = profile();
		let rules = profile["syscalls"].as_array().unwrap();
		let rules = rules.iter().filter(|rule| rule["action"] == ALLOWED);
		let names = rules.flat_map(|rule| rule["names"].as_array().unwrap());
		names.map(|name| name.as_str().unwrap().to_owned()).collect()
	}

	#[test]
	fn what_reaches_beyond_a_container_is_not_allowed() {
		let allowed = allowed();
		for name in [
			"add_key",
			"bpf",
			"clock_settime",
			"delete_module",
			"fanotify_init",
			"finit_module",
			"fsmount",
			"init_module",
			"io_uring_setup",
			"kcmp",
			"kexec_load",
			"keyctl",
			"mount",
			"move_mount",
			"name_to_handle_at",
			"open_by_handle_at",
			"open_tree",
			"perf_event_open",
			"pivot_root",
			"process_vm_readv",
			"process_vm_writev",
			"ptrace",
			"reboot",
			"request_key",
			"setdomainname",
			"sethostname",
			"setns",
			"settimeofday",
			"swapon",
			"syslog",
			"umount2",
			"unshare",
			"userfaultfd",
		] {
			assert!(!allowed.iter().any(|it| it == name), "{name}");
		}
	}

	#[test]
	fn a_call_is_named_once() {
		let mut names = allowed();
		names.retain(|name| !matches!(name.as_str(), "socket" | "personality"));
		let count = names.len();
		names.sort();
		names.dedup();
		assert_eq!(names.len(), count);
	}
}
