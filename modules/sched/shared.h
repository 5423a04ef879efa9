/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory that the BPF scheduler and the module share: values of BPF array
 * maps, which the module reads and writes as the kernel memory they are.
 */
#ifndef _OSTRACE_SCHED_SHARED_H
#define _OSTRACE_SCHED_SHARED_H

#include "uapi/ostrace/sched.h"

#define SCHED_OPS_NAME "ostrace"

/* Map .rodata.conf: fixed before the programs are verified. */
struct sched_config {
	__u32 nr_cpus;	  /* entries of map cpus */
	__u32 nr_cgroups; /* entries of map cgroups */
	/* Bits of the preemption counter that say "in an interrupt", bottom halves too. */
	__u32 interrupt_mask;
	/* For tests only. */
	__s32 fail_init; /* what ops.init is to return */
	__u32 stall_pid; /* a task to lose: the watchdog should notice */
};

/* Why the scheduler ended; written once, by ops.exit. */
struct sched_exit {
	__u32 done; /* written last */
	__s32 kind; /* enum scx_exit_kind */
	__s64 code;
	char reason[64];
	char message[192];
};

/* Map .bss.shared. The module writes the knobs, the programs the rest. */
struct sched_shared {
	/* knobs, each a word that may change at any time */
	__u64 slice_ns;	  /* of normal tasks */
	__u64 bound_ns;	  /* who waited longer is run out of turn */
	__u32 generation; /* changes with every override */
	__u32 nr_llcs;	  /* entries of map llcs in use; set before the start */

	__u32 nr_online;
	__u32 pad;
	__u64 cgroups_full;
	__u64 cpu_max_ignored;
	struct sched_exit exit;
};

/* Map cpus, one entry a CPU. */
struct sched_cpu {
	/* set by the module before the scheduler starts */
	__u32 llc;  /* its cache domain */
	__u32 next; /* next CPU of the domain, in a ring */

	/* the task on it; written by the scheduler with the run queue locked */
	__u32 cur_pid; /* 0: none of ours */
	__u32 cur_class;
	__u64 cur_deadline; /* in the clock of the domain */
	__u64 cur_since;

	/* the clock of its own queue, see sched.bpf.c */
	__u64 clock;
	__u64 skew;
	__u64 searched_at;
	__u32 online;
	__u32 turn;
	__u32 to_see;
	__u32 to_move;
	__u32 next_queue;  /* of which CPU it looks at next, and of which domain: */
	__u32 next_domain; /* for tasks that nobody comes for there */
	__u32 promised;	   /* who waits for the task on it to sleep: one it woke; 0: none */
	__u32 pad;
	__u64 dispatched_at; /* when it last looked into the queues */
	__u64 charged_at;    /* until when the task on it was charged */

	struct ostrace_sched_counters counters; /* of what happened on this CPU */
};

/* Map llcs, one entry a cache domain. */
struct sched_llc {
	__u64 clock;
	__u64 searched_at;
	__u64 limited_at; /* when one last came to a CPU's queue that may run on others, too */
	__u32 online;	  /* CPUs */
	__u32 pad;
	__u64 align[4];
};

/* Maps process_overrides (by tgid) and cgroup_overrides (by cgroup id). */
struct sched_override {
	__u32 class;  /* class + 1; 0: as found */
	__u32 weight; /* 1 .. 10000 as in cpu.weight; 0: as found */
};

#endif /* _OSTRACE_SCHED_SHARED_H */
