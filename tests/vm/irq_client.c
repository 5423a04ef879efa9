// SPDX-License-Identifier: GPL-2.0
/*
 * Drives /dev/ostrace_irq for the cases in the VM.
 *
 *   irq_client abi          check every request's rules; TAP on stdout
 *   irq_client stream N     fire N interrupts, read their records, check them
 *   irq_client slow N       fire N, read only afterwards: the losses must add up
 *   irq_client readers N    two readers at once, each sees everything
 *   irq_client table N      fire N with the knobs as they are, show what became
 *                           of them, with medians from the histograms
 *   irq_client victims N    fire N with the knobs as they are; who was interrupted:
 *                           "PID MECHANISM CONTEXT TIMES NS"
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi/ostrace/hist.h"
#include "uapi/ostrace/irq.h"

#define NODE "/dev/ostrace_irq"
#define ALL ((1u << OSTRACE_IRQ_NR_MECH) - 1)

static int tests;

static void __attribute__((format(printf, 2, 3))) ok(bool good, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	printf("%sok %d - ", good ? "" : "not ", ++tests);
	vprintf(format, ap);
	printf("\n");
	fflush(stdout);
	va_end(ap);
}

#define HEAD(x)                              \
	(x).head = (struct ostrace_irq_head) \
	{                                    \
		sizeof(x), OSTRACE_IRQ_ABI   \
	}

static int request(int fd, unsigned long cmd, void *data)
{
	return ioctl(fd, cmd, data) ? errno : 0;
}

static int fire(int fd, unsigned int n)
{
	struct ostrace_irq_fire f = { .count = n };

	HEAD(f);
	return request(fd, OSTRACE_IRQ_FIRE, &f);
}

static struct ostrace_irq_info info(int fd)
{
	struct ostrace_irq_info i = {};

	HEAD(i);
	if (request(fd, OSTRACE_IRQ_INFO, &i))
		abort();
	return i;
}

/* What the header says of each request. */
static const struct {
	const char *name;
	unsigned long cmd;
	size_t size, reserved, reserved_size;
	bool admin;
} requests[] = {
#define R(command, type, admin)                 \
	{ #command,                             \
	  OSTRACE_IRQ_##command,                \
	  sizeof(struct type),                  \
	  offsetof(struct type, reserved),      \
	  sizeof(((struct type *)0)->reserved), \
	  admin }
	R(INFO, ostrace_irq_info, false),	R(DESCRIBE, ostrace_irq_describe, false),
	R(STATS, ostrace_irq_stats, false),	R(STREAM, ostrace_irq_stream, false),
	R(GET_KNOBS, ostrace_irq_knobs, false), R(SET_KNOBS, ostrace_irq_knobs, true),
	R(FIRE, ostrace_irq_fire, true),	R(STORM, ostrace_irq_storm, true),
};

static void valid(unsigned char *data, size_t i)
{
	struct ostrace_irq_knobs *k = (void *)data;

	memset(data, 0, requests[i].size);
	*(struct ostrace_irq_head *)data =
		(struct ostrace_irq_head){ requests[i].size, OSTRACE_IRQ_ABI };
	if (requests[i].cmd == OSTRACE_IRQ_SET_KNOBS) {
		k->mechs = ALL;
		k->burst = 1;
		k->cpu = -1;
	}
	if (requests[i].cmd == OSTRACE_IRQ_FIRE)
		((struct ostrace_irq_fire *)data)->count = 1;
}

static void abi_common(int fd)
{
	unsigned char data[8192];
	struct ostrace_irq_head *head = (void *)data;
	size_t i, j;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		const char *name = requests[i].name;
		bool good = true;

		valid(data, i);
		ok(request(fd, requests[i].cmd, data) == 0, "%s: valid", name);
		valid(data, i);
		head->size--;
		ok(request(fd, requests[i].cmd, data) == EINVAL, "%s: wrong size", name);
		valid(data, i);
		head->abi++;
		ok(request(fd, requests[i].cmd, data) == EPROTONOSUPPORT, "%s: wrong ABI", name);
		for (j = 0; j < requests[i].reserved_size; j++) {
			valid(data, i);
			data[requests[i].reserved + j] = 1;
			good &= request(fd, requests[i].cmd, data) == EINVAL;
		}
		ok(good, "%s: reserved bytes must be zero", name);
		ok(request(fd, requests[i].cmd, NULL) == EFAULT, "%s: no memory there", name);
		valid(data, i);
		ok(request(fd, requests[i].cmd + 0x10000, data) == ENOTTY,
		   "%s: another size is another request", name);
		/* Nothing beyond the structure is written. */
		memset(data + requests[i].size, 0x5a, 64);
		valid(data, i);
		request(fd, requests[i].cmd, data);
		for (good = true, j = 0; j < 64; j++)
			good &= data[requests[i].size + j] == 0x5a;
		ok(good, "%s: writes no more than its size", name);
	}
}

/* Fields of the answer that the request came with as garbage must be set. */
static void abi_nothing_unset(int fd)
{
	struct ostrace_irq_describe d;
	struct ostrace_irq_stats s;
	struct ostrace_irq_info i;
	bool good = true;
	size_t n;

	memset(&d, 0xff, sizeof(d));
	memset(d.reserved, 0, sizeof(d.reserved));
	HEAD(d);
	d.mech = OSTRACE_IRQ_WQ;
	ok(!request(fd, OSTRACE_IRQ_DESCRIBE, &d) && !strcmp(d.name, "wq") && d.may_sleep == 1 &&
		   d.ctx == OSTRACE_IRQ_CTX_THREAD && !d.softirq[0],
	   "DESCRIBE: wq is a thread that may sleep");
	for (n = strlen(d.why); n < sizeof(d.why); n++)
		good &= !d.why[n];
	ok(good && d.why[0], "DESCRIBE: text is filled up with zeros");
	d.mech = OSTRACE_IRQ_NR_MECH;
	ok(request(fd, OSTRACE_IRQ_DESCRIBE, &d) == EINVAL, "DESCRIBE: no such mechanism");

	memset(&i, 0xff, sizeof(i));
	memset(i.reserved, 0, sizeof(i.reserved));
	HEAD(i);
	ok(!request(fd, OSTRACE_IRQ_INFO, &i) && i.nr_mech == OSTRACE_IRQ_NR_MECH &&
		   i.record_size == sizeof(struct ostrace_irq_record) && i.msi <= 1 &&
		   i.source <= OSTRACE_IRQ_SOURCE_SIM && i.storm_left_ns == 0,
	   "INFO: all set: %s", i.source_name);

	memset(&s, 0xff, sizeof(s));
	memset(s.reserved, 0, sizeof(s.reserved));
	HEAD(s);
	s.mech = OSTRACE_IRQ_TASKLET;
	s.cpu = 0;
	ok(!request(fd, OSTRACE_IRQ_STATS, &s) && s.latency.hist[OSTRACE_IRQ_SLOTS - 1] == 0,
	   "STATS: all set");
	s.cpu = i.nr_cpus;
	ok(request(fd, OSTRACE_IRQ_STATS, &s) == EINVAL, "STATS: no such CPU");
	s.cpu = -2;
	ok(request(fd, OSTRACE_IRQ_STATS, &s) == EINVAL, "STATS: nor that");
	s.cpu = -1;
	s.mech = 99;
	ok(request(fd, OSTRACE_IRQ_STATS, &s) == EINVAL, "STATS: no such mechanism");
}

static void settle(int fd)
{
	struct ostrace_irq_stats s = {};
	int m, tries;

	for (tries = 0; tries < 600; tries++) {
		bool busy = info(fd).owed > 0;

		for (m = 1; m < OSTRACE_IRQ_NR_MECH; m++) {
			memset(&s, 0, sizeof(s));
			HEAD(s);
			s.mech = m;
			s.cpu = -1;
			if (request(fd, OSTRACE_IRQ_STATS, &s))
				abort();
			busy |= s.raised != s.handled + s.dropped;
		}
		if (!busy)
			return;
		usleep(50000);
	}
}

static void abi_knobs_and_stats(int fd)
{
	struct ostrace_irq_knobs k = {}, back = {};
	struct ostrace_irq_stats all = {}, one;
	unsigned long long raised = 0, slots = 0;
	unsigned int cpu, slot;

	HEAD(k);
	HEAD(back);
	k.mechs = ALL;
	k.burst = 2;
	k.cpu = 0;
	k.work_ns[OSTRACE_IRQ_TASKLET] = 3000;
	k.sleep_ns[OSTRACE_IRQ_WQ] = 40000;
	ok(!request(fd, OSTRACE_IRQ_SET_KNOBS, &k) && !request(fd, OSTRACE_IRQ_GET_KNOBS, &back) &&
		   !memcmp(&k, &back, sizeof(k)),
	   "knobs read back");
	k.sleep_ns[OSTRACE_IRQ_TASKLET] = 1;
	ok(request(fd, OSTRACE_IRQ_SET_KNOBS, &k) == EOPNOTSUPP, "a tasklet may not sleep");
	k.sleep_ns[OSTRACE_IRQ_TASKLET] = 0;
	k.sleep_ns[OSTRACE_IRQ_MAX_MECH - 1] = 1;
	ok(request(fd, OSTRACE_IRQ_SET_KNOBS, &k) == EINVAL, "nor one that does not exist");
	k.sleep_ns[OSTRACE_IRQ_MAX_MECH - 1] = 0;
	k.cpu = 1 << 20;
	ok(request(fd, OSTRACE_IRQ_SET_KNOBS, &k) == ENXIO, "a CPU that is not there");
	request(fd, OSTRACE_IRQ_GET_KNOBS, &k);
	ok(!memcmp(&k, &back, sizeof(k)), "and nothing has changed");
	ok(fire(fd, 0) == EINVAL, "fire none");
	ok(fire(fd, OSTRACE_IRQ_MAX_FIRE + 1) == EINVAL, "fire too many");

	ok(fire(fd, 40) == 0, "fire 40");
	settle(fd);
	HEAD(all);
	all.mech = OSTRACE_IRQ_TASKLET;
	all.cpu = -1;
	request(fd, OSTRACE_IRQ_STATS, &all);
	for (cpu = 0; cpu < info(fd).nr_cpus; cpu++) {
		memset(&one, 0, sizeof(one));
		HEAD(one);
		one.mech = OSTRACE_IRQ_TASKLET;
		one.cpu = cpu;
		request(fd, OSTRACE_IRQ_STATS, &one);
		raised += one.raised;
	}
	for (slot = 0; slot < OSTRACE_IRQ_SLOTS; slot++)
		slots += all.latency.hist[slot];
	ok(raised == all.raised && raised >= 40, "the CPUs add up to the sum");
	ok(slots == all.handled && all.latency.count == slots && all.run.count == slots,
	   "the histogram has every interrupt");
	ok(all.run.sum / all.handled >= 1000 && all.run.max >= 3000,
	   "the work shows in the run time");
}

/* What this program sees when it has given up its privileges. */
static void abi_without_privilege(void)
{
	unsigned char data[8192];
	pid_t pid;
	int fd = open(NODE, O_RDWR), status;
	size_t i;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		int bad = setresuid(65534, 65534, 65534);

		for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
			valid(data, i);
			bad |= request(fd, requests[i].cmd, data) !=
			       (requests[i].admin ? EPERM : 0);
		}
		bad |= open(NODE, O_RDONLY) >= 0;
		_exit(bad);
	}
	waitpid(pid, &status, 0);
	close(fd);
	ok(status == 0, "without privilege an open node may be asked, and nothing changed");
}

/* Reads until all of n interrupts were seen or lost; returns what is wrong. */
static int read_all(int fd, unsigned int n, bool slow, unsigned long long *lost)
{
	static struct ostrace_irq_record recs[512];
	unsigned long long seen[OSTRACE_IRQ_NR_MECH] = {}, total = 0, gaps = 0, first = 0, next = 0;
	unsigned long long want = (unsigned long long)n * OSTRACE_IRQ_NR_MECH;
	struct ostrace_irq_stream s = {};
	int m, wrong = 0, i;

	HEAD(s);
	if (slow)
		settle(fd);
	while (total + gaps < want) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, 20000) <= 0) {
			printf("# nothing for 20 s after %llu of %llu\n", total, want);
			return 1;
		}
		got = read(fd, recs, sizeof(recs));
		if (got <= 0 || got % sizeof(*recs))
			return 1;
		for (i = 0; i < (int)(got / sizeof(*recs)); i++) {
			struct ostrace_irq_record *r = &recs[i];

			if (!total)
				first = next = r->pos;
			gaps += r->pos - next;
			next = r->pos + 1;
			total++;
			seen[r->mech % OSTRACE_IRQ_NR_MECH]++;
			wrong |= r->mech >= OSTRACE_IRQ_NR_MECH || r->ctx >= OSTRACE_IRQ_NR_CTX;
			wrong |= r->reserved != 0 || r->entry_ns > r->exit_ns ||
				 r->raise_ns > r->exit_ns;
		}
		if (slow) {
			/* Losses before the first record show only here. */
			request(fd, OSTRACE_IRQ_STREAM, &s);
			gaps = s.overrun;
		}
	}
	request(fd, OSTRACE_IRQ_STREAM, &s);
	*lost = s.overrun;
	if (s.overrun != gaps || s.pos != s.end) {
		printf("# overrun %llu, gaps %llu, pos %llu, end %llu, first %llu\n",
		       (unsigned long long)s.overrun, gaps, (unsigned long long)s.pos,
		       (unsigned long long)s.end, first);
		wrong = 1;
	}
	for (m = 0; !gaps && m < OSTRACE_IRQ_NR_MECH; m++)
		if (seen[m] != n) {
			printf("# mechanism %d: %llu of %u\n", m, seen[m], n);
			wrong = 1;
		}
	return wrong;
}

static struct ostrace_irq_stats stats(int fd, int mech)
{
	struct ostrace_irq_stats s = { .mech = mech, .cpu = -1 };

	HEAD(s);
	if (request(fd, OSTRACE_IRQ_STATS, &s))
		abort();
	return s;
}

/* The middle of the slot that has the given share of what came since before. */
static double percentile(const struct ostrace_irq_dist *now, const struct ostrace_irq_dist *before,
			 double share)
{
	double left = (now->count - before->count) * share;
	unsigned int slot;

	for (slot = 0; slot < OSTRACE_IRQ_SLOTS - 1; slot++) {
		left -= now->hist[slot] - before->hist[slot];
		if (left <= 0)
			break;
	}
	return (ostrace_hist_low(slot) + ostrace_hist_low(slot + 1)) / 2.0;
}

static void table(int fd, unsigned int n)
{
	struct ostrace_irq_stats before[OSTRACE_IRQ_NR_MECH], now;
	struct ostrace_irq_describe d = {};
	int m, c;

	for (m = 0; m < OSTRACE_IRQ_NR_MECH; m++)
		before[m] = stats(fd, m);
	if (n && fire(fd, n))
		abort();
	settle(fd);
	printf("%-11s %7s %7s %7s %9s %9s %9s  %s\n", "mechanism", "handled", "calls", "dropped",
	       "p50 us", "p99 us", "run us", "hard/softirq/ksoftirqd/thread");
	HEAD(d);
	for (m = 0; m < OSTRACE_IRQ_NR_MECH; m++) {
		d.mech = m;
		request(fd, OSTRACE_IRQ_DESCRIBE, &d);
		now = stats(fd, m);
		printf("%-11s %7llu %7llu %7llu %9.1f %9.1f %9.1f ", d.name,
		       now.handled - before[m].handled, now.entries - before[m].entries,
		       now.dropped - before[m].dropped,
		       percentile(&now.latency, &before[m].latency, 0.5) / 1000,
		       percentile(&now.latency, &before[m].latency, 0.99) / 1000,
		       percentile(&now.run, &before[m].run, 0.5) / 1000);
		for (c = 0; c < OSTRACE_IRQ_NR_CTX; c++)
			printf("%c%llu", c ? '/' : ' ', now.ctx[c] - before[m].ctx[c]);
		printf("\n");
	}
}

/* Adds up the records by process, mechanism and context, all of them few. */
static void victims(int fd, unsigned int n)
{
	static struct ostrace_irq_record recs[512];
	static struct {
		unsigned int pid, mech, ctx;
		unsigned long long times, ns;
	} sum[1024];
	unsigned int sums = 0, i, k;
	ssize_t got;

	if (fire(fd, n))
		abort();
	settle(fd);
	while ((got = read(fd, recs, sizeof(recs))) > 0)
		for (i = 0; i < got / sizeof(*recs); i++) {
			const struct ostrace_irq_record *r = &recs[i];

			for (k = 0; k < sums; k++)
				if (sum[k].pid == r->pid && sum[k].mech == r->mech &&
				    sum[k].ctx == r->ctx)
					break;
			if (k == sizeof(sum) / sizeof(*sum))
				abort();
			if (k == sums) {
				sum[sums].pid = r->pid;
				sum[sums].mech = r->mech;
				sum[sums++].ctx = r->ctx;
			}
			sum[k].times++;
			sum[k].ns += r->exit_ns - r->entry_ns;
		}
	for (k = 0; k < sums; k++)
		printf("%u %u %u %llu %llu\n", sum[k].pid, sum[k].mech, sum[k].ctx, sum[k].times,
		       sum[k].ns);
}

static void reset(int fd)
{
	struct ostrace_irq_knobs k = { .mechs = ALL, .burst = 1, .cpu = -1 };

	HEAD(k);
	if (request(fd, OSTRACE_IRQ_SET_KNOBS, &k))
		abort();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "abi";
	unsigned int n = argc > 2 ? strtoul(argv[2], NULL, 0) : 100;
	int fd = open(NODE, O_RDWR | O_NONBLOCK);
	unsigned long long lost = 0;
	char room[4096], byte;
	/* The compiler is not to know that nothing is there. */
	void *volatile nowhere = (void *)8;

	if (fd < 0) {
		perror(NODE);
		return 1;
	}
	if (!strcmp(what, "table")) {
		table(fd, n);
		return 0;
	}
	if (!strcmp(what, "victims")) {
		victims(fd, n);
		return 0;
	}
	reset(fd);
	if (!strcmp(what, "abi")) {
		abi_common(fd);
		settle(fd);
		close(fd);
		fd = open(NODE, O_RDWR | O_NONBLOCK);
		ok(read(fd, &byte, 1) == -1 && errno == EINVAL, "read: no room for a record");
		ok(read(fd, room, sizeof(room)) == -1 && errno == EAGAIN, "read: nothing there");
		ok(ioctl(fd, 0x1234) == -1 && errno == ENOTTY, "no such request");
		abi_nothing_unset(fd);
		abi_knobs_and_stats(fd);
		ok(read(fd, nowhere, sizeof(room)) == -1 && errno == EFAULT,
		   "read: no memory there");
		abi_without_privilege();
	} else if (!strcmp(what, "stream") || !strcmp(what, "slow")) {
		bool slow = what[1] == 'l';
		int wrong;

		if (fire(fd, n))
			return 1;
		wrong = read_all(fd, n, slow, &lost);
		ok(!wrong, "%u interrupts: every record read or counted as lost (%llu)", n, lost);
		ok(slow ? lost > 0 : lost == 0, slow ? "a late reader loses" : "none is lost");
	} else if (!strcmp(what, "readers")) {
		int other = open(NODE, O_RDWR | O_NONBLOCK), status;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (!pid)
			_exit(read_all(other, n, false, &lost));
		fire(fd, n);
		ok(!read_all(fd, n, false, &lost), "the first reader sees everything");
		waitpid(pid, &status, 0);
		ok(status == 0, "and so does the second");
	}
	reset(fd);
	printf("1..%d\n", tests);
	return 0;
}
