/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the OOM test programs share: cgroups, processes of a known size, and a
 * trigger that eats memory until somebody has died. For the test VM only.
 */
#ifndef OSTRACE_TESTS_OOM_VM_H
#define OSTRACE_TESTS_OOM_VM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uapi/ostrace/oom.h>

#define MB (1024ul * 1024)
#define CGROUPS "/sys/fs/cgroup"
#define RULES "/dev/ostrace_oom_rules"
#define MODE "/sys/module/ostrace_oom/parameters/mode"
#define RULES_ERROR "/sys/module/ostrace_oom/parameters/rules_error"

/* One process of a known size. */
struct proc {
	char name[16];
	char cgroup[128]; /* below CGROUPS */
	size_t mb;
	int adj;
	uid_t uid;
	pid_t pid;
};

static int tap_count, tap_bad;
static volatile int *stop_trigger; /* shared with it */

static inline __attribute__((noreturn)) void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(99);
}

static inline __attribute__((format(printf, 2, 3))) void tap(bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", ok ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	tap_bad += !ok;
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_bad ? 1 : 0;
}

static inline int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static inline void must_write(const char *path, const char *text)
{
	if (file_write(path, text))
		die(path);
}

static inline char *file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return buf;
}

static inline void cg_make(const char *cg)
{
	char path[256];

	snprintf(path, sizeof(path), CGROUPS "/%s", cg);
	if (mkdir(path, 0755) && errno != EEXIST)
		die(path);
}

static inline void cg_write(const char *cg, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), CGROUPS "/%s/%s", cg, file);
	must_write(path, text);
}

/* None of its memory may go to swap; a kernel without swap has no file for that. */
static inline void cg_no_swap(const char *cg)
{
	char path[256];
	int err;

	snprintf(path, sizeof(path), CGROUPS "/%s/memory.swap.max", cg);
	err = file_write(path, "0");
	if (err && err != -ENOENT)
		die(path);
}

/* One that has cgroups below it, and no processes. */
static inline void cg_make_inner(const char *cg)
{
	cg_make(cg);
	cg_write(cg, "cgroup.subtree_control", "+memory");
}

static inline unsigned long cg_number(const char *cg, const char *file)
{
	char path[256], buf[64];

	snprintf(path, sizeof(path), CGROUPS "/%s/%s", cg, file);
	return strtoul(file_read(path, buf, sizeof(buf)), NULL, 10);
}

/* A counter of memory.events. */
static inline unsigned long cg_event(const char *cg, const char *event)
{
	char path[256], buf[512], *p;

	snprintf(path, sizeof(path), CGROUPS "/%s/memory.events", cg);
	file_read(path, buf, sizeof(buf));
	for (p = strtok(buf, "\n"); p; p = strtok(NULL, "\n"))
		if (!strncmp(p, event, strlen(event)) && p[strlen(event)] == ' ')
			return strtoul(p + strlen(event), NULL, 10);
	return 0;
}

static inline void nap_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static inline char *map_anon(size_t size)
{
	char *m = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (m == MAP_FAILED)
		die("mmap");
	madvise(m, size, MADV_NOHUGEPAGE);
	return m;
}

/*
 * Everything happens on one CPU, and candidates go before the trigger: a victim
 * is gone before the trigger asks for more. Otherwise a kernel that preempts may
 * stop it in exit_mmap(), after MMF_OOM_SKIP is set and before its pages are
 * free, and then takes another victim, with or without us.
 */
static inline void run_on_cpu0(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO ? 10 : 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || sched_setscheduler(0, policy, &param))
		die("scheduling");
}

/* The child's way in: everything about it before it has memory in the cgroup. */
static inline void proc_become(const struct proc *p)
{
	char path[256], num[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(num, sizeof(num), "%d", p->adj);
	must_write("/proc/self/oom_score_adj", num);
	snprintf(path, sizeof(path), CGROUPS "/%s/cgroup.procs", p->cgroup);
	if (p->cgroup[0])
		must_write(path, "0");
	prctl(PR_SET_NAME, p->name);
	if (p->uid && setuid(p->uid))
		die("setuid");
}

/* Start @p; returns when it has touched its memory. */
static inline void proc_start(struct proc *p)
{
	int ready[2];
	char c, *m;

	if (pipe(ready))
		die("pipe");
	p->pid = fork();
	if (p->pid < 0)
		die("fork");
	if (!p->pid) {
		run_on_cpu0(SCHED_FIFO);
		proc_become(p);
		m = map_anon(p->mb * MB + 1);
		memset(m, 1, p->mb * MB);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		die("a process did not start");
	close(ready[0]);
}

/* The oom_kill of an open memory.events; allocates nothing after the first time. */
static inline unsigned long kills_in(int fd)
{
	char buf[512], *at;
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	at = strstr(buf, "\noom_kill ");
	return at ? strtoul(at + strlen("\noom_kill "), NULL, 10) : 0;
}

/*
 * Start a process that eats @mb megabytes at most, until somebody was killed in the
 * cgroup @top or *stop_trigger. After the first @fast of them slowly, @pages a
 * millisecond. It sees the kill itself: who is to stop it may be kept waiting while it
 * goes on to need a second one.
 */
static inline void trigger_start(struct proc *p, const char *top, size_t mb, size_t fast,
				 size_t pages)
{
	unsigned long before;
	char path[256];
	int events;
	size_t i;
	char *m;

	if (!stop_trigger) {
		stop_trigger =
			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (stop_trigger == MAP_FAILED)
			die("mmap");
	}
	*stop_trigger = 0;
	snprintf(path, sizeof(path), CGROUPS "/%s/memory.events", top);
	events = open(path, O_RDONLY | O_CLOEXEC);
	if (events < 0)
		die(path);
	before = kills_in(events);
	p->pid = fork();
	if (p->pid < 0)
		die("fork");
	if (p->pid) {
		close(events);
		return;
	}
	munlockall();
	run_on_cpu0(SCHED_BATCH);
	proc_become(p);
	m = map_anon(mb * MB);
	for (i = 0; i < mb * MB && !*stop_trigger; i += 4096) {
		m[i] = 1;
		if (i < fast * MB) {
			/* There was less room than was thought. */
			if (!(i % (16 * 4096)) && kills_in(events) != before)
				break;
			continue;
		}
		if (kills_in(events) != before)
			break;
		if (!(i % (pages * 4096)))
			nap_ms(1);
	}
	for (;;)
		pause();
}

/* Wait up to @ms for the death of a child; 0: none died. */
static inline pid_t wait_death(int ms, int *status)
{
	pid_t pid = 0;

	for (; !pid && ms > 0; ms -= 2) {
		pid = waitpid(-1, status, WNOHANG);
		if (!pid)
			nap_ms(2);
	}
	return pid > 0 ? pid : 0;
}

static inline void proc_kill(struct proc *p)
{
	if (p->pid <= 0)
		return;
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	p->pid = 0;
}

static inline void set_mode(const char *mode)
{
	must_write(MODE, mode);
}

static inline void set_rules(const char *text)
{
	char why[256];

	if (file_write(RULES, text)) {
		printf("# %s# %s", text, file_read(RULES_ERROR, why, sizeof(why)));
		die(RULES);
	}
}

/* The next record; NULL when there is none. */
static inline const struct ostrace_oom_decision *next_record(int fd)
{
	static char buf[OSTRACE_OOM_RECORD_MAX];
	static size_t have, at;
	const struct ostrace_oom_decision *d;
	ssize_t n;

	if (at == have) {
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			return NULL;
		have = (size_t)n;
		at = 0;
	}
	d = (const void *)(buf + at);
	at += d->size;
	return d;
}

static inline int open_records(void)
{
	int fd = open("/dev/ostrace_oom", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die("/dev/ostrace_oom");
	while (next_record(fd))
		;
	return fd;
}

#endif /* OSTRACE_TESTS_OOM_VM_H */
