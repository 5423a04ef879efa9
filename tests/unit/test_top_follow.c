// SPDX-License-Identifier: GPL-2.0
/* One process through all panels, the overview, and views that wait to be asked. */
#include "unit.h"
#include <errno.h>
#include "fake_view.h"
#include "top_fixture.h"

#define NCOLS(c) ((int)(sizeof(c) / sizeof((c)[0])))

static const struct column proc_cols[] = {
	{ "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "process" },
	{ "comm", "COMMAND", UNIT_TEXT, 10, COL_KEY | COL_ASCENDING, "its name" },
	{ "count", "COUNT", UNIT_COUNT, 7, 0, "number" },
	{ "worst_ns", "WORST", UNIT_NS, 7, 0, "longest" },
};

static const struct column inner_cols[] = {
	{ "name", "NAME", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING, "what" },
	{ "count", "COUNT", UNIT_COUNT, 7, 0, "number" },
};

/* Processes with something inside them, and the same rows otherwise told. */
static const struct table_def deep_tables[] = {
	{ "things", "things", "all", inner_cols, NCOLS(inner_cols), 1, -1, .top_level = true,
	  .headline = { 1 }, .sibling = 3 },
	{ "processes", "by process", "all", proc_cols, NCOLS(proc_cols), 2, 0, .top_level = true,
	  .subject = SUBJECT_PROCESS, .headline = { 2, 3 } },
	{ "others", "others", "all", inner_cols, NCOLS(inner_cols), 1, -1, .top_level = true,
	  .sibling = 1 },
};

/* Processes without an inside. */
static const struct table_def flat_tables[] = {
	{ "cpus", "by CPU", "all", inner_cols, NCOLS(inner_cols), 1, -1, .top_level = true },
	{ "processes", "waits", "all", proc_cols, NCOLS(proc_cols), 2, -1, .top_level = true,
	  .subject = SUBJECT_PROCESS, .headline = { 3, 2 } },
};

static struct scope seen; /* of the last fill below a process */

static int add_process(struct table *out, uint64_t pid, uint64_t b, const char *comm, uint64_t n)
{
	struct row *r = table_add(out, (struct row_id){ pid, b });

	assert_non_null(r);
	r->v[0].u = pid;
	r->v[1].s = comm;
	r->v[2].u = n;
	r->v[3].u = n * 1000;
	return 0;
}

static int add_thing(struct table *out, uint64_t id, const char *name, uint64_t n)
{
	struct row *r = table_add(out, (struct row_id){ id, 0 });

	assert_non_null(r);
	r->v[0].s = name;
	r->v[1].u = n;
	return 0;
}

static int deep_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	table_reset(out, &deep_tables[table]);
	if (table == 1) {
		add_process(out, 70, 1111, "first", 50);
		return add_process(out, 71, 2222, "second", 40);
	}
	seen = *scope;
	if (scope->depth)
		return add_thing(out, 5, table ? "inside, otherwise" : "inside", 7);
	add_thing(out, 5, "thing five", 700);
	return add_thing(out, 6, "thing six", 600);
}

static int flat_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	table_reset(out, &flat_tables[table]);
	if (!table)
		return add_thing(out, 0, "CPU", 3);
	/* The other half of the id is this view's own business. */
	add_process(out, 71, 9, "second", 13);
	return add_process(out, 99, 8, "elsewhere", 1000);
}

static int some_open(struct session *s, const struct filter *f, struct view_state **st)
{
	*st = malloc(1);
	return *st ? 0 : -ENOMEM;
}

static void some_close(struct view_state *st)
{
	free(st);
}

static int some_tick(struct view_state *st, uint64_t now)
{
	return 0;
}

static void some_price(struct view_state *st, struct price *p)
{
	p->event = "thing";
	p->events += 1300;
}

#define SOME .open = some_open, .close = some_close, .tick = some_tick, .price = some_price

static const struct view deep = {
	.name = "deep",
	.title = "Deep",
	.tables = deep_tables,
	.ntables = 3,
	.fill = deep_fill,
	SOME,
};
static const struct view flat = {
	.name = "flat",
	.title = "Flat",
	.tables = flat_tables,
	.ntables = 2,
	.fill = flat_fill,
	.overview = 1,
	.on_demand = true,
	SOME,
};

/* "deep" and "ticks" are open, "flat" between them waits to be asked. */
static void open_three(struct fixture *f, int rows, int cols)
{
	memset(f, 0, sizeof(*f));
	f->o.interval_ns = SECOND;
	fixture_add(f, &deep);
	fixture_add(f, &flat);
	fixture_add(f, &fake_view_ticks);
	some_close(f->run.v[1].st);
	f->run.v[1].st = NULL;
	f->run.v[1].idle = true;
	top_init(&f->top, &f->run, &f->o);
	fixture_machine(&f->top.machine);
	top_resize(&f->top, rows, cols);
}

static void tick(struct fixture *f)
{
	struct run_view *v = &f->run.v[1];

	/* What cmd_top does after TOP_DO_VIEWS. */
	if (f->top.panel[1].wanted == f->top.panel[1].idle) {
		v->idle = !f->top.panel[1].wanted;
		if (v->idle)
			some_close(v->st);
		v->st = NULL;
		if (!v->idle)
			some_open(NULL, NULL, &v->st);
		top_reopened(&f->top, 1, v);
	}
	f->run.v[1].err = f->run.v[1].idle; /* the fixture leaves such alone */
	fixture_tick(f, SECOND);
	f->run.v[1].err = 0;
	fixture_draw(f);
}

static void done(struct fixture *f)
{
	int i;

	for (i = 0; i < 3; i++)
		f->run.v[i].view->close(f->run.v[i].st);
	top_free(&f->top);
	grid_free(&f->grid);
}

static void expect_line(struct fixture *f, const char *text)
{
	int y;

	if (fixture_find(f, text) >= 0)
		return;
	for (y = 0; y < f->grid.rows; y++)
		print_message("%s\n", fixture_line(f, y));
	fail_msg("no '%s'", text);
}

static void an_idle_view_waits(void **state)
{
	struct fixture f;

	open_three(&f, 24, 80);
	tick(&f);
	expect_line(&f, "2 Flat");
	assert_true(f.top.panel[1].idle);
	assert_int_equal(fixture_find(&f, "elsewhere"), -1);
	/* Looking at it starts it, x stops it. */
	assert_int_equal(top_key(&f.top, '2'), TOP_DO_VIEWS);
	tick(&f);
	assert_false(f.top.panel[1].idle);
	expect_line(&f, "CPU");
	/* It began inside of that interval, which is none of its past. */
	assert_int_equal(f.top.panel[1].frame[0].history.seen, 0);
	tick(&f);
	assert_int_equal(f.top.panel[1].frame[0].history.seen, 1);
	assert_int_equal(top_key(&f.top, 'x'), TOP_DO_VIEWS);
	tick(&f);
	assert_true(f.top.panel[1].idle);
	expect_line(&f, "not watched");
	assert_int_equal(top_key(&f.top, 'k'), 0);
	done(&f);
}

static void all_panels_follow(void **state)
{
	struct fixture f;
	int todo;

	open_three(&f, 24, 80);
	tick(&f);
	fixture_keys(&f, "g"); /* processes; the second one */
	tick(&f);
	fixture_keys(&f, "jj");
	todo = (int)top_key(&f.top, TOPKEY_ENTER);
	assert_int_equal(todo, TOP_DO_VIEWS); /* "flat" is needed now */
	tick(&f);
	assert_int_equal(f.top.follow.kind, SUBJECT_PROCESS);
	assert_int_equal(f.top.follow.id, 71);
	expect_line(&f, "following 71 second");
	/* The panel it was chosen in, with that view's own id. */
	assert_int_equal(seen.depth, 1);
	assert_int_equal(seen.step[0].id.b, 2222);
	expect_line(&f, "71 second › things");
	/* One with only a row about it: that row and no other. */
	assert_int_equal(f.top.panel[1].table.nrows, 1);
	assert_int_equal(f.top.panel[1].table.rows[0].id.a, 71);
	/* One that knows no processes says so. */
	expect_line(&f, "of all processes");
	/* All of them have a row in sight. */
	assert_true(f.top.panel[1].box.h >= 3 && f.top.panel[2].box.h >= 3);
	fixture_keys(&f, "g");
	assert_int_equal(f.top.panel[0].scope.depth, 1);
	/* From any panel out again, and what was lent is given back. */
	fixture_keys(&f, "2");
	assert_int_equal(top_key(&f.top, TOPKEY_BACKSPACE), TOP_DO_VIEWS);
	tick(&f);
	assert_int_equal(f.top.follow.kind, SUBJECT_NONE);
	assert_true(f.top.panel[1].idle);
	assert_int_equal(f.top.panel[0].scope.depth, 0);
	assert_int_equal(f.top.panel[0].frame[0].table, 1);
	assert_int_equal(f.top.panel[1].frame[0].table, 0);
	done(&f);
}

static void a_panel_looks_into_what_is_followed(void **state)
{
	struct fixture f;

	open_three(&f, 30, 100);
	fixture_keys(&f, "2g");
	tick(&f);
	tick(&f);
	assert_false(f.top.panel[1].idle);
	fixture_keys(&f, "jj"); /* from "elsewhere" to "second" */
	assert_int_equal(top_row(&f.top.panel[1])->id.a, 71);
	fixture_keys(&f, "\r");
	tick(&f);
	assert_int_equal(f.top.follow.from, 1);
	/* The calls of that process, found by the half of the id both know. */
	assert_int_equal(f.top.panel[0].scope.depth, 1);
	assert_int_equal(f.top.panel[0].scope.step[0].table, 1);
	assert_int_equal(f.top.panel[0].scope.step[0].id.b, 2222);
	expect_line(&f, "inside");
	fixture_keys(&f, "1");
	top_key(&f.top, TOPKEY_ESC);
	tick(&f);
	assert_int_equal(f.top.follow.kind, SUBJECT_NONE);
	assert_int_equal(f.top.panel[0].scope.depth, 0);
	/* It was started for itself, not for the following. */
	assert_false(f.top.panel[1].idle);
	done(&f);
}

static void the_same_rows_otherwise(void **state)
{
	struct fixture f;

	open_three(&f, 24, 80);
	tick(&f);
	fixture_keys(&f, "jj"); /* thing six */
	fixture_keys(&f, "w");
	tick(&f);
	assert_int_equal(f.top.panel[0].frame[0].table, 2);
	assert_int_equal(top_row(&f.top.panel[0])->id.a, 6);
	fixture_keys(&f, "w");
	assert_int_equal(f.top.panel[0].frame[0].table, 0);
	fixture_keys(&f, "gw"); /* processes have no sibling */
	assert_int_equal(f.top.panel[0].frame[0].table, 1);
	done(&f);
}

static void overview(void **state)
{
	static const char *const sizes[] = { "80x24", "60x12", "40x8", "200x60" };
	struct fixture f;
	int rows, cols;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		sscanf(sizes[i], "%dx%d", &cols, &rows);
		open_three(&f, rows, cols);
		fixture_keys(&f, "0");
		tick(&f);
		expect_line(&f, "Overview");
		expect_line(&f, "1 Deep");
		expect_line(&f, "2 Flat");
		expect_line(&f, "3 ");
		expect_line(&f, "not watched");
		if (cols >= 60)
			expect_line(&f, "thing five");
		if (cols >= 80)
			expect_line(&f, "COUNT 700");
		expect_line(&f, "1300");
		/* A line leads to its panel, which starts. */
		fixture_keys(&f, "j");
		assert_int_equal(top_key(&f.top, TOPKEY_ENTER), TOP_DO_VIEWS);
		assert_false(f.top.overview);
		assert_int_equal(f.top.active, 1);
		tick(&f);
		fixture_keys(&f, "0");
		tick(&f);
		if (cols >= 60)
			expect_line(&f, "99 elsewhere");
		top_key(&f.top, TOPKEY_ESC);
		assert_false(f.top.overview);
		done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_view_waits),
		cmocka_unit_test(all_panels_follow),
		cmocka_unit_test(a_panel_looks_into_what_is_followed),
		cmocka_unit_test(the_same_rows_otherwise),
		cmocka_unit_test(overview),
	};

	return cmocka_run_group_tests_name("top_follow", tests, NULL, NULL);
}
