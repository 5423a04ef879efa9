/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/runq.bpf.c and the sched view share: cells for each CPU, written by that
 * CPU only, and for each process, written by whatever CPU runs it.
 */
#ifndef _OSTRACE_RUNQ_H
#define _OSTRACE_RUNQ_H

#include "ostrace/cell.h"

#define RUNQ_PROCS 4096 /* slots for processes; a power of two */

struct runq_stat {
	struct ostrace_cell wait;  /* runnable to running */
	struct ostrace_cell slice; /* running, without a break */
	__u64 preempted;	   /* switched away from while still runnable */
	__u64 migrated;		   /* tasks that came from another CPU */
};

struct runq_cpu {
	struct runq_stat stat; /* of the tasks that the filter lets through */
	struct runq_stat all;  /* of all tasks; kept only when a program is followed */
	__u64 switches;	       /* those to and from the idle task too */
	__u64 lost;	       /* switches without room for the task or process */

	/* the task on it, so that nobody need be asked when it goes to sleep */
	__u64 since;  /* when it came */
	__u32 pid;    /* 0: none that was seen to come */
	__u32 slot;   /* of its process, + 1; 0: none */
	__u32 counts; /* the filter lets it through */
	__u32 pad;
	__u64 align[3];
};

/* What is remembered of a task, in its storage. */
struct runq_task {
	__u64 waits_since; /* CLOCK_MONOTONIC, if it waits; 0: was not seen to begin */
	__u32 cpu;	   /* on which it ran last, + 1; 0: not seen */
	__u32 slot;	   /* of its process, + 1; 0: not known */
	__u32 mine;	   /* the program that is followed, or born of it */
	__u32 pad;
};

enum { RUNQ_FREE, RUNQ_USED, RUNQ_DEAD };

struct runq_proc {
	__u32 state; /* RUNQ_*; the reader makes dead ones free */
	__u32 pid;
	__u32 exec_id; /* that comm is from */
	__u32 threads; /* was seen with more than one */
	__u64 cgroup;  /* where a thread of it ran last */
	char comm[16]; /* of its first thread */
	struct runq_stat stat;
};

struct runq_control {
	__u32 epoch;	 /* of maxima, cell.h */
	__u32 free_tail; /* ring of free slots: the reader puts here */
};

#endif /* _OSTRACE_RUNQ_H */
