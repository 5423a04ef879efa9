// SPDX-License-Identifier: GPL-2.0
/* Reading cells that are being written: nothing torn, maxima where they belong. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include "unit.h"
#include "cells.h"

static struct ostrace_cell *cell_new(void)
{
	struct ostrace_cell *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	return c;
}

static void deltas(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	ostrace_cell_add(c, 1, 100);
	ostrace_cell_add(c, 1, 300);
	cell_take(&sum, &delta, c, 1);
	assert_int_equal(delta.count, 2);
	assert_int_equal(delta.sum, 400);
	assert_int_equal(delta.max, 300);
	ostrace_cell_add(c, 2, 7);
	cell_take(&sum, &delta, c, 2);
	assert_int_equal(delta.count, 1);
	assert_int_equal(delta.sum, 7);
	assert_int_equal(delta.max, 7);
	assert_int_equal(sum.count, 3);
	assert_int_equal(sum.sum, 407);
	assert_int_equal(sum.max, 300);
	cell_take(&sum, &delta, c, 3);
	assert_int_equal(delta.count, 0);
	assert_int_equal(delta.max, 0);
	free(c);
}

/* The writer read the epoch before the reader ended it, and counted after. */
static void maximum_of_the_epoch_before(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	cell_take(&sum, &delta, c, 1);
	ostrace_cell_add(c, 1, 92810);
	cell_take(&sum, &delta, c, 2);
	assert_int_equal(delta.count, 1);
	assert_int_equal(delta.max, 92810);
	free(c);
}

/* The reader has ended the epoch, and meets a run of the next one. */
static void maximum_of_the_epoch_after(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	ostrace_cell_add(c, 1, 40);
	ostrace_cell_add(c, 2, 92810);
	cell_take(&sum, &delta, c, 1);
	assert_int_equal(delta.count, 2);
	assert_int_equal(delta.max, 92810);
	free(c);
}

/* It was counted between two looks at the cell: the maximum is of the next interval. */
static void maximum_of_what_is_not_counted_yet(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	ostrace_cell_add(c, 1, 1000);
	ostrace_max_add(&c->max, 1, 3594772);
	cell_take(&sum, &delta, c, 1);
	assert_int_equal(delta.max, 1000);
	c->count++;
	c->sum += 3594772;
	c->hist[ostrace_hist_slot(3594772)]++;
	cell_take(&sum, &delta, c, 2);
	assert_int_equal(delta.max, 3594772);
	free(c);
}

/* Likewise, in the histogram's slot of what was counted. */
static void maximum_beyond_the_sum(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	ostrace_cell_add(c, 1, 49734);
	ostrace_max_add(&c->max, 1, 56023);
	assert_int_equal(ostrace_hist_slot(49734), ostrace_hist_slot(56023));
	cell_take(&sum, &delta, c, 1);
	assert_int_equal(delta.max, 49734);
	free(c);
}

/* What an epoch long ago left there is no longer of interest. */
static void maximum_that_nobody_knows(void **state)
{
	struct ostrace_cell *c = cell_new();
	struct hist sum = {}, delta;

	ostrace_cell_add(c, 1, 95000);
	cell_take(&sum, &delta, c, 1);
	ostrace_cell_add(c, 8, 92810);
	c->max.epoch[0] = 4;
	cell_take(&sum, &delta, c, 8);
	assert_int_equal(delta.max, 92810 /* the mean of one */);
	ostrace_cell_add(c, 9, 90000);
	ostrace_cell_add(c, 9, 10);
	c->max.epoch[1] = 4;
	cell_take(&sum, &delta, c, 9);
	assert_int_equal(delta.max, ostrace_hist_low(ostrace_hist_slot(90000)));
	free(c);
}

/* One of two cells did nothing; what it kept for the epoch before is not of this one. */
static void maximum_of_several_cells(void **state)
{
	struct ostrace_cell *c = calloc(2, sizeof(*c));
	struct hist sum = {}, delta = {};

	assert_non_null(c);
	ostrace_cell_add(&c[0], 1, 1010);
	cells_take(&sum, &delta, c, sizeof(*c), 2, 1);
	assert_int_equal(delta.max, 1010);
	ostrace_cell_add(&c[1], 2, 1000);
	ostrace_cell_add(&c[1], 2, 900);
	cells_take(&sum, &delta, c, sizeof(*c), 2, 2);
	assert_int_equal(delta.count, 2);
	assert_int_equal(delta.sum, 1900);
	assert_int_equal(delta.max, 1000);
	free(c);
}

static void maximum_of_a_total(void **state)
{
	struct ostrace_max m = {};

	ostrace_max_add(&m, 5, 900);
	assert_int_equal(max_settle(&m, 5, 300, 1000), 900);
	assert_int_equal(max_settle(&m, 6, 300, 1000), 900);
	assert_int_equal(max_settle(&m, 6, 300, 800), 300); /* not in this total */
	assert_int_equal(max_settle(&m, 8, 300, 1000), 300);
	assert_int_equal(max_late(&m, 5, 0, 1000), 0);
}

struct race {
	struct ostrace_cell *c;
	bool stop;
	uint64_t written;
};

/* Every value is 1000, so any other mean is of a torn reading. */
static void *writer(void *arg)
{
	struct race *r = arg;
	volatile int pause;

	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
		ostrace_cell_add(r->c, 1, 1000);
		r->written++;
		for (pause = 0; pause < 20000; pause++)
			;
	}
	return NULL;
}

static void never_torn(void **state)
{
	struct race r = { .c = cell_new() };
	uint64_t sum = 0;
	pthread_t t;
	int i;

	assert_int_equal(pthread_create(&t, NULL, writer, &r), 0);
	for (i = 0; i < 20000 || !sum; i++) {
		struct hist now = {};

		cell_read(r.c, &now);
		assert_true(now.sum == now.count * 1000 || now.sum == now.count * 1000 + 1000);
		sum = now.sum;
	}
	__atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
	{
		struct hist now = {};

		cell_read(r.c, &now);
		assert_int_equal(now.count, r.written);
		assert_int_equal(now.sum, r.written * 1000);
	}
	free(r.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deltas),
		cmocka_unit_test(maximum_of_the_epoch_before),
		cmocka_unit_test(maximum_of_the_epoch_after),
		cmocka_unit_test(maximum_of_what_is_not_counted_yet),
		cmocka_unit_test(maximum_beyond_the_sum),
		cmocka_unit_test(maximum_that_nobody_knows),
		cmocka_unit_test(maximum_of_several_cells),
		cmocka_unit_test(maximum_of_a_total),
		cmocka_unit_test(never_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
