/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/stolen.bpf.c and tools/view_softirqs_stolen.c share: whom interrupts
 * took time from, and which ones. All CPUs write rows, with atomic operations; the
 * reader gives those of silent processes back.
 */
#ifndef _OSTRACE_STOLEN_H
#define _OSTRACE_STOLEN_H

#include "ostrace/irqs.h"

#define STOLEN_PROCS 4096 /* powers of two */
#define STOLEN_ROWS 16384

/* How a CPU came to run it. */
enum stolen_how {
	STOLEN_HARD,	  /* hard interrupt */
	STOLEN_EXIT,	  /* softirq, on the exit of an interrupt */
	STOLEN_BH_ENABLE, /* softirq, when bottom halves were enabled again */
	STOLEN_INLINE,	  /* softirq, one of these two: not known which */
	STOLEN_KSOFTIRQD, /* softirq, in ksoftirqd: taken from nobody, it has its turn */
	STOLEN_HOWS,
};

/* Which interrupt: how, and a number in that space. */
#define STOLEN_SOURCE(how, number) ((__u32)(how) << 24 | (__u32)(number))
#define STOLEN_SOURCE_HOW(source) ((__u32)(source) >> 24 & 7)
#define STOLEN_SOURCE_NUMBER(source) ((__u32)(source) & 0xffffff)
#define STOLEN_VECTOR (1 << 23) /* hard: enum irq_vector, not a line */

/* A process, as long as it is in one cgroup. */
struct stolen_proc {
	__u64 key; /* 0: free */
	__u32 ready;
	__u32 pid;     /* in the initial namespace; 0: the idle tasks */
	__u64 start;   /* of its first thread, CLOCK_BOOTTIME ns; 0 if idle */
	__u64 cgroup;  /* cgroup v2 id */
	char comm[16]; /* of its first thread */
};
#define STOLEN_LEAVING 1 /* key of a slot that the reader is about to free */

struct stolen_row {
	__u64 key; /* STOLEN_ROW_KEY(), 0: free */
	__u64 count;
	__u64 ns;
	struct ostrace_max max;
};
#define STOLEN_ROW_KEY(proc, source) (((__u64)(proc) + 1) << 32 | (source))

struct stolen_cpu {
	struct irq_frames stack;
	/* The last one interrupted here, and its slot. */
	__u64 task; /* thread id; ~0: none */
	__u64 task_start;
	__u64 task_cgroup;
	__u32 slot;
	__u32 gen;	    /* stolen_control.gen then */
	__u64 exits;	    /* of interrupts that this CPU is in */
	__u64 in_ksoftirqd; /* 1 + id of the thread that is in run_ksoftirqd() here */
	__u64 events;
	__u64 full; /* not attributed: no slot */
	__u64 align[6];
};

struct stolen_control {
	__u32 epoch; /* of maxima, cell.h */
	__u32 gen;   /* grows when slots are given back */
};

#endif /* _OSTRACE_STOLEN_H */
