/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_RATE_H
#define _OSTRACE_IRQ_RATE_H

#include "pure.h"

/* A timer that fires more often does little else. */
#define OIRQ_MIN_PERIOD_NS (50 * NSEC_PER_USEC)

/* Events that a late tick may catch up with at once. */
#define OIRQ_MAX_CATCH_UP 64

/* Share of one CPU that interrupts may use, storms apart. */
#define OIRQ_BUDGET_PERCENT 40

/* A short busy spell may be saved up for, or paid off, over this much. */
#define OIRQ_BUDGET_NS (2 * (s64)NSEC_PER_MSEC)

/* What an interrupt costs besides the work asked for: a guess on the safe side. */
#define OIRQ_COST_TOP_NS 4000
#define OIRQ_COST_BOTTOM_NS 2000

/**
 * struct oirq_pacer - time in, events out
 * @last_ns: up to when events were handed out
 * @rest:    the part of an event that was left then, in 1/NSEC_PER_SEC
 */
struct oirq_pacer {
	u64 last_ns;
	u64 rest;
};

/**
 * struct oirq_budget - a token bucket of CPU time
 * @last_ns: when it was last filled
 * @balance: ns; below zero is debt
 */
struct oirq_budget {
	u64 last_ns;
	s64 balance;
};

void oirq_pacer_start(struct oirq_pacer *p, u64 now);
u32 oirq_pacer_due(struct oirq_pacer *p, u64 now, u32 rate, u64 *missed);
u64 oirq_pacer_period(u32 rate);
void oirq_budget_start(struct oirq_budget *b, u64 now);
bool oirq_budget_refill(struct oirq_budget *b, u64 now, u64 spent);
u32 oirq_rate_limit(u32 rate, u32 burst, u64 cost_ns);

#endif /* _OSTRACE_IRQ_RATE_H */
