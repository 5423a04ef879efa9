/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What ostrace_sched.ko tells its readers: /sys/kernel/ostrace_sched/counters.
 *
 * The file holds one struct ostrace_sched_header; one struct ostrace_sched_counters
 * for all CPUs together; and one for each possible CPU. The first two fit one
 * read() of a page, as sysfs gives at a time. Counters only grow while the same
 * scheduler runs; header.started tells since when it does, and changes when they
 * begin afresh.
 *
 * Readers that know an older layout of the same ABI number find what they know
 * at the same offsets: new members go to the end of a struct, and the sizes in
 * the header say where the next one begins.
 */
#ifndef _UAPI_OSTRACE_SCHED_H
#define _UAPI_OSTRACE_SCHED_H

#ifndef __VMLINUX_H__ /* BPF programs have these types from there */
#include <linux/types.h>
#endif

#define OSTRACE_SCHED_ABI 1

/* Slots of a histogram: OSTRACE_HIST_SLOTS of ostrace/hist.h, which has the scheme. */
#define OSTRACE_SCHED_SLOTS 160

/* Latency classes. */
enum {
	OSTRACE_SCHED_INTERACTIVE, /* short runs between sleeps */
	OSTRACE_SCHED_NORMAL,
	OSTRACE_SCHED_BATCH, /* uses what it is given */
	OSTRACE_SCHED_CLASSES,
};

/* Time from becoming runnable, or from losing the CPU, to running. */
struct ostrace_sched_wait {
	__u64 count;
	__u64 sum; /* ns */
	__u64 max;
	__u64 slot[OSTRACE_SCHED_SLOTS];
};

struct ostrace_sched_counters {
	__u64 idle;	  /* placed on an idle CPU as they woke */
	__u64 preempted;  /* placed on a busy CPU as they woke: its task had to go */
	__u64 queued;	  /* put into the queue of a cache domain */
	__u64 pinned;	  /* put into the queue of one CPU: limited affinity */
	__u64 kept;	  /* slice over, and still the one to run */
	__u64 dispatched; /* taken from the own domain's or CPU's queue */
	__u64 stolen;	  /* taken from another CPU's or domain's queue */
	__u64 aged;	  /* run out of turn: waited for longer than the bound */
	__u64 kicks;	  /* idle CPUs told to look */
	__u64 class_changes;
	__u64 requeued; /* lost their place to a real-time task, queued again */
	__u64 next;	/* had the CPU as soon as who ran there slept, past the queues */
	__u64 reserved[4];
	struct ostrace_sched_wait wait[OSTRACE_SCHED_CLASSES];
};

struct ostrace_sched_header {
	__u32 abi;	     /* OSTRACE_SCHED_ABI */
	__u32 size;	     /* of this header */
	__u32 counters_size; /* of each struct ostrace_sched_counters */
	__u32 ncpus;
	__u64 started;	       /* CLOCK_MONOTONIC ns; 0: not running */
	__u64 cgroups_full;    /* cgroups scheduled as part of their parent: no room */
	__u64 cpu_max_ignored; /* cgroups whose cpu.max is not enforced */
};

#endif /* _UAPI_OSTRACE_SCHED_H */
