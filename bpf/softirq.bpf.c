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
#include "ostrace.bpf.h"
#include "ostrace/softirq.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 nr_cpus = 1;
const volatile bool filter_cpus;
const volatile __u64 filter_cpu_bits[64];

struct soft_control control SEC(".bss.control");
struct soft_cpu cpus[1] SEC(".bss.cpus");

/* This CPU's state; NULL if the filter leaves it out. */
static __always_inline struct soft_cpu *this_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	if (cpu >= nr_cpus)
		return NULL;
	if (filter_cpus && !(filter_cpu_bits[(cpu / 64) & 63] >> (cpu % 64) & 1))
		return NULL;
	return &cpus[cpu];
}

/*
 * Exit programs stand before entry programs, and are attached in that order:
 * an exit without its entry is ignored, an entry without its exit would leave
 * the CPU inside an interrupt for good.
 */

static __always_inline int hard_exit(void)
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

static __always_inline int hard_enter(void)
{
	struct soft_cpu *c = this_cpu();

	if (c && c->hard_depth++ == 0)
		c->hard_start = bpf_ktime_get_ns();
	return 0;
}

#define HARD_EXIT(tp)                                 \
	SEC("tp_btf/" #tp) int BPF_PROG(ostrace_##tp) \
	{                                             \
		return hard_exit();                   \
	}
#define HARD_ENTRY(tp)                                \
	SEC("tp_btf/" #tp) int BPF_PROG(ostrace_##tp) \
	{                                             \
		return hard_enter();                  \
	}

HARD_EXIT(irq_handler_exit)
HARD_EXIT(ipi_exit)	    /* arm64 */
HARD_EXIT(local_timer_exit) /* x86: these have no irq_handler_* */
HARD_EXIT(reschedule_exit)
HARD_EXIT(call_function_exit)
HARD_EXIT(call_function_single_exit)
HARD_EXIT(irq_work_exit)
HARD_EXIT(x86_platform_ipi_exit)
HARD_EXIT(error_apic_exit)
HARD_EXIT(spurious_apic_exit)
HARD_EXIT(thermal_apic_exit)
HARD_EXIT(threshold_apic_exit)
HARD_EXIT(deferred_error_apic_exit)

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

HARD_ENTRY(irq_handler_entry)
HARD_ENTRY(ipi_entry)
HARD_ENTRY(local_timer_entry)
HARD_ENTRY(reschedule_entry)
HARD_ENTRY(call_function_entry)
HARD_ENTRY(call_function_single_entry)
HARD_ENTRY(irq_work_entry)
HARD_ENTRY(x86_platform_ipi_entry)
HARD_ENTRY(error_apic_entry)
HARD_ENTRY(spurious_apic_entry)
HARD_ENTRY(thermal_apic_entry)
HARD_ENTRY(threshold_apic_entry)
HARD_ENTRY(deferred_error_apic_entry)
