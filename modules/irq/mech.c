// SPDX-License-Identifier: GPL-2.0
/*
 * The bottom halves. Each has a queue of interrupts that wait for it; its
 * function, however the kernel came to call it, takes what waits and serves it.
 */
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <kunit/static_stub.h>

#include "compat.h"
#include "driver.h"
#include "fifo.h"
#include "mech.h"
#include "trace.h"

/**
 * struct oirq_mech - one bottom half
 * @all:      the set it is in
 * @id:       enum ostrace_irq_mech
 * @waiting:  interrupts for it. The top half pushes: an interrupt line runs on
 *            one CPU at a time. @pop_lock serialises those who take: a tasklet
 *            or work item never meets itself, but an irq_work may when the
 *            interrupt moves to another CPU.
 * @pop_lock: see @waiting; raw, since it is taken in hard interrupt
 * @stats:    see struct oirq_stats
 * @work_ns:  busy loop per interrupt; written any time, read once per interrupt
 * @sleep_ns: sleep per interrupt; not 0 only where oirq_table_may_sleep()
 * @wq:       where @work goes
 * @irq_work: one of these three is in use, which the table of ops knows
 * @tasklet:
 * @work:
 */
struct oirq_mech {
	struct oirq_mechs *all;
	unsigned int id;
	struct oirq_fifo waiting;
	raw_spinlock_t pop_lock;
	struct oirq_stats __percpu *stats;
	u32 work_ns;
	u32 sleep_ns;
	struct workqueue_struct *wq;
	union {
		struct irq_work irq_work;
		struct tasklet_struct tasklet;
		struct work_struct work;
	};
};

/**
 * struct oirq_mechs - all of them
 * @spent_ns: CPU time that no task could have, since it was last asked for
 * @closing:  what still waits is dropped, not served: unloading is not to take
 *            a hundred sleeps
 * @mech:     by enum ostrace_irq_mech; the top half's uses @stats and @work_ns
 */
struct oirq_mechs {
	atomic64_t spent_ns;
	bool closing;
	struct oirq_mech mech[OIRQ_NR_MECH];
};

static unsigned int context_now(void)
{
	if (in_hardirq())
		return OSTRACE_IRQ_CTX_HARD;
	if (!in_serving_softirq())
		return OSTRACE_IRQ_CTX_THREAD;
	/* The per-CPU variable that names the thread is not for modules. */
	if (current->flags & PF_KTHREAD && !strncmp(current->comm, "ksoftirqd/", 10))
		return OSTRACE_IRQ_CTX_KSOFTIRQD;
	return OSTRACE_IRQ_CTX_SOFT;
}

static void busy(u32 ns)
{
	u64 end;

	if (!ns)
		return;
	end = ktime_get_ns() + ns;
	while (ktime_get_ns() < end)
		cpu_relax();
}

/* Atomic context never gets here with a sleep: the knobs refuse it. */
static void work_of(struct oirq_mech *m)
{
	u32 ns = READ_ONCE(m->sleep_ns);

	busy(READ_ONCE(m->work_ns));
	if (ns && oirq_table_may_sleep(m->id))
		fsleep(DIV_ROUND_UP(ns, NSEC_PER_USEC));
}

/* Account and record an interrupt that was served. */
static void served(struct oirq_mech *m, const struct oirq_item *item, unsigned int ctx, u64 entry)
{
	u64 exit = ktime_get_ns();
	struct ostrace_irq_record rec = {
		.seq = item->seq,
		.raise_ns = item->raise_ns,
		.entry_ns = entry,
		.exit_ns = exit,
		.raise_cpu = item->cpu,
		.pid = current->pid,
		.mech = m->id,
		.ctx = ctx,
	};

	preempt_disable();
	rec.cpu = smp_processor_id();
	oirq_stats_handled(this_cpu_ptr(m->stats), ctx, item->raise_ns, entry, exit);
	preempt_enable();
	/*
	 * A threaded handler is a real-time task: tasks wait for it as well, though
	 * not while it sleeps.
	 */
	if (ctx != OSTRACE_IRQ_CTX_THREAD)
		atomic64_add(oirq_duration(entry, exit), &m->all->spent_ns);
	else if (m->id == OSTRACE_IRQ_THREAD)
		atomic64_add(READ_ONCE(m->work_ns), &m->all->spent_ns);
	trace_ostrace_irq_exit(item->seq, m->id, ctx, oirq_duration(entry, exit));
	oirq_stream_put(&rec);
}

static bool take(struct oirq_mech *m, struct oirq_item *item)
{
	unsigned long flags;
	bool got;

	raw_spin_lock_irqsave(&m->pop_lock, flags);
	got = oirq_fifo_pop(&m->waiting, item);
	raw_spin_unlock_irqrestore(&m->pop_lock, flags);
	return got;
}

/* Count something this CPU does while serving. */
#define count(m, field)                               \
	do {                                          \
		struct oirq_stats *_s;                \
		preempt_disable();                    \
		_s = this_cpu_ptr((m)->stats);        \
		WRITE_ONCE(_s->field, _s->field + 1); \
		preempt_enable();                     \
	} while (0)

/*
 * Every bottom half's function. It serves what waits when it is called; what
 * comes after that has scheduled it again.
 */
static void serve(struct oirq_mech *m)
{
	u32 n = oirq_fifo_waiting(&m->waiting);
	unsigned int ctx = context_now();
	struct oirq_item item;

	count(m, entries);
	if (!n)
		count(m, empty);
	while (n-- && take(m, &item)) {
		u64 entry = ktime_get_ns();

		if (READ_ONCE(m->all->closing)) {
			count(m, dropped);
			continue;
		}
		trace_ostrace_irq_entry(item.seq, m->id, ctx, oirq_duration(item.raise_ns, entry));
		work_of(m);
		served(m, &item, ctx, entry);
	}
	if (ctx == OSTRACE_IRQ_CTX_SOFT || ctx == OSTRACE_IRQ_CTX_KSOFTIRQD)
		oirq_engine_kick();
}

/* Functions of their own, so that each has a name in a profile or a trace. */
static void ostrace_irq_irq_work(struct irq_work *work)
{
	serve(container_of(work, struct oirq_mech, irq_work));
}

#define TASKLET(name)                                              \
	static void ostrace_irq_##name(struct tasklet_struct *t)   \
	{                                                          \
		serve(container_of(t, struct oirq_mech, tasklet)); \
	}
TASKLET(tasklet_hi)
TASKLET(tasklet)

#define WORK(name)                                                 \
	static void ostrace_irq_##name(struct work_struct *work)   \
	{                                                          \
		serve(container_of(work, struct oirq_mech, work)); \
	}
WORK(bh_highpri)
WORK(bh)
WORK(wq_highpri)
WORK(wq)
WORK(wq_unbound)

static void schedule_irq_work(struct oirq_mech *m)
{
	irq_work_queue(&m->irq_work);
}

static void schedule_tasklet_hi(struct oirq_mech *m)
{
	tasklet_hi_schedule(&m->tasklet);
}

static void schedule_tasklet(struct oirq_mech *m)
{
	tasklet_schedule(&m->tasklet);
}

static void schedule_work_item(struct oirq_mech *m)
{
	queue_work(m->wq, &m->work);
}

/**
 * struct ops - how the kernel is asked for a mechanism
 * @schedule: have its function called soon; NULL: the line's own thread, which
 *            the top half wakes by what it returns
 * @tasklet:  its function, for the kind it is of
 * @work:     its function
 * @wq_flags: of the workqueue for @work
 */
struct ops {
	void (*schedule)(struct oirq_mech *m);
	void (*tasklet)(struct tasklet_struct *t);
	work_func_t work;
	unsigned int wq_flags;
};

static const struct ops ops[OIRQ_NR_MECH] = {
	[OSTRACE_IRQ_IRQ_WORK] = { .schedule = schedule_irq_work },
	[OSTRACE_IRQ_TASKLET_HI] = { .schedule = schedule_tasklet_hi,
				     .tasklet = ostrace_irq_tasklet_hi },
	[OSTRACE_IRQ_TASKLET] = { .schedule = schedule_tasklet, .tasklet = ostrace_irq_tasklet },
	[OSTRACE_IRQ_BH_HIGHPRI] = { .schedule = schedule_work_item,
				     .work = ostrace_irq_bh_highpri,
				     .wq_flags = OIRQ_WQ_BH | WQ_HIGHPRI },
	[OSTRACE_IRQ_BH] = { .schedule = schedule_work_item,
			     .work = ostrace_irq_bh,
			     .wq_flags = OIRQ_WQ_BH },
	[OSTRACE_IRQ_WQ_HIGHPRI] = { .schedule = schedule_work_item,
				     .work = ostrace_irq_wq_highpri,
				     .wq_flags = OIRQ_WQ_PERCPU | WQ_HIGHPRI },
	[OSTRACE_IRQ_WQ] = { .schedule = schedule_work_item,
			     .work = ostrace_irq_wq,
			     .wq_flags = OIRQ_WQ_PERCPU },
	[OSTRACE_IRQ_WQ_UNBOUND] = { .schedule = schedule_work_item,
				     .work = ostrace_irq_wq_unbound,
				     .wq_flags = WQ_UNBOUND },
};

/* Hard interrupt: only the top half counts these, so preemption is off. */
static void raise(struct oirq_mech *m, const struct oirq_item *item)
{
	struct oirq_stats *s = this_cpu_ptr(m->stats);
	u32 waiting = oirq_fifo_waiting(&m->waiting);
	enum oirq_push push = oirq_fifo_push(&m->waiting, item);

	WRITE_ONCE(s->raised, s->raised + 1);
	if (push == OIRQ_DROPPED)
		WRITE_ONCE(s->dropped, s->dropped + 1);
	else if (push == OIRQ_MERGED)
		WRITE_ONCE(s->merged, s->merged + 1);
	trace_ostrace_irq_raise(item->seq, m->id, waiting, push == OIRQ_DROPPED);
	/* Even behind others: the call that is to serve those may have begun. */
	if (ops[m->id].schedule)
		ops[m->id].schedule(m);
}

/**
 * oirq_mechs_interrupt - the top half's part: queue for all
 * @ms:       the bottom halves
 * @mask:     those to be served
 * @seq:      number of the interrupt
 * @fired_ns: when it was fired
 * @entry_ns: when the top half began
 *
 * Return: true if the line's thread is to be woken.
 */
bool oirq_mechs_interrupt(struct oirq_mechs *ms, u32 mask, u64 seq, u64 fired_ns, u64 entry_ns)
{
	struct oirq_mech *top = &ms->mech[OSTRACE_IRQ_HARDIRQ];
	struct oirq_item item = { .seq = seq, .raise_ns = fired_ns, .cpu = smp_processor_id() };
	struct oirq_stats *s = this_cpu_ptr(top->stats);
	unsigned int id;

	WRITE_ONCE(s->raised, s->raised + 1);
	WRITE_ONCE(s->entries, s->entries + 1);
	trace_ostrace_irq_entry(seq, OSTRACE_IRQ_HARDIRQ, OSTRACE_IRQ_CTX_HARD,
				oirq_duration(fired_ns, entry_ns));
	busy(READ_ONCE(top->work_ns));
	for (id = OSTRACE_IRQ_HARDIRQ + 1; id < OIRQ_NR_MECH; id++) {
		struct oirq_item queued = item;

		if (!(mask & (1U << id)))
			continue;
		queued.raise_ns = ktime_get_ns();
		raise(&ms->mech[id], &queued);
	}
	served(top, &item, OSTRACE_IRQ_CTX_HARD, entry_ns);
	return mask & (1U << OSTRACE_IRQ_THREAD);
}

/**
 * oirq_mechs_thread - the threaded handler's function
 * @ms: the bottom halves
 */
void oirq_mechs_thread(struct oirq_mechs *ms)
{
	serve(&ms->mech[OSTRACE_IRQ_THREAD]);
}

/**
 * oirq_mechs_thread_gone - the line was freed, and its thread with it
 * @ms: the bottom halves
 */
void oirq_mechs_thread_gone(struct oirq_mechs *ms)
{
	struct oirq_mech *m = &ms->mech[OSTRACE_IRQ_THREAD];
	struct oirq_item item;

	while (take(m, &item))
		count(m, dropped);
}

/**
 * oirq_mechs_idle - does nothing wait?
 * @ms: the bottom halves
 */
bool oirq_mechs_idle(struct oirq_mechs *ms)
{
	unsigned int id;

	for (id = 0; id < OIRQ_NR_MECH; id++)
		if (oirq_fifo_waiting(&ms->mech[id].waiting))
			return false;
	return true;
}

/**
 * oirq_mechs_spent - CPU time that tasks could not have
 * @ms: the bottom halves
 *
 * Return: ns since the last call.
 */
u64 oirq_mechs_spent(struct oirq_mechs *ms)
{
	return atomic64_xchg(&ms->spent_ns, 0);
}

/**
 * oirq_mechs_times - set work and sleep
 * @ms: the bottom halves
 * @k:  checked
 */
void oirq_mechs_times(struct oirq_mechs *ms, const struct oirq_knobs *k)
{
	unsigned int id;

	for (id = 0; id < OIRQ_NR_MECH; id++) {
		WRITE_ONCE(ms->mech[id].work_ns, k->work_ns[id]);
		WRITE_ONCE(ms->mech[id].sleep_ns, k->sleep_ns[id]);
	}
}

/**
 * oirq_mechs_stats - answer OSTRACE_IRQ_STATS
 * @ms: the bottom halves
 * @s:  its head, mech and cpu are the checked question; all else is set
 */
void oirq_mechs_stats(struct oirq_mechs *ms, struct ostrace_irq_stats *s)
{
	struct oirq_mech *m = &ms->mech[s->mech];
	size_t keep = offsetof(struct ostrace_irq_stats, raised);
	int cpu;

	memset((char *)s + keep, 0, sizeof(*s) - keep);
	for_each_possible_cpu(cpu)
		if (s->cpu == -1 || s->cpu == cpu)
			oirq_stats_sum(s, per_cpu_ptr(m->stats, cpu));
}

/**
 * oirq_mechs_counter - one counter, over all CPUs
 * @ms:     the bottom halves
 * @mech:   enum ostrace_irq_mech
 * @offset: of a u64 in struct oirq_stats
 */
u64 oirq_mechs_counter(struct oirq_mechs *ms, unsigned int mech, size_t offset)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		char *s = (char *)per_cpu_ptr(ms->mech[mech].stats, cpu);

		sum += READ_ONCE(*(u64 *)(s + offset));
	}
	return sum;
}

VISIBLE_IF_KUNIT struct oirq_stats __percpu *oirq_mech_alloc_stats(void)
{
	KUNIT_STATIC_STUB_REDIRECT(oirq_mech_alloc_stats);
	return alloc_percpu(struct oirq_stats);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_mech_alloc_stats);

VISIBLE_IF_KUNIT struct workqueue_struct *oirq_mech_alloc_wq(unsigned int id)
{
	KUNIT_STATIC_STUB_REDIRECT(oirq_mech_alloc_wq, id);
	return alloc_workqueue(OIRQ_NAME "_%s", ops[id].wq_flags, 0, oirq_table[id].name);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_mech_alloc_wq);

static int mech_init(struct oirq_mechs *ms, unsigned int id)
{
	struct oirq_mech *m = &ms->mech[id];

	m->all = ms;
	m->id = id;
	raw_spin_lock_init(&m->pop_lock);
	m->stats = oirq_mech_alloc_stats();
	if (!m->stats)
		return -ENOMEM;
	if (ops[id].work) {
		/*
		 * Each place that initialises work is a lock class of its own:
		 * what runs in softirqs is to be another one than what runs in
		 * threads, or lockdep takes the two for one.
		 */
		if (ops[id].wq_flags & WQ_BH)
			INIT_WORK(&m->work, ops[id].work);
		else
			INIT_WORK(&m->work, ops[id].work);
		m->wq = oirq_mech_alloc_wq(id);
		if (!m->wq)
			goto err_stats;
	} else if (ops[id].tasklet) {
		tasklet_setup(&m->tasklet, ops[id].tasklet);
	} else if (ops[id].schedule) {
		m->irq_work = IRQ_WORK_INIT_HARD(ostrace_irq_irq_work);
	}
	return 0;

err_stats:
	free_percpu(m->stats);
	return -ENOMEM;
}

static void mech_exit(struct oirq_mech *m)
{
	if (ops[m->id].work)
		destroy_workqueue(m->wq); /* waits for what is queued */
	else if (ops[m->id].tasklet)
		tasklet_kill(&m->tasklet);
	else if (ops[m->id].schedule)
		irq_work_sync(&m->irq_work);
	free_percpu(m->stats);
}

/**
 * oirq_mechs_new - set all bottom halves up
 *
 * Return: them, or NULL for lack of memory.
 */
struct oirq_mechs *oirq_mechs_new(void)
{
	struct oirq_mechs *ms = kvzalloc(sizeof(*ms), GFP_KERNEL);
	unsigned int id;

	if (!ms)
		return NULL;
	for (id = 0; id < OIRQ_NR_MECH; id++)
		if (mech_init(ms, id))
			goto err_mechs;
	return ms;

err_mechs:
	while (id--)
		mech_exit(&ms->mech[id]);
	kvfree(ms);
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_mechs_new);

/**
 * oirq_mechs_free - take them down
 * @ms: the bottom halves, or NULL. No top half may run any more; the bottom
 *      halves may: they are waited for.
 */
void oirq_mechs_free(struct oirq_mechs *ms)
{
	unsigned int id = OIRQ_NR_MECH;

	if (!ms)
		return;
	WRITE_ONCE(ms->closing, true);
	while (id--)
		mech_exit(&ms->mech[id]);
	kvfree(ms);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_mechs_free);
