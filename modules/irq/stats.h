/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_STATS_H
#define _OSTRACE_IRQ_STATS_H

#include "pure.h"

/**
 * struct oirq_stats - what one mechanism did on one CPU
 *
 * The fields are those of struct ostrace_irq_stats. Written by that CPU alone
 * with preemption off, so no update is atomic and none is lost; readers may see
 * one field a step ahead of another.
 */
struct oirq_stats {
	u64 raised;
	u64 handled;
	u64 entries;
	u64 empty;
	u64 merged;
	u64 dropped;
	u64 ctx[OSTRACE_IRQ_NR_CTX];
	struct ostrace_irq_dist latency;
	struct ostrace_irq_dist run;
};

u64 oirq_duration(u64 from, u64 to);
void oirq_dist_add(struct ostrace_irq_dist *d, u64 ns);
void oirq_stats_handled(struct oirq_stats *s, unsigned int ctx, u64 raise_ns, u64 entry_ns,
			u64 exit_ns);
void oirq_stats_sum(struct ostrace_irq_stats *to, const struct oirq_stats *from);

#endif /* _OSTRACE_IRQ_STATS_H */
