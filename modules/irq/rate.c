// SPDX-License-Identifier: GPL-2.0
/*
 * Arithmetic of the rate: how many events are due, how often the timer need
 * tick for that, and how much CPU time may go into them.
 *
 * Two guards keep a machine usable whatever the knobs say. The rate is limited
 * beforehand by what the work asked for would cost; and since nobody knows what
 * an interrupt costs on this machine, the time really spent is charged to a
 * bucket that fills at OIRQ_BUDGET_PERCENT.
 */
#include "rate.h"

/**
 * oirq_pacer_start - count from now on
 * @p:   the pacer
 * @now: ns
 */
void oirq_pacer_start(struct oirq_pacer *p, u64 now)
{
	p->last_ns = now;
	p->rest = 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_pacer_start);

/**
 * oirq_pacer_due - the events since the last call
 * @p:      the pacer
 * @now:    ns
 * @rate:   events a second
 * @missed: what exceeds OIRQ_MAX_CATCH_UP is added here
 *
 * Return: how many; over time exactly @rate a second, however irregular the
 * calls.
 */
u32 oirq_pacer_due(struct oirq_pacer *p, u64 now, u32 rate, u64 *missed)
{
	u64 elapsed, seconds, ns, parts, due;

	if (now <= p->last_ns)
		return 0;
	elapsed = now - p->last_ns;
	p->last_ns = now;
	/* Whole seconds apart, or a long pause overflows the product. */
	seconds = div_u64(elapsed, NSEC_PER_SEC);
	ns = elapsed - seconds * NSEC_PER_SEC;
	parts = ns * rate + p->rest;
	due = div_u64(parts, NSEC_PER_SEC);
	p->rest = parts - due * NSEC_PER_SEC;
	due += seconds * rate;
	if (due > OIRQ_MAX_CATCH_UP) {
		*missed += due - OIRQ_MAX_CATCH_UP;
		due = OIRQ_MAX_CATCH_UP;
	}
	return due;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_pacer_due);

/**
 * oirq_pacer_period - how often to look
 * @rate: events a second, not 0
 *
 * Return: ns. At high rates a tick brings several events.
 */
u64 oirq_pacer_period(u32 rate)
{
	return max_t(u64, div_u64(NSEC_PER_SEC, rate), OIRQ_MIN_PERIOD_NS);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_pacer_period);

/**
 * oirq_budget_start - begin with a full bucket
 * @b:   the bucket
 * @now: ns
 */
void oirq_budget_start(struct oirq_budget *b, u64 now)
{
	b->last_ns = now;
	b->balance = OIRQ_BUDGET_NS;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_budget_start);

/**
 * oirq_budget_refill - charge what was spent, add what time brought
 * @b:     the bucket
 * @now:   ns
 * @spent: ns of CPU time since the last call
 *
 * Return: true if there is something left to spend.
 */
bool oirq_budget_refill(struct oirq_budget *b, u64 now, u64 spent)
{
	u64 elapsed = now > b->last_ns ? now - b->last_ns : 0;
	/* More than this fills or empties the bucket anyway. */
	s64 out = min_t(u64, spent, 4 * OIRQ_BUDGET_NS);
	s64 in = div_u64(min_t(u64, elapsed, 100 * OIRQ_BUDGET_NS) * OIRQ_BUDGET_PERCENT, 100);

	b->last_ns = now;
	b->balance = clamp_t(s64, b->balance + in - out, -OIRQ_BUDGET_NS, OIRQ_BUDGET_NS);
	return b->balance > 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_budget_refill);

/**
 * oirq_rate_limit - the rate that a CPU has time for
 * @rate:    events a second, as asked for
 * @burst:   interrupts an event, not 0
 * @cost_ns: of one interrupt, that no task can preempt; not 0
 *
 * Return: @rate or less, but not less than 1 where something was asked for.
 */
u32 oirq_rate_limit(u32 rate, u32 burst, u64 cost_ns)
{
	u64 budget = NSEC_PER_SEC / 100 * OIRQ_BUDGET_PERCENT;
	u64 most = div64_u64(budget, cost_ns * burst);

	if (!rate)
		return 0;
	return clamp_t(u64, most, 1, rate);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_rate_limit);
