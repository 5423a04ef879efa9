// SPDX-License-Identifier: GPL-2.0
/*
 * Counters and distributions of one mechanism on one CPU.
 */
#include "stats.h"

/**
 * oirq_duration - from one stamp to another
 * @from: ns
 * @to:   ns
 *
 * Return: ns; 0 where the clocks of two CPUs disagree by a hair.
 */
u64 oirq_duration(u64 from, u64 to)
{
	return to > from ? to - from : 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_duration);

/* A reader on another CPU sees whole values. */
static void add(u64 *to, u64 v)
{
	WRITE_ONCE(*to, *to + v);
}

/**
 * oirq_dist_add - account a duration
 * @d:  the distribution
 * @ns: the duration
 */
void oirq_dist_add(struct ostrace_irq_dist *d, u64 ns)
{
	add(&d->count, 1);
	add(&d->sum, ns);
	if (ns > d->max)
		WRITE_ONCE(d->max, ns);
	add(&d->hist[ostrace_hist_slot(ns)], 1);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_dist_add);

/**
 * oirq_stats_handled - account an interrupt that was served
 * @s:        this CPU's
 * @ctx:      enum ostrace_irq_ctx it was served in
 * @raise_ns: the three stamps
 * @entry_ns:
 * @exit_ns:
 */
void oirq_stats_handled(struct oirq_stats *s, unsigned int ctx, u64 raise_ns, u64 entry_ns,
			u64 exit_ns)
{
	add(&s->handled, 1);
	add(&s->ctx[ctx], 1);
	oirq_dist_add(&s->latency, oirq_duration(raise_ns, entry_ns));
	oirq_dist_add(&s->run, oirq_duration(entry_ns, exit_ns));
}
EXPORT_SYMBOL_IF_KUNIT(oirq_stats_handled);

static void sum_dist(struct ostrace_irq_dist *to, const struct ostrace_irq_dist *from)
{
	u64 max = READ_ONCE(from->max);
	int i;

	to->count += READ_ONCE(from->count);
	to->sum += READ_ONCE(from->sum);
	if (max > to->max)
		to->max = max;
	for (i = 0; i < OSTRACE_IRQ_SLOTS; i++)
		to->hist[i] += READ_ONCE(from->hist[i]);
}

/**
 * oirq_stats_sum - add one CPU's to a total
 * @to:   the total
 * @from: the CPU's; may be written meanwhile
 */
void oirq_stats_sum(struct ostrace_irq_stats *to, const struct oirq_stats *from)
{
	int i;

	/*
	 * What is served before what was raised: a reader that subtracts never
	 * finds more served than raised.
	 */
	to->handled += READ_ONCE(from->handled);
	to->dropped += READ_ONCE(from->dropped);
	to->empty += READ_ONCE(from->empty);
	to->entries += READ_ONCE(from->entries);
	for (i = 0; i < OSTRACE_IRQ_NR_CTX; i++)
		to->ctx[i] += READ_ONCE(from->ctx[i]);
	sum_dist(&to->latency, &from->latency);
	sum_dist(&to->run, &from->run);
	to->merged += READ_ONCE(from->merged);
	to->raised += READ_ONCE(from->raised);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_stats_sum);
