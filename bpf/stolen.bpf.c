// SPDX-License-Identifier: GPL-2.0
/*
 * The time that interrupts take from whoever runs: which process was interrupted,
 * by what, for how long. Hard interrupts and softirqs are bracketed on a stack per
 * CPU, each with its own time only, and accounted to the current process.
 *
 * How a softirq came to run: the exit of an interrupt and run_ksoftirqd() are
 * bracketed too. What starts outside of both was called by a task that enabled
 * bottom halves: there is no fourth way. (That function is called too often to be
 * bracketed, and its inner part is inlined by some compilers.) Where programs cannot
 * be attached to functions, ksoftirqd is known by its name, and the other two are
 * not told apart.
 *
 * All of this runs in interrupt context, which nothing preempts.
 */
#include "irq.bpf.h"
#include "ostrace/stolen.h"

char LICENSE[] SEC("license") = "GPL";

const volatile bool split; /* those functions are bracketed */

struct stolen_control control SEC(".bss.control");
struct stolen_cpu cpus[1] SEC(".bss.cpus");
struct stolen_proc procs[STOLEN_PROCS] SEC(".bss.procs");
struct stolen_row rows[STOLEN_ROWS] SEC(".bss.rows");

static __always_inline struct stolen_cpu *this_cpu(void)
{
	u32 cpu = wanted_cpu();

	return cpu < settings.nr_cpus ? &cpus[cpu] : NULL;
}

/* Index of the slot of @t's process; STOLEN_PROCS if there is none free. */
static __noinline u32 proc_index(u32 pid, u64 cgroup)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_struct *leader = t->group_leader;
	/* Each CPU has an idle task, which began when the CPU did: one process to us. */
	u64 start = pid ? leader->start_boottime : 0, key;
	u32 at, i;

	key = mix(mix(mix(pid) ^ start) ^ cgroup);
	at = (key >> 32) & (STOLEN_PROCS - 1);
	for (i = 0; i < 16; i++) {
		struct stolen_proc *p = &procs[at];
		u64 k = p->key;

		if (k == key)
			goto found;
		if (!k && !__sync_val_compare_and_swap(&p->key, 0, key)) {
			p->pid = pid;
			p->start = start;
			p->cgroup = cgroup;
			goto found;
		}
		at = (at + 1) & (STOLEN_PROCS - 1);
		barrier_var(at);
		continue;
found:
		/* Also one known: it may have called exec. */
		bpf_probe_read_kernel(p->comm, sizeof(p->comm), leader->comm);
		__sync_lock_test_and_set(&p->ready, 1);
		return at;
	}
	return STOLEN_PROCS;
}

/* The same, from what this CPU remembers where it can. */
static __always_inline u32 current_index(struct stolen_cpu *c)
{
	u64 id = bpf_get_current_pid_tgid(), cgroup;
	struct task_struct *t = bpf_get_current_task_btf();
	u32 gen = control.gen;

	cgroup = t->cgroups->dfl_cgrp->kn->id;
	if (likely(c->task == (u32)id && c->task_start == t->start_boottime &&
		   c->task_cgroup == cgroup && c->gen == gen))
		return c->slot;
	c->slot = proc_index(id >> 32, cgroup);
	c->task = (u32)id;
	c->task_start = t->start_boottime;
	c->task_cgroup = cgroup;
	/* A process without a slot may get one next time. */
	c->gen = c->slot < STOLEN_PROCS ? gen : gen - 1;
	return c->slot;
}

static __noinline int account(u32 slot, u32 source, u64 ns)
{
	u64 key = STOLEN_ROW_KEY(slot, source);
	u32 at = (u32)(mix(key) >> 32) & (STOLEN_ROWS - 1), i;

	for (i = 0; i < 16; i++) {
		struct stolen_row *r = &rows[at];
		u64 k = r->key;

		if (k == key || (!k && !__sync_val_compare_and_swap(&r->key, 0, key))) {
			__sync_fetch_and_add(&r->count, 1);
			__sync_fetch_and_add(&r->ns, ns);
			shared_max_add(&r->max, control.epoch, ns);
			return 0;
		}
		at = (at + 1) & (STOLEN_ROWS - 1);
		barrier_var(at);
	}
	return 1;
}

static __always_inline int ends(u64 id, u32 source)
{
	struct stolen_cpu *c = this_cpu();
	u64 ns, how;
	u32 slot;

	if (!c || !frame_pop(&c->stack, id, &ns, &how))
		return 0;
	__sync_fetch_and_add(&c->events, 2);
	slot = current_index(c);
	if (slot >= STOLEN_PROCS || account(slot, STOLEN_SOURCE(how, source), ns))
		__sync_fetch_and_add(&c->full, 1);
	return 0;
}

static __always_inline int begins(u64 id, u32 how)
{
	struct stolen_cpu *c = this_cpu();

	if (c)
		frame_push(&c->stack, id, how);
	return 0;
}

static __always_inline int vector_exit(u32 vector)
{
	return ends(VECTOR_FRAME | vector, STOLEN_VECTOR | vector);
}

static __always_inline int vector_entry(u32 vector)
{
	return begins(VECTOR_FRAME | vector, STOLEN_HARD);
}

/* ---- ends, before beginnings ---- */

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(ostrace_irq_handler_exit, int irq)
{
	return ends(HANDLER_FRAME | (u32)irq, irq & (STOLEN_VECTOR - 1));
}

/* clang-format off */
IRQ_VECTOR_LIST(IRQ_EXIT_PROGRAM)
/* clang-format on */

SEC("tp_btf/softirq_exit")
int BPF_PROG(ostrace_softirq_exit, unsigned int vec)
{
	return ends(SOFTIRQ_FRAME | vec, vec);
}

/* An interrupt that arrives while softirqs are served on exit has an exit of its own. */
static __always_inline int exit_ends(void)
{
	struct stolen_cpu *c = this_cpu();

	if (c && c->exits)
		c->exits--;
	return 0;
}

static __always_inline int exit_begins(void)
{
	struct stolen_cpu *c = this_cpu();

	if (c)
		c->exits++;
	return 0;
}

SEC("fexit/irq_exit_rcu")
int BPF_PROG(ostrace_irq_exit_rcu_end)
{
	return exit_ends();
}

SEC("fexit/irq_exit")
int BPF_PROG(ostrace_irq_exit_end)
{
	return exit_ends();
}

SEC("fexit/run_ksoftirqd")
int BPF_PROG(ostrace_ksoftirqd_end)
{
	struct stolen_cpu *c = this_cpu();

	if (c)
		c->in_ksoftirqd = 0;
	return 0;
}

/* ---- beginnings ---- */

static __always_inline u64 thread_mark(void)
{
	return 1 + (u64)(u32)bpf_get_current_pid_tgid();
}

static __always_inline bool in_softirq_thread(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (!(t->flags & PF_KTHREAD))
		return false;
	/* "ksoftirqd/N", and "ktimers/N" on PREEMPT_RT */
	return *(u64 *)t->comm == *(u64 *)"ksoftirq" || *(u64 *)t->comm == *(u64 *)"ktimers/";
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(ostrace_softirq_entry, unsigned int vec)
{
	struct stolen_cpu *c = this_cpu();
	u32 how;

	if (!c)
		return 0;
	c->stack.depth = 0; /* by definition; mends a missed exit */
	if (!split)
		how = in_softirq_thread() ? STOLEN_KSOFTIRQD : STOLEN_INLINE;
	else if (c->exits) /* also on top of ksoftirqd */
		how = STOLEN_EXIT;
	else
		how = c->in_ksoftirqd == thread_mark() ? STOLEN_KSOFTIRQD : STOLEN_BH_ENABLE;
	frame_push(&c->stack, SOFTIRQ_FRAME | vec, how);
	return 0;
}

SEC("fentry/irq_exit_rcu")
int BPF_PROG(ostrace_irq_exit_rcu_begin)
{
	return exit_begins();
}

SEC("fentry/irq_exit")
int BPF_PROG(ostrace_irq_exit_begin)
{
	return exit_begins();
}

SEC("fentry/run_ksoftirqd")
int BPF_PROG(ostrace_ksoftirqd_begin)
{
	struct stolen_cpu *c = this_cpu();

	if (c)
		c->in_ksoftirqd = thread_mark();
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(ostrace_irq_handler_entry, int irq)
{
	return begins(HANDLER_FRAME | (u32)irq, STOLEN_HARD);
}

/* clang-format off */
IRQ_VECTOR_LIST(IRQ_ENTRY_PROGRAM)
/* clang-format on */
