// SPDX-License-Identifier: GPL-2.0
/*
 * Makes system calls that are known by number, kind and result, for the live
 * tests to compare with. Usage: calls STEP... with STEP = NAME[:COUNT[:ARG]],
 * done in order; the list is at the end of this file. Calls that are counted
 * are made raw, past libc's wrappers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static char **rest; /* the steps after the present one */
static int status;  /* that the program will end with */

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static void expect(long got, long want, const char *what)
{
	if (got == want)
		return;
	fprintf(stderr, "calls: %s: %ld, expected %ld (%s)\n", what, got, want, strerror(errno));
	_exit(99);
}

static void say(const char *text)
{
	char line[PATH_MAX];
	int n = snprintf(line, sizeof(line), "%s\n", text);

	expect(write(1, line, (size_t)n), n, "write");
}

static void step_pid(long n, const char *arg)
{
	char text[16];

	snprintf(text, sizeof(text), "%ld", syscall(SYS_getpid));
	say(text);
}

static void step_tid(long n, const char *arg)
{
	char text[16];

	snprintf(text, sizeof(text), "%ld", syscall(SYS_gettid));
	say(text);
}

static void step_say(long n, const char *arg)
{
	say(arg);
}

static void step_wait(long n, const char *arg)
{
	char c;

	while (n--)
		expect(read(0, &c, 1), 1, "wait");
}

static void step_getpid(long n, const char *arg)
{
	while (n--)
		syscall(SYS_getpid);
}

static void step_getppid(long n, const char *arg)
{
	while (n--)
		syscall(SYS_getppid);
}

/* A call that nobody else makes: exact without any filter. */
static void step_rare(long n, const char *arg)
{
	while (n--)
		syscall(SYS_sched_get_priority_min, SCHED_BATCH);
}

static void step_nanosleep(long n, const char *arg)
{
	long ms = strtol(arg, NULL, 10);
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	/* libc would take clock_nanosleep, or a 64-bit variant */
	while (n--)
		expect(syscall(SYS_nanosleep, &ts, NULL), 0, "nanosleep");
}

/* What the kernel itself has on this thread: ns on a CPU, ns waiting for one. */
static void own_times(long long *ran, long long *waited)
{
	FILE *f = fopen("/proc/thread-self/schedstat", "r");
	struct timespec ts;

	*waited = 0;
	if (f && fscanf(f, "%*d %lld", waited) != 1)
		fail("schedstat");
	if (f)
		fclose(f);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	*ran = ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static void step_zero(long n, const char *arg)
{
	size_t size = strtoul(arg, NULL, 10) << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int fd = open("/dev/zero", O_RDONLY);
	long long ran, waited, ran_then, waited_then;
	char text[64];

	if (fd < 0 || p == MAP_FAILED)
		fail("zero");
	own_times(&ran_then, &waited_then);
	while (n--)
		expect(syscall(SYS_pread64, fd, p, size, 0), (long)size, "pread64");
	own_times(&ran, &waited);
	snprintf(text, sizeof(text), "%lld %lld", ran - ran_then, waited - waited_then);
	say(text);
}

static void step_put(long n, const char *arg)
{
	size_t size = (size_t)n << 20;
	int fd = open(arg, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || p == MAP_FAILED)
		fail(arg);
	expect(syscall(SYS_pwrite64, fd, p, size, 0), (long)size, "pwrite64");
	close(fd);
}

static void step_enoent(long n, const char *arg)
{
	while (n--)
		expect(syscall(SYS_openat, AT_FDCWD, "/nowhere/to/be/found", O_RDONLY), -1,
		       "openat");
}

static void step_ebadf(long n, const char *arg)
{
	while (n--)
		expect(syscall(SYS_close, 1 << 20), -1, "close");
}

static void step_eagain(long n, const char *arg)
{
	int fd[2];
	char c;

	if (pipe2(fd, O_NONBLOCK))
		fail("pipe2");
	while (n--)
		expect(syscall(SYS_read, fd[0], &c, 1), -1, "read");
	close(fd[0]);
	close(fd[1]);
}

/* Wait until task @tid of process @pid sleeps in system call @nr. */
static void wait_until_in(int pid, int tid, long nr)
{
	char path[64], line[64], want[16];
	struct timespec ms = { .tv_nsec = 1000000 };
	int i;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	snprintf(want, sizeof(want), "%ld ", nr);
	for (i = 0; i < 20000; i++) {
		int fd = open(path, O_RDONLY);
		ssize_t got = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

		if (fd >= 0)
			close(fd);
		line[got > 0 ? got : 0] = '\0';
		if (!strncmp(line, want, strlen(want)))
			return;
		nanosleep(&ms, NULL);
	}
	errno = ETIMEDOUT;
	fail(path);
}

/* Shared with child processes, which wait for it. */
static volatile int *handled;

static void on_signal(int signo)
{
	++*handled;
}

static void handle(int flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };

	handled = mmap(NULL, sizeof(*handled), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (handled == MAP_FAILED || sigaction(SIGUSR1, &sa, NULL))
		fail("handle");
}

static void interrupt(int pid, int times)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	int i;

	for (i = 1; i <= times; i++) {
		wait_until_in(pid, pid, SYS_recvfrom);
		kill(pid, SIGUSR1);
		while (*handled < i)
			nanosleep(&ms, NULL);
	}
	wait_until_in(pid, pid, SYS_recvfrom);
}

/* One recvfrom that is interrupted and restarted @n times before it succeeds. */
static void step_restart(long n, const char *arg)
{
	int fd[2], self = getpid();
	pid_t child;
	char c;

	handle(SA_RESTART);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		fail("socketpair");
	child = fork();
	if (!child) {
		interrupt(self, (int)n);
		_exit(write(fd[1], "x", 1) != 1);
	}
	expect(syscall(SYS_recvfrom, fd[0], &c, 1, 0, NULL, NULL), 1, "recvfrom");
	expect(waitpid(child, NULL, 0), child, "waitpid");
}

/* @n handlers run in an interrupted rt_sigsuspend. */
static void step_sigreturn(long n, const char *arg)
{
	sigset_t set, none;

	handle(0);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (n--) {
		kill(getpid(), SIGUSR1);
		/* Fails with EINTR, which the sigreturn then "returns" again. */
		expect(sigsuspend(&none), -1, "sigsuspend");
	}
}

/* Have seccomp answer every getppid from here on with errno ARG. */
static void step_deny(long n, const char *arg)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)atoi(arg)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		fail("seccomp");
}

/* @n children one after the other, each with ARG getppid. */
static void step_fork(long n, const char *arg)
{
	while (n--) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child) {
			step_getppid(atol(arg), NULL);
			_exit(0);
		}
		expect(waitpid(child, NULL, 0), child, "waitpid");
	}
}

static void step_vfork(long n, const char *arg)
{
	while (n--) {
		pid_t child = vfork();

		if (child < 0)
			fail("vfork");
		if (!child)
			_exit(0);
		expect(waitpid(child, NULL, 0), child, "waitpid");
	}
}

/* The remaining steps in @n processes at once; waits for all of them. */
static void step_procs(long n, const char *arg)
{
	int st;

	for (; n; n--) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child)
			return;
	}
	while (waitpid(-1, &st, 0) > 0)
		if (st)
			status = 98;
	_exit(status);
}

static void *getpids(void *arg)
{
	step_getpid((long)arg, NULL);
	return NULL;
}

/* @n threads at once, each with ARG getpid. */
static void step_threads(long n, const char *arg)
{
	pthread_t *t = calloc((size_t)n, sizeof(*t));
	long i;

	for (i = 0; i < n; i++)
		if (pthread_create(&t[i], NULL, getpids, (void *)atol(arg)))
			fail("pthread_create");
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	free(t);
}

static pthread_barrier_t crowded;

static void *crowd(void *arg)
{
	pthread_barrier_wait(&crowded);
	getpids(arg);
	/* None ends before the last has called. */
	pthread_barrier_wait(&crowded);
	return NULL;
}

/* @n threads, all alive before the first makes its ARG getpid. */
static void step_crowd(long n, const char *arg)
{
	pthread_t *t = calloc((size_t)n, sizeof(*t));
	pthread_attr_t attr;
	long i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	pthread_barrier_init(&crowded, NULL, (unsigned int)n);
	for (i = 0; i < n; i++)
		if (pthread_create(&t[i], &attr, crowd, (void *)atol(arg)))
			fail("pthread_create");
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	free(t);
}

static void *exec_rest(void *arg)
{
	char **argv = rest - 1; /* its first word is not looked at */

	argv[0] = (char *)"calls";
	execv("/proc/self/exe", argv);
	fail("execv");
}

/* Go on with the remaining steps after an exec by a thread that is not the leader. */
static void step_threadexec(long n, const char *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, exec_rest, NULL))
		fail("pthread_create");
	for (;;)
		pause();
}

static volatile int blocked_tid;

static void *block(void *arg)
{
	int fd[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		fail("socketpair");
	blocked_tid = (int)syscall(SYS_gettid);
	syscall(SYS_recvfrom, fd[0], &c, 1, 0, NULL, NULL);
	return NULL;
}

/* A second thread that sleeps in recvfrom for good. */
static void step_block(long n, const char *arg)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	pthread_t t;

	if (pthread_create(&t, NULL, block, NULL))
		fail("pthread_create");
	while (!blocked_tid)
		nanosleep(&ms, NULL);
	wait_until_in(getpid(), blocked_tid, SYS_recvfrom);
}

/* Move to the cgroup whose directory is ARG. */
static void step_cgroup(long n, const char *arg)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", arg);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		fail(path);
	expect(write(fd, "0", 1), 1, path);
	close(fd);
}

static void step_cpu(long n, const char *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((int)n, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

/* @n UDP datagrams to ourselves at address ARG. */
static void step_udp(long n, const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || inet_pton(AF_INET, arg, &to.sin_addr) != 1)
		fail("udp");
	while (n--)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != 1 &&
		    errno != ECONNREFUSED)
			fail("sendto");
	close(fd);
}

/* @n bytes through a terminal, one by one: for each the kernel queues a work item. */
static void step_pty(long n, const char *arg)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios t;
	char c;

	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("posix_openpt");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &t))
		fail("ptsname");
	cfmakeraw(&t);
	if (tcsetattr(slave, TCSANOW, &t))
		fail("tcsetattr");
	while (n--) {
		expect(write(slave, "x", 1), 1, "write");
		expect(read(master, &c, 1), 1, "read");
	}
	close(slave);
	close(master);
}

#ifdef __x86_64__
static void step_int80(long n, const char *arg)
{
	long ret, self = getpid();

	while (n--) {
		ret = 20; /* getpid there */
		__asm__ volatile("int $0x80" : "+a"(ret) : : "memory", "r8", "r9", "r10", "r11");
		expect(ret, self, "int80");
	}
}

static void step_x32(long n, const char *arg)
{
	while (n--)
		syscall(0x40000000 | SYS_getpid);
}
#endif

/* Numbers that no kernel has. */
static void step_unknown(long n, const char *arg)
{
	while (n--)
		expect(syscall(900), -1, "syscall 900");
}

/* Be busy in user space and in system calls until killed. */
static void step_load(long n, const char *arg)
{
	volatile unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < 1000; i++)
			;
		syscall(SYS_gettid);
	}
}

static void step_exit(long n, const char *arg)
{
	status = (int)n;
}

static void step_kill(long n, const char *arg)
{
	kill(getpid(), (int)n);
}

static const struct {
	const char *name;
	void (*run)(long n, const char *arg);
	const char *help;
} steps[] = {
	{ "pid", step_pid, "print the process id" },
	{ "tid", step_tid, "print the thread id" },
	{ "say", step_say, "print ARG" },
	{ "wait", step_wait, "read COUNT bytes from stdin, one by one" },
	{ "getpid", step_getpid, "COUNT times" },
	{ "getppid", step_getppid, "COUNT times" },
	{ "rare", step_rare, "COUNT sched_get_priority_min" },
	{ "nanosleep", step_nanosleep, "COUNT times ARG ms" },
	{ "zero", step_zero,
	  "COUNT pread64 of ARG MiB; print ns that they ran, and waited for a CPU" },
	{ "put", step_put, "one pwrite64 of COUNT MiB to a new file ARG" },
	{ "enoent", step_enoent, "COUNT openat that fail" },
	{ "ebadf", step_ebadf, "COUNT close that fail" },
	{ "eagain", step_eagain, "COUNT read that fail" },
	{ "restart", step_restart, "a recvfrom restarted COUNT times" },
	{ "sigreturn", step_sigreturn, "COUNT rt_sigreturn that look like EINTR" },
	{ "deny", step_deny, "seccomp answers getppid with errno ARG from here on" },
	{ "fork", step_fork, "COUNT children in turn, each with ARG getppid" },
	{ "vfork", step_vfork, "COUNT children in turn" },
	{ "procs", step_procs, "the remaining steps in COUNT processes" },
	{ "threads", step_threads, "COUNT threads at once, each with ARG getpid" },
	{ "crowd", step_crowd, "the same, but none calls before all are there" },
	{ "threadexec", step_threadexec, "exec with the remaining steps, by a thread" },
	{ "block", step_block, "a thread that sleeps in recvfrom" },
	{ "cgroup", step_cgroup, "move to directory ARG" },
	{ "cpu", step_cpu, "run on CPU COUNT only" },
	{ "udp", step_udp, "COUNT datagrams to port 9 of address ARG" },
	{ "pty", step_pty, "COUNT bytes through a terminal, a work item for each" },
#ifdef __x86_64__
	{ "int80", step_int80, "COUNT i386 getpid from a 64-bit program" },
	{ "x32", step_x32, "COUNT x32 getpid" },
#endif
	{ "unknown", step_unknown, "COUNT calls of number 900" },
	{ "load", step_load, "until killed" },
	{ "exit", step_exit, "end with status COUNT" },
	{ "kill", step_kill, "send ourselves signal COUNT" },
};

static void run_step(char *word)
{
	char *name = strtok(word, ":"), *count = strtok(NULL, ":"), *arg = strtok(NULL, "");
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!strcmp(steps[i].name, name)) {
			steps[i].run(count ? atol(count) : 1, arg ? arg : "0");
			return;
		}
	errno = EINVAL;
	fail(name);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			printf("%-11s %s\n", steps[i].name, steps[i].help);
		return 2;
	}
	for (rest = argv + 1; *rest;)
		run_step(*rest++);
	_exit(status);
}
