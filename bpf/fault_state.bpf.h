/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs of bpf/fault.bpf.c: their memory, and which slot is a thread's.
 * Part of that one file, set apart for its length.
 */
#ifndef OSTRACE_FAULT_STATE_BPF_H
#define OSTRACE_FAULT_STATE_BPF_H

#include "ostrace.bpf.h"
#include "ostrace/fault.h"

/* Mapped by the reader; sized by the loader. */
struct fault_control control SEC(".bss.control");

#include "threads.bpf.h"

/* Set by the loader. */
const volatile bool at_entry; /* handle_mm_fault() is hooked */
const volatile __u32 page_shift = 12;

struct fault_cpu cpus[1] SEC(".bss.cpus");
struct fault_cell cells[FAULT_CELLS] SEC(".bss.cells");
struct fault_cell focus_cells[FAULT_CELLS] SEC(".bss.focus");
struct fault_thread threads[THREAD_SLOTS_MIN] SEC(".bss.threads");
struct fault_row rows[THREAD_ROWS_MIN] SEC(".bss.rows");
struct fault_mapping mappings[FAULT_MAPPINGS] SEC(".bss.mappings");
struct fault_paths paths SEC(".bss.paths");

struct task_state {
	u32 slot; /* 1 + slot; 0: none */
	u32 skip; /* 1 + gen in which the filter left it out */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} task_states SEC(".maps");

/* ---- threads ---- */

/*
 * Ids of the current task. Not static: such functions are verified once, not anew
 * for each caller. Pointers go in and out of them as numbers.
 */
__noinline u32 fault_ns_pid(bool leader)
{
	return task_ns_pid((struct task_struct *)bpf_get_current_task(), leader,
			   settings.pidns_ino);
}

/* What follows the control's generation: names, and whether it is looked at. */
static __always_inline void thread_refresh(struct fault_thread *th, struct task_struct *t)
{
	struct task_struct *leader = BPF_CORE_READ(t, group_leader);

	th->gen = control.gen;
	th->tid = t->pid;
	th->tgid = t->tgid;
	th->ns_tid = fault_ns_pid(false);
	th->ns_tgid = fault_ns_pid(true);
	th->proc_start = BPF_CORE_READ(leader, start_boottime);
	bpf_probe_read_kernel(th->pcomm, sizeof(th->pcomm), leader->comm);
	th->flags = (control.focus_tgid && control.focus_tgid == th->tgid &&
		     control.focus_start == th->proc_start) ||
				    (control.focus_cgid && control.focus_cgid == th->cgid) ?
			    FAULT_THREAD_FOCUS :
			    0;
}

/*
 * The slot of the current thread when it has none, or when something about it
 * may have changed. @counted: 1 when the kernel has counted the fault that we
 * are at as minor, 2 as major, 0 if not at all yet.
 */
static __noinline u32 thread_slow(struct task_struct *t, struct task_state *ts, u32 counted)
{
	u32 gen = control.gen, slot, have = ts->slot;
	u64 min_flt = t->min_flt - (counted == 1), maj_flt = t->maj_flt - (counted == 2);
	struct fault_thread *th;

	if (!wanted(t, fault_ns_pid(true), fault_ns_pid(false))) {
		if (have)
			set_state(&threads[(have - 1) & settings.thread_mask].state, THREAD_DEAD);
		ts->slot = 0;
		ts->skip = gen + 1;
		return SLOT_NONE;
	}
	ts->skip = 0;
	/* Nobody would give its slot back. */
	if (t->flags & PF_EXITING)
		return have ? have - 1 : SLOT_LACKING;
	if (have) {
		th = &threads[(have - 1) & settings.thread_mask];
		if (th->cgid == task_cgroup_id(t)) {
			thread_refresh(th, t);
			return have - 1;
		}
		/* Moved to another cgroup: what it did so far stays with the old one. */
		min_flt = th->min_flt;
		maj_flt = th->maj_flt;
		set_state(&th->state, THREAD_DEAD);
		ts->slot = 0;
	} else if (t->start_boottime >= control.attach_boot_ns && !settings.filter_cgid) {
		min_flt = maj_flt = 0; /* all it ever had is ours to count */
	}
	slot = slot_alloc();
	if (slot == SLOT_LACKING)
		return slot;
	th = &threads[slot & settings.thread_mask];
	th->task_start = t->start_boottime;
	th->cgid = task_cgroup_id(t);
	th->min_flt = min_flt;
	th->maj_flt = maj_flt;
	thread_refresh(th, t);
	set_state(&th->state, THREAD_LIVE);
	ts->slot = slot + 1;
	return slot;
}

static __always_inline u32 thread_slot(struct task_struct *t, u32 counted)
{
	struct task_state *ts;

	ts = bpf_task_storage_get(&task_states, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (unlikely(!ts))
		return SLOT_LACKING;
	if (likely(ts->slot && threads[(ts->slot - 1) & settings.thread_mask].gen == control.gen))
		return ts->slot - 1;
	if (ts->skip == control.gen + 1)
		return SLOT_NONE;
	return thread_slow(t, ts, counted);
}

/* The slot of the current thread if it has one; for those that only add facts. */
static __always_inline struct fault_thread *thread_known(void)
{
	struct task_state *ts;

	ts = bpf_task_storage_get(&task_states, bpf_get_current_task_btf(), 0, 0);
	return ts && ts->slot ? &threads[(ts->slot - 1) & settings.thread_mask] : NULL;
}

#endif /* OSTRACE_FAULT_STATE_BPF_H */
