// SPDX-License-Identifier: GPL-2.0
/* What an interrupt mechanism did between two snapshots of the driver. */
#include "unit.h"
#include <string.h>
#include "irqstat.h"

static void record(struct ostrace_irq_dist *d, uint64_t ns)
{
	d->count++;
	d->sum += ns;
	d->hist[ostrace_hist_slot(ns)]++;
	if (ns > d->max)
		d->max = ns;
}

static void counts_and_contexts(void **state)
{
	struct ostrace_irq_stats before = { .raised = 10,
					    .handled = 9,
					    .entries = 4,
					    .dropped = 1,
					    .empty = 2,
					    .merged = 5,
					    .ctx = { 0, 7, 2, 0 } };
	struct ostrace_irq_stats now = { .raised = 110,
					 .handled = 104,
					 .entries = 54,
					 .dropped = 3,
					 .empty = 3,
					 .merged = 8,
					 .ctx = { 0, 100, 4, 0 } };
	char text[IRQSTAT_CONTEXTS];
	struct irq_stat d;

	irqstat_delta(&d, &before, &now);
	assert_int_equal(d.raised, 100);
	assert_int_equal(d.handled, 95);
	assert_int_equal(d.entries, 50);
	assert_int_equal(d.dropped, 2);
	assert_int_equal(d.empty, 1);
	assert_int_equal(d.merged, 3);
	assert_int_equal(d.ctx[OSTRACE_IRQ_CTX_SOFT], 93);
	assert_int_equal(d.ctx[OSTRACE_IRQ_CTX_KSOFTIRQD], 2);
	assert_string_equal(irqstat_contexts(&d, text), "soft+ksoft");
	irqstat_delta(&d, &now, &now);
	assert_int_equal(d.handled, 0);
	assert_string_equal(irqstat_contexts(&d, text), "");
	memset(d.ctx, 1, sizeof(d.ctx));
	assert_string_equal(irqstat_contexts(&d, text), "hard+soft+ksoft+thread");
}

/* The longest since loading is not the longest of an interval. */
static void the_longest_is_exact_or_bounded(void **state)
{
	struct ostrace_irq_stats before = { 0 }, now;
	struct irq_stat d;

	record(&before.latency, 1000);
	now = before;
	record(&now.latency, 5001);
	irqstat_delta(&d, &before, &now);
	assert_int_equal(d.latency.h.max, 5001);
	assert_int_equal(d.latency.max_low, 5001);
	assert_int_equal(d.latency.max_high, 5001);
	assert_int_equal(d.latency.h.count, 1);
	assert_int_equal(d.latency.h.sum, 5001);

	before = now;
	record(&now.latency, 3000);
	record(&now.latency, 300);
	irqstat_delta(&d, &before, &now);
	assert_int_equal(d.latency.h.max, 0);
	assert_in_range(3000, d.latency.max_low, d.latency.max_high);
	assert_true(d.latency.max_high < d.latency.max_low + d.latency.max_low / 4);

	/* Of the slot of the longest of all, no more than that. */
	before = now;
	record(&now.latency, 4990);
	irqstat_delta(&d, &before, &now);
	assert_int_equal(d.latency.max_high, 5001);
	assert_true(d.latency.max_low <= 4990);

	/* Nothing: no longest. */
	irqstat_delta(&d, &now, &now);
	assert_int_equal(d.latency.max_high, 0);
	assert_int_equal(d.latency.h.max, 0);
}

static void a_percentile_is_not_cut_at_a_bound(void **state)
{
	struct ostrace_irq_stats before = { 0 }, now;
	struct irq_stat d;

	record(&before.latency, 1000000);
	now = before;
	record(&now.latency, 3583); /* near the end of its slot */
	irqstat_delta(&d, &before, &now);
	assert_int_equal(hist_percentile(&d.latency.h, 990, NULL),
			 hist_value(ostrace_hist_slot(3583)));
}

static void the_last_slot_has_no_end(void **state)
{
	struct ostrace_irq_stats before = { 0 }, now;
	struct irq_stat d;

	record(&before.latency, 1ull << 50);
	now = before;
	record(&now.latency, 1ull << 45);
	irqstat_delta(&d, &before, &now);
	assert_in_range(1ull << 45, d.latency.max_low, d.latency.max_high);
	assert_int_equal(d.latency.max_high, 1ull << 50);
}

/* CPU 0 had one of exactly 5001, CPU 1 one of between 5120 and 6143: not exact. */
static void sums_keep_what_is_not_known(void **state)
{
	struct ostrace_irq_stats zero = { 0 }, now = { 0 }, before;
	struct irq_stat exact, bounded, sum = { 0 };

	record(&now.latency, 5001);
	irqstat_delta(&exact, &zero, &now);
	before = now;
	record(&before.latency, 1000000);
	now = before;
	record(&now.latency, 6000);
	irqstat_delta(&bounded, &before, &now);

	irqstat_add(&sum, &exact);
	assert_int_equal(sum.latency.h.max, 5001);
	irqstat_add(&sum, &bounded);
	assert_int_equal(sum.latency.h.count, 2);
	assert_int_equal(sum.latency.h.max, 0);
	assert_in_range(6000, sum.latency.max_low, sum.latency.max_high);

	/* One that is exact and longer than the other can be. */
	memset(&sum, 0, sizeof(sum));
	memset(&now, 0, sizeof(now));
	record(&now.latency, 7000);
	irqstat_delta(&exact, &zero, &now);
	irqstat_add(&sum, &bounded);
	irqstat_add(&sum, &exact);
	assert_int_equal(sum.latency.h.max, 7000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_contexts),
		cmocka_unit_test(the_longest_is_exact_or_bounded),
		cmocka_unit_test(a_percentile_is_not_cut_at_a_bound),
		cmocka_unit_test(the_last_slot_has_no_end),
		cmocka_unit_test(sums_keep_what_is_not_known),
	};

	return cmocka_run_group_tests_name("irqstat", tests, NULL, NULL);
}
