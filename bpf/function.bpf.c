// SPDX-License-Identifier: GPL-2.0
/*
 * Tasklets and work items by function: how long each waited since it was queued,
 * and how long it ran. The kernel lets nobody look into irq_work: it has no
 * tracepoints, and its file is built without what programs attach to.
 *
 * What runs in interrupt context (tasklets, BH work items) is bracketed
 * on a stack of frames per CPU, with the hard interrupts that arrive meanwhile:
 * what is inside is not its time. Nothing of this happens while no such function runs: then a hard interrupt only
 * looks at the depth.
 *
 * A work item of an ordinary workqueue runs in a task: it sleeps, is preempted and
 * moves to other CPUs. Its time is from start to end, all that included; the
 * stamp is kept by thread. On kernels from 7.0 on the program itself may be
 * preempted there, so whatever it writes is shared and atomic.
 */
#include "irq.bpf.h"
#include "ostrace/functions.h"

char LICENSE[] SEC("license") = "GPL";

struct irq_control control SEC(".bss.control");
struct func_cpu cpus[1] SEC(".bss.cpus");
struct func_slot funcs[FUNC_SLOTS] SEC(".bss.funcs");
struct stamp stamps[STAMP_BUCKETS * STAMP_WAYS] SEC(".bss.stamps");

#define WQ_BH_FLAG 1		  /* include/linux/workqueue.h, since 6.9 */
#define PF_WQ_WORKER 0x00000020	  /* include/linux/sched.h */
#define WORKER_STAMP (1ULL << 63) /* in a key: a thread's id, else an address */
#define BH_STAMP (1ULL << 63)	  /* in a time: queued to run in a softirq */

static __always_inline struct func_cpu *any_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return cpu < settings.nr_cpus ? &cpus[cpu] : NULL;
}

/* ---- stamps ---- */

static __always_inline u32 bucket_of(u64 key)
{
	return (u32)(mix(key) >> 40) & (STAMP_BUCKETS - 1);
}

/* Remember when @key was queued. */
static __noinline int stamp_put(u64 key, u64 ns)
{
	u32 at = bucket_of(key) * STAMP_WAYS, i, old = 0;
	u64 oldest = ~0ULL;
	struct func_cpu *c;

	for (i = 0; i < STAMP_WAYS; i++) {
		struct stamp *s = &stamps[(at + i) & (STAMP_BUCKETS * STAMP_WAYS - 1)];

		if (s->key == key) {
			s->ns = ns;
			return 0;
		}
	}
	for (i = 0; i < STAMP_WAYS; i++) {
		struct stamp *s = &stamps[(at + i) & (STAMP_BUCKETS * STAMP_WAYS - 1)];

		if (!s->key && !__sync_val_compare_and_swap(&s->key, 0, key)) {
			s->ns = ns;
			return 0;
		}
		if ((s->ns & ~BH_STAMP) < oldest) {
			oldest = s->ns & ~BH_STAMP;
			old = i;
		}
	}
	/* Most likely queued and cancelled: nothing tells us of that. */
	at = (at + old) & (STAMP_BUCKETS * STAMP_WAYS - 1);
	stamps[at].key = key;
	stamps[at].ns = ns;
	c = any_cpu();
	if (c)
		c->evicted++;
	return 0;
}

/* When @key was queued, which is forgotten; 0 if that is not known. */
static __noinline u64 stamp_take(u64 key)
{
	u32 at = bucket_of(key) * STAMP_WAYS, i;

	for (i = 0; i < STAMP_WAYS; i++) {
		struct stamp *s = &stamps[(at + i) & (STAMP_BUCKETS * STAMP_WAYS - 1)];
		u64 ns = s->ns;

		if (s->key == key && __sync_val_compare_and_swap(&s->key, key, 0) == key)
			return ns;
	}
	return 0;
}

/* ---- functions ---- */

/* Take a free slot. Return: whether it is this function's now. */
static __always_inline bool func_new(struct func_slot *s, u64 fn, u32 kind, u64 key)
{
	if (__sync_val_compare_and_swap(&s->key, 0, key))
		return s->key == key; /* another CPU was faster */
	s->kind = kind;
	symbol_name(s->name, sizeof(s->name), fn);
	__sync_lock_test_and_set(&s->state, s->name[0] ? FUNC_READY : FUNC_CLAIMED);
	return true;
}

/* Index of the function's slot; FUNC_SLOTS if there is none free. */
static __noinline u32 func_index(u64 fn, u32 kind)
{
	u64 key = mix(fn ^ (u64)kind << 60);
	u32 at = (key >> 32) & (FUNC_SLOTS - 1), i;
	struct func_cpu *c;

	for (i = 0; i < 16; i++) {
		struct func_slot *s = &funcs[at];
		u64 k = s->key;

		if (likely(k == key)) {
			if (unlikely(s->state == FUNC_CLAIMED)) {
				symbol_name(s->name, sizeof(s->name), fn);
				if (s->name[0])
					s->state = FUNC_READY;
			}
			return at;
		}
		if (!k && func_new(s, fn, kind, key))
			return at;
		at = (at + 1) & (FUNC_SLOTS - 1);
		barrier_var(at);
	}
	c = any_cpu();
	if (c)
		__sync_fetch_and_add(&c->full, 1);
	return FUNC_SLOTS;
}

static __always_inline struct func_slot *func_of(u64 fn, u32 kind)
{
	u32 at = func_index(fn, kind);

	return at < FUNC_SLOTS ? &funcs[at] : NULL;
}

/* What was queued at @queued (0: not known) begins to run as @fn. */
static __always_inline void waited(u64 fn, u32 kind, u64 queued, u64 now)
{
	struct func_slot *s;

	queued &= ~BH_STAMP;
	if (!queued)
		return;
	s = func_of(fn, kind);
	if (s)
		shared_cell_add(&s->wait, control.epoch, now > queued ? now - queued : 0);
}

static __always_inline void ran(u64 fn, u32 kind, bool timed, u64 ns)
{
	struct func_slot *s = func_of(fn, kind);

	if (!s)
		return;
	if (timed)
		shared_cell_add(&s->run, control.epoch, ns);
	else
		__sync_fetch_and_add(&s->untimed, 1);
}

/* ---- hard interrupts: only what lies inside of something else matters ---- */

static __always_inline int hard_exit(u64 id)
{
	struct func_cpu *c = any_cpu();
	u64 ns, fn;

	if (c && c->stack.depth)
		frame_pop(&c->stack, id, &ns, &fn);
	return 0;
}

static __always_inline int hard_entry(u64 id)
{
	struct func_cpu *c = any_cpu();

	if (c && c->stack.depth)
		frame_push(&c->stack, id, 0);
	return 0;
}

static __always_inline int vector_exit(u32 vector)
{
	return hard_exit(VECTOR_FRAME | vector);
}

static __always_inline int vector_entry(u32 vector)
{
	return hard_entry(VECTOR_FRAME | vector);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(ostrace_irq_handler_exit, int irq)
{
	return hard_exit(HANDLER_FRAME | (u32)irq);
}

/* ---- ends, before beginnings ---- */

/* The end of a tasklet or BH work item. */
static __always_inline void soft_ends(u64 item, u64 fn, u32 kind)
{
	struct func_cpu *c = any_cpu();
	u64 ns = 0, data;
	bool timed;

	if (!c)
		return;
	timed = frame_pop(&c->stack, item, &ns, &data);
	if (wanted_cpu() >= settings.nr_cpus)
		return;
	__sync_fetch_and_add(&c->events, 2);
	ran(fn, kind, timed, ns);
}

/* These begin on an empty stack: a softirq does not interrupt another one. */
static __always_inline void soft_begins(u64 item, u64 fn, u32 kind, u64 queued)
{
	struct func_cpu *c = any_cpu();

	if (!c)
		return;
	c->stack.depth = 0;
	frame_push(&c->stack, item, fn);
	if (wanted_cpu() < settings.nr_cpus)
		waited(fn, kind, queued, c->stack.frame[0].start_ns);
}

SEC("tp_btf/tasklet_exit")
int BPF_PROG(ostrace_tasklet_exit, struct tasklet_struct *t, void *func)
{
	soft_ends(arg_bits(ctx, 0), (u64)func, FUNC_TASKLET);
	return 0;
}

/* A BH work item has a frame, which is then the outermost. */
static __always_inline bool is_bh_work(u64 item)
{
	struct func_cpu *c = any_cpu();

	return c && c->stack.depth && c->stack.frame[0].id == item;
}

SEC("tp_btf/workqueue_execute_end")
int BPF_PROG(ostrace_work_end, struct work_struct *work, void *func)
{
	u64 start, item = arg_bits(ctx, 0), fn = arg_bits(ctx, 1);
	u32 cpu;

	if (is_bh_work(item)) {
		soft_ends(item, fn, FUNC_BH_WORK);
		return 0;
	}
	start = stamp_take(WORKER_STAMP | (u32)bpf_get_current_pid_tgid());
	cpu = wanted_cpu();
	if (cpu >= settings.nr_cpus)
		return 0;
	__sync_fetch_and_add(&cpus[cpu].events, 2);
	ran(fn, FUNC_WORK, start, bpf_ktime_get_ns() - start);
	return 0;
}

/* clang-format off */
IRQ_VECTOR_LIST(IRQ_EXIT_PROGRAM)
/* clang-format on */

/* ---- beginnings ---- */

SEC("tp_btf/tasklet_entry")
int BPF_PROG(ostrace_tasklet_entry, struct tasklet_struct *t, void *func)
{
	u64 item = arg_bits(ctx, 0);

	soft_begins(item, (u64)func, FUNC_TASKLET, stamp_take(item));
	return 0;
}

SEC("tp_btf/workqueue_execute_start")
int BPF_PROG(ostrace_work_start, struct work_struct *work)
{
	u64 item = arg_bits(ctx, 0), fn = (u64)BPF_CORE_READ(work, func), queued, now;
	struct task_struct *t = bpf_get_current_task_btf();

	queued = stamp_take(item);
	/*
	 * A softirq may have interrupted a worker; what was queued before tracing,
	 * in that first moment, is then taken for the worker's.
	 */
	if (queued ? !!(queued & BH_STAMP) : !(t->flags & PF_WQ_WORKER)) {
		soft_begins(item, fn, FUNC_BH_WORK, queued);
		return 0;
	}
	now = bpf_ktime_get_ns();
	if (wanted_cpu() < settings.nr_cpus)
		waited(fn, FUNC_WORK, queued, now);
	stamp_put(WORKER_STAMP | (u32)bpf_get_current_pid_tgid(), now);
	return 0;
}

/* ---- queueing ---- */

/* Kept with the item by the kernel until it runs, so each is seen once. */
SEC("tp_btf/workqueue_queue_work")
int BPF_PROG(ostrace_queue_work, int req_cpu, struct pool_workqueue *pwq, struct work_struct *work)
{
	u64 fn = (u64)BPF_CORE_READ(work, func);
	bool bh = pwq->wq->flags & WQ_BH_FLAG;
	struct func_slot *s;

	stamp_put(arg_bits(ctx, 2), bpf_ktime_get_ns() | (bh ? BH_STAMP : 0));
	s = func_of(fn, bh ? FUNC_BH_WORK : FUNC_WORK);
	if (s && unlikely(!s->wq[0]))
		bpf_probe_read_kernel_str(s->wq, sizeof(s->wq), pwq->wq->name);
	return 0;
}

SEC("fentry/__tasklet_schedule")
int BPF_PROG(ostrace_tasklet_queue)
{
	stamp_put(arg_bits(ctx, 0), bpf_ktime_get_ns());
	return 0;
}

SEC("fentry/__tasklet_hi_schedule")
int BPF_PROG(ostrace_tasklet_hi_queue)
{
	stamp_put(arg_bits(ctx, 0), bpf_ktime_get_ns());
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(ostrace_irq_handler_entry, int irq)
{
	return hard_entry(HANDLER_FRAME | (u32)irq);
}

/* clang-format off */
IRQ_VECTOR_LIST(IRQ_ENTRY_PROGRAM)
/* clang-format on */
