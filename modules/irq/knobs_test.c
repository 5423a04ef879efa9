// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "knobs.h"

#define ROUGH ((1U << OSTRACE_IRQ_TASKLET) | (1U << OSTRACE_IRQ_WQ))

static void knobs_defaults_are_legal(struct kunit *test)
{
	struct oirq_knobs k;
	const char *why = NULL;

	memset(&k, 0xaa, sizeof(k));
	oirq_knobs_default(&k);
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), 0);
	KUNIT_EXPECT_EQ(test, oirq_knobs_rate(&k), 0u);
	KUNIT_EXPECT_EQ(test, k.mechs, OIRQ_ALL_MECHS);
	KUNIT_EXPECT_EQ(test, k.cpu, -1);
}

/* Exactly the limit is legal, one more is not; both must say so. */
static void expect_limit(struct kunit *test, struct oirq_knobs *k, u32 *field, u32 limit)
{
	const char *why = NULL;
	u32 was = *field;

	*field = limit;
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(k, &why), 0);
	*field = limit + 1;
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(k, &why), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, why);
	*field = was;
}

static void knobs_limits(struct kunit *test)
{
	struct oirq_knobs k;
	const char *why = NULL;
	unsigned int m;

	oirq_knobs_default(&k);
	expect_limit(test, &k, &k.rate, OSTRACE_IRQ_MAX_RATE);
	expect_limit(test, &k, &k.burst, OSTRACE_IRQ_MAX_BURST);
	expect_limit(test, &k, &k.mechs, OIRQ_ALL_MECHS);
	for (m = 0; m < OIRQ_NR_MECH; m++) {
		expect_limit(test, &k, &k.work_ns[m], oirq_table_max_work(m));
		if (oirq_table_may_sleep(m))
			expect_limit(test, &k, &k.sleep_ns[m], OSTRACE_IRQ_MAX_SLEEP_NS);
	}
	k.burst = 0;
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), -EINVAL);
	k.burst = 1;
	k.cpu = -2;
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), -EINVAL);
	k.cpu = 0;
	k.mechs &= ~OIRQ_HARDIRQ_BIT;
	KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), -EINVAL);
}

static void knobs_refuse_to_sleep_in_atomic_context(struct kunit *test)
{
	struct oirq_knobs k;
	unsigned int m;

	for (m = 0; m < OIRQ_NR_MECH; m++) {
		const char *why = NULL;

		oirq_knobs_default(&k);
		k.sleep_ns[m] = 1;
		if (oirq_table_may_sleep(m)) {
			KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), 0);
			continue;
		}
		KUNIT_EXPECT_EQ(test, oirq_knobs_check(&k, &why), -EOPNOTSUPP);
		KUNIT_EXPECT_STREQ(test, why, oirq_table[m].why);
	}
}

static void knobs_rate_is_limited_by_cost(struct kunit *test)
{
	struct oirq_knobs k;

	oirq_knobs_default(&k);
	k.mechs = OIRQ_HARDIRQ_BIT;
	k.rate = 1000;
	KUNIT_EXPECT_EQ(test, oirq_knobs_rate(&k), 1000u);
	/* Sleepers and ordinary threads cost nothing that matters here. */
	k.mechs |= 1U << OSTRACE_IRQ_WQ;
	k.work_ns[OSTRACE_IRQ_WQ] = OSTRACE_IRQ_MAX_WORK_THREAD_NS;
	KUNIT_EXPECT_EQ(test, oirq_knobs_rate(&k), 1000u);
	/* Work of a mechanism that is not served is none. */
	k.work_ns[OSTRACE_IRQ_TASKLET] = OSTRACE_IRQ_MAX_WORK_SOFT_NS;
	KUNIT_EXPECT_EQ(test, oirq_knobs_rate(&k), 1000u);
	k.mechs |= 1U << OSTRACE_IRQ_TASKLET;
	KUNIT_EXPECT_LT(test, oirq_knobs_rate(&k), 800u);
	/* A threaded handler is a real-time task. */
	k.mechs |= 1U << OSTRACE_IRQ_THREAD;
	k.work_ns[OSTRACE_IRQ_THREAD] = OSTRACE_IRQ_MAX_WORK_THREAD_NS;
	KUNIT_EXPECT_LT(test, oirq_knobs_rate(&k), 40u);
}

static void parse_number(struct kunit *test)
{
	u32 v = 77;

	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("0\n", 10, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 0u);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number(" 250 \n", 1000, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 250u);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("10k", 20000, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 10000u);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("4294967295", U32_MAX, &v), 0);
	KUNIT_EXPECT_EQ(test, v, U32_MAX);
	v = 77;
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("4294967296", U32_MAX, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("5000M", U32_MAX, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("99999999999999999999999", U32_MAX, &v),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("11", 10, &v), -ERANGE);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("\n", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("-1", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("1 2", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("1x", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_number("k", 10, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, v, 77u);
}

static void parse_cpu(struct kunit *test)
{
	s32 cpu = 5;

	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("-1\n", &cpu), 0);
	KUNIT_EXPECT_EQ(test, cpu, -1);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("3\n", &cpu), 0);
	KUNIT_EXPECT_EQ(test, cpu, 3);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("any", &cpu), 0);
	KUNIT_EXPECT_EQ(test, cpu, -1);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("any 1", &cpu), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("-2", &cpu), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("", &cpu), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_cpu("2147483648", &cpu), -EINVAL);
}

static void parse_mechs(struct kunit *test)
{
	u32 mask = 0;

	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("tasklet,wq\n", &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, ROUGH | OIRQ_HARDIRQ_BIT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("+bh -wq", &mask), 0);
	KUNIT_EXPECT_EQ(test, mask,
			OIRQ_HARDIRQ_BIT | 1U << OSTRACE_IRQ_TASKLET | 1U << OSTRACE_IRQ_BH);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("all -thread", &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, OIRQ_ALL_MECHS & ~(1U << OSTRACE_IRQ_THREAD));
	/* The top half cannot be left out. */
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("none", &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, OIRQ_HARDIRQ_BIT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("-all", &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, OIRQ_HARDIRQ_BIT);

	mask = ROUGH;
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("bh softirq", &mask), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs("+", &mask), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_mechs(" \n", &mask), -EINVAL);
	KUNIT_EXPECT_EQ(test, mask, ROUGH);
}

static void parse_times(struct kunit *test)
{
	u32 t[OIRQ_NR_MECH] = {};
	int m;

	KUNIT_EXPECT_EQ(
		test, oirq_knobs_parse_times("tasklet=5us wq=2ms,bh=7 thread=8ns\n", false, t), 0);
	KUNIT_EXPECT_EQ(test, t[OSTRACE_IRQ_TASKLET], 5000u);
	KUNIT_EXPECT_EQ(test, t[OSTRACE_IRQ_WQ], 2000000u);
	KUNIT_EXPECT_EQ(test, t[OSTRACE_IRQ_BH], 7u);
	KUNIT_EXPECT_EQ(test, t[OSTRACE_IRQ_THREAD], 8u);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("9", false, t), 0);
	for (m = 0; m < OIRQ_NR_MECH; m++)
		KUNIT_EXPECT_EQ(test, t[m], 9u);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("3us", true, t), 0);
	for (m = 0; m < OIRQ_NR_MECH; m++)
		KUNIT_EXPECT_EQ(test, t[m], oirq_table_may_sleep(m) ? 3000u : 9u);

	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("1 other=2", false, t), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("1 wq=", false, t), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("wq=1s", false, t), -EINVAL);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("wq=2000ms", false, t), -ERANGE);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("=1", false, t), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times("", false, t), -EINVAL);
	KUNIT_EXPECT_EQ(test, t[OSTRACE_IRQ_WQ], 3000u);
}

static void shown_is_read_back(struct kunit *test)
{
	u32 t[OIRQ_NR_MECH], back[OIRQ_NR_MECH] = {}, mask, got;
	char buf[512];
	int m;

	for (mask = OIRQ_HARDIRQ_BIT; mask < OIRQ_ALL_MECHS; mask += 2 * 37) {
		oirq_knobs_show_mechs(buf, sizeof(buf), mask);
		KUNIT_ASSERT_EQ(test, oirq_knobs_parse_mechs(buf, &got), 0);
		KUNIT_EXPECT_EQ(test, got, mask);
	}
	for (m = 0; m < OIRQ_NR_MECH; m++)
		t[m] = 1000 * m + 1;
	KUNIT_EXPECT_EQ(test, oirq_knobs_show_times(buf, sizeof(buf), t, false), strlen(buf));
	KUNIT_EXPECT_EQ(test, oirq_knobs_parse_times(buf, false, back), 0);
	KUNIT_EXPECT_EQ(test, memcmp(t, back, sizeof(t)), 0);
	KUNIT_EXPECT_EQ(test, oirq_knobs_show_mechs(buf, 8, OIRQ_ALL_MECHS), (size_t)7);
	oirq_knobs_show_times(buf, sizeof(buf), t, true);
	KUNIT_EXPECT_EQ(test, strncmp(buf, "thread=", 7), 0);
}

static struct kunit_case knobs_cases[] = {
	KUNIT_CASE(knobs_defaults_are_legal),
	KUNIT_CASE(knobs_limits),
	KUNIT_CASE(knobs_refuse_to_sleep_in_atomic_context),
	KUNIT_CASE(knobs_rate_is_limited_by_cost),
	KUNIT_CASE(parse_number),
	KUNIT_CASE(parse_cpu),
	KUNIT_CASE(parse_mechs),
	KUNIT_CASE(parse_times),
	KUNIT_CASE(shown_is_read_back),
	{},
};

static struct kunit_suite knobs_suite = { .name = "ostrace_irq_knobs", .test_cases = knobs_cases };

kunit_test_suite(knobs_suite);
