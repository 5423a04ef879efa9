/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs of bpf/fault.bpf.c: their memory, and which slot is a thread's.
 * Part of that one file, set apart for its length.
 */
#ifndef OSTRACE_FAULT_STATE_BPF_H
#define OSTRACE_FAULT_STATE_BPF_H

#include "task.bpf.h"
#include "ostrace/fault.h"

/* Set by the loader. */
const volatile __u32 nr_cpus = 1;
const volatile __u32 thread_mask = FAULT_THREADS_MIN - 1;
const volatile __u32 row_mask = FAULT_ROWS_MIN - 1;
const volatile __u32 self_tgid; /* the reader, in its pid namespace */
const volatile __u32 pidns_ino = PROC_PID_INIT_INO;
const volatile bool at_entry;	  /* handle_mm_fault() is hooked */
const volatile bool filter_tasks; /* some of the two maps below have entries */
const volatile __u64 filter_cgid;
const volatile int filter_cglevel;
const volatile bool filter_cpus;
const volatile __u64 filter_cpu_bits[64];
const volatile bool errors_only;
const volatile __u32 page_shift = 12;

/* Mapped by the reader; sized by the loader. */
struct fault_control control SEC(".bss.control");
struct fault_cpu cpus[1] SEC(".bss.cpus");
struct fault_cell cells[FAULT_CELLS] SEC(".bss.cells");
struct fault_cell focus_cells[FAULT_CELLS] SEC(".bss.focus");
struct fault_thread threads[FAULT_THREADS_MIN] SEC(".bss.threads");
struct fault_row rows[FAULT_ROWS_MIN] SEC(".bss.rows");
struct fault_mapping mappings[FAULT_MAPPINGS] SEC(".bss.mappings");
struct fault_paths paths SEC(".bss.paths");

/* Free thread slots: the reader puts at control.free_tail, we take at free_head. */
__u32 free_ring[FAULT_THREADS_MIN] SEC(".bss.ring");
__u32 free_head;

#define SLOT_NONE (~0U) /* not traced */
#define SLOT_FULL (~1U) /* traced, but no slot is free */

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

/* Keys are ids in the reader's pid namespace; values FAULT_FILTER_*. */
struct filter_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u32);
} filter_tgids SEC(".maps"), filter_tids SEC(".maps");

/* A full barrier: what was written to the slot is seen before its new state. */
static __always_inline void set_state(u32 *state, u32 to)
{
	__sync_lock_test_and_set(state, to);
}

/* ---- threads ---- */

/*
 * Ids of the current task. Not static: such functions are verified once, not anew
 * for each caller. Pointers go in and out of them as numbers.
 */
__noinline u32 fault_ns_pid(bool leader)
{
	return task_ns_pid((struct task_struct *)bpf_get_current_task(), leader, pidns_ino);
}

static __noinline bool wanted(struct task_struct *t)
{
	u32 tgid = fault_ns_pid(true), tid, *v;

	if (control.calibrating && tgid == self_tgid)
		return true;
	if (filter_tasks) {
		tid = fault_ns_pid(false);
		v = bpf_map_lookup_elem(&filter_tgids, &tgid);
		if (!v)
			v = bpf_map_lookup_elem(&filter_tids, &tid);
		if (!v || *v != FAULT_FILTER_ACTIVE)
			return false;
	}
	return !filter_cgid || task_in_cgroup(t, filter_cgid, filter_cglevel);
}

/* Take a free slot; SLOT_FULL if there is none. */
static __noinline u32 slot_alloc(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		u32 head = *(volatile u32 *)&free_head;
		u32 slot;

		if (head == *(volatile u32 *)&control.free_tail)
			return SLOT_FULL;
		slot = free_ring[head & thread_mask];
		if (__sync_val_compare_and_swap(&free_head, head, head + 1) == head)
			return slot & thread_mask;
	}
	return SLOT_FULL;
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

	if (!wanted(t)) {
		if (have)
			set_state(&threads[(have - 1) & thread_mask].state, FAULT_THREAD_DEAD);
		ts->slot = 0;
		ts->skip = gen + 1;
		return SLOT_NONE;
	}
	ts->skip = 0;
	/* Nobody would give its slot back. */
	if (t->flags & PF_EXITING)
		return have ? have - 1 : SLOT_FULL;
	if (have) {
		th = &threads[(have - 1) & thread_mask];
		if (th->cgid == task_cgroup_id(t)) {
			thread_refresh(th, t);
			return have - 1;
		}
		/* Moved to another cgroup: what it did so far stays with the old one. */
		min_flt = th->min_flt;
		maj_flt = th->maj_flt;
		set_state(&th->state, FAULT_THREAD_DEAD);
		ts->slot = 0;
	} else if (t->start_boottime >= control.attach_boot_ns && !filter_cgid) {
		min_flt = maj_flt = 0; /* all it ever had is ours to count */
	}
	slot = slot_alloc();
	if (slot == SLOT_FULL)
		return slot;
	th = &threads[slot & thread_mask];
	th->task_start = t->start_boottime;
	th->cgid = task_cgroup_id(t);
	th->min_flt = min_flt;
	th->maj_flt = maj_flt;
	thread_refresh(th, t);
	set_state(&th->state, FAULT_THREAD_LIVE);
	ts->slot = slot + 1;
	return slot;
}

static __always_inline u32 thread_slot(struct task_struct *t, u32 counted)
{
	struct task_state *ts;

	ts = bpf_task_storage_get(&task_states, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (unlikely(!ts))
		return SLOT_FULL;
	if (likely(ts->slot && threads[(ts->slot - 1) & thread_mask].gen == control.gen))
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
	return ts && ts->slot ? &threads[(ts->slot - 1) & thread_mask] : NULL;
}

#endif /* OSTRACE_FAULT_STATE_BPF_H */
