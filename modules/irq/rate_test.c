// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "rate.h"

#define MS ((u64)NSEC_PER_MSEC)

static void pacer_is_exact_however_it_is_called(struct kunit *test)
{
	static const u64 steps[] = { 1, 999, 7 * MS / 3, 50000, 3333333, 333 };
	struct oirq_pacer p = {};
	u64 now = 5 * MS, missed = 0, events = 0;
	u32 i;

	oirq_pacer_start(&p, now);
	for (i = 0; now < 5 * MS + 10ull * NSEC_PER_SEC; i++) {
		now += steps[i % ARRAY_SIZE(steps)];
		events += oirq_pacer_due(&p, now, 777, &missed);
	}
	KUNIT_EXPECT_EQ(test, events, div64_u64((now - 5 * MS) * 777, NSEC_PER_SEC));
	KUNIT_EXPECT_EQ(test, missed, 0ull);
}

static void pacer_catches_up_so_far_and_counts_the_rest(struct kunit *test)
{
	struct oirq_pacer p = {};
	u64 missed = 0;

	oirq_pacer_start(&p, 0);
	KUNIT_EXPECT_EQ(test, oirq_pacer_due(&p, NSEC_PER_SEC, 1000, &missed),
			(u32)OIRQ_MAX_CATCH_UP);
	KUNIT_EXPECT_EQ(test, missed, 1000ull - OIRQ_MAX_CATCH_UP);
	KUNIT_EXPECT_EQ(test, oirq_pacer_due(&p, NSEC_PER_SEC + MS, 1000, &missed), 1u);
}

static void pacer_survives_a_year_and_a_clock_that_stands(struct kunit *test)
{
	struct oirq_pacer p = {};
	u64 missed = 0, year = 365ull * 86400 * NSEC_PER_SEC;

	oirq_pacer_start(&p, 1000);
	KUNIT_EXPECT_EQ(test, oirq_pacer_due(&p, 1000, 20000, &missed), 0u);
	KUNIT_EXPECT_EQ(test, oirq_pacer_due(&p, 10, 20000, &missed), 0u);
	KUNIT_EXPECT_EQ(test, oirq_pacer_due(&p, 1000 + year, 20000, &missed),
			(u32)OIRQ_MAX_CATCH_UP);
	KUNIT_EXPECT_EQ(test, missed, 365ull * 86400 * 20000 - OIRQ_MAX_CATCH_UP);
}

static void period_has_a_floor(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, oirq_pacer_period(1), (u64)NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, oirq_pacer_period(1000), MS);
	KUNIT_EXPECT_EQ(test, oirq_pacer_period(20000), (u64)OIRQ_MIN_PERIOD_NS);
	KUNIT_EXPECT_EQ(test, oirq_pacer_period(U32_MAX), (u64)OIRQ_MIN_PERIOD_NS);
}

static void budget_lets_through_its_share(struct kunit *test)
{
	struct oirq_budget b = {};
	u64 now = 0, spent = 0, total = 0;
	u32 i;

	oirq_budget_start(&b, now);
	/* Wants a whole CPU, spends whenever it may. */
	for (i = 0; i < 10000; i++) {
		now += MS;
		spent = oirq_budget_refill(&b, now, spent) ? MS : 0;
		total += spent;
	}
	KUNIT_EXPECT_LE(test, total, now * (OIRQ_BUDGET_PERCENT + 1) / 100);
	KUNIT_EXPECT_GE(test, total, now * (OIRQ_BUDGET_PERCENT - 1) / 100);
}

static void budget_debt_and_savings_are_bounded(struct kunit *test)
{
	struct oirq_budget b = {};

	oirq_budget_start(&b, 0);
	KUNIT_EXPECT_FALSE(test, oirq_budget_refill(&b, 1, U64_MAX));
	KUNIT_EXPECT_EQ(test, b.balance, -OIRQ_BUDGET_NS);
	KUNIT_EXPECT_TRUE(test, oirq_budget_refill(&b, U64_MAX / 2, 0));
	KUNIT_EXPECT_EQ(test, b.balance, OIRQ_BUDGET_NS);
	/* A clock that went back brings nothing and breaks nothing. */
	KUNIT_EXPECT_TRUE(test, oirq_budget_refill(&b, 5, 1));
	KUNIT_EXPECT_EQ(test, b.balance, OIRQ_BUDGET_NS - 1);
}

static void limit_holds_rate_times_cost_below_the_budget(struct kunit *test)
{
	static const u32 rates[] = { 1, 100, 20000 }, bursts[] = { 1, 7, 64 };
	static const u64 costs[] = { 1, 5000, 600000, 12000000 };
	u32 r, b, c;

	for (r = 0; r < ARRAY_SIZE(rates); r++)
		for (b = 0; b < ARRAY_SIZE(bursts); b++)
			for (c = 0; c < ARRAY_SIZE(costs); c++) {
				u64 got = oirq_rate_limit(rates[r], bursts[b], costs[c]);
				u64 ns = got * bursts[b] * costs[c];

				KUNIT_EXPECT_GE(test, got, 1ull);
				KUNIT_EXPECT_LE(test, got, (u64)rates[r]);
				if (got > 1)
					KUNIT_EXPECT_LE(test, ns,
							(u64)NSEC_PER_SEC / 100 *
								OIRQ_BUDGET_PERCENT);
			}
	KUNIT_EXPECT_EQ(test, oirq_rate_limit(0, 1, 1000), 0u);
	KUNIT_EXPECT_EQ(test, oirq_rate_limit(20000, 1, 1000), 20000u);
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(pacer_is_exact_however_it_is_called),
	KUNIT_CASE(pacer_catches_up_so_far_and_counts_the_rest),
	KUNIT_CASE(pacer_survives_a_year_and_a_clock_that_stands),
	KUNIT_CASE(period_has_a_floor),
	KUNIT_CASE(budget_lets_through_its_share),
	KUNIT_CASE(budget_debt_and_savings_are_bounded),
	KUNIT_CASE(limit_holds_rate_times_cost_below_the_budget),
	{},
};

static struct kunit_suite rate_suite = { .name = "ostrace_irq_rate", .test_cases = rate_cases };

kunit_test_suite(rate_suite);
