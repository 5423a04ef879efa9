// SPDX-License-Identifier: GPL-2.0
/*
 * Throws ioctls, reads and attribute writes at ostrace_irq: random, on the edge
 * of what is allowed, and nearly right.
 *
 *   irq_fuzz [CALLS [SEED [SECONDS]]]     default 1000000 calls, seed 1, no limit
 *
 * Looks only for what must never happen: an error that no document names, an
 * answer with a field out of range. What the kernel thinks of it is in its log.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "uapi/ostrace/irq.h"

#define NODE "/dev/ostrace_irq"
#define DIR "/sys/class/misc/ostrace_irq/"
#define NODES 4

static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dull;
}

static uint32_t below(uint32_t n)
{
	return rnd() % n;
}

static const uint32_t edges[] = {
	0,	    1,		2,	    3,		9,	  10,	    11,	       16,
	63,	    64,		65,	    255,	256,	  9999,	    10000,     10001,
	19999,	    20000,	20001,	    49999,	50000,	  50001,    500000,    500001,
	999999,	    1000000,	1000001,    9999999,	10000000, 10000001, 100000000, 100000001,
	0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
};

static uint32_t value(void)
{
	switch (below(4)) {
	case 0:
		return rnd();
	case 1:
		return below(100);
	default:
		return edges[below(sizeof(edges) / sizeof(*edges))];
	}
}

static const struct {
	unsigned long cmd;
	uint32_t size;
} requests[] = {
	{ OSTRACE_IRQ_INFO, sizeof(struct ostrace_irq_info) },
	{ OSTRACE_IRQ_DESCRIBE, sizeof(struct ostrace_irq_describe) },
	{ OSTRACE_IRQ_STATS, sizeof(struct ostrace_irq_stats) },
	{ OSTRACE_IRQ_STREAM, sizeof(struct ostrace_irq_stream) },
	{ OSTRACE_IRQ_GET_KNOBS, sizeof(struct ostrace_irq_knobs) },
	{ OSTRACE_IRQ_SET_KNOBS, sizeof(struct ostrace_irq_knobs) },
	{ OSTRACE_IRQ_FIRE, sizeof(struct ostrace_irq_fire) },
	{ OSTRACE_IRQ_STORM, sizeof(struct ostrace_irq_storm) },
};

#define NR_REQUESTS (sizeof(requests) / sizeof(*requests))

static int nodes[NODES];
static unsigned char *memory; /* two pages, the second not accessible */
static long page;
static unsigned long long calls, errors[256];

/* A structure that is right but for a field or two. */
static void nearly_right(unsigned int i, unsigned char *data)
{
	struct ostrace_irq_knobs *k = (void *)data;
	unsigned int m;

	memset(data, 0, requests[i].size);
	*(struct ostrace_irq_head *)data =
		(struct ostrace_irq_head){ requests[i].size, OSTRACE_IRQ_ABI };
	switch (requests[i].cmd) {
	case OSTRACE_IRQ_SET_KNOBS:
		k->mechs = below(2) ? rnd() & ((1 << OSTRACE_IRQ_NR_MECH) - 1) : value();
		k->rate = below(2) ? below(3000) : value();
		k->burst = below(2) ? 1 + below(64) : value();
		k->cpu = below(2) ? -1 : (int)below(4);
		for (m = 0; m < OSTRACE_IRQ_NR_MECH; m++) {
			k->work_ns[m] = below(4) ? 0 : below(20000);
			if (m >= OSTRACE_IRQ_THREAD && !below(4))
				k->sleep_ns[m] = below(200000);
		}
		break;
	case OSTRACE_IRQ_FIRE:
		((struct ostrace_irq_fire *)data)->count = below(4) ? below(200) : value();
		break;
	case OSTRACE_IRQ_STORM:
		((struct ostrace_irq_storm *)data)->ms = below(4) ? below(20) : value();
		break;
	default: /* mech and cpu, where a request has them, come next */
		((uint32_t *)data)[2] = below(4) ? below(OSTRACE_IRQ_NR_MECH) : value();
		if (requests[i].cmd == OSTRACE_IRQ_STATS)
			((uint32_t *)data)[3] = below(2) ? ~0u : below(4) ? below(2) : value();
	}
	if (!below(4)) /* spoil a word */
		((uint32_t *)data)[below(requests[i].size / 4)] = value();
}

static void judge(const char *what, long ret, int error)
{
	static const int expected[] = { EINVAL, EPERM,	EFAULT,	    ENOTTY,	    EBUSY,
					ENXIO,	ENODEV, ENOENT,	    ERANGE,	    EAGAIN,
					ENOMEM, EINTR,	EOPNOTSUPP, EPROTONOSUPPORT };
	unsigned int i;

	calls++;
	if (ret >= 0) {
		errors[0]++;
		return;
	}
	errors[error & 255]++;
	for (i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		if (error == expected[i])
			return;
	printf("not expected: %s: %s\n", what, strerror(error));
	exit(1);
}

static void check(unsigned long cmd, const void *data)
{
	const struct ostrace_irq_info *info = data;
	const struct ostrace_irq_stats *stats = data;

	if (cmd == OSTRACE_IRQ_INFO &&
	    (info->nr_mech != OSTRACE_IRQ_NR_MECH || info->state > 7 || info->reserved[0])) {
		printf("INFO: out of range\n");
		exit(1);
	}
	if (cmd == OSTRACE_IRQ_STATS && stats->handled > stats->raised + stats->dropped &&
	    stats->cpu == -1 && stats->mech != OSTRACE_IRQ_HARDIRQ) {
		printf("STATS: more handled than raised\n");
		exit(1);
	}
}

static void fuzz_ioctl(void)
{
	unsigned int i = below(NR_REQUESTS);
	unsigned long cmd = requests[i].cmd;
	unsigned char *data = memory + page - requests[i].size; /* ends with the page */
	unsigned int how = below(16), j;
	int fd = nodes[below(NODES)], ret;

	if (how < 12) {
		nearly_right(i, data);
	} else if (how < 14) {
		for (j = 0; j < requests[i].size; j++)
			data[j] = rnd();
		if (below(2))
			*(struct ostrace_irq_head *)data =
				(struct ostrace_irq_head){ requests[i].size, OSTRACE_IRQ_ABI };
	} else if (how == 14) {
		data += 1 + below(requests[i].size + 16); /* reaches into nothing */
	} else {
		cmd = below(2) ? cmd ^ (1ul << below(32)) : rnd();
		/* Generic requests of the file system are not ours to try. */
		if (((cmd >> 8) & 0xff) != OSTRACE_IRQ_IOC)
			cmd = (cmd & ~0xff00ul) | (OSTRACE_IRQ_IOC << 8);
		data = memory;
	}
	ret = ioctl(fd, cmd, data);
	judge("ioctl", ret, errno);
	if (!ret && how < 12)
		check(cmd, data);
}

static const char *const files[] = { "mechanisms", "rate",     "burst", "cpu",
				     "work_ns",	   "sleep_ns", "fire",	"storm_ms" };
static const char *const words[] = {
	"all",	       "none",	  "+bh",      "-wq",	"tasklet", "wq",
	"thread",      "hardirq", "any",      "-1",	"0",	   "1",
	"1k",	       "10",	  "20000",    "wq=1us", "bh=5us",  "tasklet=1",
	"=",	       "=1",	  "wq=",      "wq=1ms", "all=1",   "5us",
	"99999999999", "-0",	  "\n",	      ",",	" ",	   "+",
	"-",	       "\xff",	  "wq=100ms", "0x10",	"1M",	   "tasklet_hi=100us",
};

static void fuzz_sysfs(void)
{
	static int fds[sizeof(files) / sizeof(*files)];
	unsigned int f = below(sizeof(files) / sizeof(*files)), n = below(5), j;
	char buf[4096];
	size_t len = 0;
	long ret;

	if (!fds[f]) {
		snprintf(buf, sizeof(buf), DIR "%s", files[f]);
		fds[f] = open(buf, O_RDWR);
		if (fds[f] < 0) {
			perror(buf);
			exit(1);
		}
	}
	if (!below(8)) {
		ret = pread(fds[f], buf, sizeof(buf), 0);
	} else if (!below(8)) {
		len = below(sizeof(buf));
		for (j = 0; j < len; j++)
			buf[j] = rnd();
		ret = pwrite(fds[f], buf, len, 0);
	} else {
		for (j = 0; j < n; j++)
			len += snprintf(buf + len, 64, "%s%s", j ? " " : "",
					words[below(sizeof(words) / sizeof(*words))]);
		if (!below(3))
			len = snprintf(buf, 64, "%u\n", below(2) ? value() : below(50));
		ret = pwrite(fds[f], buf, len, 0);
	}
	judge(files[f], ret, errno);
}

static void fuzz_node(void)
{
	unsigned int i = below(NODES);
	long ret;

	switch (below(8)) {
	case 0:
		close(nodes[i]);
		nodes[i] = open(NODE, (below(2) ? O_RDWR : O_RDONLY) | O_NONBLOCK);
		judge("open", nodes[i], errno);
		break;
	case 1:
		ret = read(nodes[i], memory + page - below(200), below(400));
		judge("read", ret, errno);
		break;
	default:
		ret = read(nodes[i], memory, below(page));
		judge("read", ret, errno);
	}
}

int main(int argc, char **argv)
{
	unsigned long long wanted = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	time_t limit = argc > 3 ? time(NULL) + strtol(argv[3], NULL, 0) : 0;
	unsigned int i, e;

	state = seed * 0x9e3779b97f4a7c15ull + 1;
	page = sysconf(_SC_PAGESIZE);
	memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE))
		return 1;
	for (i = 0; i < NODES; i++) {
		nodes[i] = open(NODE, O_RDWR | O_NONBLOCK);
		if (nodes[i] < 0) {
			perror(NODE);
			return 1;
		}
	}
	while (calls < wanted && !(limit && calls % 1024 == 0 && time(NULL) >= limit)) {
		uint32_t what = below(100);

		if (what < 70)
			fuzz_ioctl();
		else if (what < 90)
			fuzz_sysfs();
		else
			fuzz_node();
	}
	printf("%llu calls, seed %llu:", calls, (unsigned long long)seed);
	for (e = 0; e < 256; e++)
		if (errors[e])
			printf(" %s %llu", e ? strerrorname_np(e) : "ok", errors[e]);
	printf("\n");
	return 0;
}
