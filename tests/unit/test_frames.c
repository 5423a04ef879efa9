// SPDX-License-Identifier: GPL-2.0
/*
 * Net times of what interrupts each other. The clock is ours, and interrupts may
 * come whenever it is read: before, and after.
 */
#include "unit.h"
#include <stdint.h>
#include <string.h>

static uint64_t fake_clock(void);
#define FRAME_CLOCK() fake_clock()
#include "ostrace/frames.h"

static struct irq_frames st;
static uint64_t now;
/* An interrupt of so many ns at the n-th reading of the clock from here; -1: none. */
static int irq_before = -1, irq_after = -1;
static uint64_t irq_ns;

static void interrupt(uint64_t ns)
{
	__u64 got, data;

	frame_push(&st, 77, 0);
	now += ns;
	assert_true(frame_pop(&st, 77, &got, &data));
	assert_int_equal(got, ns);
}

static uint64_t fake_clock(void)
{
	uint64_t read;

	if (irq_before >= 0 && irq_before-- == 0)
		interrupt(irq_ns);
	read = now;
	if (irq_after >= 0 && irq_after-- == 0)
		interrupt(irq_ns);
	return read;
}

static int setup(void **state)
{
	memset(&st, 0, sizeof(st));
	now = 1000;
	irq_before = irq_after = -1;
	irq_ns = 5;
	return 0;
}

static uint64_t pop(uint64_t id)
{
	__u64 ns = 0, data = 0;

	assert_true(frame_pop(&st, id, &ns, &data));
	assert_int_equal(data, id * 10);
	return ns;
}

static void push(uint64_t id)
{
	frame_push(&st, id, id * 10);
}

static void test_nested(void **state)
{
	push(1);
	now += 100;
	push(2);
	now += 30;
	push(3);
	now += 7;
	assert_int_equal(pop(3), 7);
	now += 20;
	assert_int_equal(pop(2), 50);
	now += 1;
	interrupt(9);
	assert_int_equal(pop(1), 101);
	assert_int_equal(st.depth, 0);
}

static void test_one_after_another(void **state)
{
	int i;

	for (i = 0; i < 10; i++) {
		push(1);
		now += 10;
		interrupt(3);
		interrupt(4);
		assert_int_equal(pop(1), 10);
	}
}

static void test_unknown_end(void **state)
{
	__u64 ns, data;

	assert_false(frame_pop(&st, 1, &ns, &data));
	push(1);
	now += 5;
	assert_false(frame_pop(&st, 2, &ns, &data));
	assert_int_equal(pop(1), 5);
}

/* An end that was not seen does not stay in the way of the one below. */
static void test_missed_end(void **state)
{
	push(1);
	now += 5;
	push(2);
	now += 6;
	assert_int_equal(pop(1), 11);
	assert_int_equal(st.depth, 0);
}

static void test_too_deep(void **state)
{
	__u64 i, ns, data;

	for (i = 1; i <= IRQ_NESTING; i++) {
		push(i);
		now++;
	}
	push(50);
	now += 2;
	assert_false(frame_pop(&st, 50, &ns, &data));
	for (i = IRQ_NESTING; i >= 1; i--)
		assert_int_equal(pop(i), i == IRQ_NESTING ? 3 : 1);
}

/* Interrupts at every point where the clock is read leave the times what they are. */
static void test_interrupted(void **state)
{
	int when, after;

	for (after = 0; after < 2; after++)
		for (when = 0; when < 8; when++) {
			setup(state);
			push(1);
			now += 100;
			*(after ? &irq_after : &irq_before) = when;
			push(2);
			now += 10;
			assert_int_equal(pop(2), 10);
			irq_before = irq_after = -1;
			now += 1;
			assert_int_equal(pop(1), 101);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nested, setup),
		cmocka_unit_test_setup(test_one_after_another, setup),
		cmocka_unit_test_setup(test_unknown_end, setup),
		cmocka_unit_test_setup(test_missed_end, setup),
		cmocka_unit_test_setup(test_too_deep, setup),
		cmocka_unit_test_setup(test_interrupted, setup),
	};

	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
