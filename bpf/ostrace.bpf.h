/* SPDX-License-Identifier: GPL-2.0 */
/* What every BPF program of ostrace starts from. */
#ifndef OSTRACE_BPF_H
#define OSTRACE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "ostrace/cell.h"
#include "ostrace/cpus.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

#define PF_EXITING 0x00000004
#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000
#define PF_KTHREAD 0x00200000

#define PROC_PID_INIT_INO 0xEFFFFFFCU /* include/uapi/linux/nsfs.h, proc_ns.h */

/* Do events on this CPU count? */
static __always_inline bool cpu_wanted(const volatile struct cpu_settings *s, u32 cpu)
{
	return !s->filter || s->bits[(cpu / 64) & 63] >> (cpu % 64) & 1;
}

/*
 * Cgroup v2 id of a task. On a host with cgroup v1 hierarchies this is the
 * cgroup of the v2 ("unified") one, whatever controllers it has.
 */
static __always_inline u64 task_cgroup_id(struct task_struct *t)
{
	return BPF_CORE_READ(t, cgroups, dfl_cgrp, kn, id);
}

/* Is the cgroup @id itself or below it? @level: depth of @id. */
static __always_inline bool cgroup_below(struct cgroup *cg, u64 id, int level)
{
	struct cgroup *up;

	if (BPF_CORE_READ(cg, level) < level)
		return false;
	/* ancestors[] is a flexible array: the index cannot be relocated */
	if (bpf_probe_read_kernel(&up, sizeof(up),
				  (void *)__builtin_preserve_access_index(&cg->ancestors) +
					  level * sizeof(up)))
		return false;
	return BPF_CORE_READ(up, kn, id) == id;
}

/* Is the task's cgroup @id itself or below it? */
static __always_inline bool task_in_cgroup(struct task_struct *t, u64 id, int level)
{
	return cgroup_below(BPF_CORE_READ(t, cgroups, dfl_cgrp), id, level);
}

/*
 * As ostrace_max_add(), with several writers. A maximum may be lost to another one
 * at the moment when the epoch changes; the reader then has what is known from the
 * histogram, or the mean.
 */
static __always_inline void shared_max_add(struct ostrace_max *m, u32 epoch, u64 ns)
{
	u32 i = epoch & 1, tries;
	u64 old;

	if (m->epoch[i] != epoch) {
		m->epoch[i] = epoch;
		__sync_lock_test_and_set(&m->ns[i], ns);
		return;
	}
	old = m->ns[i];
	for (tries = 0; tries < 8 && ns > old; tries++) {
		u64 was = __sync_val_compare_and_swap(&m->ns[i], old, ns);

		if (was == old)
			break;
		old = was;
	}
}

/* As ostrace_cell_add_slot(), for a cell that several CPUs write, or a task that may be preempted. */
static __always_inline void shared_cell_add_slot(struct ostrace_cell *c, u32 epoch, u64 ns,
						 u32 slot)
{
	__sync_fetch_and_add(&c->count, 1);
	__sync_fetch_and_add(&c->sum, ns);
	barrier_var(slot); /* clang knows that it is; the verifier may have lost sight */
	if (slot < OSTRACE_HIST_SLOTS)
		__sync_fetch_and_add(&c->hist[slot], 1);
	shared_max_add(&c->max, epoch, ns);
}

static __always_inline void shared_cell_add(struct ostrace_cell *c, u32 epoch, u64 ns)
{
	shared_cell_add_slot(c, epoch, ns, ostrace_hist_slot(ns));
}

#endif /* OSTRACE_BPF_H */
