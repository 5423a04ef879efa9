// SPDX-License-Identifier: GPL-2.0
/*
 * A shortage of memory in three containers: a leak; an innocent database, larger than the
 * leak will ever be; a herd of small processes that start all at once, each second anew.
 * Who puts an end to it, and when?
 *
 *   oom_peers machine|limit MB_PER_SECOND [COMMAND]
 *
 * What is short is the memory of the machine, or that of the cgroup above the three, which
 * has a limit then. A leak of 0 MiB a second is as fast as it can be, in huge pages.
 * COMMAND is run when all is well, just before the leak begins.
 *
 * Short of memory: less than a tenth is left of what processes can have, and of the swap if
 * there is one. One line says who was killed first, by the kernel's record of the signal,
 * and who else until a second after the leak or the database is gone and memory no longer
 * short; milliseconds from the first shortage to that signal (none, if memory was not short
 * before) and from the signal to memory no longer short (none: not within 10 s); the least
 * that was left of memory and swap before; the longest time in which the database, which
 * naps a millisecond at a time, got nothing done; the leak's MiB a second until one of the
 * two was gone. What it looks at itself, it looks at every 5 ms.
 * Status 0: the leak was killed first, and the database lives.
 */
#include "oom_vm.h"

#define TOP "peers"
#define HERD 40
#define POLL_MS 5
#define TRACING "/sys/kernel/tracing/instances/oom_peers"
#define LONGEST_MS 120000
#define SETTLE_MS 10000

enum { LEAK, DATABASE, HERD_PARENT, PROCS };

static struct proc procs[PROCS] = {
	{ .name = "leak", .cgroup = TOP "/leak" },
	{ .name = "database", .cgroup = TOP "/database" },
	{ .name = "herd", .cgroup = TOP "/herd" },
};

/* What the processes tell of themselves. */
static volatile struct {
	int database_ready;
	uint64_t pause_us; /* the longest of the database */
	size_t leaked;
	int herd_killed; /* children that did not end by themselves */
} *told;

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void leak(unsigned long rate)
{
	size_t size = 8192 * MB, at, step = rate ? rate * MB * POLL_MS / 1000 & ~4095ul : size;
	uint64_t next = now_us();
	char *m = map_anon(size);

	if (!rate && madvise(m, size, MADV_HUGEPAGE))
		die("madvise");
	for (at = 0; at < size; at += 4096) {
		m[at] = 1;
		told->leaked = at;
		if (at % step)
			continue;
		next += POLL_MS * 1000;
		while (now_us() < next)
			nap_ms(1);
	}
}

static void database(size_t mb)
{
	char *m = map_anon(mb * MB);
	uint64_t last, now;
	size_t at;

	if (madvise(m, mb * MB, MADV_POPULATE_WRITE))
		die("madvise");
	told->database_ready = 1;
	last = now_us();
	for (;;) /* it is used, a little at a time */
		for (at = 0; at < mb * MB; at += 64 * 4096) {
			m[at]++;
			now = now_us();
			if (now - last > told->pause_us)
				told->pause_us = now - last;
			last = now;
			nap_ms(1);
		}
}

/* One that lives for a second, in a megabyte. */
static void start_small(void)
{
	pid_t pid = fork();
	size_t at;
	char *m;

	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	m = map_anon(MB);
	for (at = 0; at < MB; at += 4096)
		m[at] = 1;
	nap_ms(1000);
	_exit(0);
}

static void herd(void)
{
	int status, i;

	for (;;) {
		for (i = 0; i < HERD; i++)
			start_small();
		while (wait(&status) > 0)
			if (WIFSIGNALED(status))
				told->herd_killed++;
	}
}

static void start(int i, unsigned long arg)
{
	procs[i].pid = fork();
	if (procs[i].pid < 0)
		die("fork");
	if (procs[i].pid)
		return;
	proc_become(&procs[i]);
	if (i == LEAK)
		leak(arg);
	else if (i == DATABASE)
		database(arg);
	else
		herd();
	_exit(0);
}

/* The text of a file that *FD keeps open: to read it again takes no memory. */
static const char *text_of(int *fd, const char *path)
{
	static char buf[4096];
	ssize_t len;

	if (!*fd)
		*fd = open(path, O_RDONLY | O_CLOEXEC);
	len = pread(*fd, buf, sizeof(buf) - 1, 0);
	if (len <= 0)
		die(path);
	buf[len] = '\0';
	return buf;
}

/* The number after KEY, given in KiB; in MiB. */
static unsigned long mb_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	if (!at)
		die(key);
	return strtoul(at + strlen(key), NULL, 10) / 1024;
}

static unsigned long memory_limit, swap_limit; /* of TOP, in MiB; 0: that of the machine */

struct state {
	unsigned long memory, swap; /* MiB left */
	bool is_short;
};

static struct state look(void)
{
	static int meminfo, memory, swap;
	unsigned long used, total = memory_limit, swap_total = swap_limit;
	const char *text;
	struct state s;

	if (!memory_limit) {
		text = text_of(&meminfo, "/proc/meminfo");
		s.memory = mb_after(text, "MemAvailable:");
		total = s.memory + mb_after(text, "AnonPages:");
		swap_total = mb_after(text, "SwapTotal:");
		s.swap = mb_after(text, "SwapFree:");
	} else {
		text = text_of(&memory, CGROUPS "/" TOP "/memory.current");
		used = strtoul(text, NULL, 10) / MB;
		s.memory = used < total ? total - used : 0;
		text = text_of(&swap, CGROUPS "/" TOP "/memory.swap.current");
		used = strtoul(text, NULL, 10) / MB;
		s.swap = used < swap_total ? swap_total - used : 0;
	}
	s.is_short = s.memory < total / 10 && s.swap <= swap_total / 10;
	return s;
}

/* Who has died, as bits; children of the herd count as it. */
static int dead(void)
{
	int bits = told->herd_killed ? 1 << HERD_PARENT : 0, i;

	for (i = 0; i < PROCS; i++)
		if (procs[i].pid && waitpid(procs[i].pid, NULL, WNOHANG) == procs[i].pid) {
			procs[i].pid = 0;
			bits |= 1 << i;
		}
	return bits;
}

/* Signals that end a process are recorded, with the time of CLOCK_MONOTONIC. */
static void record_signals(void)
{
	if (mkdir(TRACING, 0755) && errno != EEXIST)
		die(TRACING);
	must_write(TRACING "/trace", "");
	must_write(TRACING "/trace_clock", "mono");
	must_write(TRACING "/buffer_size_kb", "64");
	must_write(TRACING "/events/signal/signal_generate/filter", "sig == 9 || sig == 15");
	must_write(TRACING "/events/signal/signal_generate/enable", "1");
}

/* Who of the scene was sent the first of them and when, and who others, as bits. */
static int first_killed(uint64_t *when, int *others)
{
	FILE *f = fopen(TRACING "/trace", "r");
	int first = -1, i;
	double seconds;
	char line[512];

	*others = 0;
	if (!f)
		die(TRACING);
	while (fgets(line, sizeof(line), f)) {
		char *at = strstr(line, ": signal_generate:"), *comm = strstr(line, " comm=");

		if (!at || !comm)
			continue;
		*at = '\0';
		seconds = strtod(strrchr(line, ' '), NULL);
		for (i = 0; i < PROCS; i++) {
			size_t len = strlen(procs[i].name);

			if (strncmp(comm + 6, procs[i].name, len) || comm[6 + len] != ' ')
				continue;
			if (first < 0) {
				first = i;
				*when = (uint64_t)(seconds * 1e6);
			} else if (i != first) {
				*others |= 1 << i;
			}
		}
	}
	fclose(f);
	return first;
}

static void end(void)
{
	int i;

	cg_write(TOP, "cgroup.kill", "1");
	for (i = 0; i < PROCS; i++) {
		char path[256];

		proc_kill(&procs[i]);
		snprintf(path, sizeof(path), CGROUPS "/%s", procs[i].cgroup);
		while (rmdir(path) && errno == EBUSY)
			nap_ms(10);
	}
	rmdir(TRACING);
}

/* "none", if one of the two did not come or they came the other way round. */
static const char *milliseconds(char *buf, size_t size, uint64_t from, uint64_t to)
{
	if (!from || to < from)
		return "none";
	snprintf(buf, size, "%lu.%lu", (to - from) / 1000, (to - from) / 100 % 10);
	return buf;
}

int main(int argc, char **argv)
{
	unsigned long rate = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, mb, swap, kills;
	struct sched_param param = { .sched_priority = 50 };
	uint64_t begin, now, shortage = 0, killed = 0, over = 0, back = 0;
	size_t leaked = 0;
	struct state least = { .memory = -1ul }, s;
	char num[32], took[32], gone[32];
	int i, first, others, died = 0;
	static int meminfo;

	if (argc < 3)
		return 2;
	must_write("/proc/self/oom_score_adj", "-1000");
	told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		die("mmap");
	mb = mb_after(text_of(&meminfo, "/proc/meminfo"), "MemTotal:");
	swap = mb_after(text_of(&meminfo, "/proc/meminfo"), "SwapTotal:");
	if (!strcmp(argv[1], "limit")) {
		mb = memory_limit = mb * 6 / 10;
		swap_limit = mb / 5;
		snprintf(num, sizeof(num), "%luM", memory_limit);
		cg_write(TOP, "memory.max", num);
		snprintf(num, sizeof(num), "%luM", swap_limit);
		cg_write(TOP, "memory.swap.max", num);
	}
	for (i = 0; i < PROCS; i++)
		cg_make(procs[i].cgroup);
	/* So much that the leak, when all is full, is still the smaller one. */
	start(DATABASE, mb * (swap ? 60 : 45) / 100);
	start(HERD_PARENT, 0);
	while (!told->database_ready)
		nap_ms(100);
	nap_ms(2000);
	if (argc > 3 && system(argv[3]))
		die(argv[3]);
	/*
	 * To give back a file of the host takes memory: in a shortage the kernel has been seen
	 * to warn that it lacks that (7.3, virtio_fs_send_forget() in kswapd).
	 */
	must_write("/proc/sys/vm/drop_caches", "3");
	look();
	/* From here on it takes no memory, and is there in time. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE) ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param))
		die("real time");
	record_signals();
	told->pause_us = 0;
	start(LEAK, rate);
	kills = cg_event(TOP, "oom_kill");
	begin = now_us();
	do {
		nap_ms(POLL_MS);
		now = now_us();
		s = look();
		died |= dead();
		if (!shortage && s.is_short)
			shortage = now;
		if (!died && s.memory + s.swap < least.memory + least.swap)
			least = s;
		if (!over && died & (1 << LEAK | 1 << DATABASE)) {
			over = now;
			leaked = told->leaked;
		}
		if (s.is_short)
			back = 0;
		else if (!back && over)
			back = now;
	} while (now - begin < LONGEST_MS * 1000ul &&
		 !(over && now - over > (back ? 1000 : SETTLE_MS) * 1000ul));
	kills = cg_event(TOP, "oom_kill") - kills;
	first = first_killed(&killed, &others);
	printf("first: %s also:%s%s%s kill_ms: %s back_ms: %s left_mb: %lu swap_left_mb: %lu "
	       "pause_ms: %lu.%lu herd_killed: %d kernel_kills: %lu leak_mb_s: %lu\n",
	       first < 0 ? "nobody" : procs[first].name, others & 1 << LEAK ? " leak" : "",
	       others & 1 << DATABASE ? " database" : "", others & 1 << HERD_PARENT ? " herd" : "",
	       milliseconds(took, sizeof(took), shortage, killed),
	       milliseconds(gone, sizeof(gone), killed, back), least.memory, least.swap,
	       told->pause_us / 1000, told->pause_us / 100 % 10, told->herd_killed, kills,
	       over ? leaked / MB * 1000000 / (over - begin) : 0);
	end();
	return first == LEAK && !(others & 1 << DATABASE) ? 0 : 1;
}
