/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which threads are traced, and the ring that their slots come from: what views
 * with a slot for each thread have in common. A BPF object includes this after it
 * has declared its control, with gen, calibrating and free_tail in it.
 *
 * A thread finds its slot again in its own way, and keeps in it what it likes;
 * when control.gen changes it has to ask wanted() anew.
 */
#ifndef OSTRACE_THREADS_BPF_H
#define OSTRACE_THREADS_BPF_H

#include "task.bpf.h"
#include "ostrace/threads.h"

const volatile struct thread_settings settings = {
	.cpu.nr_cpus = 1,
	.thread_mask = THREAD_SLOTS_MIN - 1,
	.row_mask = THREAD_ROWS_MIN - 1,
	.pidns_ino = PROC_PID_INIT_INO,
};

/*
 * Free thread slots, a ring of indexes: the reader puts at control.free_tail,
 * we take at free_head. The reader fills it before attaching.
 */
__u32 free_ring[THREAD_SLOTS_MIN] SEC(".bss.ring");
__u32 free_head;

#define SLOT_NONE (~0U)	   /* not traced */
#define SLOT_LACKING (~1U) /* traced, but no slot is free */

/* Keys are ids in the reader's pid namespace; values enum filter_state. */
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

/* Take a free slot; SLOT_LACKING if there is none. */
static __noinline u32 slot_alloc(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		u32 head = *(volatile u32 *)&free_head;
		u32 slot;

		if (head == *(volatile u32 *)&control.free_tail)
			return SLOT_LACKING;
		slot = free_ring[head & settings.thread_mask];
		if (__sync_val_compare_and_swap(&free_head, head, head + 1) == head)
			return slot & settings.thread_mask;
	}
	return SLOT_LACKING;
}

/* What the task filter says of these ids in the reader's pid namespace; 0: nothing. */
static __always_inline u32 filter_state_of(u32 tgid, u32 tid)
{
	u32 *v = bpf_map_lookup_elem(&filter_tgids, &tgid);

	if (!v)
		v = bpf_map_lookup_elem(&filter_tids, &tid);
	return v ? *v : 0;
}

static __always_inline bool cgroup_wanted(struct task_struct *t)
{
	return !settings.filter_cgid ||
	       task_in_cgroup(t, settings.filter_cgid, settings.filter_cglevel);
}

/* Is @t to be traced? @tgid, @tid: its ids in the reader's pid namespace. */
static __noinline bool wanted(struct task_struct *t, u32 tgid, u32 tid)
{
	if (control.calibrating && tgid == settings.self_tgid)
		return true;
	if (settings.filter_tasks && filter_state_of(tgid, tid) != FILTER_ACTIVE)
		return false;
	return cgroup_wanted(t);
}

/* A process, @tgid to the reader, begins a program: is it the one waited for? */
static __always_inline void program_begins(u32 tgid)
{
	u32 *v = bpf_map_lookup_elem(&filter_tgids, &tgid);

	if (v && *v == FILTER_AT_EXEC)
		*v = FILTER_ACTIVE;
}

/* Only with -- program: children belong to it. */
static __always_inline int task_forks(struct task_struct *parent, struct task_struct *child)
{
	u32 tgid, *v;

	if (child->tgid == parent->tgid)
		return 0;
	tgid = task_ns_pid(parent, true, settings.pidns_ino);
	v = bpf_map_lookup_elem(&filter_tgids, &tgid);
	if (v) {
		u32 value = *v;

		tgid = task_ns_pid(child, true, settings.pidns_ino);
		bpf_map_update_elem(&filter_tgids, &tgid, &value, BPF_ANY);
	}
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(ostrace_fork, struct task_struct *parent, struct task_struct *child)
{
	return task_forks(parent, child);
}

/*
 * Since 7.0 a program is skipped while another task was preempted inside of it
 * on the same CPU. Of two programs it takes two such tasks to skip both, and
 * doing this twice does no harm. (The classic tracepoint, whose programs are not
 * preempted, does not tell a thread from a process.)
 */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(ostrace_fork_2, struct task_struct *parent, struct task_struct *child)
{
	return task_forks(parent, child);
}

/* A task moved to another cgroup: all threads look again, which is rare. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(ostrace_cgroup_attach)
{
	__sync_fetch_and_add(&control.gen, 1);
	return 0;
}

#endif /* OSTRACE_THREADS_BPF_H */
