// SPDX-License-Identifier: GPL-2.0
/*
 * Hard interrupts: how long each handler runs, by line.
 *
 * A handler of a line is seen between irq_handler_entry and _exit, the local
 * timer and other vectors of x86 between tracepoints of their own. An irq_work
 * may run the handler of a line inside of its vector: what is inside is not its
 * time. Hard interrupts do not nest otherwise, so nothing interrupts these
 * programs but NMIs, which have none of them.
 *
 * A threaded handler runs in a task of its own, which may be preempted, sleep and
 * move to another CPU. There is one such task per handler, and only it writes the
 * handler's slot.
 */
#include "irq.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct irq_control control SEC(".bss.control");
struct line_cpu cpus[1] SEC(".bss.cpus");
struct line_slot threads[LINE_THREADS] SEC(".bss.threads");
__u64 threads_full;

#define IRQ_NONE 0
#define IRQ_WAKE_THREAD 2

static __always_inline struct line_cpu *this_cpu(void)
{
	u32 cpu = wanted_cpu();

	return cpu < settings.nr_cpus ? &cpus[cpu] : NULL;
}

/* What tells the handlers of one line apart: function and device. */
struct action_who {
	u64 fn, dev;
};

static __always_inline u64 action_key(u32 kind, u32 irq, u64 fn, u64 dev)
{
	return mix(fn ^ dev << 7 ^ (u64)irq << 40 ^ (u64)kind << 56);
}

/* The slot of @key in this CPU's table, or a free one for it. */
static __always_inline struct line_slot *find(struct line_cpu *c, u64 key)
{
	u32 at = (key >> 32) & (LINE_SLOTS - 1), i;

	for (i = 0; i < 16; i++) {
		u64 k = c->slot[at].key;

		if (k == key || !k)
			return &c->slot[at];
		at = (at + 1) & (LINE_SLOTS - 1);
		barrier_var(at); /* or the compiler computes what the verifier cannot follow */
	}
	c->full++;
	return NULL;
}

static __always_inline int vector_exit(u32 vector)
{
	struct line_cpu *c = this_cpu();
	struct line_slot *s;
	u64 ns, data, key = mix(vector);

	if (!c || !frame_pop(&c->stack, VECTOR_FRAME | vector, &ns, &data))
		return 0;
	s = find(c, key);
	if (!s)
		return 0;
	s->kind = LINE_VECTOR;
	s->irq = vector;
	s->key = key;
	ostrace_cell_add(&s->run, control.epoch, ns);
	return 0;
}

static __always_inline int vector_entry(u32 vector)
{
	struct line_cpu *c = this_cpu();

	if (c)
		frame_push(&c->stack, VECTOR_FRAME | vector, 0);
	return 0;
}

/* The slot of an action's thread; made at the first sight of it. */
static __noinline struct line_slot *thread_slot(struct irqaction *a)
{
	u64 fn = (u64)BPF_CORE_READ(a, thread_fn), dev = (u64)BPF_CORE_READ(a, dev_id), key;
	u32 h, i;

	/* One whose primary handler is threaded by force has none of its own. */
	if (!fn)
		fn = (u64)BPF_CORE_READ(a, handler);
	key = action_key(LINE_THREAD, a->irq, fn, dev);
	h = key >> 32;
	for (i = 0; i < 16; i++) {
		struct line_slot *s = &threads[(h + i) & (LINE_THREADS - 1)];
		u64 k = s->key;

		if (k == key)
			return s;
		if (k || __sync_val_compare_and_swap(&s->key, 0, key))
			continue;
		s->kind = LINE_THREAD;
		s->irq = a->irq;
		bpf_probe_read_kernel_str(s->name, sizeof(s->name), a->name);
		symbol_name(s->handler, sizeof(s->handler), fn);
		return s;
	}
	__sync_fetch_and_add(&threads_full, 1);
	return NULL;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(ostrace_irq_handler_exit, int irq, struct irqaction *a, int ret)
{
	struct line_cpu *c = this_cpu();
	struct line_slot *s;
	struct action_who id;
	u64 ns, data, key;

	if (!c || !frame_pop(&c->stack, HANDLER_FRAME | (u32)irq, &ns, &data))
		return 0;
	/* handler and dev_id are the first two members */
	if (bpf_probe_read_kernel(&id, sizeof(id), __builtin_preserve_access_index(&a->handler)))
		return 0;
	key = action_key(LINE_HANDLER, irq, id.fn, id.dev);
	s = find(c, key);
	if (!s)
		return 0;
	if (unlikely(!s->handler[0])) {
		s->kind = LINE_HANDLER;
		s->irq = irq;
		bpf_probe_read_kernel_str(s->name, sizeof(s->name), a->name);
		symbol_name(s->handler, sizeof(s->handler), id.fn);
		s->key = key;
	}
	/* On a shared line all handlers are asked; this one's device was silent. */
	if (ret == IRQ_NONE) {
		s->none++;
		return 0;
	}
	ostrace_cell_add(&s->run, control.epoch, ns);
	if (ret == IRQ_WAKE_THREAD) {
		s->woke++;
		s = thread_slot(a);
		if (s && !s->woken_ns)
			s->woken_ns = bpf_ktime_get_ns();
	}
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(ostrace_irq_handler_entry, int irq, struct irqaction *a)
{
	struct line_cpu *c = this_cpu();

	if (c)
		frame_push(&c->stack, HANDLER_FRAME | (u32)irq, 0);
	return 0;
}

static __always_inline int thread_ends(struct irqaction *a)
{
	struct line_slot *s = thread_slot(a);
	u64 start;

	if (!s || !s->start_ns)
		return 0;
	start = s->start_ns;
	s->start_ns = 0;
	ostrace_cell_add(&s->run, control.epoch, bpf_ktime_get_ns() - start);
	return 0;
}

static __always_inline int thread_begins(struct irqaction *a)
{
	u64 now = bpf_ktime_get_ns(), woken;
	struct line_slot *s;

	if (!this_cpu())
		return 0;
	s = thread_slot(a);
	if (!s)
		return 0;
	s->start_ns = now;
	woken = __sync_lock_test_and_set(&s->woken_ns, 0);
	if (woken)
		ostrace_cell_add(&s->wait, control.epoch, now > woken ? now - woken : 0);
	return 0;
}

SEC("fexit/irq_thread_fn")
int BPF_PROG(ostrace_thread_exit, struct irq_desc *desc, struct irqaction *a)
{
	return thread_ends(a);
}

SEC("fexit/irq_forced_thread_fn")
int BPF_PROG(ostrace_forced_exit, struct irq_desc *desc, struct irqaction *a)
{
	return thread_ends(a);
}

SEC("fentry/irq_thread_fn")
int BPF_PROG(ostrace_thread_entry, struct irq_desc *desc, struct irqaction *a)
{
	return thread_begins(a);
}

SEC("fentry/irq_forced_thread_fn")
int BPF_PROG(ostrace_forced_entry, struct irq_desc *desc, struct irqaction *a)
{
	return thread_begins(a);
}

/* clang-format off */
IRQ_VECTOR_LIST(IRQ_EXIT_PROGRAM)
IRQ_VECTOR_LIST(IRQ_ENTRY_PROGRAM)
/* clang-format on */
