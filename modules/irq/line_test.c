// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "line.h"

#define MS ((u64)NSEC_PER_MSEC)

static struct oirq_line *new_line(struct kunit *test)
{
	struct oirq_line *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	oirq_line_start(l, MS);
	return l;
}

/* Everything that is due is fired and taken at once. */
static u32 serve_all(struct oirq_line *l, u64 now)
{
	u32 n = 0;

	while (oirq_line_fire(l, now) && oirq_line_take(l))
		n++;
	return n;
}

static void line_fires_as_many_as_are_owed(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 0, .burst = 16 };
	u64 now = MS;
	u32 n = 0;

	KUNIT_EXPECT_FALSE(test, oirq_line_busy(l, &p, now));
	KUNIT_EXPECT_EQ(test, oirq_line_owe(l, 100), 0);
	while (oirq_line_busy(l, &p, now)) {
		u32 some;

		now += oirq_line_period(l, &p, now);
		oirq_line_tick(l, &p, now, 0, true);
		some = serve_all(l, now);
		KUNIT_EXPECT_LE(test, some, p.burst);
		n += some;
	}
	KUNIT_EXPECT_EQ(test, n, 100u);
	KUNIT_EXPECT_EQ(test, l->interrupts, 100ull);
	KUNIT_EXPECT_EQ(test, l->missed + l->lost + l->spurious, 0ull);
	KUNIT_EXPECT_EQ(test, now, MS + 7 * MS);
}

static void line_owed_wait_for_those_before(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 0, .burst = 4 };

	oirq_line_owe(l, 8);
	oirq_line_tick(l, &p, 2 * MS, 0, false);
	KUNIT_EXPECT_EQ(test, l->credits, 0u);
	oirq_line_tick(l, &p, 3 * MS, 0, true);
	KUNIT_EXPECT_EQ(test, l->credits, 4u);
	oirq_line_tick(l, &p, 4 * MS, 0, true);
	KUNIT_EXPECT_EQ(test, l->credits, 4u);
	KUNIT_EXPECT_EQ(test, l->owed, 4ull);
}

static void line_owes_no_more_than_the_limit(struct kunit *test)
{
	struct oirq_line *l = new_line(test);

	KUNIT_EXPECT_EQ(test, oirq_line_owe(l, OSTRACE_IRQ_MAX_FIRE), 0);
	KUNIT_EXPECT_EQ(test, oirq_line_owe(l, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, oirq_line_owe(l, U32_MAX), -EBUSY);
	KUNIT_EXPECT_EQ(test, l->owed, (u64)OSTRACE_IRQ_MAX_FIRE);
}

static void line_rate_gives_events_of_a_burst(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 500, .burst = 3 };
	u64 now = MS;
	u32 n = 0, i;

	for (i = 0; i < 100; i++) {
		now += oirq_line_period(l, &p, now);
		oirq_line_tick(l, &p, now, 0, true);
		n += serve_all(l, now);
	}
	KUNIT_EXPECT_EQ(test, n, 300u);
	KUNIT_EXPECT_TRUE(test, oirq_line_busy(l, &p, now));
}

static void line_misses_what_it_has_no_room_for(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 1000, .burst = 64 };

	oirq_line_tick(l, &p, 2 * MS, 0, true);
	oirq_line_tick(l, &p, 3 * MS, 0, true);
	KUNIT_EXPECT_EQ(test, l->credits, (u32)OIRQ_MAX_CREDITS);
	KUNIT_EXPECT_EQ(test, l->missed, 64ull);
	/* A second late: far too many events, all counted. */
	oirq_line_tick(l, &p, 1003 * MS, 0, true);
	KUNIT_EXPECT_EQ(test, l->missed, 64ull + 64 * 1000);
	oirq_line_stop(l);
	KUNIT_EXPECT_EQ(test, l->missed, 64ull + 64 * 1000 + 64);
	KUNIT_EXPECT_FALSE(test, oirq_line_fire(l, 1004 * MS));
}

static void line_without_budget_waits(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 1000, .burst = 1 };

	oirq_line_owe(l, 1);
	oirq_line_tick(l, &p, 2 * MS, 100 * MS, true);
	KUNIT_EXPECT_EQ(test, l->credits, 0u);
	KUNIT_EXPECT_EQ(test, l->throttled, 1ull);
	KUNIT_EXPECT_EQ(test, l->missed, 1ull);
	KUNIT_EXPECT_EQ(test, l->owed, 1ull);
	/* Turning a knob forgives no debt. */
	oirq_line_start(l, 2 * MS);
	oirq_line_tick(l, &p, 3 * MS, 0, true);
	KUNIT_EXPECT_EQ(test, l->throttled, 2ull);
	/* A storm is not held back. */
	oirq_line_storm(l, 100, 3 * MS);
	oirq_line_tick(l, &p, 4 * MS, 100 * MS, true);
	KUNIT_EXPECT_EQ(test, l->credits, 2u);
}

static void line_takes_only_what_was_fired(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 1000, .burst = 2 };

	KUNIT_EXPECT_FALSE(test, oirq_line_take(l));
	oirq_line_tick(l, &p, 2 * MS, 0, true);
	KUNIT_EXPECT_FALSE(test, oirq_line_take(l));
	KUNIT_EXPECT_EQ(test, l->spurious, 2ull);
	KUNIT_EXPECT_TRUE(test, oirq_line_fire(l, 2 * MS));
	KUNIT_EXPECT_EQ(test, l->fired_ns, 2 * MS);
	/* One in flight at a time. */
	KUNIT_EXPECT_FALSE(test, oirq_line_fire(l, 2 * MS + 1));
	KUNIT_EXPECT_TRUE(test, oirq_line_take(l));
	KUNIT_EXPECT_EQ(test, l->credits, 1u);
}

static void line_fires_again_what_was_lost(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 1000, .burst = 1 };
	u32 i;

	oirq_line_tick(l, &p, 2 * MS, 0, true);
	KUNIT_EXPECT_TRUE(test, oirq_line_fire(l, 2 * MS));
	for (i = 0; i < OIRQ_LOST_TICKS; i++)
		oirq_line_tick(l, &p, 3 * MS, 0, true);
	KUNIT_EXPECT_FALSE(test, oirq_line_fire(l, 2 * MS + OIRQ_LOST_NS - 1));
	KUNIT_EXPECT_EQ(test, l->lost, 0ull);
	KUNIT_EXPECT_TRUE(test, oirq_line_fire(l, 2 * MS + OIRQ_LOST_NS));
	KUNIT_EXPECT_EQ(test, l->lost, 1ull);
	/* The next one has as much time again. */
	KUNIT_EXPECT_FALSE(test, oirq_line_fire(l, 2 * MS + 3 * OIRQ_LOST_NS));
	KUNIT_EXPECT_TRUE(test, oirq_line_take(l));
	/* The one that was late after all. */
	KUNIT_EXPECT_FALSE(test, oirq_line_take(l));
	KUNIT_EXPECT_EQ(test, l->interrupts, 1ull);
}

/* The machine stood still for a minute, and the timer is the first to go on. */
static void line_loses_nothing_while_time_stands_still(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 1000, .burst = 1 };
	u64 now = 2 * MS;

	oirq_line_tick(l, &p, now, 0, true);
	KUNIT_EXPECT_TRUE(test, oirq_line_fire(l, now));
	now += 60 * (u64)NSEC_PER_SEC;
	oirq_line_tick(l, &p, now, 0, true);
	KUNIT_EXPECT_FALSE(test, oirq_line_fire(l, now));
	KUNIT_EXPECT_TRUE(test, oirq_line_take(l));
	KUNIT_EXPECT_EQ(test, l->lost + l->spurious, 0ull);
	KUNIT_EXPECT_EQ(test, l->interrupts, 1ull);
}

static void line_storm_kicks_itself_and_ends(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace p = { .rate = 0, .burst = 1 };
	u64 now = MS;

	oirq_line_kick(l, now);
	KUNIT_EXPECT_EQ(test, l->credits, 0u);
	KUNIT_EXPECT_EQ(test, oirq_line_storm(l, 50, now), 0);
	KUNIT_EXPECT_EQ(test, oirq_line_storm(l, 50, now), -EBUSY);
	KUNIT_EXPECT_TRUE(test, oirq_line_busy(l, &p, now));
	KUNIT_EXPECT_EQ(test, oirq_line_period(l, &p, now), (u64)OIRQ_STORM_TICK_NS);
	oirq_line_kick(l, now);
	oirq_line_kick(l, now);
	KUNIT_EXPECT_EQ(test, l->credits, 1u);
	KUNIT_EXPECT_EQ(test, serve_all(l, now), 1u);
	now += 50 * MS;
	KUNIT_EXPECT_FALSE(test, oirq_line_storming(l, now));
	oirq_line_kick(l, now);
	KUNIT_EXPECT_EQ(test, l->credits, 0u);
	oirq_line_tick(l, &p, now, 0, true);
	KUNIT_EXPECT_EQ(test, l->storm_ns, 0ull);
	KUNIT_EXPECT_FALSE(test, oirq_line_busy(l, &p, now));
	KUNIT_EXPECT_EQ(test, l->storms, 1ull);
}

static void line_storm_is_bounded_and_can_be_ended(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	u64 end = MS + OSTRACE_IRQ_MAX_STORM_MS * MS;

	oirq_line_storm(l, U32_MAX, MS);
	KUNIT_EXPECT_TRUE(test, oirq_line_storming(l, end - 1));
	KUNIT_EXPECT_FALSE(test, oirq_line_storming(l, end));
	KUNIT_EXPECT_EQ(test, oirq_line_storm(l, 0, MS), 0);
	KUNIT_EXPECT_FALSE(test, oirq_line_storming(l, MS));
}

static void line_ticks_often_enough_to_notice(struct kunit *test)
{
	struct oirq_line *l = new_line(test);
	struct oirq_pace slow = { .rate = 1, .burst = 2 }, fast = { .rate = 20000, .burst = 1 };

	KUNIT_EXPECT_EQ(test, oirq_line_period(l, &slow, MS), (u64)NSEC_PER_SEC);
	l->credits = 1;
	KUNIT_EXPECT_EQ(test, oirq_line_period(l, &slow, MS), (u64)OIRQ_STORM_TICK_NS);
	KUNIT_EXPECT_EQ(test, oirq_line_period(l, &fast, MS), (u64)OIRQ_MIN_PERIOD_NS);
}

static struct kunit_case line_cases[] = {
	KUNIT_CASE(line_fires_as_many_as_are_owed),
	KUNIT_CASE(line_owed_wait_for_those_before),
	KUNIT_CASE(line_owes_no_more_than_the_limit),
	KUNIT_CASE(line_rate_gives_events_of_a_burst),
	KUNIT_CASE(line_misses_what_it_has_no_room_for),
	KUNIT_CASE(line_without_budget_waits),
	KUNIT_CASE(line_takes_only_what_was_fired),
	KUNIT_CASE(line_fires_again_what_was_lost),
	KUNIT_CASE(line_loses_nothing_while_time_stands_still),
	KUNIT_CASE(line_storm_kicks_itself_and_ends),
	KUNIT_CASE(line_storm_is_bounded_and_can_be_ended),
	KUNIT_CASE(line_ticks_often_enough_to_notice),
	{},
};

static struct kunit_suite line_suite = { .name = "ostrace_irq_line", .test_cases = line_cases };

kunit_test_suite(line_suite);
