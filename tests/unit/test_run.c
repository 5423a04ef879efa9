// SPDX-License-Identifier: GPL-2.0
/* Which views a run opens, and what it asks of the kernel for them. */
#include "unit.h"
#include <errno.h>
#include <string.h>
#include "err.h"
#include "run.h"

struct view_state {
	int unused;
};

static struct view_state state;
static bool there, on_its_way;
static int opened, closed;
static uint64_t events;

static bool is_there(void)
{
	return there;
}

static int open_it(struct session *s, const struct filter *f, struct view_state **st)
{
	if (!there || on_its_way)
		return err_set(-ENODEV, "it is not there");
	opened++;
	*st = &state;
	return 0;
}

static int open_always(struct session *s, const struct filter *f, struct view_state **st)
{
	opened++;
	*st = &state;
	return 0;
}

static void close_it(struct view_state *st)
{
	closed++;
}

static int tick(struct view_state *st, uint64_t now)
{
	return 0;
}

static void price(struct view_state *st, struct price *p)
{
	p->events = events;
}

static const struct view always = {
	.name = "always",
	.without_bpf = true,
	.open = open_always,
	.close = close_it,
	.tick = tick,
	.price = price,
};

static const struct view sometimes = {
	.name = "sometimes",
	.without_bpf = true,
	.present = is_there,
	.open = open_it,
	.close = close_it,
	.tick = tick,
	.price = price,
};

static const struct view costly = {
	.name = "costly",
	.without_bpf = true,
	.on_demand = true,
	.open = open_it,
	.close = close_it,
	.tick = tick,
	.price = price,
};

static const struct view *const with_costly[] = { &always, &costly, NULL };
static const struct view *const both[] = { &sometimes, &always, NULL };
static const struct view *const alone[] = { &sometimes, NULL };

static int setup(void **data)
{
	there = on_its_way = false;
	opened = closed = 0;
	err_clear();
	return 0;
}

static void top_has_no_panel_of_what_is_absent(void **data)
{
	const struct options o = { .interval_ns = 1 };
	struct run r;

	assert_int_equal(run_open(&r, &o, both, RUN_SOME), 0);
	assert_int_equal(r.nviews, 1);
	assert_ptr_equal(r.v[0].view, &always);
	assert_int_equal(run_tick(&r), 0);
	run_close(&r);
	assert_int_equal(opened, 1);
	assert_int_equal(closed, 1);

	there = true;
	assert_int_equal(run_open(&r, &o, both, RUN_SOME), 0);
	assert_int_equal(r.nviews, 2);
	run_close(&r);
}

/* Views that open make events in those that are open by then. */
static void the_start_belongs_to_no_interval(void **data)
{
	const struct options o = { .interval_ns = 1 };
	struct run r;

	assert_int_equal(run_open(&r, &o, both, RUN_SOME), 0);
	events = 40000;
	assert_int_equal(run_go(&r), 0);
	events += 7;
	assert_int_equal(run_tick(&r), 0);
	assert_int_equal(r.v[0].interval_events, 7);
	run_close(&r);
}

/* A module may be loaded later. */
static void what_comes_later_is_found(void **data)
{
	const struct options o = { .interval_ns = 1 };
	struct run r;

	assert_int_equal(run_open(&r, &o, both, RUN_LAZY), 0);
	assert_int_equal(run_look(&r), 0);
	assert_int_equal(r.nviews, 1);
	there = on_its_way = true;
	assert_int_equal(run_look(&r), 0);
	assert_int_equal(r.nviews, 1);
	on_its_way = false;
	assert_int_equal(run_look(&r), 1);
	assert_int_equal(r.nviews, 2);
	assert_ptr_equal(r.v[1].view, &sometimes);
	assert_true(r.v[1].st && !r.v[1].err);
	assert_int_equal(run_look(&r), 0);
	/* It stays when it goes, and is not taken in twice when it comes again. */
	there = false;
	assert_int_equal(run_look(&r), 0);
	there = true;
	assert_int_equal(run_look(&r), 0);
	assert_int_equal(r.nviews, 2);
	assert_int_equal(run_tick(&r), 0);
	run_close(&r);
	assert_int_equal(opened, 2);
	assert_int_equal(closed, 2);
}

static void its_own_command_says_what_is_missing(void **data)
{
	const struct options o = { .interval_ns = 1 };
	struct run r;

	assert_int_equal(run_open(&r, &o, alone, RUN_ALL), -ENODEV);
	assert_string_equal(err_text(-ENODEV), "it is not there");
	assert_int_equal(closed, 0);
}

/* It is opened when somebody looks, closed again, and may fail then. */
static void what_costs_waits_until_it_is_asked_for(void **data)
{
	const struct options o = { .interval_ns = 1 };
	struct run r;

	assert_int_equal(run_open(&r, &o, with_costly, RUN_LAZY), 0);
	assert_int_equal(r.nviews, 2);
	assert_true(r.v[1].idle && !r.v[1].st);
	assert_int_equal(opened, 1);
	assert_int_equal(run_tick(&r), 0);

	assert_int_equal(run_view_open(&r, 1), -ENODEV);
	assert_string_equal(r.v[1].why, "it is not there");
	assert_int_equal(run_tick(&r), 0);
	there = true;
	assert_int_equal(run_view_open(&r, 1), 0);
	assert_int_equal(run_view_open(&r, 1), 0);
	assert_false(r.v[1].idle);
	assert_int_equal(opened, 2);
	assert_int_equal(run_tick(&r), 0);
	run_view_close(&r, 1);
	assert_true(r.v[1].idle);
	assert_int_equal(closed, 1);
	assert_int_equal(run_tick(&r), 0);
	run_close(&r);
	assert_int_equal(closed, 2);

	/* Where nobody can ask, all are opened. */
	assert_int_equal(run_open(&r, &o, with_costly, RUN_SOME), 0);
	assert_false(r.v[1].idle);
	run_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(top_has_no_panel_of_what_is_absent, setup),
		cmocka_unit_test_setup(the_start_belongs_to_no_interval, setup),
		cmocka_unit_test_setup(what_comes_later_is_found, setup),
		cmocka_unit_test_setup(its_own_command_says_what_is_missing, setup),
		cmocka_unit_test_setup(what_costs_waits_until_it_is_asked_for, setup),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
