/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/syscall.bpf.c and tools/view_syscalls.c share. All of it lives in
 * global variables of the BPF object that the reader has mapped: no system
 * call and no copy lies between the two.
 *
 *   cells    [cpu][slot]  full histogram of each system call, everything
 *   focus    [cpu][slot]  the same for the one process or cgroup looked at
 *   threads  [thread]     totals and the open call of each thread
 *   rows     [hash]       totals per thread x system call x result
 *
 * Where the time of calls goes is kept in maps that take memory only when that
 * is asked for: where_cells, [cpu] for each slot.
 *
 * Only the owning thread (or CPU) writes its counters, so nothing is atomic
 * and nothing is lost. Slots and rows of dead threads are given back by the
 * reader, once it has taken their last numbers.
 */
#ifndef _OSTRACE_SYSCALL_H
#define _OSTRACE_SYSCALL_H

#include "ostrace/threads.h"

/* System calls have three number spaces on x86-64, two on arm64. */
enum sys_abi { SYS_NATIVE, SYS_COMPAT, SYS_X32, SYS_ABIS };
#define SYS_NRS 1024 /* numbers per ABI; power of two */

/*
 * Distinct system calls (ABI and number) with a cell of their own. Slot 0
 * takes what comes when all others are taken; it is shown as "other".
 */
#define SYS_SLOTS 192
#define SYS_OTHER 0
/* Number that stands for all numbers >= SYS_NRS - 1, e.g. syscall(-1). */
#define SYS_NR_INVALID (SYS_NRS - 1)

struct sys_cell {
	struct ostrace_cell lat; /* calls whose duration is known */
	__u64 errors;		 /* returned -4095..-1 but the restart codes */
	__u64 restarts;		 /* -ERESTART*: interrupted by a signal */
	__u64 untimed;		 /* calls without a duration, see THREAD_OPENED */
};

enum {
	/*
	 * The open call was found by the iterator at start: it began at
	 * enter_ns or before, and its duration will not be known.
	 */
	THREAD_OPENED = 1 << 0,
	THREAD_FOCUS = 1 << 1, /* also account in the focus cells */
	/* New to us in the middle of a call that is not ours to count. */
	THREAD_FRESH = 1 << 2,
	THREAD_WHERE = 1 << 3, /* keep account of where the time of calls goes */
};

struct sys_thread {
	/* Touched by every call. */
	__u64 enter_ns;	  /* CLOCK_MONOTONIC; 0: no call is open */
	__u32 sys;	  /* slot of the open (else: last) call */
	__u32 gen;	  /* what_to_trace_gen these flags are from */
	__u64 task_start; /* start_boottime, tells reused tids apart */
	__u64 calls, errors;
	__u64 total; /* ns, of timed calls */
	__u32 flags;
	__u32 rows;  /* 1 + index of the first row, 0: none */
	__u32 state; /* enum thread_state */
	__u32 pad0;

	struct ostrace_max max;
	__u64 untimed;
	__u64 cgid;	       /* cgroup v2 id */
	__u64 proc_start;      /* start_boottime of the group leader */
	__u32 tid, tgid;       /* in the initial pid namespace */
	__u32 ns_tid, ns_tgid; /* in the reader's; 0: not visible there */
	char comm[16];	       /* the thread's name */
	char pcomm[16];	       /* the group leader's */
	__u64 pad[4];	       /* whole cache lines: no false sharing */
};

struct sys_row {
	__u64 key; /* SYS_ROW_KEY(), 0: free */
	__u64 calls;
	__u64 total; /* ns */
	__u32 untimed;
	__u32 next; /* 1 + index of the thread's next row */
};

/* @result: 0 for success, else the (restart or error) code, 1..4095. */
#define SYS_ROW_KEY(thread, sys, result) \
	(((__u64)(thread) + 1) << 32 | (__u64)(sys) << 16 | (__u64)(result))
#define SYS_ROW_SYS(key) ((__u32)((key) >> 16) & 0xffff)
#define SYS_ROW_RESULT(key) ((__u32)(key) & 0xffff)

/* Per CPU: what does not reach a cell, or not all of it. */
struct sys_cpu {
	__u64 skipped;	 /* calls of threads that the filter leaves out */
	__u64 unmatched; /* returned without having been seen to enter */
	__u64 opened;	 /* were open when tracing started, now ended */
	__u64 no_thread; /* calls not attributed: no free thread slot */
	__u64 no_row;	 /* calls not attributed by result: rows[] full */
	__u64 no_state;	 /* calls lost: no task storage */
	__u64 pad[2];
};

/* What the reader may change while the programs run. */
struct sys_control {
	__u32 epoch;	   /* of maxima, cell.h */
	__u32 gen;	   /* bumped to make threads re-read the rest */
	__u32 focus_tgid;  /* focus: this process (initial namespace) */
	__u32 calibrating; /* trace the reader itself whatever the filter */
	__u64 focus_start; /* its proc_start */
	__u64 focus_cgid;  /* focus: this cgroup */
	__u32 free_tail;   /* free ring: entries the reader has put */
	__u32 where;	   /* keep accounts of where time goes, of what is in focus */
};

/*
 * Where the time of a call went. What is two of them at once counts as the one
 * that stands further down; running and blocked exclude each other.
 */
enum where_part {
	WHERE_RUNNING,
	WHERE_BLOCKED,	   /* asleep, for whatever other reason */
	WHERE_THROTTLE,	   /* running or asleep in the penalty for exceeding memory.high */
	WHERE_RECLAIM,	   /* likewise in direct or cgroup reclaim */
	WHERE_READY,	   /* could run, had no CPU */
	WHERE_INTERRUPTED, /* under a hard interrupt or softirq */
	WHERE_PARTS,
};

/*
 * Calls are summed up apart by duration: what makes the slowest ones slow is
 * often not what most of the time goes into. A class is an octave; the first
 * holds all below 2^WHERE_FIRST ns, the last all above.
 */
#define WHERE_FIRST 9
#define WHERE_CLASSES 32

struct where_sum {
	__u64 calls;
	__u64 part[WHERE_PARTS]; /* ns */
};

struct where_cell {
	struct where_sum class[WHERE_CLASSES];
};

/* Per CPU: working state of the accounts. */
struct where_cpu {
	__u64 irq_ns; /* time that interrupts and softirqs took, ever */
	__u64 since;  /* when the outermost one began */
	__u64 lost;   /* calls without an account: no memory */
	__u32 depth;
	__u32 pad;
};

/** where_class - the class of a call of @ns. */
static inline __attribute__((always_inline)) __u32 where_class(__u64 ns)
{
	__u32 octave = ostrace_hist_slot(ns) >> OSTRACE_HIST_SUB_BITS;
	/* The octave 2^n .. 2^(n+1) - 1 has the number n - 1. */
	__u32 class = octave < WHERE_FIRST - 1 ? 0 : octave - (WHERE_FIRST - 2);

	return class < WHERE_CLASSES ? class : WHERE_CLASSES - 1;
}

#endif /* _OSTRACE_SYSCALL_H */
