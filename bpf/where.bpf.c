// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to a task between the entry and the exit of a system call, for
 * those calls that bpf/syscall.bpf.c has opened an account for: see where.bpf.h.
 * The two objects share that header's maps.
 */
#include "where.bpf.h"
#include "ostrace/irqs.h"

char LICENSE[] SEC("license") = "GPL";

/* The account of @t if it is in a call that has one. */
static __always_inline struct where_task *account_of(struct task_struct *t)
{
	struct where_task *w = bpf_task_storage_get(&where_tasks, t, NULL, 0);

	return w && w->start ? w : NULL;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(ostrace_where_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct where_cpu *c = where_this_cpu();
	u64 now = bpf_ktime_get_ns();
	struct where_task *w;

	if (!c)
		return 0;
	/*
	 * No interrupt lasts beyond a switch. Where softirqs run in threads
	 * (PREEMPT_RT) one may: it pauses here. Else an exit was missed.
	 */
	if (unlikely(c->depth)) {
		c->irq_ns += now - c->since;
		c->depth = 0;
	}
	w = prev->pid ? account_of(prev) : NULL;
	if (w) {
		where_book(w, now);
		/* Not the argument: that is the state before a signal was found pending. */
		w->state = preempt || !prev->__state ? STATE_READY : STATE_SLEEPS;
	}
	w = next->pid ? account_of(next) : NULL;
	if (w) {
		where_book(w, now);
		w->state = STATE_RUNS;
		w->irq_base = c->irq_ns;
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(ostrace_where_wakeup, struct task_struct *t)
{
	struct where_task *w = account_of(t);

	if (w && w->state == STATE_SLEEPS) {
		where_book(w, bpf_ktime_get_ns());
		w->state = STATE_READY;
	}
	return 0;
}

static __always_inline int reclaims(bool begin)
{
	struct where_task *w = account_of(bpf_get_current_task_btf());

	if (!w)
		return 0;
	where_book(w, bpf_ktime_get_ns());
	if (begin)
		w->reclaim++;
	else if (w->reclaim)
		w->reclaim--;
	return 0;
}

#define RECLAIM(tp, begin)                                  \
	SEC("tp_btf/" #tp) int BPF_PROG(ostrace_where_##tp) \
	{                                                   \
		return reclaims(begin);                     \
	}

RECLAIM(mm_vmscan_direct_reclaim_begin, true)
RECLAIM(mm_vmscan_direct_reclaim_end, false)
RECLAIM(mm_vmscan_memcg_reclaim_begin, true)
RECLAIM(mm_vmscan_memcg_reclaim_end, false)

/* The loader knows how the function is called on this kernel. */
SEC("fentry")
int BPF_PROG(ostrace_where_throttle)
{
	struct where_task *w = account_of(bpf_get_current_task_btf());

	if (w) {
		where_book(w, bpf_ktime_get_ns());
		w->throttle++;
	}
	return 0;
}

SEC("fexit")
int BPF_PROG(ostrace_where_throttled)
{
	struct where_task *w = account_of(bpf_get_current_task_btf());

	if (w && w->throttle) {
		where_book(w, bpf_ktime_get_ns());
		w->throttle--;
	}
	return 0;
}

/*
 * Interrupts and softirqs: the outermost one counts. A hard interrupt may come
 * at any point of the softirq programs, so they write the depth before `since`
 * on entry and after it on exit: in between, the hard one sees a depth and
 * leaves the rest alone.
 */
static __always_inline int irq_enters(void)
{
	struct where_cpu *c = where_this_cpu();

	if (!c)
		return 0;
	if (*(volatile u32 *)&c->depth)
		c->depth++;
	else {
		*(volatile u32 *)&c->depth = 1;
		c->since = bpf_ktime_get_ns();
	}
	return 0;
}

static __always_inline int irq_leaves(void)
{
	struct where_cpu *c = where_this_cpu();

	if (!c || !c->depth)
		return 0;
	if (c->depth == 1)
		*(volatile u64 *)&c->irq_ns += bpf_ktime_get_ns() - c->since;
	*(volatile u32 *)&c->depth -= 1;
	return 0;
}

#define IRQ(name, title, text)                     \
	SEC("tp_btf/" #name "_exit")               \
	int BPF_PROG(ostrace_where_##name##_exit)  \
	{                                          \
		return irq_leaves();               \
	}                                          \
	SEC("tp_btf/" #name "_entry")              \
	int BPF_PROG(ostrace_where_##name##_entry) \
	{                                          \
		return irq_enters();               \
	}

IRQ(softirq, "", "")
IRQ(irq_handler, "", "")
IRQ_VECTOR_LIST(IRQ) /* these have no irq_handler_* */
