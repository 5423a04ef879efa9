// SPDX-License-Identifier: GPL-2.0
/*
 * The scheduler seen from outside, whichever it is: how long tasks wait to run, how
 * long they then run, who is preempted and who moves.
 *
 * A task waits from its wake-up, or from the switch that took the CPU away from it
 * while it could still run, to the switch to it. Accounted to the CPU it then runs
 * on and to its process. The idle task is nobody.
 */
#include "ostrace.bpf.h"
#include "ostrace/runq.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 nr_cpus = 1;
const volatile bool filter_pids;
const volatile __u64 filter_cgid;
const volatile int filter_cglevel;
const volatile bool filter_cpus;
const volatile __u64 filter_cpu_bits[64];

struct runq_control control SEC(".bss.control");
struct runq_cpu cpus[1] SEC(".bss.cpus");
struct runq_proc procs[RUNQ_PROCS] SEC(".bss.procs");
__u32 free_ring[RUNQ_PROCS] SEC(".bss.ring");
__u32 free_head;

struct runq_task {
	u64 waits_since; /* 0: does not wait, or was not seen to begin */
	u64 runs_since;
	u32 cpu; /* where it ran last, + 1 */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct runq_task);
} runq_tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RUNQ_PROCS);
	__type(key, u32);   /* tgid */
	__type(value, u32); /* slot */
} proc_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u32);
} filter_tgids SEC(".maps");

static __always_inline struct runq_cpu *this_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	if (cpu >= nr_cpus)
		return NULL;
	if (filter_cpus && !(filter_cpu_bits[(cpu / 64) & 63] >> (cpu % 64) & 1))
		return NULL;
	return &cpus[cpu];
}

static __always_inline bool wanted(struct task_struct *t)
{
	u32 tgid = t->tgid;

	if (filter_pids && !bpf_map_lookup_elem(&filter_tgids, &tgid))
		return false;
	return !filter_cgid || task_in_cgroup(t, filter_cgid, filter_cglevel);
}

/* A slot for a process met for the first time. */
static __noinline struct runq_proc *new_proc(struct task_struct *t)
{
	u32 tgid = t->tgid, head, slot;
	struct runq_proc *p;

	if (t->flags & PF_EXITING)
		return NULL;
	head = free_head;
	if (head == *(volatile u32 *)&control.free_tail)
		return NULL;
	if (__sync_val_compare_and_swap(&free_head, head, head + 1) != head)
		return NULL; /* another CPU was faster: at the next switch */
	slot = free_ring[head & (RUNQ_PROCS - 1)] & (RUNQ_PROCS - 1);
	p = &procs[slot];
	p->pid = tgid;
	BPF_CORE_READ_STR_INTO(&p->comm, t, group_leader, comm);
	if (bpf_map_update_elem(&proc_slots, &tgid, &slot, BPF_NOEXIST)) {
		p->state = RUNQ_DEAD; /* another thread was faster; back to the reader */
		return NULL;
	}
	p->state = RUNQ_USED;
	return p;
}

static __always_inline struct runq_proc *proc_of(struct task_struct *t)
{
	u32 tgid = t->tgid, *slot = bpf_map_lookup_elem(&proc_slots, &tgid);

	if (likely(slot))
		return &procs[*slot & (RUNQ_PROCS - 1)];
	return new_proc(t);
}

/* As ostrace_cell_add(), for a cell that several CPUs write. */
static __always_inline void shared_add(struct ostrace_cell *c, u32 epoch, u64 ns)
{
	u32 slot = ostrace_hist_slot(ns);

	__sync_fetch_and_add(&c->count, 1);
	__sync_fetch_and_add(&c->sum, ns);
	ostrace_max_add(&c->max, epoch, ns);
	if (slot < OSTRACE_HIST_SLOTS)
		__sync_fetch_and_add(&c->hist[slot], 1);
}

static __always_inline int woken(struct task_struct *t)
{
	struct runq_task *rt =
		bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (rt)
		rt->waits_since = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(ostrace_sched_wakeup, struct task_struct *t)
{
	return woken(t);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(ostrace_sched_wakeup_new, struct task_struct *t)
{
	return woken(t);
}

static __always_inline void leaves(struct task_struct *t, struct runq_cpu *c, bool runnable,
				   u64 now)
{
	struct runq_task *rt =
		bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct runq_proc *p;
	u64 ran;

	if (!rt)
		return;
	ran = rt->runs_since ? now - rt->runs_since : 0;
	rt->runs_since = 0;
	rt->waits_since = runnable ? now : 0;
	if (!c || !wanted(t))
		return;
	p = proc_of(t);
	if (!p && !(t->flags & PF_EXITING))
		c->lost++;
	if (ran) {
		ostrace_cell_add(&c->stat.slice, control.epoch, ran);
		if (p)
			shared_add(&p->stat.slice, control.epoch, ran);
	}
	if (!runnable)
		return;
	c->stat.preempted++;
	if (p)
		__sync_fetch_and_add(&p->stat.preempted, 1);
}

static __always_inline void comes(struct task_struct *t, struct runq_cpu *c, u64 now)
{
	struct runq_task *rt =
		bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	u32 cpu = bpf_get_smp_processor_id() + 1;
	struct runq_proc *p;
	bool moved;
	u64 since;

	if (!rt)
		return;
	since = rt->waits_since;
	moved = rt->cpu && rt->cpu != cpu;
	rt->waits_since = 0;
	rt->runs_since = now;
	rt->cpu = cpu;
	if (!c || !wanted(t))
		return;
	p = proc_of(t);
	if (p)
		p->cgroup = task_cgroup_id(t);
	else if (!(t->flags & PF_EXITING))
		c->lost++;
	if (since) {
		u64 wait = now > since ? now - since : 0;

		ostrace_cell_add(&c->stat.wait, control.epoch, wait);
		if (p)
			shared_add(&p->stat.wait, control.epoch, wait);
	}
	if (!moved)
		return;
	c->stat.migrated++;
	if (p)
		__sync_fetch_and_add(&p->stat.migrated, 1);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(ostrace_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	struct runq_cpu *c = this_cpu();
	u64 now = bpf_ktime_get_ns();

	if (prev->pid)
		leaves(prev, c, preempt || !prev_state, now);
	if (next->pid)
		comes(next, c, now);
	return 0;
}

/* The number may be another process's at once; the slot waits for the reader. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(ostrace_sched_process_exit, struct task_struct *t)
{
	u32 tgid = t->tgid, *slot = bpf_map_lookup_elem(&proc_slots, &tgid);
	u32 i;

	if (!slot || BPF_CORE_READ(t, signal, live.counter) > 0)
		return 0;
	i = *slot & (RUNQ_PROCS - 1);
	if (!bpf_map_delete_elem(&proc_slots, &tgid))
		procs[i].state = RUNQ_DEAD;
	return 0;
}
