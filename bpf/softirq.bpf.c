// SPDX-License-Identifier: GPL-2.0
/*
 * Softirqs: how long each vector runs, and how long it waited since the oldest
 * raise it serves.
 *
 * A hard interrupt that arrives while a softirq runs is not the softirq's time:
 * the time of hard interrupts is summed up per CPU, and what passed of it
 * between entry and exit is taken off. Handlers and x86 vectors are seen; the
 * few hundred nanoseconds of entry code around a device handler are not.
 *
 * All of this is per CPU. Raises come with interrupts off; entry and exit run
 * with interrupts on, so they may be interrupted by the hard interrupt
 * programs and by raises, and by nothing else here.
 */
#include "irq.bpf.h"
#include "ostrace/softirq.h"

char LICENSE[] SEC("license") = "GPL";

struct irq_control control SEC(".bss.control");
struct soft_cpu cpus[1] SEC(".bss.cpus");

/* This CPU's state; NULL if the filter leaves it out. */
static __always_inline struct soft_cpu *this_cpu(void)
{
	u32 cpu = wanted_cpu();

	return cpu < settings.nr_cpus ? &cpus[cpu] : NULL;
}

/*
 * Exit programs stand before entry programs, and are attached in that order:
 * an exit without its entry is ignored, an entry without its exit would leave
 * the CPU inside an interrupt for good.
 */

static __always_inline int vector_exit(u32 vector)
{
	u64 now = bpf_ktime_get_ns();
	struct soft_cpu *c = this_cpu();

	if (!c || !c->hard_depth)
		return 0;
	if (--c->hard_depth == 0) {
		c->hard_ns += now - c->hard_start;
		c->hard_count++;
	}
	return 0;
}

static __always_inline int vector_entry(u32 vector)
{
	struct soft_cpu *c = this_cpu();

	if (c && c->hard_depth++ == 0)
		c->hard_start = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(ostrace_irq_handler_exit)
{
	return vector_exit(0); /* which it is makes no difference here */
}

IRQ_VECTOR_LIST(IRQ_EXIT_PROGRAM)

/* Entry time and the hard interrupt time so far that belongs to it. */
static __always_inline u64 stamp(struct soft_cpu *c, u64 *hard)
{
	u64 before = *(volatile u64 *)&c->hard_ns, now = bpf_ktime_get_ns();

	*hard = *(volatile u64 *)&c->hard_ns;
	/* An interrupt came between the two: again, the next one is far. */
	if (*hard != before)
		now = bpf_ktime_get_ns();
	return now;
}

static __always_inline bool in_softirq_thread(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (!(t->flags & PF_KTHREAD))
		return false;
	/* "ksoftirqd/N", and "ktimers/N" on PREEMPT_RT */
	return *(u64 *)t->comm == *(u64 *)"ksoftirq" || *(u64 *)t->comm == *(u64 *)"ktimers/";
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(ostrace_softirq_exit, unsigned int vec)
{
	struct soft_cpu *c = this_cpu();
	struct soft_cell *cell;
	u64 now, hard, run;

	if (!c || vec >= SOFT_VECTORS || !c->enter_ns)
		return 0;
	now = stamp(c, &hard);
	hard -= c->enter_hard;
	run = now - c->enter_ns;
	run = run > hard ? run - hard : 0;
	c->enter_ns = 0;

	cell = &c->vec[vec];
	ostrace_cell_add(&cell->run, control.epoch, run);
	cell->hard_ns += hard;
	if (in_softirq_thread()) {
		cell->thread_count++;
		cell->thread_ns += run;
	}
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(ostrace_softirq_entry, unsigned int vec)
{
	struct soft_cpu *c = this_cpu();
	u64 now, hard, raised;

	if (!c || vec >= SOFT_VECTORS)
		return 0;
	c->hard_depth = 0; /* by definition; mends a missed exit */
	now = stamp(c, &hard);
	c->enter_hard = hard;
	/* A raise may interrupt us here: take the old stamp and clear it at once. */
	raised = __sync_lock_test_and_set(&c->raise_ns[vec], 0);
	/*
	 * No stamp: raised before tracing, or raised again while this very run
	 * was pending, so that an earlier entry took the stamp.
	 */
	if (raised)
		ostrace_cell_add(&c->vec[vec].wait, control.epoch, now > raised ? now - raised : 0);
	c->enter_ns = now;
	return 0;
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(ostrace_softirq_raise, unsigned int vec)
{
	struct soft_cpu *c = this_cpu();

	if (!c || vec >= SOFT_VECTORS)
		return 0;
	c->vec[vec].raised++;
	if (!c->raise_ns[vec]) /* keep the oldest */
		c->raise_ns[vec] = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(ostrace_irq_handler_entry)
{
	return vector_entry(0);
}

IRQ_VECTOR_LIST(IRQ_ENTRY_PROGRAM)
