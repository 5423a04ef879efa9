// SPDX-License-Identifier: GPL-2.0
/*
 * How long a decision takes, by the number of candidates. Usage: oom_time TASKS
 * KILLS. One process of some size after the other is killed in a cgroup with that
 * many small ones. Prints p50 and p99 of: the choice (out_of_memory() to the
 * last score), the part of it in the module, and that by candidate, in ns.
 */
#include "oom_vm.h"

#define TOP "oomtime"

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t rank_of(uint64_t *v, int n, int percent)
{
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

int main(int argc, char **argv)
{
	struct proc big = { .name = "big", .cgroup = TOP "/big", .mb = 4, .adj = 900 };
	struct proc trigger = { .name = "trigger", .cgroup = TOP "/trigger" };
	int tasks = argc == 3 ? atoi(argv[1]) : 0, kills = argc == 3 ? atoi(argv[2]) : 0, i, fd,
	    n = 0;
	uint64_t *choice = calloc((size_t)kills, 8), *ours = calloc((size_t)kills, 8);
	uint64_t *each = calloc((size_t)kills, 8);
	const struct ostrace_oom_decision *d;
	char max[32];

	if (tasks < 1 || kills < 1 || !choice || !ours || !each)
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
	fd = open_records();
	for (i = 0; i < kills; i++) {
		proc_start(&big);
		snprintf(max, sizeof(max), "%lu", cg_number(TOP, "memory.current") + MB / 2);
		cg_write(TOP, "memory.max", max);
		trigger_start(&trigger, 64, 0, 8);
		waitpid(big.pid, NULL, 0);
		*stop_trigger = 1;
		nap_ms(5);
		proc_kill(&trigger);
		cg_write(TOP, "memory.max", "max");
		while ((d = next_record(fd)) && n < kills) {
			if ((int)d->considered < tasks)
				continue;
			choice[n] = d->choice_ns;
			ours[n] = d->policy_ns;
			each[n++] = d->policy_ns / d->considered;
		}
	}
	if (!n)
		return 1;
	printf("%d tasks, %d decisions: choice p50 %lu p99 %lu, module p50 %lu p99 %lu, by candidate p50 %lu p99 %lu ns\n",
	       tasks, n, rank_of(choice, n, 50), rank_of(choice, n, 99), rank_of(ours, n, 50),
	       rank_of(ours, n, 99), rank_of(each, n, 50), rank_of(each, n, 99));
	return 0;
}
