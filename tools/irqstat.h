/* SPDX-License-Identifier: GPL-2.0 */
/* What an interrupt mechanism did in an interval: differences and sums. Pure. */
#ifndef OSTRACE_IRQSTAT_H
#define OSTRACE_IRQSTAT_H

#include "hist.h"
#include "uapi/ostrace/irq.h"

/*
 * Durations of an interval. The driver keeps the longest since it was loaded,
 * so that of an interval is known exactly only if it is the longest so far;
 * else it lies between two bounds, the edges of the highest slot that grew.
 */
struct irq_dist {
	struct hist h; /* h.max: 0 unless exact */
	uint64_t max_low, max_high;
};

struct irq_stat {
	uint64_t raised, handled, entries, empty, merged, dropped;
	uint64_t ctx[OSTRACE_IRQ_NR_CTX];
	struct irq_dist latency, run;
};

/**
 * irqstat_delta - what happened between two snapshots of one driver
 * @before: all zero for the time since it was loaded
 */
void irqstat_delta(struct irq_stat *d, const struct ostrace_irq_stats *before,
		   const struct ostrace_irq_stats *now);

/** irqstat_add - @to += @s; @to starts as all zero */
void irqstat_add(struct irq_stat *to, const struct irq_stat *s);

#define IRQSTAT_CONTEXTS 40 /* bytes that irqstat_contexts() needs */

/**
 * irqstat_contexts - where it ran, "soft+ksoft"; empty if it did not
 * @buf: IRQSTAT_CONTEXTS bytes
 */
const char *irqstat_contexts(const struct irq_stat *s, char *buf);

#endif /* OSTRACE_IRQSTAT_H */
