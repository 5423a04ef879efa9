/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/softirq.bpf.c and tools/view_softirqs_vectors.c share: per CPU, one pair of
 * cells for each softirq vector. Written by that CPU only.
 */
#ifndef _OSTRACE_SOFTIRQ_H
#define _OSTRACE_SOFTIRQ_H

#include "ostrace/irqs.h"

#define SOFT_VECTORS 16 /* NR_SOFTIRQS is 10; room to grow */

struct soft_cell {
	struct ostrace_cell run;  /* entry to exit, less hard interrupts inside */
	struct ostrace_cell wait; /* oldest raise to entry */
	__u64 raised;		  /* raises, also of a vector already pending */
	__u64 thread_count;	  /* runs in ksoftirqd (or another softirq thread) */
	__u64 thread_ns;
	__u64 hard_ns; /* hard interrupts that arrived inside */
};

struct soft_cpu {
	struct soft_cell vec[SOFT_VECTORS];

	/* Working state of the programs on this CPU. */
	__u64 raise_ns[SOFT_VECTORS]; /* oldest raise not served yet; 0: none */
	__u64 enter_ns;		      /* of the softirq that runs; 0: none */
	__u64 enter_hard;	      /* hard_ns then */
	__u64 hard_ns;		      /* time in hard interrupts, ever */
	__u64 hard_count;
	__u64 hard_start;
	__u32 hard_depth;
	__u32 pad;
	__u64 align[8];
};

#endif /* _OSTRACE_SOFTIRQ_H */
