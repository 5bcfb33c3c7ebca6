/* Tries one thing that a container must not do, and says what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char page[4096];

static long write_to(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);
	return file < 0 ? -1 : write(file, text, strlen(text));
}

static long clone_into(unsigned long flags)
{
	long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(0);
	return child;
}

static long set_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return syscall(SYS_clock_settime, CLOCK_REALTIME, &now);
}

static long set_day(void)
{
	struct timeval now;
	gettimeofday(&now, NULL);
	return syscall(SYS_settimeofday, &now, NULL);
}

static long look_by_handle(void)
{
	struct { unsigned bytes; int type; unsigned char handle[8]; } root = {8, 1, {2}};
	return syscall(SYS_open_by_handle_at, open("/", O_RDONLY), &root, O_RDONLY);
}

static long abstract(const char *name)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	strncpy(to.sun_path + 1, name, sizeof(to.sun_path) - 2);
	int end = socket(AF_UNIX, SOCK_STREAM, 0);
	return connect(end, (struct sockaddr *)&to, sizeof(sa_family_t) + 1 + strlen(name));
}

static long peek(pid_t of)
{
	struct iovec here = {page, 8}, there = {page, 8};
	return syscall(SYS_process_vm_readv, of, &here, 1, &there, 1, 0);
}

static long be_rude(void)
{
	struct sched_param first = {.sched_priority = 50};
	return sched_setscheduler(0, SCHED_FIFO, &first);
}

int main(int count, char **words)
{
	const char *what = words[1], *more = count > 2 ? words[2] : "";
	long done = -1;
	errno = 0;
#define TRY(name, call) else if (!strcmp(what, name)) done = (long)(call)
	if (!strcmp(what, "euid"))
		return printf("%d\n", geteuid()), 0;
	TRY("mount", mount("none", "/tmp", "tmpfs", 0, ""));
	TRY("umount", umount2("/proc/kcore", MNT_DETACH));
	TRY("fsopen", syscall(430, "tmpfs", 0));
	TRY("open-tree", syscall(428, AT_FDCWD, "/", 1));
	TRY("pivot-root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
	TRY("handle", look_by_handle());
	TRY("mknod-disk", mknod("/tmp/disk", S_IFBLK | 0600, strtoul(more, NULL, 10)));
	TRY("mknod-memory", mknod("/tmp/memory", S_IFCHR | 0600, makedev(1, 1)));
	TRY("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
	TRY("ptrace-me", ptrace(PTRACE_TRACEME, 0, 0, 0));
	TRY("peek", peek(1));
	TRY("kill", kill(atoi(more), SIGKILL));
	TRY("raw", socket(AF_INET, SOCK_RAW, 1));
	TRY("packet", socket(AF_PACKET, SOCK_RAW, 0x300));
	TRY("vsock", socket(40, SOCK_STREAM, 0));
	TRY("crypto", socket(38, SOCK_SEQPACKET, 0));
	TRY("abstract", abstract(more));
	TRY("add-key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
	TRY("keyctl", syscall(SYS_keyctl, 0, -3, 1));
	TRY("request-key", syscall(SYS_request_key, "user", "a", NULL, -3));
	TRY("bpf", syscall(SYS_bpf, 0, page, 48));
	TRY("perf", syscall(SYS_perf_event_open, page, 0, -1, -1, 0));
	TRY("userfault", syscall(SYS_userfaultfd, 0));
	TRY("io-uring", syscall(425, 1, page));
	TRY("unshare-user", unshare(CLONE_NEWUSER));
	TRY("unshare-mount", unshare(CLONE_NEWNS));
	TRY("clone-user", clone_into(CLONE_NEWUSER));
	TRY("clone-net", clone_into(CLONE_NEWNET));
	TRY("clone3", syscall(435, page, 64));
	TRY("setns", setns(open("/proc/1/ns/mnt", O_RDONLY), 0));
	TRY("module", syscall(SYS_init_module, page, 1, ""));
	TRY("module-file", syscall(SYS_finit_module, 0, "", 0));
	TRY("module-gone", syscall(SYS_delete_module, "loop", O_NONBLOCK));
	TRY("kexec", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	/* Of all that it can do, this would do the least harm. */
	TRY("reboot", syscall(SYS_reboot, 0xfee1dead, 0x28121969, 0x89abcdef, 0));
	TRY("set-time", set_time());
	TRY("set-day", set_day());
	TRY("set-name", sethostname("escaped", 7));
	TRY("swap", syscall(SYS_swapon, "/tmp", 0));
	TRY("account", syscall(SYS_acct, NULL));
	TRY("quota", syscall(SYS_quotactl, 0, "", 0, NULL));
	TRY("kernel-log", syscall(SYS_syslog, 3, page, sizeof(page)));
	TRY("rude", be_rude());
	TRY("nice", syscall(SYS_setpriority, 0, 0, -20));
	TRY("unkillable", write_to("/proc/self/oom_score_adj", "-1000"));
	TRY("write", write_to(more, count > 3 ? words[3] : "1"));
	TRY("read", read(open(more, O_RDONLY), page, 1) == 1 ? 0 : -1);
	TRY("list", syscall(SYS_getdents64, open(more, O_RDONLY | O_DIRECTORY), page, 4096) > 60 ? 0 : -1);
#ifdef SYS_iopl
	TRY("ports", syscall(SYS_iopl, 3));
#endif
	else
		return puts("no such thing to try"), 2;
	if (done >= 0)
		printf("%s %s: DONE\n", what, more);
	else
		printf("%s %s: refused (%s)\n", what, more, strerror(errno));
	return 0;
}
