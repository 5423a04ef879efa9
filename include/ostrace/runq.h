/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/runq.bpf.c and tools/view_sched.c share: one pair of cells for each CPU,
 * written by that CPU only, and one for each process, written by all of them.
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
	struct runq_stat stat;
	__u64 lost; /* switches without room for the process */
	__u64 align[7];
};

enum { RUNQ_FREE, RUNQ_USED, RUNQ_DEAD };

struct runq_proc {
	__u32 state; /* RUNQ_*; the reader makes dead ones free */
	__u32 pid;
	__u64 cgroup;  /* where a thread of it ran last */
	char comm[16]; /* of its first thread */
	struct runq_stat stat;
};

struct runq_control {
	__u32 epoch;	 /* of maxima, cell.h */
	__u32 free_tail; /* ring of free slots: the reader puts here */
};

#endif /* _OSTRACE_RUNQ_H */
