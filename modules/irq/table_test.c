// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "table.h"

static void table_is_complete(struct kunit *test)
{
	struct ostrace_irq_describe d;
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++) {
		KUNIT_ASSERT_NOT_NULL(test, oirq_table[m].name);
		KUNIT_ASSERT_NOT_NULL(test, oirq_table[m].softirq);
		KUNIT_ASSERT_NOT_NULL(test, oirq_table[m].why);
		KUNIT_EXPECT_LT(test, strlen(oirq_table[m].name), sizeof(d.name));
		KUNIT_EXPECT_LT(test, strlen(oirq_table[m].why), sizeof(d.why));
		KUNIT_EXPECT_EQ(test,
				oirq_table_find(oirq_table[m].name, strlen(oirq_table[m].name)), m);
		/* A softirq is ridden by those in softirq context, and only those. */
		KUNIT_EXPECT_EQ(test, oirq_table[m].ctx == OSTRACE_IRQ_CTX_SOFT,
				strlen(oirq_table[m].softirq) > 0);
	}
}

static void table_knows_no_other_names(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, oirq_table_find("", 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_table_find("softirq", 7), -ENOENT);
	KUNIT_EXPECT_EQ(test, oirq_table_find("tasklets", 8), -ENOENT);
	/* Only as much as was asked for is looked at. */
	KUNIT_EXPECT_EQ(test, oirq_table_find("tasklet_hi", 7), (int)OSTRACE_IRQ_TASKLET);
}

static void only_threads_may_sleep(struct kunit *test)
{
	u32 soft = 0;
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++) {
		bool thread = oirq_table[m].ctx == OSTRACE_IRQ_CTX_THREAD;

		KUNIT_EXPECT_EQ(test, oirq_table_may_sleep(m), thread);
		KUNIT_EXPECT_GT(test, oirq_table_max_work(m), 0u);
		if (oirq_table[m].ctx == OSTRACE_IRQ_CTX_SOFT)
			soft |= 1U << m;
	}
	KUNIT_EXPECT_EQ(test, oirq_table_softirq_mechs(), soft);
	KUNIT_EXPECT_LT(test, oirq_table_max_work(OSTRACE_IRQ_IRQ_WORK),
			oirq_table_max_work(OSTRACE_IRQ_TASKLET));
	KUNIT_EXPECT_LT(test, oirq_table_max_work(OSTRACE_IRQ_TASKLET),
			oirq_table_max_work(OSTRACE_IRQ_WQ));
}

static void contexts_have_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, oirq_table_context(OSTRACE_IRQ_CTX_HARD), "hard");
	KUNIT_EXPECT_STREQ(test, oirq_table_context(OSTRACE_IRQ_CTX_SOFT), "softirq");
	KUNIT_EXPECT_STREQ(test, oirq_table_context(OSTRACE_IRQ_CTX_KSOFTIRQD), "ksoftirqd");
	KUNIT_EXPECT_STREQ(test, oirq_table_context(OSTRACE_IRQ_CTX_THREAD), "thread");
	KUNIT_EXPECT_STREQ(test, oirq_table_context(OSTRACE_IRQ_NR_CTX), "?");
}

static void describe_leaves_no_byte_unset(struct kunit *test)
{
	struct ostrace_irq_describe *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	memset(d, 0xaa, sizeof(*d));
	d->mech = OSTRACE_IRQ_TASKLET;
	KUNIT_EXPECT_EQ(test, oirq_table_describe(d), 0);
	KUNIT_EXPECT_STREQ(test, d->name, "tasklet");
	KUNIT_EXPECT_STREQ(test, d->softirq, "TASKLET");
	KUNIT_EXPECT_EQ(test, d->may_sleep, 0u);
	KUNIT_EXPECT_EQ(test, d->ctx, (u32)OSTRACE_IRQ_CTX_SOFT);
	for (i = strlen(d->why); i < sizeof(d->why); i++)
		KUNIT_EXPECT_EQ(test, (int)d->why[i], 0);
	for (i = strlen(d->name); i < sizeof(d->name); i++)
		KUNIT_EXPECT_EQ(test, (int)d->name[i], 0);
	KUNIT_EXPECT_EQ(test, d->reserved[0] | d->reserved[1], 0ull);

	d->mech = OIRQ_NR_MECH;
	KUNIT_EXPECT_EQ(test, oirq_table_describe(d), -EINVAL);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(table_is_complete),
	KUNIT_CASE(table_knows_no_other_names),
	KUNIT_CASE(only_threads_may_sleep),
	KUNIT_CASE(contexts_have_names),
	KUNIT_CASE(describe_leaves_no_byte_unset),
	{},
};

static struct kunit_suite table_suite = { .name = "ostrace_irq_table", .test_cases = table_cases };

kunit_test_suite(table_suite);
