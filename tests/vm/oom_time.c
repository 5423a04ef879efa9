// SPDX-License-Identifier: GPL-2.0
/*
 * How long a decision takes, by the number of candidates, with the module and
 * without. Usage: oom_time TASKS ROUNDS RULES WAY...
 *
 * In each round one process is killed in a cgroup with TASKS small ones, once for
 * each WAY: alone (without the module), off, audit, enforce, or the file of a BPF
 * policy (enforced). The ways take turns, so that a busy host slows them alike.
 * Measured from out_of_memory() to oom_kill_process(), by kprobes of the kernel's
 * own tracing, which are the same for all. A line for each way: p50 and p99 of the
 * choice, the same of the part in the module as it says itself, and how long the
 * choice took beside "alone" (medians), for each candidate too.
 */
#include "oom_vm.h"

#define TOP "oomtime"
#define TRACING "/sys/kernel/tracing"
#define EVENTS TRACING "/kprobe_events"
#define INSTANCE TRACING "/instances/oomtime"
#define ROUNDS_MAX 1000
#define WAYS_MAX 8

struct way {
	const char *name;
	uint64_t choice[ROUNDS_MAX], ours[ROUNDS_MAX];
	int n, nours;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t rank_of(uint64_t *v, int n, int percent)
{
	if (!n)
		return 0;
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return v[(n - 1) * percent / 100];
}

/* A process that costs as little as can be. */
static void start_small(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must_write(CGROUPS "/" TOP "/small/cgroup.procs", "0");
	for (;;)
		pause();
}

/* What tracefs clears when it is opened so. */
static void clear(const char *path)
{
	close(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static void trace_on(void)
{
	must_write(EVENTS, "p:oomtime/oomtime_begin out_of_memory\n"
			   "p:oomtime/oomtime_end oom_kill_process\n");
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		die(INSTANCE);
	must_write(INSTANCE "/trace_clock", "mono");
	must_write(INSTANCE "/events/oomtime/enable", "1");
}

static void trace_off(void)
{
	file_write(INSTANCE "/events/oomtime/enable", "0");
	rmdir(INSTANCE);
	clear(EVENTS);
}

/* Nanoseconds, from the line of an event: "… 123.456789: NAME: …" */
static uint64_t stamp_of(const char *line, const char *name)
{
	const char *p = strstr(line, name);

	if (!p || p - line < 3)
		return 0;
	for (p -= 3; p > line && p[-1] != ' '; p--)
		;
	return (uint64_t)(strtod(p, NULL) * 1e6 + 0.5) * 1000;
}

/* Of the decision that killed: calls that find a victim still dying have no end. */
static uint64_t choice_of_trace(void)
{
	uint64_t begin = 0, ns = 0, t;
	FILE *f = fopen(INSTANCE "/trace", "r");
	char line[512];

	if (!f)
		die(INSTANCE "/trace");
	while (fgets(line, sizeof(line), f)) {
		t = stamp_of(line, "oomtime_begin");
		if (t)
			begin = t;
		t = stamp_of(line, "oomtime_end");
		if (t && begin && !ns)
			ns = t - begin;
	}
	fclose(f);
	clear(INSTANCE "/trace");
	return ns;
}

static void run(const char *cmd)
{
	if (system(cmd)) {
		printf("Bail out! %s\n", cmd);
		exit(99);
	}
}

/* The machine as this way has it; the records' file or -1. */
static int set_up(const char *way, const char *rules)
{
	bool bpf = strchr(way, '/');
	char cmd[512];
	int i;

	if (!strcmp(way, "alone")) {
		/* The BPF core lets go of the module a little later. */
		for (i = 0;
		     i < 600 && !access(MODE, F_OK) && system("rmmod ostrace_oom 2>/dev/null"); i++)
			nap_ms(50);
		return -1;
	}
	if (access(MODE, F_OK)) {
		snprintf(cmd, sizeof(cmd), "modprobe ostrace_oom rules_file=%s", rules);
		run(cmd);
		/*
		 * The kernel makes a jump of a probe a little later, and says that it did
		 * so before. Nothing but the numbers depends on this.
		 */
		nap_ms(2000);
	}
	set_mode(bpf ? "enforce" : way);
	if (bpf) {
		snprintf(cmd, sizeof(cmd), "ostrace oom attach %s >/dev/null", way);
		run(cmd);
	}
	return open_records();
}

static void tear_down(const char *way, int fd)
{
	if (fd >= 0)
		close(fd);
	if (strchr(way, '/'))
		run("ostrace oom detach");
}

static void kill_one(struct way *w, const char *rules, int tasks)
{
	struct proc big = { .name = "big", .cgroup = TOP "/big", .mb = 4, .adj = 900 };
	struct proc trigger = { .name = "trigger", .cgroup = TOP "/trigger" };
	const struct ostrace_oom_decision *d;
	int fd = set_up(w->name, rules);
	uint64_t ns;
	char max[32];

	proc_start(&big);
	snprintf(max, sizeof(max), "%lu", cg_number(TOP, "memory.current") + MB / 2);
	cg_write(TOP, "memory.max", max);
	trigger_start(&trigger, TOP, 64, 0, 8);
	waitpid(big.pid, NULL, 0);
	*stop_trigger = 1;
	nap_ms(5);
	proc_kill(&trigger);
	cg_write(TOP, "memory.max", "max");
	ns = choice_of_trace();
	if (ns)
		w->choice[w->n++] = ns;
	while (fd >= 0 && (d = next_record(fd)) && w->nours < ROUNDS_MAX)
		if ((int)d->considered >= tasks)
			w->ours[w->nours++] = d->policy_ns;
	tear_down(w->name, fd);
}

static void report(struct way *w, int tasks, uint64_t alone)
{
	uint64_t p50 = rank_of(w->choice, w->n, 50);
	const char *name = strrchr(w->name, '/');

	printf("%d tasks, %s: %d decisions, choice p50 %lu p99 %lu us, a candidate %lu ns", tasks,
	       name ? name + 1 : w->name, w->n, p50 / 1000, rank_of(w->choice, w->n, 99) / 1000,
	       p50 / (uint64_t)tasks);
	if (alone)
		printf(", %.2f times alone", (double)p50 / (double)alone);
	if (w->nours)
		printf("; module p50 %lu p99 %lu us, a candidate %lu ns",
		       rank_of(w->ours, w->nours, 50) / 1000, rank_of(w->ours, w->nours, 99) / 1000,
		       rank_of(w->ours, w->nours, 50) / (uint64_t)tasks);
	putchar('\n');
}

int main(int argc, char **argv)
{
	static struct way ways[WAYS_MAX];
	int tasks = argc > 4 ? atoi(argv[1]) : 0, rounds = argc > 4 ? atoi(argv[2]) : 0, i, r;
	int nways = argc - 4, bad = 0;
	uint64_t alone = 0;

	if (tasks < 1 || rounds < 1 || rounds > ROUNDS_MAX || nways < 1 || nways > WAYS_MAX)
		return 2;
	must_write("/proc/self/oom_score_adj", "-1000");
	must_write(CGROUPS "/cgroup.subtree_control", "+memory");
	cg_make_inner(TOP);
	cg_make(TOP "/small");
	cg_make(TOP "/big");
	cg_make(TOP "/trigger");
	cg_write(TOP, "memory.max", "max");
	must_write("/proc/self/oom_score_adj", "0");
	for (i = 0; i < tasks; i++)
		start_small();
	must_write("/proc/self/oom_score_adj", "-1000");
	trace_on();
	for (i = 0; i < nways; i++)
		ways[i].name = argv[4 + i];
	for (r = 0; r < rounds; r++)
		for (i = 0; i < nways; i++)
			kill_one(&ways[i], argv[3], tasks);
	trace_off();
	set_up("alone", NULL);
	for (i = 0; i < nways; i++) {
		report(&ways[i], tasks, alone);
		if (!strcmp(ways[i].name, "alone"))
			alone = rank_of(ways[i].choice, ways[i].n, 50);
		bad += !ways[i].n;
	}
	return bad;
}
