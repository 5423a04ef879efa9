// SPDX-License-Identifier: GPL-2.0
/*
 * The scheduler seen from outside, whichever it is: how long tasks wait to run, how
 * long they then run, who is preempted and who moves.
 *
 * A task waits from its wake-up, or from the switch that took the CPU away from it
 * while it could still run, to the switch to it. Accounted to the CPU it then runs
 * on and to its process. The idle task is nobody.
 *
 * All three tracepoints fire with preemption off, and but for a task that wakes
 * itself with the run queue locked and interrupts off: a program of theirs cannot be
 * preempted and then skipped for another task, as since 7.0 those of most tracepoints
 * can. (The kernel stamps waits too, in task->sched_info, but skips the update of that
 * clock when a wake-up preempts or ends idling: such waits would be 0.)
 */
#include "ostrace.bpf.h"
#include "ostrace/runq.h"

char LICENSE[] SEC("license") = "GPL";

#define TASK_DEAD 0x80 /* include/linux/sched.h: its last switch */

const volatile struct cpu_settings settings = { .nr_cpus = 1 };
const volatile bool filter_pids;
const volatile bool filter_program; /* only tasks that are "mine" */
const volatile __u64 filter_cgid;
const volatile int filter_cglevel;

struct runq_control control SEC(".bss.control");
struct runq_cpu cpus[1] SEC(".bss.cpus");
struct runq_proc procs[RUNQ_PROCS] SEC(".bss.procs");
__u32 free_ring[RUNQ_PROCS] SEC(".bss.ring");
__u32 free_head;

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct runq_task);
} runq_tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u32);
} filter_tgids SEC(".maps");

static __noinline int make_mine(struct task_struct *t)
{
	struct runq_task *rt = bpf_task_storage_get(&runq_tasks, t, NULL, 0);

	if (rt)
		rt->mine = 1;
	return 0;
}

static __always_inline struct runq_cpu *cpu_cell(u32 cpu)
{
	return cpu < settings.nr_cpus ? &cpus[cpu] : NULL;
}

/* Of others nothing is asked and remembered; what a task is here never changes. */
static __always_inline bool pid_wanted(struct task_struct *t)
{
	u32 tgid = t->tgid;

	return !filter_pids || bpf_map_lookup_elem(&filter_tgids, &tgid);
}

static __always_inline bool wanted(struct task_struct *t, struct runq_task *rt, u32 cpu)
{
	if (!cpu_wanted(&settings, cpu))
		return false;
	if (filter_program && !rt->mine)
		return false;
	return !filter_cgid || task_in_cgroup(t, filter_cgid, filter_cglevel);
}

static __always_inline struct runq_proc *proc_at(u32 slot)
{
	return &procs[(slot - 1) & (RUNQ_PROCS - 1)];
}

/*
 * The process's slot for a thread that does not know it, a new one if it has none.
 * The leader's storage is where its threads meet.
 */
static __noinline struct runq_proc *find_proc(struct task_struct *t, struct runq_task *rt)
{
	u32 tgid = t->tgid, old, head, slot;
	struct runq_task *leader;
	struct runq_proc *p;

	if (t->flags & PF_EXITING)
		return NULL;
	leader = bpf_task_storage_get(&runq_tasks, t->group_leader, NULL,
				      BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!leader)
		return NULL;
	old = leader->slot;
	if (old && proc_at(old)->pid == tgid) {
		rt->slot = old;
		return proc_at(old);
	}
	head = free_head;
	if (head == *(volatile u32 *)&control.free_tail)
		return NULL;
	if (__sync_val_compare_and_swap(&free_head, head, head + 1) != head)
		return NULL; /* another CPU was faster: at the next switch */
	slot = (free_ring[head & (RUNQ_PROCS - 1)] & (RUNQ_PROCS - 1)) + 1;
	p = proc_at(slot);
	p->pid = tgid;
	p->exec_id = ~0U;
	p->threads = 0;
	if (__sync_val_compare_and_swap(&leader->slot, old, slot) != old) {
		p->state = RUNQ_DEAD; /* another thread was faster; back to the reader */
		return NULL;
	}
	rt->slot = slot;
	p->state = RUNQ_USED;
	return p;
}

static __always_inline struct runq_proc *proc_of(struct task_struct *t, struct runq_task *rt)
{
	struct runq_proc *p;

	if (likely(rt->slot)) {
		p = proc_at(rt->slot);
		if (likely(p->pid == (u32)t->tgid)) /* else the reader has given it away */
			return p;
	}
	return find_proc(t, rt);
}

/*
 * A process has one writer at a time while it has one thread: what the CPU that
 * thread left has written is seen by the one it comes to. From the first switch
 * that sees a second thread on, all of its switches count atomically.
 */
static __always_inline bool has_threads(struct task_struct *t, struct runq_proc *p)
{
	if (p->threads)
		return true;
	if (likely(t->signal->nr_threads < 2))
		return false;
	p->threads = 1;
	return true;
}

static __always_inline void proc_add(struct ostrace_cell *c, bool threads, u32 epoch, u64 ns,
				     u32 slot)
{
	if (threads)
		shared_cell_add_slot(c, epoch, ns, slot);
	else
		ostrace_cell_add_slot(c, epoch, ns, slot);
}

static __always_inline void proc_count(u64 *n, bool threads)
{
	if (threads)
		__sync_fetch_and_add(n, 1);
	else
		++*n;
}

/*
 * A task told to run on while it still does leaves a time here that its next wake-up or
 * the loss of its CPU replaces: it does not come to a CPU again without one of them.
 */
static __always_inline int woken(struct task_struct *t)
{
	struct runq_task *rt;

	if (!pid_wanted(t))
		return 0;
	rt = bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
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
	struct runq_task *parent;

	woken(t);
	if (!filter_program)
		return 0;
	/* Woken by its parent: the program's children belong to it. */
	parent = bpf_task_storage_get(&runq_tasks, bpf_get_current_task_btf(), NULL, 0);
	if (parent && parent->mine)
		make_mine(t);
	return 0;
}

/* exec changes the name; so does the thread itself, which is not noticed. */
static __noinline void take_name(struct task_struct *t, struct runq_proc *p)
{
	p->exec_id = t->self_exec_id;
	BPF_CORE_READ_STR_INTO(&p->comm, t, group_leader, comm);
}

/* All that it takes is in the CPU's cell, since the task came; only a wait has to be noted. */
static __always_inline void leaves(struct task_struct *t, struct runq_cpu *c, bool runnable,
				   bool dead, u64 now)
{
	u32 epoch = control.epoch, slot;
	struct runq_task *rt;
	struct runq_proc *p;
	bool threads;
	u64 ran;

	if (runnable) {
		rt = bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (rt)
			rt->waits_since = now;
	}
	if (c->pid != (u32)t->pid) /* came before tracing began */
		return;
	ran = now - c->since;
	slot = ostrace_hist_slot(ran);
	if (filter_program)
		ostrace_cell_add_slot(&c->all.slice, epoch, ran, slot);
	if (!c->counts)
		return;
	ostrace_cell_add_slot(&c->stat.slice, epoch, ran, slot);
	if (runnable)
		c->stat.preempted++;
	p = proc_at(c->slot);
	/* None: counted as lost when it came; another's: the last threads exit at once. */
	if (!c->slot || unlikely(p->pid != (u32)t->tgid))
		return;
	threads = has_threads(t, p);
	proc_add(&p->stat.slice, threads, epoch, ran, slot);
	if (runnable)
		proc_count(&p->stat.preempted, threads);
	/* Its number may be another process's at once; the slot waits for the reader. */
	if (unlikely(dead) && t->signal->live.counter <= 0) {
		/* It may have kept the CPU from exec to its end. */
		if (p->exec_id != (u32)t->self_exec_id)
			take_name(t, p);
		p->state = RUNQ_DEAD;
	}
}

static __always_inline void comes(struct task_struct *t, struct runq_cpu *c, u32 cpu, u64 now)
{
	struct runq_task *rt =
		bpf_task_storage_get(&runq_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	u32 epoch = control.epoch, slot;
	struct runq_proc *p;
	bool moved, threads;
	u64 since, wait;

	c->pid = 0;
	if (!rt) {
		c->lost++;
		return;
	}
	since = rt->waits_since;
	moved = rt->cpu && rt->cpu != cpu + 1;
	rt->waits_since = 0;
	rt->cpu = cpu + 1;
	c->since = now;
	c->pid = (u32)t->pid;
	c->slot = 0;
	c->counts = wanted(t, rt, cpu);
	wait = now > since ? now - since : 0;
	slot = ostrace_hist_slot(wait);
	if (filter_program && since)
		ostrace_cell_add_slot(&c->all.wait, epoch, wait, slot);
	if (!c->counts)
		return;
	p = proc_of(t, rt);
	if (p)
		c->slot = rt->slot;
	else if (!(t->flags & PF_EXITING))
		c->lost++;
	if (!since) /* began before tracing */
		return;
	ostrace_cell_add_slot(&c->stat.wait, epoch, wait, slot);
	if (moved)
		c->stat.migrated++;
	if (!p)
		return;
	p->cgroup = t->cgroups->dfl_cgrp->kn->id;
	if (unlikely(p->exec_id != (u32)t->self_exec_id))
		take_name(t, p);
	threads = has_threads(t, p);
	proc_add(&p->stat.wait, threads, epoch, wait, slot);
	if (moved)
		proc_count(&p->stat.migrated, threads);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(ostrace_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct runq_cpu *c = cpu_cell(cpu);
	bool from, to;
	u64 now;

	if (!c)
		return 0;
	c->switches++;
	from = prev->pid && pid_wanted(prev);
	to = next->pid && pid_wanted(next);
	if (!from && !to)
		return 0;
	now = bpf_ktime_get_ns();
	if (from)
		leaves(prev, c, preempt || !prev_state, prev_state & TASK_DEAD, now);
	if (to)
		comes(next, c, cpu, now);
	return 0;
}
