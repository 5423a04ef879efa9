// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "fifo.h"

static void fifo_is_empty_at_first(struct kunit *test)
{
	struct oirq_fifo *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct oirq_item item = { .seq = 99 };

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_EXPECT_EQ(test, oirq_fifo_waiting(f), 0u);
	KUNIT_EXPECT_FALSE(test, oirq_fifo_pop(f, &item));
	KUNIT_EXPECT_EQ(test, item.seq, 99ull);
}

static void fifo_keeps_order_and_says_who_waits(struct kunit *test)
{
	struct oirq_fifo *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct oirq_item a = { .seq = 1, .raise_ns = 10, .cpu = 3 }, b = { .seq = 2 }, got;

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_EXPECT_EQ(test, (int)oirq_fifo_push(f, &a), (int)OIRQ_PUSHED);
	KUNIT_EXPECT_EQ(test, (int)oirq_fifo_push(f, &b), (int)OIRQ_MERGED);
	KUNIT_EXPECT_EQ(test, oirq_fifo_waiting(f), 2u);
	KUNIT_EXPECT_TRUE(test, oirq_fifo_pop(f, &got));
	KUNIT_EXPECT_EQ(test, got.seq, 1ull);
	KUNIT_EXPECT_EQ(test, got.raise_ns, 10ull);
	KUNIT_EXPECT_EQ(test, got.cpu, 3u);
	KUNIT_EXPECT_TRUE(test, oirq_fifo_pop(f, &got));
	KUNIT_EXPECT_EQ(test, got.seq, 2ull);
	KUNIT_EXPECT_EQ(test, (int)oirq_fifo_push(f, &a), (int)OIRQ_PUSHED);
}

static void fifo_drops_the_newest_when_full(struct kunit *test)
{
	struct oirq_fifo *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct oirq_item item = {}, got;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	for (i = 0; i < OIRQ_FIFO_DEPTH; i++) {
		item.seq = i;
		KUNIT_EXPECT_NE(test, (int)oirq_fifo_push(f, &item), (int)OIRQ_DROPPED);
	}
	item.seq = 1000;
	KUNIT_EXPECT_EQ(test, (int)oirq_fifo_push(f, &item), (int)OIRQ_DROPPED);
	KUNIT_EXPECT_EQ(test, oirq_fifo_waiting(f), (u32)OIRQ_FIFO_DEPTH);
	for (i = 0; i < OIRQ_FIFO_DEPTH; i++) {
		KUNIT_ASSERT_TRUE(test, oirq_fifo_pop(f, &got));
		KUNIT_EXPECT_EQ(test, got.seq, (u64)i);
	}
	KUNIT_EXPECT_FALSE(test, oirq_fifo_pop(f, &got));
}

static void fifo_positions_may_wrap(struct kunit *test)
{
	struct oirq_fifo *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct oirq_item item = {}, got;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->head = U32_MAX - 2;
	f->tail = U32_MAX - 2;
	for (i = 0; i < 6; i++) {
		item.seq = i;
		oirq_fifo_push(f, &item);
	}
	KUNIT_EXPECT_EQ(test, oirq_fifo_waiting(f), 6u);
	for (i = 0; i < 6; i++) {
		KUNIT_ASSERT_TRUE(test, oirq_fifo_pop(f, &got));
		KUNIT_EXPECT_EQ(test, got.seq, (u64)i);
	}
}

static struct kunit_case fifo_cases[] = {
	KUNIT_CASE(fifo_is_empty_at_first),
	KUNIT_CASE(fifo_keeps_order_and_says_who_waits),
	KUNIT_CASE(fifo_drops_the_newest_when_full),
	KUNIT_CASE(fifo_positions_may_wrap),
	{},
};

static struct kunit_suite fifo_suite = { .name = "ostrace_irq_fifo", .test_cases = fifo_cases };

kunit_test_suite(fifo_suite);
