// SPDX-License-Identifier: GPL-2.0
/*
 * The mechanism table: the kernel's bottom halves, where each runs, and what
 * follows from that.
 */
#include "table.h"

const struct oirq_mech_info oirq_table[OIRQ_NR_MECH] = {
	[OSTRACE_IRQ_HARDIRQ] = {
		.name = "hardirq",
		.ctx = OSTRACE_IRQ_CTX_HARD,
		.softirq = "",
		.why = "the top half runs with interrupts off on whatever task was there: no sleeping",
	},
	[OSTRACE_IRQ_IRQ_WORK] = {
		.name = "irq_work",
		.ctx = OSTRACE_IRQ_CTX_HARD,
		.softirq = "",
		.why = "irq_work is an interrupt this CPU sends itself, interrupts off: no sleeping",
	},
	[OSTRACE_IRQ_TASKLET_HI] = {
		.name = "tasklet_hi",
		.ctx = OSTRACE_IRQ_CTX_SOFT,
		.softirq = "HI",
		.why = "tasklets run in softirq context: no sleeping; use a workqueue or threaded irq",
	},
	[OSTRACE_IRQ_TASKLET] = {
		.name = "tasklet",
		.ctx = OSTRACE_IRQ_CTX_SOFT,
		.softirq = "TASKLET",
		.why = "tasklets run in softirq context: no sleeping; use a workqueue or threaded irq",
	},
	[OSTRACE_IRQ_BH_HIGHPRI] = {
		.name = "bh_highpri",
		.ctx = OSTRACE_IRQ_CTX_SOFT,
		.softirq = "HI",
		.why = "WQ_BH work runs in softirq context: no sleeping; use a workqueue without WQ_BH",
	},
	[OSTRACE_IRQ_BH] = {
		.name = "bh",
		.ctx = OSTRACE_IRQ_CTX_SOFT,
		.softirq = "TASKLET",
		.why = "WQ_BH work runs in softirq context: no sleeping; use a workqueue without WQ_BH",
	},
	[OSTRACE_IRQ_THREAD] = {
		.name = "thread",
		.ctx = OSTRACE_IRQ_CTX_THREAD,
		.softirq = "",
		.why = "a threaded handler is a real-time kernel thread of its own: it may sleep",
	},
	[OSTRACE_IRQ_WQ_HIGHPRI] = {
		.name = "wq_highpri",
		.ctx = OSTRACE_IRQ_CTX_THREAD,
		.softirq = "",
		.why = "work items run in kernel threads (here at nice -20): they may sleep",
	},
	[OSTRACE_IRQ_WQ] = {
		.name = "wq",
		.ctx = OSTRACE_IRQ_CTX_THREAD,
		.softirq = "",
		.why = "work items run in kernel threads of the CPU they were queued on: they may sleep",
	},
	[OSTRACE_IRQ_WQ_UNBOUND] = {
		.name = "wq_unbound",
		.ctx = OSTRACE_IRQ_CTX_THREAD,
		.softirq = "",
		.why = "work items run in kernel threads on any CPU: they may sleep",
	},
};
EXPORT_SYMBOL_IF_KUNIT(oirq_table);

/**
 * oirq_table_find - look a mechanism up by name
 * @name: need not be terminated
 * @len:  its length
 *
 * Return: enum ostrace_irq_mech, or -ENOENT.
 */
int oirq_table_find(const char *name, size_t len)
{
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++)
		if (strlen(oirq_table[m].name) == len && !strncmp(oirq_table[m].name, name, len))
			return m;
	return -ENOENT;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_find);

/**
 * oirq_table_may_sleep - may it?
 * @mech: enum ostrace_irq_mech
 *
 * Return: true for those that run in a thread. This is the one place that says
 * so, and all that reaches a sleep has asked here.
 */
bool oirq_table_may_sleep(unsigned int mech)
{
	return oirq_table[mech].ctx == OSTRACE_IRQ_CTX_THREAD;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_may_sleep);

/**
 * oirq_table_max_work - the longest busy loop it is allowed
 * @mech: enum ostrace_irq_mech
 *
 * Return: ns; the less the context can be preempted, the shorter.
 */
u32 oirq_table_max_work(unsigned int mech)
{
	switch (oirq_table[mech].ctx) {
	case OSTRACE_IRQ_CTX_THREAD:
		return OSTRACE_IRQ_MAX_WORK_THREAD_NS;
	case OSTRACE_IRQ_CTX_SOFT:
		return OSTRACE_IRQ_MAX_WORK_SOFT_NS;
	default:
		return OSTRACE_IRQ_MAX_WORK_HARD_NS;
	}
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_max_work);

/**
 * oirq_table_softirq_mechs - those that run in softirq context
 *
 * Return: a bit for each.
 */
u32 oirq_table_softirq_mechs(void)
{
	u32 mask = 0;
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++)
		if (oirq_table[m].ctx == OSTRACE_IRQ_CTX_SOFT)
			mask |= 1U << m;
	return mask;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_softirq_mechs);

/**
 * oirq_table_context - the name of a context
 * @ctx: enum ostrace_irq_ctx
 *
 * Return: "hard", "softirq", "ksoftirqd" or "thread"; "?" for others.
 */
const char *oirq_table_context(unsigned int ctx)
{
	static const char *const names[OSTRACE_IRQ_NR_CTX] = {
		[OSTRACE_IRQ_CTX_HARD] = "hard",
		[OSTRACE_IRQ_CTX_SOFT] = "softirq",
		[OSTRACE_IRQ_CTX_KSOFTIRQD] = "ksoftirqd",
		[OSTRACE_IRQ_CTX_THREAD] = "thread",
	};

	return ctx < OSTRACE_IRQ_NR_CTX ? names[ctx] : "?";
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_context);

static void copy_name(char *to, size_t size, const char *from)
{
	size_t len = min_t(size_t, strlen(from), size - 1);

	memset(to, 0, size);
	memcpy(to, from, len);
}

/**
 * oirq_table_describe - answer OSTRACE_IRQ_DESCRIBE
 * @d: its head and mech are the question; all else is set
 *
 * Return: 0, or -EINVAL if there is no such mechanism.
 */
int oirq_table_describe(struct ostrace_irq_describe *d)
{
	const struct oirq_mech_info *info;

	if (d->mech >= OIRQ_NR_MECH)
		return -EINVAL;
	info = &oirq_table[d->mech];
	d->ctx = info->ctx;
	d->may_sleep = oirq_table_may_sleep(d->mech);
	d->max_work_ns = oirq_table_max_work(d->mech);
	memset(d->reserved, 0, sizeof(d->reserved));
	copy_name(d->name, sizeof(d->name), info->name);
	copy_name(d->softirq, sizeof(d->softirq), info->softirq);
	copy_name(d->why, sizeof(d->why), info->why);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_table_describe);
