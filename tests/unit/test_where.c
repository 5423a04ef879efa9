// SPDX-License-Identifier: GPL-2.0
/* Where time went: classes of duration, sums that add up, the slowest calls. */
#include "unit.h"
#include <string.h>
#include "where.h"

/* A call of @ns, all of it in @part. */
static void call(struct where_cell *c, uint64_t ns, enum where_part part)
{
	struct where_sum *s = &c->class[where_class(ns)];

	s->calls++;
	s->part[part] += ns;
}

static void classes_are_octaves(void **state)
{
	uint64_t low;
	uint32_t i;

	assert_int_equal(where_class(0), 0);
	assert_int_equal(where_class((1ull << WHERE_FIRST) - 1), 0);
	for (i = 1; i < WHERE_CLASSES; i++) {
		low = 1ull << (WHERE_FIRST + i - 1);
		assert_int_equal(where_class(low), i);
		assert_int_equal(where_class(low - 1), i - 1);
	}
	assert_int_equal(where_class(UINT64_MAX), WHERE_CLASSES - 1);
}

static void parts_add_up(void **state)
{
	struct where_cell c = { 0 };
	struct where_sum all, part, sum = { 0 };
	uint64_t ns, total = 0;
	int i;

	for (ns = 1; ns < 1ull << 41; ns = ns * 3 + 1, total += ns)
		call(&c, ns * 3 + 1, (enum where_part)(ns % WHERE_PARTS));
	where_all(&c, &all);
	assert_int_equal(where_ns(&all), total);
	for (i = 0; i < WHERE_CLASSES; i++) {
		part = c.class[i];
		where_add(&sum, &part);
	}
	assert_memory_equal(&sum, &all, sizeof(all));
}

static void the_slowest_tell_their_own_story(void **state)
{
	struct where_cell c = { 0 };
	struct where_sum s;
	int i;

	assert_int_equal(where_slowest(&c, 10, &s), 0);
	assert_int_equal(s.calls, 0);
	/* Of 1000 calls 990 run for 2 us, 10 are throttled for 40 ms. */
	for (i = 0; i < 990; i++)
		call(&c, 2000, WHERE_RUNNING);
	for (i = 0; i < 10; i++)
		call(&c, 40000000, WHERE_THROTTLE);
	assert_int_equal(where_slowest(&c, 10, &s), 1 << 25);
	assert_int_equal(s.calls, 10);
	assert_int_equal(s.part[WHERE_THROTTLE], 400000000);
	assert_int_equal(s.part[WHERE_RUNNING], 0);
	/* One more than those: all that took about as long as that one. */
	assert_int_equal(where_slowest(&c, 11, &s), 1 << 10);
	assert_int_equal(s.calls, 1000);
	/* Few calls: the slowest one. */
	memset(&c, 0, sizeof(c));
	call(&c, 3, WHERE_RUNNING);
	call(&c, 600, WHERE_BLOCKED);
	assert_int_equal(where_slowest(&c, 10, &s), 1 << WHERE_FIRST);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.part[WHERE_BLOCKED], 600);
	/* All shorter than the first class can tell. */
	memset(&c, 0, sizeof(c));
	call(&c, 3, WHERE_RUNNING);
	assert_int_equal(where_slowest(&c, 10, &s), 0);
	assert_int_equal(s.calls, 1);
}

static void intervals_are_differences(void **state)
{
	struct where_cell now = { 0 }, sum = { 0 }, delta;
	struct where_sum s;

	call(&now, 5000, WHERE_READY);
	where_advance(&sum, &delta, &now);
	where_all(&delta, &s);
	assert_int_equal(s.part[WHERE_READY], 5000);
	call(&now, 7000, WHERE_READY);
	call(&now, 100, WHERE_INTERRUPTED);
	where_advance(&sum, &delta, &now);
	where_all(&delta, &s);
	assert_int_equal(s.calls, 2);
	assert_int_equal(s.part[WHERE_READY], 7000);
	assert_int_equal(s.part[WHERE_INTERRUPTED], 100);
	where_advance(&sum, &delta, &now);
	where_all(&delta, &s);
	assert_int_equal(s.calls, 0);
	assert_int_equal(where_ns(&s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_octaves),
		cmocka_unit_test(parts_add_up),
		cmocka_unit_test(the_slowest_tell_their_own_story),
		cmocka_unit_test(intervals_are_differences),
	};

	return cmocka_run_group_tests_name("where", tests, NULL, NULL);
}
