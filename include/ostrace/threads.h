/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What views that keep a slot for each thread have in common, for their BPF
 * programs (bpf/threads.bpf.h) and for their loaders (tools/view_threads.h).
 */
#ifndef _OSTRACE_THREADS_H
#define _OSTRACE_THREADS_H

#include "ostrace/cpus.h"

/* Least and default sizes of the tables; the loader resizes them. Powers of two. */
#define THREAD_SLOTS_MIN 8192
#define THREAD_SLOTS_MAX (1U << 22) /* PID_MAX_LIMIT, include/linux/threads.h */
#define THREAD_ROWS_PER_SLOT 8
#define THREAD_ROWS_MIN (THREAD_SLOTS_MIN * THREAD_ROWS_PER_SLOT)

/* Of a slot. Zeroed, it is free. */
enum thread_state {
	THREAD_FREE, /* in the free ring */
	THREAD_LIVE,
	THREAD_DEAD, /* its last write; now the reader's */
};

/* Values of the filter maps. */
enum filter_state {
	FILTER_ACTIVE = 1,
	FILTER_AT_EXEC, /* a program of ours that is yet to begin */
};

/* Read-only for the programs; set by threads_settings() before they are loaded. */
struct thread_settings {
	struct cpu_settings cpu;
	__u32 thread_mask; /* slots of threads, less one */
	__u32 row_mask;	   /* rows, less one */
	__u32 self_tgid;   /* the reader, in its pid namespace */
	__u32 pidns_ino;   /* that namespace */
	__u32 filter_cglevel;
	__u64 filter_cgid; /* 0: all cgroups */
	__u8 filter_tasks; /* filter_tgids or filter_tids has entries */
	__u8 errors_only;
};

#endif /* _OSTRACE_THREADS_H */
