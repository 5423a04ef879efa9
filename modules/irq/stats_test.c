// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "stats.h"

static void duration_is_never_negative(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, oirq_duration(5, 12), 7ull);
	KUNIT_EXPECT_EQ(test, oirq_duration(12, 12), 0ull);
	KUNIT_EXPECT_EQ(test, oirq_duration(12, 5), 0ull);
}

static void hist_slots_cover_their_values(struct kunit *test)
{
	u32 shift, slot;

	for (shift = 0; shift < 41; shift++) {
		u64 v = (1ull << shift) + (1ull << shift) / 3;

		slot = ostrace_hist_slot(v);
		KUNIT_EXPECT_LE(test, ostrace_hist_low(slot), v);
		KUNIT_EXPECT_GT(test, ostrace_hist_low(slot + 1), v);
	}
	KUNIT_EXPECT_EQ(test, ostrace_hist_slot(U64_MAX), (u32)OSTRACE_HIST_SLOTS - 1);
	for (slot = 1; slot < OSTRACE_HIST_SLOTS; slot++)
		KUNIT_EXPECT_EQ(test, ostrace_hist_slot(ostrace_hist_low(slot)), slot);
}

static void dist_adds_up(struct kunit *test)
{
	struct ostrace_irq_dist *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	u64 total = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	oirq_dist_add(d, 1000);
	oirq_dist_add(d, 3);
	oirq_dist_add(d, 1000);
	KUNIT_EXPECT_EQ(test, d->count, 3ull);
	KUNIT_EXPECT_EQ(test, d->sum, 2003ull);
	KUNIT_EXPECT_EQ(test, d->max, 1000ull);
	KUNIT_EXPECT_EQ(test, d->hist[3], 1ull);
	KUNIT_EXPECT_EQ(test, d->hist[ostrace_hist_slot(1000)], 2ull);
	for (i = 0; i < OSTRACE_IRQ_SLOTS; i++)
		total += d->hist[i];
	KUNIT_EXPECT_EQ(test, total, 3ull);
}

static void handled_fills_both_distributions(struct kunit *test)
{
	struct oirq_stats *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	oirq_stats_handled(s, OSTRACE_IRQ_CTX_KSOFTIRQD, 100, 150, 450);
	KUNIT_EXPECT_EQ(test, s->handled, 1ull);
	KUNIT_EXPECT_EQ(test, s->ctx[OSTRACE_IRQ_CTX_KSOFTIRQD], 1ull);
	KUNIT_EXPECT_EQ(test, s->ctx[OSTRACE_IRQ_CTX_SOFT], 0ull);
	KUNIT_EXPECT_EQ(test, s->latency.sum, 50ull);
	KUNIT_EXPECT_EQ(test, s->run.sum, 300ull);
	/* Stamps of two CPUs that disagree. */
	oirq_stats_handled(s, OSTRACE_IRQ_CTX_SOFT, 160, 150, 150);
	KUNIT_EXPECT_EQ(test, s->latency.sum, 50ull);
	KUNIT_EXPECT_EQ(test, s->latency.count, 2ull);
}

static void sum_is_that_of_all_cpus(struct kunit *test)
{
	struct oirq_stats *s = kunit_kzalloc(test, 2 * sizeof(*s), GFP_KERNEL);
	struct ostrace_irq_stats *sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, sum);
	for (cpu = 0; cpu < 2; cpu++) {
		s[cpu].raised = 10 + cpu;
		s[cpu].entries = 3;
		s[cpu].empty = 1;
		s[cpu].merged = 2;
		s[cpu].dropped = cpu;
		oirq_stats_handled(&s[cpu], OSTRACE_IRQ_CTX_HARD, 0, 10 + cpu, 20);
		oirq_stats_sum(sum, &s[cpu]);
	}
	KUNIT_EXPECT_EQ(test, sum->raised, 21ull);
	KUNIT_EXPECT_EQ(test, sum->handled, 2ull);
	KUNIT_EXPECT_EQ(test, sum->entries, 6ull);
	KUNIT_EXPECT_EQ(test, sum->empty, 2ull);
	KUNIT_EXPECT_EQ(test, sum->merged, 4ull);
	KUNIT_EXPECT_EQ(test, sum->dropped, 1ull);
	KUNIT_EXPECT_EQ(test, sum->ctx[OSTRACE_IRQ_CTX_HARD], 2ull);
	KUNIT_EXPECT_EQ(test, sum->latency.max, 11ull);
	KUNIT_EXPECT_EQ(test, sum->latency.sum, 21ull);
	KUNIT_EXPECT_EQ(test, sum->run.count, 2ull);
	KUNIT_EXPECT_EQ(test, sum->latency.hist[ostrace_hist_slot(10)], 2ull);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(duration_is_never_negative),
	KUNIT_CASE(hist_slots_cover_their_values),
	KUNIT_CASE(dist_adds_up),
	KUNIT_CASE(handled_fills_both_distributions),
	KUNIT_CASE(sum_is_that_of_all_cpus),
	{},
};

static struct kunit_suite stats_suite = { .name = "ostrace_irq_stats", .test_cases = stats_cases };

kunit_test_suite(stats_suite);
