// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel's allocations fail one after the other: the first, then the
 * second in a new attempt, until an attempt is through before its turn comes.
 * What is attempted must then either fail and leave nothing behind, or work.
 *
 *   fail_nth load STEP NAME FILE.ko [PARAMETERS]   loading the module NAME
 *   fail_nth node STEP FILE                        using an ostrace_irq node
 *
 * Only every STEP-th allocation has its turn. For kernels with fault injection
 * (Documentation/fault-injection: fail-nth), set up by the caller. Prints TAP
 * without a plan.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uapi/ostrace/irq.h"

/* More allocations than anything here makes: it never ended. */
#define MOST 20000

static const char *name, *file, *parameters = "";

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static void ok(bool good, const char *what)
{
	printf("%sok - %s\n", good ? "" : "not ", what);
}

/* The nth allocation of this thread from now on is to fail; 0: none. */
static void arm(int fd, int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fd, text, len, 0) != len)
		die("/proc/thread-self/fail-nth");
}

/* Has its turn come? */
static bool fired(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		die("/proc/thread-self/fail-nth");
	return !atoi(text);
}

/* The attempts return 0 or -errno; undo follows one that worked. */
static int fd;

static int load(void)
{
	return syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
}

static bool unload(void)
{
	return !syscall(SYS_delete_module, name, 0);
}

static bool unloaded(void)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return access(path, F_OK) != 0;
}

/* Each request that allocates, and a read that has nothing to read. */
static int use(void)
{
	struct ostrace_irq_info info = { .head = { sizeof(info), OSTRACE_IRQ_ABI } };
	struct ostrace_irq_stats stats = { .head = { sizeof(stats), OSTRACE_IRQ_ABI }, .cpu = -1 };
	struct ostrace_irq_knobs knobs = { .head = { sizeof(knobs), OSTRACE_IRQ_ABI } };
	struct ostrace_irq_record record;
	int node = open(file, O_RDONLY | O_NONBLOCK), ret = 0;

	if (node < 0)
		return -errno;
	if (ioctl(node, OSTRACE_IRQ_INFO, &info) || ioctl(node, OSTRACE_IRQ_STATS, &stats) ||
	    ioctl(node, OSTRACE_IRQ_GET_KNOBS, &knobs) ||
	    ioctl(node, OSTRACE_IRQ_SET_KNOBS, &knobs) ||
	    (read(node, &record, sizeof(record)) < 0 && errno != EAGAIN))
		ret = -errno;
	close(node);
	return ret;
}

static bool nothing(void)
{
	return true;
}

int main(int argc, char **argv)
{
	bool loading = argc >= 5 && !strcmp(argv[1], "load");
	int (*attempt)(void) = loading ? load : use;
	bool (*undo)(void) = loading ? unload : nothing;
	bool (*undone)(void) = loading ? unloaded : nothing;
	int step, nth, failures = 0, tolerated = 0, other = 0, left = 0, stuck = 0, ret, arming;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!loading && (argc != 4 || strcmp(argv[1], "node"))) {
		fprintf(stderr, "fail_nth load STEP NAME FILE.ko [PARAMETERS] | node STEP FILE\n");
		return 2;
	}
	step = atoi(argv[2]);
	name = argv[3];
	file = loading ? argv[4] : argv[3];
	if (loading && argc > 5)
		parameters = argv[5];
	fd = loading ? open(file, O_RDONLY | O_CLOEXEC) : -1;
	if (loading && fd < 0)
		die(file);
	arming = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (arming < 0)
		die("/proc/thread-self/fail-nth");

	for (nth = 1; nth < MOST; nth += step) {
		bool turn;

		arm(arming, nth);
		ret = attempt();
		turn = fired(arming);
		arm(arming, 0);
		if (!ret)
			stuck += !undo();
		left += !undone();
		if (!turn)
			break;
		if (!ret) {
			tolerated++;
		} else {
			failures++;
			if (ret != -ENOMEM && !other++)
				printf("# allocation %d: %s\n", nth, strerror(-ret));
		}
	}
	printf("# of %d allocations, every %d failed: %d failures (%d of them with other errors than ENOMEM), %d tolerated\n",
	       nth - 1, step, failures, other, tolerated);
	ok(nth < MOST && !ret, "without a failing allocation it works");
	ok(failures > 0, "with one it fails");
	ok(!left && !stuck, "and leaves nothing behind");
	return 0;
}
