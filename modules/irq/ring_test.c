// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "ring.h"

#define SIZE 8

static struct oirq_ring *new_ring(struct kunit *test)
{
	struct oirq_ring *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct ostrace_irq_record *slots = kunit_kzalloc(test, SIZE * sizeof(*slots), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_NOT_NULL(test, slots);
	oirq_ring_init(r, slots, SIZE);
	return r;
}

static void put(struct oirq_ring *r, u64 from, u64 n)
{
	struct ostrace_irq_record rec = {};
	u64 i;

	for (i = from; i < from + n; i++) {
		rec.seq = i;
		oirq_ring_put(r, &rec);
	}
}

static void ring_reader_starts_with_the_next(struct kunit *test)
{
	struct oirq_ring *r = new_ring(test);
	struct ostrace_irq_record out[SIZE];
	struct oirq_cursor c;

	put(r, 0, 3);
	oirq_ring_open(r, &c);
	KUNIT_EXPECT_FALSE(test, oirq_ring_readable(r, &c));
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, SIZE), 0u);
	put(r, 3, 2);
	KUNIT_EXPECT_TRUE(test, oirq_ring_readable(r, &c));
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, SIZE), 2u);
	KUNIT_EXPECT_EQ(test, out[0].seq, 3ull);
	KUNIT_EXPECT_EQ(test, out[0].pos, 3ull);
	KUNIT_EXPECT_EQ(test, out[1].pos, 4ull);
	KUNIT_EXPECT_EQ(test, c.overrun, 0ull);
}

static void ring_gives_no_more_than_asked_for(struct kunit *test)
{
	struct oirq_ring *r = new_ring(test);
	struct ostrace_irq_record out[SIZE];
	struct oirq_cursor c;

	oirq_ring_open(r, &c);
	put(r, 0, 5);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, 2), 2u);
	KUNIT_EXPECT_EQ(test, out[1].seq, 1ull);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, 2), 2u);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, 2), 1u);
	KUNIT_EXPECT_EQ(test, out[0].seq, 4ull);
	KUNIT_EXPECT_FALSE(test, oirq_ring_readable(r, &c));
}

static void ring_full_loses_nothing(struct kunit *test)
{
	struct oirq_ring *r = new_ring(test);
	struct ostrace_irq_record out[SIZE];
	struct oirq_cursor c;

	oirq_ring_open(r, &c);
	put(r, 0, SIZE);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, SIZE), (u32)SIZE);
	KUNIT_EXPECT_EQ(test, c.overrun, 0ull);
}

static void ring_slow_reader_counts_its_losses(struct kunit *test)
{
	struct oirq_ring *r = new_ring(test);
	struct ostrace_irq_record out[SIZE];
	struct oirq_cursor c;
	u32 i;

	oirq_ring_open(r, &c);
	put(r, 0, SIZE + 5);
	/* Asking for none only counts. */
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, NULL, 0), 0u);
	KUNIT_EXPECT_EQ(test, c.overrun, 5ull);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, SIZE), (u32)SIZE);
	for (i = 0; i < SIZE; i++)
		KUNIT_EXPECT_EQ(test, out[i].seq, 5ull + i);
	put(r, 100, 3 * SIZE);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &c, out, 1), 1u);
	KUNIT_EXPECT_EQ(test, c.overrun, 5ull + 2 * SIZE);
	/* What was read and what was lost is all there was. */
	KUNIT_EXPECT_EQ(test, c.pos, c.overrun + SIZE + 1);
}

static void ring_readers_do_not_know_of_each_other(struct kunit *test)
{
	struct oirq_ring *r = new_ring(test);
	struct ostrace_irq_record out[SIZE];
	struct oirq_cursor fast, slow;

	oirq_ring_open(r, &fast);
	oirq_ring_open(r, &slow);
	put(r, 0, SIZE);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &fast, out, SIZE), (u32)SIZE);
	put(r, SIZE, 4);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &fast, out, SIZE), 4u);
	KUNIT_EXPECT_EQ(test, oirq_ring_get(r, &slow, out, SIZE), (u32)SIZE);
	KUNIT_EXPECT_EQ(test, fast.overrun, 0ull);
	KUNIT_EXPECT_EQ(test, slow.overrun, 4ull);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_reader_starts_with_the_next),
	KUNIT_CASE(ring_gives_no_more_than_asked_for),
	KUNIT_CASE(ring_full_loses_nothing),
	KUNIT_CASE(ring_slow_reader_counts_its_losses),
	KUNIT_CASE(ring_readers_do_not_know_of_each_other),
	{},
};

static struct kunit_suite ring_suite = { .name = "ostrace_irq_ring", .test_cases = ring_cases };

kunit_test_suite(ring_suite);
