// SPDX-License-Identifier: GPL-2.0
/* The rules of `ostrace explain`, one table. Their help is the manual page's. */
#include <stdio.h>
#include <string.h>
#include "explain.h"
#include "format.h"

#define MS 1e6

/* What of a call's time can be had back; in the order of the table's columns. */
static const struct cause {
	const char *key, *slow, *words;
} causes[] = {
	{ "throttle_ns", "slow_throttle_ns", "memory.high throttle" },
	{ "reclaim_ns", "slow_reclaim_ns", "memory reclaim" },
	{ "ready_ns", "slow_ready_ns", "run-queue wait" },
	{ "interrupted_ns", "slow_interrupted_ns", "interrupts" },
};

enum { BY_THROTTLE, BY_RECLAIM, NO_CPU, BY_IRQ, NCAUSES };

/*
 * The largest cause is what a call is reported for, so that one call makes one
 * sentence; it says the others, too.
 */
static double call_lost(const struct rule *rule, const struct snapshot *s,
			const struct snapshot_table *t, const struct row *r)
{
	uint64_t mine = snapshot_u64(t, r, causes[rule->arg].key), sum = 0, v;
	int i;

	for (i = 0; i < NCAUSES; i++) {
		v = snapshot_u64(t, r, causes[i].key);
		if (v > mine || (v == mine && i < rule->arg))
			return 0;
		sum += v;
	}
	/* A call that mostly sleeps as it should is not slow because of a tenth. */
	if (sum < snapshot_u64(t, r, "total_ns") / 10)
		return 0;
	return snapshot_per_second(s, sum);
}

/* "62 % memory.high throttle, 21 % run-queue wait", the largest first. */
static void say_shares(const struct snapshot_table *t, const struct row *r, bool slow, char *buf,
		       size_t n)
{
	uint64_t part[NCAUSES], total = 0;
	size_t len = 0;
	int i, k;

	for (i = 0; i < NCAUSES; i++)
		part[i] = snapshot_u64(t, r, slow ? causes[i].slow : causes[i].key);
	total = snapshot_u64(t, r, slow ? "slow_ns" : "total_ns");
	*buf = 0;
	for (k = 0; total && k < NCAUSES; k++) {
		int max = 0;

		for (i = 1; i < NCAUSES; i++)
			if (part[i] > part[max])
				max = i;
		if (part[max] * 100 < total || len >= n)
			return;
		len += snprintf(buf + len, n - len, "%s%.0f %% %s", len ? ", " : "",
				100.0 * (double)part[max] / (double)total, causes[max].words);
		part[max] = 0;
	}
}

static void say_call(const struct rule *rule, const struct snapshot *s,
		     const struct snapshot_table *t, const struct row *r, char *buf, size_t n)
{
	char p99[16], all[160], slow[160];

	format_ns(p99, sizeof(p99), snapshot_u64(t, r, "p99_ns"), s->utf8);
	say_shares(t, r, false, all, sizeof(all));
	say_shares(t, r, true, slow, sizeof(slow));
	if (*slow)
		snprintf(buf, n, "p99 of %s is %s: %s in the slowest calls; %s in all of them",
			 snapshot_text(t, r, "name"), p99, slow, all);
	else
		snprintf(buf, n, "p99 of %s is %s: %s", snapshot_text(t, r, "name"), p99, all);
}

static double column_lost(const struct snapshot *s, const struct snapshot_table *t,
			  const struct row *r, const char *key)
{
	return snapshot_per_second(s, snapshot_u64(t, r, key));
}

static double task_waits(const struct rule *rule, const struct snapshot *s,
			 const struct snapshot_table *t, const struct row *r)
{
	/* Many short waits are how a CPU is shared; a few ms are felt. */
	if (snapshot_u64(t, r, "wait_p99_ns") < 5 * MS)
		return 0;
	return column_lost(s, t, r, "wait_ns");
}

static void say_task_waits(const struct rule *rule, const struct snapshot *s,
			   const struct snapshot_table *t, const struct row *r, char *buf, size_t n)
{
	char p99[16], lost[16];

	format_ns(p99, sizeof(p99), snapshot_u64(t, r, "wait_p99_ns"), s->utf8);
	format_ns(lost, sizeof(lost), (uint64_t)column_lost(s, t, r, "wait_ns"), s->utf8);
	snprintf(buf, n,
		 "%s (%llu) waited for a CPU %s of each second, 1 %% of its waits %s or more",
		 snapshot_text(t, r, "comm"), (unsigned long long)snapshot_u64(t, r, "pid"), lost,
		 p99);
}

static double softirq_waits(const struct rule *rule, const struct snapshot *s,
			    const struct snapshot_table *t, const struct row *r)
{
	uint64_t count = snapshot_u64(t, r, "count");

	if (snapshot_u64(t, r, "latency_p99_ns") < 4 * MS)
		return 0;
	return snapshot_per_second(s, count * snapshot_u64(t, r, "latency_avg_ns"));
}

static void say_softirq_waits(const struct rule *rule, const struct snapshot *s,
			      const struct snapshot_table *t, const struct row *r, char *buf,
			      size_t n)
{
	char p99[16];

	format_ns(p99, sizeof(p99), snapshot_u64(t, r, "latency_p99_ns"), s->utf8);
	snprintf(buf, n,
		 "softirq %s starts late: 1 %% of its runs %s or more after they were raised",
		 snapshot_text(t, r, "vector"), p99);
}

static double softirq_runs(const struct rule *rule, const struct snapshot *s,
			   const struct snapshot_table *t, const struct row *r)
{
	return column_lost(s, t, r, "total_ns");
}

static void say_softirq_runs(const struct rule *rule, const struct snapshot *s,
			     const struct snapshot_table *t, const struct row *r, char *buf,
			     size_t n)
{
	snprintf(buf, n, "softirq %s takes %.0f %% of a CPU", snapshot_text(t, r, "vector"),
		 column_lost(s, t, r, "total_ns") / 1e7);
}

static double major_faults(const struct rule *rule, const struct snapshot *s,
			   const struct snapshot_table *t, const struct row *r)
{
	return strcmp(snapshot_text(t, r, "class"), "major") ? 0 : column_lost(s, t, r, "total_ns");
}

static void say_major_faults(const struct rule *rule, const struct snapshot *s,
			     const struct snapshot_table *t, const struct row *r, char *buf,
			     size_t n)
{
	char p99[16], lost[16];

	format_ns(p99, sizeof(p99), snapshot_u64(t, r, "p99_ns"), s->utf8);
	format_ns(lost, sizeof(lost), (uint64_t)column_lost(s, t, r, "total_ns"), s->utf8);
	snprintf(buf, n, "major page faults (%s) took %s of each second, p99 %s",
		 snapshot_text(t, r, "kind"), lost, p99);
}

static double memory_waits(const struct rule *rule, const struct snapshot *s,
			   const struct snapshot_table *t, const struct row *r)
{
	return column_lost(s, t, r, "wait_ns");
}

static void say_memory_waits(const struct rule *rule, const struct snapshot *s,
			     const struct snapshot_table *t, const struct row *r, char *buf,
			     size_t n)
{
	double total = (double)snapshot_u64(t, r, "wait_ns");
	char lost[16];

	format_ns(lost, sizeof(lost), (uint64_t)memory_waits(rule, s, t, r), s->utf8);
	snprintf(buf, n,
		 "%s (%llu) waited for memory %s of each second: %.0f %% asleep above memory.high, "
		 "%.0f %% reclaiming",
		 snapshot_text(t, r, "comm"), (unsigned long long)snapshot_u64(t, r, "pid"), lost,
		 100 * (double)snapshot_u64(t, r, "sleep_ns") / total,
		 100 * (double)snapshot_u64(t, r, "reclaim_ns") / total);
}

#define CALL .view = "syscalls", .table = "where", .lost = call_lost, .say = say_call

const struct rule rules[] = {
	{ "call_throttled", CALL, .least = 10 * MS, .arg = BY_THROTTLE,
	  .looks_at = "calls throttled by memory.high",
	  .help = "Calls wait inside the kernel because their cgroup is above its memory.high. The "
		  "kernel makes them sleep so that reclaim keeps up: raise memory.high, or give the "
		  "group less to remember. Told when a tenth of the call's time can be had back." },
	{ "call_reclaims", CALL, .least = 10 * MS, .arg = BY_RECLAIM,
	  .looks_at = "calls that reclaim memory",
	  .help = "Calls free memory themselves before they get some, because the cgroup is at a "
		  "limit or the machine has none left." },
	{ "call_no_cpu", CALL, .least = 20 * MS, .arg = NO_CPU,
	  .looks_at = "calls ready to run that have no CPU",
	  .help = "Calls could go on, but other tasks have the CPU: the machine has too few for "
		  "what runs on it, a cpu.max quota or affinity is too narrow, or a priority is "
		  "too low. `ostrace sched` says who waits." },
	{ "call_interrupted", CALL, .least = 10 * MS, .arg = BY_IRQ,
	  .looks_at = "calls under interrupts",
	  .help = "Interrupts and softirqs run on top of calls. `ostrace softirqs` says which." },
	{ "task_no_cpu", .view = "sched", .table = "processes", .least = 50 * MS,
	  .lost = task_waits, .say = say_task_waits, .looks_at = "processes that wait for a CPU",
	  .help = "A process is ready, but does not run, for 5 ms or more in one of a hundred "
		  "waits, and for a twentieth of the time in all." },
	{ "softirq_late", .view = "softirqs", .table = "vectors", .least = 1 * MS,
	  .lost = softirq_waits, .say = say_softirq_waits, .looks_at = "softirqs that start late",
	  .help = "One of a hundred runs of a softirq starts 4 ms or more after it was raised: "
		  "packets, timers or completed I/O lie about so long. Usually ksoftirqd has taken "
		  "over, which is a task among others." },
	{ "softirq_busy", .view = "softirqs", .table = "vectors", .least = 200 * MS,
	  .lost = softirq_runs, .say = say_softirq_runs,
	  .looks_at = "softirqs that take much of a CPU",
	  .help = "A softirq vector runs for a fifth of a CPU or more, which nobody's CPU time "
		  "shows." },
	{ "major_faults", .view = "faults", .table = "kinds", .least = 10 * MS,
	  .lost = major_faults, .say = say_major_faults,
	  .looks_at = "page faults that read from disk or swap",
	  .help = "Memory that a program touches has to be read first: the page cache or memory is "
		  "too small for what is in use, or the program has just started." },
	{ "memory_waits", .view = "memory", .table = "processes", .least = 10 * MS,
	  .lost = memory_waits, .say = say_memory_waits,
	  .looks_at = "processes that wait for memory",
	  .help = "A process sleeps or reclaims because of a memory limit, on the way back from a "
		  "call or a page fault as well, where no call's duration shows it." },
	{ .key = NULL },
};
