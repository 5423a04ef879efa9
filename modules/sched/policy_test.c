// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "policy.h"

static void nice_weights(struct kunit *test)
{
	int nice;

	KUNIT_EXPECT_EQ(test, sched_nice_weight(0), SCHED_WEIGHT_NICE0);
	KUNIT_EXPECT_EQ(test, sched_nice_weight(-20), SCHED_WEIGHT_MAX);
	KUNIT_EXPECT_EQ(test, sched_nice_weight(19), 15);
	KUNIT_EXPECT_EQ(test, sched_nice_weight(-100), SCHED_WEIGHT_MAX);
	KUNIT_EXPECT_EQ(test, sched_nice_weight(100), 15);
	for (nice = -20; nice < 19; nice++) {
		u32 w = sched_nice_weight(nice), next = sched_nice_weight(nice + 1);

		/* a factor of 1.25, within what whole numbers allow */
		KUNIT_EXPECT_GE(test, w * 100, next * 117);
		KUNIT_EXPECT_LE(test, w * 100, next * 132);
	}
}

static void rates(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sched_rate(SCHED_WEIGHT_NICE0), SCHED_RATE_ONE);
	KUNIT_EXPECT_EQ(test, sched_rate(0), SCHED_RATE_ONE * SCHED_WEIGHT_NICE0);
	KUNIT_EXPECT_EQ(test, sched_charge(4000000, SCHED_RATE_ONE), 4000000);
	KUNIT_EXPECT_EQ(test, sched_charge(4000000, sched_rate(512)), 8000000);
	/* the extremes neither wrap nor vanish */
	KUNIT_EXPECT_EQ(test, sched_charge(~0ULL, SCHED_RATE_MAX),
			(SCHED_DELTA_MAX * SCHED_RATE_MAX) >> SCHED_RATE_SHIFT);
	KUNIT_EXPECT_GT(test, sched_charge(1000000, SCHED_RATE_MIN), 0);
	KUNIT_EXPECT_EQ(test, sched_rate_below(SCHED_RATE_MAX, S64_MAX, 1), SCHED_RATE_MAX);
	KUNIT_EXPECT_EQ(test, sched_rate_below(SCHED_RATE_MIN, -5, 1024000), SCHED_RATE_MIN);
	/* alone in a cgroup of default weight: as if outside */
	KUNIT_EXPECT_EQ(test, sched_rate_below(SCHED_RATE_ONE, 1024, sched_cgroup_weight(100)),
			SCHED_RATE_ONE);
	/* one of four there, and the cgroup weighs double: half of its own */
	KUNIT_EXPECT_EQ(test, sched_rate_below(SCHED_RATE_ONE, 4096, sched_cgroup_weight(200)),
			2 * SCHED_RATE_ONE);
}

static void wrapping(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, sched_before(~0ULL, 1));
	KUNIT_EXPECT_FALSE(test, sched_before(1, ~0ULL));
	KUNIT_EXPECT_FALSE(test, sched_before(5, 5));
	KUNIT_EXPECT_EQ(test, sched_later(~0ULL, 3), 3);
	KUNIT_EXPECT_EQ(test, sched_earlier(~0ULL, 3), ~0ULL);
	/* a long sleep is forgiven to the class's credit, a debt never */
	KUNIT_EXPECT_EQ(test, sched_place(0, 1000000000, OSTRACE_SCHED_NORMAL, 4000000), 996000000);
	KUNIT_EXPECT_EQ(test, sched_place(2000000000, 1000000000, OSTRACE_SCHED_NORMAL, 4000000),
			2000000000);
}

static void deadlines(struct kunit *test)
{
	const u32 interactive = OSTRACE_SCHED_INTERACTIVE, batch = OSTRACE_SCHED_BATCH;
	const u64 base = 4 * SCHED_MS, one = SCHED_RATE_ONE;
	u64 at = 0;
	int i;

	/* where time wraps as well */
	for (i = 0; i < 2; i++, at = -SCHED_MS) {
		KUNIT_EXPECT_EQ(test, sched_renew(at, at, batch, base, one), at + 2 * base);
		/* stands until the request is used up */
		KUNIT_EXPECT_EQ(test, sched_renew(at + base, at + 2 * base, batch, base, one),
				at + 2 * base);
		KUNIT_EXPECT_EQ(test, sched_renew(at + 2 * base, at + 2 * base, batch, base, one),
				at + 4 * base);
		/* unless less is asked for */
		KUNIT_EXPECT_EQ(test, sched_renew(at, at + 2 * base, interactive, base, one),
				at + base / 4);
	}
}

static void classes(struct kunit *test)
{
	const u32 interactive = OSTRACE_SCHED_INTERACTIVE, batch = OSTRACE_SCHED_BATCH;
	u64 avg = SCHED_RUN_CAP;
	u32 class = batch;
	int i;

	/* from hog to sleeper within eight sleeps of whatever length */
	for (i = 0; i < 8 && class != interactive; i++) {
		avg = sched_run_average(avg, 200 * SCHED_US);
		class = sched_class(avg, 0, class);
	}
	KUNIT_EXPECT_EQ(test, class, interactive);
	/* or within 200 ms of one */
	KUNIT_EXPECT_EQ(test,
			sched_class(sched_run_forget(SCHED_RUN_CAP, 200 * SCHED_MS), 0, batch),
			interactive);
	/* from sleeper to hog within one run */
	KUNIT_EXPECT_EQ(test, sched_class(0, 50 * SCHED_MS, interactive), batch);
	/* no flapping on the edge */
	KUNIT_EXPECT_EQ(test, sched_class(SCHED_INTERACTIVE_RUN, 0, interactive), interactive);
	KUNIT_EXPECT_EQ(test, sched_class(SCHED_INTERACTIVE_RUN, 0, OSTRACE_SCHED_NORMAL),
			OSTRACE_SCHED_NORMAL);
	KUNIT_EXPECT_EQ(test, sched_run_forget(~0ULL, ~0ULL), 0);
}

static void preemption(struct kunit *test)
{
	const u32 interactive = OSTRACE_SCHED_INTERACTIVE, normal = OSTRACE_SCHED_NORMAL,
		  batch = OSTRACE_SCHED_BATCH;
	const u64 base = 4 * SCHED_MS;

	KUNIT_EXPECT_TRUE(test, sched_preempts(interactive, batch, 1, 0, base, false));
	KUNIT_EXPECT_FALSE(test, sched_preempts(interactive, batch, 0, base, base, false));
	KUNIT_EXPECT_FALSE(test, sched_preempts(interactive, normal, 1, base / 8, base, false));
	KUNIT_EXPECT_TRUE(test, sched_preempts(interactive, normal, 1, base / 2, base, false));
	KUNIT_EXPECT_FALSE(test, sched_preempts(batch, batch, S64_MAX, base, base, false));
	KUNIT_EXPECT_FALSE(test, sched_preempts(normal, normal, base / 2, base, base, false));
	KUNIT_EXPECT_TRUE(test, sched_preempts(normal, normal, base, base + 1, base, false));
	KUNIT_EXPECT_FALSE(test, sched_preempts(normal, normal, base, base, base, false));
	/* a stream of messages */
	KUNIT_EXPECT_FALSE(test, sched_preempts(interactive, batch, 1, base / 4, base, true));
	KUNIT_EXPECT_TRUE(test, sched_preempts(interactive, batch, 1, base / 2, base, true));
}

static void bequests(struct kunit *test)
{
	const u64 nice0 = SCHED_RATE_ONE, nice19 = sched_rate(sched_nice_weight(19));
	const s64 lead = 8 * SCHED_MS, dear = sched_charge(lead, nice19);

	KUNIT_EXPECT_EQ(test, sched_bequest(-lead, nice0, nice19), -lead);
	KUNIT_EXPECT_EQ(test, sched_bequest(lead, nice0, nice0), lead);
	/* 8 ms of nice 19 are 8 ms to a shell of nice 0, and the other way around */
	KUNIT_EXPECT_LE(test, sched_bequest(dear, nice19, nice0), lead);
	KUNIT_EXPECT_GE(test, sched_bequest(dear, nice19, nice0), lead - 1000);
	KUNIT_EXPECT_EQ(test, sched_bequest(lead, nice0, nice19), dear);
	KUNIT_EXPECT_GT(test, sched_bequest(lead, 0, nice0), 0);
	/* the most, in the parent's time, too */
	KUNIT_EXPECT_EQ(test, sched_bequest(S64_MAX, nice0, nice0), SCHED_LEAD_MAX);
	KUNIT_EXPECT_EQ(test, sched_bequest(S64_MAX, nice0, nice19), SCHED_LEAD_MAX);
}

static void debts(struct kunit *test)
{
	const u64 now = 1000 * SCHED_MS;

	KUNIT_EXPECT_EQ(test, sched_repay(now, 4, now - 16), now - 4);
	/* not behind where it would come back from a sleep; nor is it moved if it is */
	KUNIT_EXPECT_EQ(test, sched_repay(now, 20, now - 16), now - 16);
	KUNIT_EXPECT_EQ(test, sched_repay(now - 30, 4, now - 16), now - 30);
	/* a clock follows, but not for far, and never back */
	KUNIT_EXPECT_EQ(test, sched_pass(now, now + SCHED_MS), now + SCHED_MS);
	KUNIT_EXPECT_EQ(test, sched_pass(now, now - SCHED_MS), now);
	KUNIT_EXPECT_EQ(test, sched_pass(now, 2 * now), now + SCHED_LAG_MAX / 2);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(nice_weights), KUNIT_CASE(rates),   KUNIT_CASE(wrapping),
	KUNIT_CASE(deadlines),	  KUNIT_CASE(classes), KUNIT_CASE(preemption),
	KUNIT_CASE(bequests),	  KUNIT_CASE(debts),   {}
};

static struct kunit_suite policy_suite = {
	.name = "ostrace_sched_policy",
	.test_cases = policy_cases,
};

kunit_test_suite(policy_suite);
