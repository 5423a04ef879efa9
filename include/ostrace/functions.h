/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/function.bpf.c and tools/view_softirqs_functions.c share: a slot for
 * each function that ran as a tasklet or work item. Work items run
 * anywhere, in tasks that may be preempted, so slots are written by all CPUs with
 * atomic operations.
 */
#ifndef _OSTRACE_FUNCTIONS_H
#define _OSTRACE_FUNCTIONS_H

#include "ostrace/irqs.h"

#define FUNC_SLOTS 512 /* a power of two */
#define FUNC_NAME_SIZE 96
#define WQ_NAME_SIZE 32 /* WQ_NAME_LEN of kernel/workqueue.c, since 6.8 */

enum func_kind { FUNC_TASKLET, FUNC_BH_WORK, FUNC_WORK };

enum { FUNC_FREE, FUNC_CLAIMED, FUNC_READY };

struct func_slot {
	__u64 key;   /* 0: free */
	__u32 kind;  /* enum func_kind */
	__u32 state; /* the rest is valid when FUNC_READY */
	char name[FUNC_NAME_SIZE];
	char wq[WQ_NAME_SIZE]; /* the workqueue it first came from, if that was seen */
	struct ostrace_cell run;
	struct ostrace_cell wait; /* queued to running */
	__u64 untimed;		  /* ended, but not seen to begin */
};

/*
 * When something was queued, or a worker began: until it runs, or ends. Buckets
 * of STAMP_WAYS; what finds its bucket full replaces the oldest there.
 */
#define STAMP_BUCKETS 2048 /* a power of two */
#define STAMP_WAYS 8

struct stamp {
	__u64 key; /* 0: free */
	__u64 ns;
};

struct func_cpu {
	struct irq_frames stack;
	__u64 events;  /* runs of our programs but those of hard interrupts */
	__u64 full;    /* runs without a slot for the function */
	__u64 evicted; /* stamps replaced: as many durations are not known */
	__u64 align[3];
};

#endif /* _OSTRACE_FUNCTIONS_H */
