// SPDX-License-Identifier: GPL-2.0
/*
 * Faults that are known by number and kind, for the tests of the faults view.
 * Usage: touch STEP... with STEP = NAME[:COUNT[:FILE]], done in order; the list
 * is at the end of this file. Each step prepares its memory first, says "ready",
 * waits for a byte on standard input, and then makes COUNT faults. Built with frame
 * pointers, so that stacks lead from the step to main().
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define AROUND (64 * 1024UL) /* what one fault on a file maps, at least */
#define HUGE (2 * 1024 * 1024UL)

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "touch: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static void wait_gate(void)
{
	char c;

	if (write(1, "ready\n", 6) != 6)
		fail("write");
	if (read(0, &c, 1) != 1)
		fail("wait");
}

static char *map(size_t len, int prot, int flags, int fd)
{
	char *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	return p;
}

static char *anon(size_t len)
{
	char *p = map(len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, len, MADV_NOHUGEPAGE);
	return p;
}

static void store(char *p, long n, size_t step)
{
	long i;

	for (i = 0; i < n; i++)
		((volatile char *)p)[(size_t)i * step] = 1;
}

static void load(const char *p, long n, size_t step)
{
	long i;

	for (i = 0; i < n; i++)
		(void)((const volatile char *)p)[(size_t)i * step];
}

static int file_of(const char *path, size_t len)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char block[PAGE]; /* of ones */
	size_t at;

	if (fd < 0)
		fail(path);
	memset(block, 1, sizeof(block));
	for (at = 0; at < len; at += PAGE)
		if (pwrite(fd, block, PAGE, (off_t)at) != (ssize_t)PAGE)
			fail(path);
	if (fsync(fd))
		fail("fsync");
	return fd;
}

static void step_wait(long n, const char *path)
{
	wait_gate();
}

static void step_anon(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);

	wait_gate();
	store(p, n, PAGE);
}

static void step_zero(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);

	wait_gate();
	load(p, n, PAGE);
}

/* The kernel writes there for us. */
static void step_kernel(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	long i;

	wait_gate();
	for (i = 0; i < n; i++)
		if (read(fd, p + (size_t)i * PAGE, 8) != 8)
			fail("read /dev/zero");
}

static void step_file(long n, const char *path)
{
	int fd = file_of(path, (size_t)n * AROUND);
	char *p = map((size_t)n * AROUND, PROT_READ, MAP_SHARED, fd);

	wait_gate();
	load(p, n, AROUND);
}

/* Read back from the device: the cache has forgotten the file. */
static void step_major(long n, const char *path)
{
	int fd = file_of(path, (size_t)n * AROUND);
	char *p = map((size_t)n * AROUND, PROT_READ, MAP_SHARED, fd);

	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) ||
	    madvise(p, (size_t)n * AROUND, MADV_RANDOM))
		fail("fadvise");
	wait_gate();
	load(p, n, AROUND);
}

/* The same of a block device as it is. */
static void step_device(long n, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *p;

	if (fd < 0)
		fail(path);
	p = map((size_t)n * AROUND, PROT_READ, MAP_SHARED, fd);
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) ||
	    madvise(p, (size_t)n * AROUND, MADV_RANDOM))
		fail("fadvise");
	wait_gate();
	load(p, n, AROUND);
}

/* A private mapping of a file, written to at once: a copy of each page. */
static void step_filecow(long n, const char *path)
{
	int fd = file_of(path, (size_t)n * PAGE);
	char *p = map((size_t)n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);

	wait_gate();
	store(p, n, PAGE);
}

static void step_shmem(long n, const char *path)
{
	int fd = memfd_create("touched", MFD_CLOEXEC);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)(n * PAGE)))
		fail("memfd");
	p = map((size_t)n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	wait_gate();
	store(p, n, PAGE);
}

/* The child shares all pages with its parent until it writes. */
static void step_cow(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);
	int to_child[2], status;
	pid_t pid;
	char c;

	store(p, n, PAGE);
	if (pipe(to_child))
		fail("pipe");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid) {
		(void)!read(to_child[0], &c, 1);
		_exit(0);
	}
	wait_gate();
	/* The child lives: each page has two owners. */
	store(p, n, PAGE);
	if (write(to_child[1], "", 1) != 1)
		fail("write");
	waitpid(pid, &status, 0);
}

/* The child is gone, the pages are still mapped read-only. */
static void step_reuse(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);
	int status;
	pid_t pid;

	store(p, n, PAGE);
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
	wait_gate();
	store(p, n, PAGE);
}

/* Huge pages: as many as there are, small ones for the rest. */
static void step_huge(long n, const char *path)
{
	char *p = map(((size_t)n + 1) * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1);

	p = (char *)(((unsigned long)p + HUGE - 1) & ~(HUGE - 1));
	if (madvise(p, (size_t)n * HUGE, MADV_HUGEPAGE))
		fail("MADV_HUGEPAGE");
	wait_gate();
	store(p, n, HUGE);
}

/* Out to swap and back. */
static void step_swap(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);

	store(p, n, PAGE);
	if (madvise(p, (size_t)n * PAGE, MADV_PAGEOUT))
		fail("MADV_PAGEOUT");
	wait_gate();
	load(p, n, PAGE);
}

static sigjmp_buf back;

static void on_signal(int sig)
{
	siglongjmp(back, 1);
}

static void fault_all(char *p, long n)
{
	struct sigaction sa = { .sa_handler = on_signal };
	volatile long i;

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	wait_gate();
	for (i = 0; i < n; i++)
		if (!sigsetjmp(back, 1))
			((volatile char *)p)[(size_t)i * PAGE] = 1;
}

static void step_maperr(long n, const char *path)
{
	char *p = anon((size_t)n * PAGE);

	munmap(p, (size_t)n * PAGE);
	fault_all(p, n);
}

static void step_accerr(long n, const char *path)
{
	fault_all(map((size_t)n * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1), n);
}

/* Beyond the end of the file. */
static void step_bus(long n, const char *path)
{
	int fd = memfd_create("short", MFD_CLOEXEC);

	if (fd < 0)
		fail("memfd");
	fault_all(map((size_t)n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd), n);
}

static const struct {
	const char *name;
	void (*run)(long n, const char *path);
} steps[] = {
	{ "wait", step_wait },	   { "anon", step_anon },	{ "zero", step_zero },
	{ "kernel", step_kernel }, { "file", step_file },	{ "major", step_major },
	{ "device", step_device }, { "filecow", step_filecow }, { "shmem", step_shmem },
	{ "cow", step_cow },	   { "reuse", step_reuse },	{ "huge", step_huge },
	{ "swap", step_swap },	   { "maperr", step_maperr },	{ "accerr", step_accerr },
	{ "bus", step_bus },
};

int main(int argc, char **argv)
{
	int i;
	size_t s;

	printf("%d\n", getpid());
	fflush(stdout);
	for (i = 1; i < argc; i++) {
		char *name = strtok(argv[i], ":"), *count = strtok(NULL, ":"),
		     *path = strtok(NULL, "");

		for (s = 0; s < sizeof(steps) / sizeof(steps[0]); s++)
			if (!strcmp(name, steps[s].name))
				break;
		if (s == sizeof(steps) / sizeof(steps[0])) {
			fprintf(stderr, "touch: no step %s\n", name);
			return 99;
		}
		steps[s].run(count ? atol(count) : 1, path);
	}
	return 0;
}
