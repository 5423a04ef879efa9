/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arithmetic of the scheduler, and nothing else: no state, no calls. The BPF
 * program, the module and the tests include it.
 *
 * Virtual time runs in nanoseconds of a task of nice 0 outside all cgroups. A
 * task's rate says how many of those it is charged for one nanosecond of CPU:
 * RATE_ONE for weight 1024, more for a lighter task. Times wrap; compare them
 * with sched_before() only.
 */
#ifndef _OSTRACE_SCHED_POLICY_H
#define _OSTRACE_SCHED_POLICY_H

#include "uapi/ostrace/sched.h"

#define SCHED_RATE_SHIFT 20
#define SCHED_RATE_ONE (1ULL << SCHED_RATE_SHIFT)
/* Charges stay below 2^63: 2^31 ns a time, at 2^32 / 2^20 virtual ns each. */
#define SCHED_RATE_MAX (1ULL << 32)
#define SCHED_RATE_MIN 16ULL
#define SCHED_DELTA_MAX ((1ULL << 31) - 1)

#define SCHED_WEIGHT_NICE0 1024U
#define SCHED_WEIGHT_IDLE 3U	/* SCHED_IDLE, cpu.idle */
#define SCHED_WEIGHT_MAX 88761U /* nice -20 */

#define SCHED_US 1000ULL
#define SCHED_MS 1000000ULL

/* A run this long between sleeps is no longer one of its class. */
#define SCHED_INTERACTIVE_RUN (1500 * SCHED_US)
#define SCHED_NORMAL_RUN (12 * SCHED_MS)
/* Longer runs count as this: what a task did long ago is forgotten soon. */
#define SCHED_RUN_CAP (16 * SCHED_MS)
/* A sleep halves the remembered run once for each of these. */
#define SCHED_FORGET (25 * SCHED_MS)

/* How far behind the clock a task that runs all the time may fall. */
#define SCHED_LAG_MAX (100 * SCHED_MS)
/* How far ahead one may get that was run out of turn. */
#define SCHED_LEAD_MAX (1000 * SCHED_MS)

static inline __attribute__((always_inline)) _Bool sched_before(__u64 a, __u64 b)
{
	return (__s64)(a - b) < 0;
}

static inline __attribute__((always_inline)) __u64 sched_later(__u64 a, __u64 b)
{
	return sched_before(a, b) ? b : a;
}

static inline __attribute__((always_inline)) __u64 sched_earlier(__u64 a, __u64 b)
{
	return sched_before(a, b) ? a : b;
}

/**
 * sched_nice_weight - the weight of a nice level, that of the kernel's own table
 * @nice: -20 .. 19, others are taken as the nearest
 *
 * (sched_prio_to_weight[] in kernel/sched/core.c: a step is 10 % of CPU, a factor
 * of 1.25.)
 */
static inline __attribute__((always_inline)) __u32 sched_nice_weight(__s32 nice)
{
	static const __u32 weight[40] = {
		88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
		9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
		1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
		110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
	};
	__u32 i = nice < -20 ? 0 : nice > 19 ? 39 : (__u32)(nice + 20);

	return i < 40 ? weight[i] : SCHED_WEIGHT_NICE0;
}

/** sched_cgroup_weight - a cpu.weight (1 .. 10000, 100 by default) in our unit */
static inline __attribute__((always_inline)) __u32 sched_cgroup_weight(__u32 cpu_weight)
{
	__u32 w;

	if (cpu_weight < 1)
		cpu_weight = 1;
	if (cpu_weight > 10000)
		cpu_weight = 10000;
	w = (cpu_weight * SCHED_WEIGHT_NICE0 + 50) / 100;
	return w ? w : 1;
}

static inline __attribute__((always_inline)) __u64 sched_rate_clamp(__u64 rate)
{
	return rate < SCHED_RATE_MIN ? SCHED_RATE_MIN :
	       rate > SCHED_RATE_MAX ? SCHED_RATE_MAX :
				       rate;
}

/** sched_rate - the rate of @weight at the top of the hierarchy */
static inline __attribute__((always_inline)) __u64 sched_rate(__u32 weight)
{
	return sched_rate_clamp((SCHED_RATE_ONE * SCHED_WEIGHT_NICE0) / (weight ? weight : 1));
}

/**
 * sched_rate_below - the rate inside a cgroup, from that of the level below
 * @rate: what it would be if the cgroup had all the CPU time it asks for
 * @load: the weights of what is runnable directly inside the cgroup
 * @weight: the cgroup's own
 *
 * What is inside shares @weight in the proportion of its weights: a task of
 * weight w has the effective weight w * @weight / @load, so its time is @load /
 * @weight times as dear. One call a level gives the product over all of them.
 */
static inline __attribute__((always_inline)) __u64 sched_rate_below(__u64 rate, __s64 load,
								    __u32 weight)
{
	/* load < 2^31 of weights up to 2^17: 2^14 tasks of nice -20 */
	__u64 l = load < 1 ? 1 : load > 0x7fffffff ? 0x7fffffff : (__u64)load;

	return sched_rate_clamp(rate * l / (weight ? weight : 1));
}

/** sched_charge - virtual time for @ns of CPU */
static inline __attribute__((always_inline)) __u64 sched_charge(__u64 ns, __u64 rate)
{
	if (ns > SCHED_DELTA_MAX)
		ns = SCHED_DELTA_MAX;
	/* in two parts: ns * rate may need 63 bits and no more */
	return (ns * rate) >> SCHED_RATE_SHIFT;
}

/** sched_slice - how long a task of @class may run at a time, @base for normal ones */
static inline __attribute__((always_inline)) __u64 sched_slice(__u32 class, __u64 base)
{
	return class == OSTRACE_SCHED_BATCH ? 2 * base : base;
}

/** sched_request - what a task of @class asks for at a time; a smaller one is served sooner */
static inline __attribute__((always_inline)) __u64 sched_request(__u32 class, __u64 base)
{
	return class == OSTRACE_SCHED_INTERACTIVE ? base / 4 :
	       class == OSTRACE_SCHED_BATCH	  ? 2 * base :
						    base;
}

/** sched_credit - how much of the time it slept through a task may still claim */
static inline __attribute__((always_inline)) __u64 sched_credit(__u32 class, __u64 base)
{
	/*
	 * An INTERACTIVE one's has to make it earlier than a BATCH task that waits:
	 * that may be a slice of its class and a tick behind the clock.
	 */
	return class == OSTRACE_SCHED_INTERACTIVE ? 4 * base :
	       class == OSTRACE_SCHED_NORMAL	  ? base :
						    0;
}

/** sched_deadline - when a task at @v should have had its request */
static inline __attribute__((always_inline)) __u64 sched_deadline(__u64 v, __u32 class, __u64 base,
								  __u64 rate)
{
	return v + sched_charge(sched_request(class, base), rate);
}

/**
 * sched_renew - the deadline of a task at @v that has one already
 * @old: that one
 *
 * It stands until the task had what it asked for, however often it is interrupted:
 * then it goes on where it stopped, instead of taking turns with its equals at every
 * interruption. A class or a rate that asks for less is heard at once.
 */
static inline __attribute__((always_inline)) __u64 sched_renew(__u64 v, __u64 old, __u32 class,
							       __u64 base, __u64 rate)
{
	__u64 next = sched_deadline(v, class, base, rate);

	return sched_before(v, old) ? sched_earlier(old, next) : next;
}

/** sched_place - where a task that slept comes back, the clock being at @now */
static inline __attribute__((always_inline)) __u64 sched_place(__u64 v, __u64 now, __u32 class,
							       __u64 base)
{
	return sched_later(v, now - sched_credit(class, base));
}

/**
 * sched_pass - where a clock stands after an exit of a task at @v that nobody answers for
 *
 * By half of what others may be behind it at a time: those that wait keep their order.
 */
static inline __attribute__((always_inline)) __u64 sched_pass(__u64 clock, __u64 v)
{
	return sched_later(clock, sched_earlier(v, clock + SCHED_LAG_MAX / 2));
}

/**
 * sched_repay - where a task stands that gets back what it has lent
 * @v: where it stands
 * @lent: how much that was
 * @floor: not before this, where it stands after a sleep
 */
static inline __attribute__((always_inline)) __u64 sched_repay(__u64 v, __u64 lent, __u64 floor)
{
	return sched_earlier(v, sched_later(v - lent, floor));
}

/**
 * sched_bequest - how far ahead of the clock an exiting task's parent is from now on
 * @lead: how far the task is, negative if behind
 * @rate: the task's
 * @heir: its parent's
 *
 * What it ran too much, at its parent's rate: an interactive shell need not pay like
 * the niced command that it waited for.
 */
static inline __attribute__((always_inline)) __s64 sched_bequest(__s64 lead, __u64 rate, __u64 heir)
{
	__u64 v;

	if (lead <= 0)
		return lead;
	if (lead > (__s64)SCHED_LEAD_MAX)
		lead = (__s64)SCHED_LEAD_MAX; /* < 2^30 */
	v = sched_charge(((__u64)lead << SCHED_RATE_SHIFT) / (rate ? rate : 1), heir);
	return (__s64)(v < SCHED_LEAD_MAX ? v : SCHED_LEAD_MAX);
}

/**
 * sched_preempts - should a task that wakes take the CPU from the one on it?
 * @class: its class
 * @cur_class: that of the running one
 * @slack: how much later the running one's deadline is
 * @ran: how long that one has run
 * @base: time slice of normal tasks
 * @stream: it was woken by a writer that does not sleep as a rule
 *
 * An earlier deadline it must be, and what does not care about latency never
 * interrupts. A batch task gives way at once: who is refused waits for a tick or for
 * the rest of the slice. A normal one may be in the middle of waking others, as a
 * sender of messages is: it gets to run for a moment first, or every message would
 * cost two switches. So does whoever runs beside a stream, from a writer that says it
 * is about to sleep, as all do, and has run on. Among equals the slice is honoured:
 * interactive ones will sleep before its end.
 */
static inline __attribute__((always_inline)) _Bool sched_preempts(__u32 class, __u32 cur_class,
								  __s64 slack, __u64 ran,
								  __u64 base, _Bool stream)
{
	if (class == OSTRACE_SCHED_BATCH || slack <= 0)
		return 0;
	if (class < cur_class)
		return (cur_class == OSTRACE_SCHED_BATCH && !stream) || ran > base / 4;
	return slack > (__s64)(base / 2) && ran > base;
}

/** sched_run_average - the remembered run after one of @run ns */
static inline __attribute__((always_inline)) __u64 sched_run_average(__u64 avg, __u64 run)
{
	if (run > SCHED_RUN_CAP)
		run = SCHED_RUN_CAP;
	return (avg + run) / 2;
}

/** sched_run_forget - the remembered run after a sleep of @slept ns */
static inline __attribute__((always_inline)) __u64 sched_run_forget(__u64 avg, __u64 slept)
{
	__u64 halves = slept / SCHED_FORGET;

	return halves > 31 ? 0 : avg >> halves;
}

/**
 * sched_class - the latency class of a task
 * @avg: its remembered run between sleeps
 * @run: the run it is in
 * @class: the class it has now; leaving one takes more than entering it
 */
static inline __attribute__((always_inline)) __u32 sched_class(__u64 avg, __u64 run, __u32 class)
{
	__u64 x = avg > run ? avg : run;
	__u64 interactive = SCHED_INTERACTIVE_RUN, normal = SCHED_NORMAL_RUN;

	if (class == OSTRACE_SCHED_INTERACTIVE)
		interactive += interactive / 2;
	else if (class == OSTRACE_SCHED_BATCH)
		normal -= normal / 4;
	return x < interactive ? OSTRACE_SCHED_INTERACTIVE :
	       x < normal      ? OSTRACE_SCHED_NORMAL :
				 OSTRACE_SCHED_BATCH;
}

#endif /* _OSTRACE_SCHED_POLICY_H */
