// SPDX-License-Identifier: GPL-2.0
/* What the keys of `top` do, over recorded and made-up views. */
#include <errno.h>
#include "err.h"
#include "fake_view.h"
#include "top_fixture.h"

/*
 * A view whose rows each test chooses: row i is called "row<i>", has the count
 * many.count[i], and is left out where that is 0.
 */
#define MANY 100

static struct {
	uint64_t count[MANY];
	uint64_t errors[MANY];
	int focused, focus_table;
	int fail; /* fill() returns this */
	int fills;
} many;

struct view_state {
	int unused;
};

static int many_open(struct session *s, const struct filter *f, struct view_state **st)
{
	static struct view_state the_one;

	(void)s;
	(void)f;
	*st = &the_one;
	return 0;
}

static void many_close(struct view_state *st)
{
	(void)st;
}

static int many_tick(struct view_state *st, uint64_t now)
{
	(void)st;
	(void)now;
	return 0;
}

static const struct column many_cols[] = {
	{ "name", "NAME", UNIT_TEXT, 10, COL_KEY | COL_ASCENDING, "name" },
	{ "count", "COUNT", UNIT_COUNT, 7, 0, "number" },
	{ "errors", "ERRORS", UNIT_COUNT, 7, COL_OPTIONAL, "errors" },
	{ "raw", "RAW", UNIT_COUNT, 7, COL_JSON_ONLY, "not for screens" },
	{ "share", "SHARE", UNIT_PERCENT, 7, 0, "share" },
};

static const struct table_def many_tables[] = {
	{ "rows", "Rows", "all", many_cols, 5, 1, 1, .top_level = true },
	{ "inner", "Inner", "inside a row", many_cols, 5, 1, -1, .hist = true },
	{ "others", "Others", "the same again", many_cols, 5, 0, -1, .top_level = true },
};

static int many_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	char name[16];
	int i;

	(void)st;
	(void)scope;
	many.fills++;
	table_reset(out, &many_tables[table]);
	if (many.fail)
		return err_set(many.fail, "told to fail");
	for (i = 0; i < MANY; i++) {
		struct row *r;

		if (!many.count[i])
			continue;
		r = table_add(out, (struct row_id){ i, 7 });
		snprintf(name, sizeof(name), "row%d", i);
		r->v[0].s = table_str(out, name);
		r->v[1].u = many.count[i];
		r->v[2].u = many.errors[i];
		r->v[4].d = 1;
	}
	return 0;
}

static int many_focus(struct view_state *st, int table, const struct scope *scope)
{
	(void)st;
	many.focused = scope->depth;
	many.focus_table = table;
	return 0;
}

static int many_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		     struct hist *out)
{
	(void)st;
	(void)which;
	assert_int_equal(scope->depth, 2);
	memset(out, 0, sizeof(*out));
	out->slot[ostrace_hist_slot(1000)] = out->count = total ? 1000 : 10;
	return 0;
}

static void many_price(struct view_state *st, struct price *p)
{
	(void)st;
	*p = (struct price){ .ns_per_event = 100, .event = "row", .bpf_ns_per_event = -1 };
}

static const struct view view_many = {
	.name = "many",
	.title = "Many",
	.tables = many_tables,
	.ntables = 3,
	.open = many_open,
	.close = many_close,
	.tick = many_tick,
	.fill = many_fill,
	.focus = many_focus,
	.hist = many_hist,
	.price = many_price,
	.hist_names = { "first", "second" },
};

static void open_many(struct fixture *f, int rows, int cols)
{
	int i;

	memset(f, 0, sizeof(*f));
	memset(&many, 0, sizeof(many));
	for (i = 0; i < MANY; i++)
		many.count[i] = 1000 - i;
	fixture_open(f, &view_many, &fake_view_ticks, rows, cols);
	fixture_tick(f, SECOND);
	fixture_draw(f);
}

static uint64_t selected(struct fixture *f)
{
	struct row *r = top_row(&f->top.panel[0]);

	return r ? r->id.a : UINT64_MAX;
}

static void press(struct fixture *f, int key)
{
	top_key(&f->top, key);
	fixture_draw(f);
}

static void test_selection_sticks(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	/* Untouched, it is whatever comes first. */
	assert_int_equal(selected(&f), 0);
	many.count[5] = 5000;
	fixture_tick(&f, SECOND);
	assert_int_equal(selected(&f), 5);
	/* Moved, it is a row: that one stays selected wherever it goes. */
	press(&f, TOPKEY_DOWN);
	assert_int_equal(selected(&f), 0);
	many.count[0] = 1;
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(selected(&f), 0);
	assert_int_equal(f.top.panel[0].frame[0].cursor, MANY - 1);
	assert_true(fixture_find(&f, "row0 ") > 0);
	press(&f, TOPKEY_HOME);
	assert_int_equal(selected(&f), 5);
	many.count[6] = 9000;
	fixture_tick(&f, SECOND);
	assert_int_equal(selected(&f), 6);
	fixture_close(&f);
}

static void test_silent_selection(void **state)
{
	struct fixture f;
	int y;

	(void)state;
	open_many(&f, 24, 80);
	press(&f, 'j');
	press(&f, 'j');
	assert_int_equal(selected(&f), 2);
	many.count[2] = 0;
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(selected(&f), 2);
	y = fixture_find(&f, "row2 ");
	assert_true(y > 0);
	assert_non_null(strstr(fixture_line(&f, y), "  -       -"));
	many.count[2] = 998;
	fixture_tick(&f, SECOND);
	assert_int_equal(selected(&f), 2);
	assert_int_equal(f.top.panel[0].table.nrows, MANY);
	fixture_close(&f);
}

static void test_moving(void **state)
{
	struct fixture f;
	int page;

	(void)state;
	open_many(&f, 24, 80);
	page = f.top.panel[0].frame[0].page;
	assert_true(page > 5 && page < 20);
	press(&f, TOPKEY_UP);
	assert_int_equal(selected(&f), 0);
	press(&f, TOPKEY_PGDN);
	assert_int_equal(selected(&f), page - 1);
	press(&f, TOPKEY_PGDN);
	assert_int_equal(selected(&f), 2 * (page - 1));
	assert_true(fixture_find(&f, " of 100 ") > 0);
	press(&f, TOPKEY_END);
	assert_int_equal(selected(&f), MANY - 1);
	press(&f, 'j');
	assert_int_equal(selected(&f), MANY - 1);
	press(&f, TOPKEY_PGUP);
	assert_int_equal(selected(&f), MANY - page);
	fixture_close(&f);
}

static void test_drill(void **state)
{
	struct fixture f;
	struct top_panel *p = &f.top.panel[0];

	(void)state;
	open_many(&f, 24, 80);
	press(&f, 'j');
	press(&f, 'j');
	press(&f, 'j');
	press(&f, TOPKEY_ENTER);
	assert_int_equal(p->scope.depth, 1);
	assert_int_equal(p->scope.step[0].table, 0);
	assert_int_equal(p->scope.step[0].id.a, 3);
	assert_int_equal(many.focused, 1);
	assert_int_equal(many.focus_table, 1);
	assert_true(fixture_find(&f, "1 Many Rows › row3 › Inner") > 0);
	/* Into a row of the inner table: its histograms, no table. */
	press(&f, 'j');
	press(&f, TOPKEY_RIGHT);
	assert_int_equal(p->scope.depth, 2);
	assert_true(fixture_find(&f, "Rows › row3 › row1 ━") > 0);
	assert_true(fixture_find(&f, "first: 10 in the interval") > 0);
	assert_true(fixture_find(&f, "second: 10 in the interval") > 0);
	press(&f, 't');
	assert_true(fixture_find(&f, "first: 1000 since the start") > 0);
	/* There is nothing below, and keys for tables do nothing. */
	fixture_keys(&f, "\rsr<>/jkee");
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(p->scope.depth, 2);
	press(&f, TOPKEY_BACKSPACE);
	assert_int_equal(p->scope.depth, 1);
	assert_int_equal(selected(&f), 1);
	press(&f, TOPKEY_LEFT);
	assert_int_equal(p->scope.depth, 0);
	assert_int_equal(many.focused, 0);
	assert_int_equal(selected(&f), 3);
	press(&f, TOPKEY_LEFT);
	assert_int_equal(p->scope.depth, 0);
	fixture_close(&f);
}

static void test_sort(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	assert_int_equal(f.top.panel[0].table.rows[0].id.a, 0);
	press(&f, 'r');
	assert_int_equal(f.top.panel[0].table.rows[0].id.a, MANY - 1);
	assert_true(fixture_find(&f, "by COUNT ▲") > 0);
	/* Names are ascending by nature, and a column for JSON alone is skipped. */
	press(&f, '<');
	assert_int_equal(f.top.panel[0].table.rows[0].id.a, 0);
	assert_true(fixture_find(&f, "by NAME ▲") > 0);
	press(&f, '<');
	assert_true(fixture_find(&f, "by SHARE ▼") > 0);
	press(&f, '<');
	assert_true(fixture_find(&f, "by ERRORS ▼") > 0);
	press(&f, '>');
	press(&f, '>');
	assert_true(fixture_find(&f, "by NAME ▲") > 0);
	/* The list */
	press(&f, 's');
	assert_true(fixture_find(&f, "sort by") > 0);
	press(&f, 'j');
	press(&f, TOPKEY_ESC);
	assert_true(fixture_find(&f, "by NAME ▲") > 0);
	press(&f, 's');
	press(&f, 'j');
	press(&f, TOPKEY_ENTER);
	assert_true(fixture_find(&f, "by COUNT ▼") > 0);
	assert_int_equal(f.top.panel[0].table.rows[0].id.a, 0);
	fixture_close(&f);
}

static void test_filter(void **state)
{
	struct fixture f;
	struct top_panel *p = &f.top.panel[0];

	(void)state;
	open_many(&f, 24, 80);
	fixture_keys(&f, "/ROW9q");
	fixture_draw(&f);
	assert_true(fixture_find(&f, "show names with: ROW9q") > 0);
	assert_int_equal(p->table.nrows, 0);
	assert_true(fixture_find(&f, "none of 100 rows matches") > 0);
	press(&f, TOPKEY_BACKSPACE);
	assert_int_equal(p->table.nrows, 11);
	press(&f, TOPKEY_ENTER);
	assert_int_equal(f.top.mode, TOP_MODE_TABLE);
	assert_true(fixture_find(&f, " /ROW9 ") > 0);
	fixture_tick(&f, SECOND);
	assert_int_equal(p->table.nrows, 11);
	assert_int_equal(p->total, 100 * 1000 - 99 * 50);
	/* It belongs to the table: inside there is none, outside it is back. */
	press(&f, TOPKEY_ENTER);
	assert_int_equal(p->table.nrows, MANY);
	press(&f, TOPKEY_ESC);
	assert_int_equal(p->table.nrows, 11);
	press(&f, TOPKEY_ESC);
	assert_int_equal(p->table.nrows, MANY);
	/* A character of several bytes goes as it came. */
	fixture_keys(&f, "/a");
	top_key(&f.top, 0x6f22);
	assert_string_equal(p->frame[0].filter, "a\xe6\xbc\xa2");
	top_key(&f.top, TOPKEY_BACKSPACE);
	assert_string_equal(p->frame[0].filter, "a");
	top_key(&f.top, TOPKEY_ESC);
	assert_string_equal(p->frame[0].filter, "");
	/* Longer than there is room for. */
	fixture_keys(&f, "/0123456789012345678901234567890123456789012345678901234567890");
	assert_int_equal(strlen(p->frame[0].filter), TOP_FILTER_LEN - 1);
	fixture_close(&f);
}

static void test_errors_only(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	many.errors[50] = 2;
	fixture_tick(&f, SECOND);
	press(&f, 'e');
	assert_int_equal(f.top.panel[0].table.nrows, 1);
	assert_true(fixture_find(&f, "errors only") > 0);
	/* A table that counts no errors is not emptied. */
	press(&f, TOPKEY_TAB);
	assert_int_equal(f.top.panel[1].table.nrows, 4);
	press(&f, 'e');
	assert_int_equal(f.top.panel[0].table.nrows, MANY);
	fixture_close(&f);
}

static void test_panels(void **state)
{
	struct fixture f;
	int active, other;

	(void)state;
	open_many(&f, 24, 80);
	active = f.top.panel[0].box.h;
	other = f.top.panel[1].box.h;
	assert_true(active >= 10 && other >= 5);
	assert_int_equal(active + other, 20);
	press(&f, '2');
	assert_int_equal(f.top.active, 1);
	assert_int_equal(f.top.panel[1].box.h, active);
	press(&f, TOPKEY_TAB);
	assert_int_equal(f.top.active, 0);
	press(&f, '9');
	assert_int_equal(f.top.active, 0);
	press(&f, 'z');
	assert_int_equal(f.top.panel[0].box.h, 20);
	assert_int_equal(f.top.panel[1].box.h, 0);
	press(&f, TOPKEY_BACKTAB);
	assert_int_equal(f.top.panel[1].box.h, 20);
	fixture_close(&f);
}

static void test_only_visible_panels_are_filled(void **state)
{
	struct fixture f;
	int fills;

	(void)state;
	open_many(&f, 24, 80);
	press(&f, '2');
	press(&f, 'z');
	fills = many.fills;
	fixture_tick(&f, SECOND);
	assert_int_equal(many.fills, fills);
	press(&f, 'z');
	assert_true(many.fills > fills);
	fixture_close(&f);
}

static void test_next_table(void **state)
{
	struct fixture f;
	struct top_panel *p = &f.top.panel[0];

	(void)state;
	open_many(&f, 24, 80);
	press(&f, TOPKEY_ENTER);
	press(&f, 'g');
	assert_int_equal(p->scope.depth, 0);
	assert_int_equal(p->frame[0].table, 2);
	assert_int_equal(many.focus_table, 2);
	assert_true(fixture_find(&f, "1 Many Others") > 0);
	press(&f, TOPKEY_ENTER); /* has neither child nor histogram */
	assert_int_equal(p->scope.depth, 0);
	press(&f, 'v');
	assert_int_equal(p->frame[0].table, 0);
	fixture_close(&f);
}

static void test_interval(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	assert_int_equal(top_key(&f.top, '+'), TOP_DO_INTERVAL);
	assert_int_equal(f.top.interval_ns, 2 * SECOND);
	top_key(&f.top, '-');
	assert_int_equal(top_key(&f.top, '-'), TOP_DO_INTERVAL);
	assert_int_equal(f.top.interval_ns, SECOND / 2);
	while (top_key(&f.top, '-'))
		;
	assert_int_equal(f.top.interval_ns, SECOND / 10);
	while (top_key(&f.top, '+'))
		;
	assert_int_equal(f.top.interval_ns, 600 * SECOND);
	/* What was asked for on the command line may lie beyond the steps. */
	f.top.interval_ns = SECOND / 100;
	assert_int_equal(top_key(&f.top, '-'), 0);
	assert_int_equal(f.top.interval_ns, SECOND / 100);
	f.top.interval_ns = 3600 * SECOND;
	assert_int_equal(top_key(&f.top, '+'), 0);
	assert_int_equal(f.top.interval_ns, 3600 * SECOND);
	fixture_close(&f);
}

static void test_commands(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	assert_int_equal(top_key(&f.top, 'q'), TOP_DO_QUIT);
	assert_int_equal(top_key(&f.top, TOPKEY_CTRL('l')), TOP_DO_REDRAW);
	assert_int_equal(top_key(&f.top, ' '), TOP_DO_PAUSE);
	assert_true(f.top.paused);
	fixture_draw(&f);
	assert_int_equal(fixture_find(&f, "[paused]"), 0);
	assert_int_equal(top_key(&f.top, 0x110fff), 0);
	fixture_close(&f);
}

static void test_fill_fails(void **state)
{
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	many.fail = -EIO;
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "told to fail") > 0);
	many.fail = 0;
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(fixture_find(&f, "told to fail"), -1);
	fixture_close(&f);
}

static void test_history(void **state)
{
	double v[HISTORY_LEN];
	struct fixture f;
	struct history *h = &f.top.panel[0].frame[0].history;
	struct row_id id = { 3, 7 }, absent = { 4711, 0 };
	int i;

	(void)state;
	open_many(&f, 24, 80);
	assert_int_equal(history_get(h, id, 1, v), 1);
	assert_true(v[HISTORY_LEN - 1] == 997);
	assert_true(v[HISTORY_LEN - 2] < 0);
	/* silent, then out of sight, then an interval that a pause made long */
	many.count[3] = 0;
	fixture_tick(&f, SECOND);
	press(&f, TOPKEY_ENTER);
	fixture_tick(&f, SECOND);
	press(&f, TOPKEY_BACKSPACE);
	many.count[3] = 42;
	fixture_tick(&f, 5 * SECOND);
	fixture_tick(&f, SECOND);
	assert_int_equal(history_get(h, id, 1, v), 3);
	assert_true(v[HISTORY_LEN - 1] == 42);
	assert_true(v[HISTORY_LEN - 2] < 0);
	assert_true(v[HISTORY_LEN - 3] < 0);
	assert_true(v[HISTORY_LEN - 4] == 0);
	assert_true(v[HISTORY_LEN - 5] == 997);
	assert_int_equal(history_get(h, absent, 1, v), 3);
	assert_true(v[HISTORY_LEN - 1] == 0);
	/* a ring: only the last minute */
	many.count[3] = 7;
	for (i = 0; i < 200; i++)
		fixture_tick(&f, SECOND);
	assert_int_equal(history_get(h, id, 1, v), HISTORY_LEN);
	assert_true(v[0] == 7 && v[HISTORY_LEN - 1] == 7);
	/* another interval: another scale */
	top_key(&f.top, '+');
	assert_int_equal(history_get(h, id, 1, v), 0);
	fixture_close(&f);
}

static void test_history_is_bounded(void **state)
{
	static const struct column cols[] = { { "n", "N", UNIT_COUNT, 3, 0, "n" } };
	static const struct table_def def = { "t", "T", "t", cols, 1, 0, -1, .top_level = true };
	struct history h = { 0 };
	struct table t = { 0 };
	double v[HISTORY_LEN];
	uint64_t id;
	int round;

	(void)state;
	for (round = 0; round < 100; round++) {
		table_reset(&t, &def);
		for (id = 0; id < 300; id++)
			table_add(&t, (struct row_id){ round * 300 + id, 0 })->v[0].u = 1;
		history_add(&h, &t);
		assert_true(h.nrows <= HISTORY_ROWS);
	}
	/* Rows that are silent for a minute make room for newer ones. */
	assert_int_equal(history_get(&h, (struct row_id){ 60 * 300, 0 }, 0, v), HISTORY_LEN);
	history_reset(&h);
	table_free(&t);
}

static void test_options(void **state)
{
	static const uint32_t pids[] = { 1 };
	struct fixture f = { 0 };

	(void)state;
	f.o.sort = "name";
	f.o.reverse = true;
	f.o.by = "others";
	f.o.find = "row1";
	f.o.filter.pids = pids;
	f.o.filter.npids = 1;
	memset(&many, 0, sizeof(many));
	many.count[1] = many.count[2] = many.count[11] = 1;
	fixture_open(&f, &view_many, NULL, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "1 Many Others") > 0);
	assert_true(fixture_find(&f, "by NAME ▼") > 0);
	assert_int_equal(f.top.panel[0].table.nrows, 2);
	assert_int_equal(f.top.panel[0].table.rows[0].id.a, 11);
	/* This view cannot filter by process, so it says that it did not. */
	assert_true(fixture_find(&f, "of any process") > 0);
	fixture_close(&f);
}

static struct row_id folded;
static int folds;

static void note_fold(struct view_state *st, int table, struct row_id id)
{
	folded = id;
	folds++;
}

static void test_branches(void **state)
{
	struct table_def defs[TOP_MAX_TABLES];
	struct view tree = view_many;
	struct fixture f;

	(void)state;
	open_many(&f, 24, 80);
	press(&f, 'o'); /* neither a tree nor a view that can fold */
	assert_int_equal(folds, 0);
	memcpy(defs, tree.tables, (size_t)tree.ntables * sizeof(defs[0]));
	tree.fold = note_fold;
	tree.tables = defs;
	f.top.panel[0].view = &tree;
	press(&f, 'o'); /* it can, but this table is flat */
	assert_int_equal(folds, 0);
	defs[0].tree = 1;
	press(&f, TOPKEY_DOWN);
	press(&f, 'o');
	assert_int_equal(folds, 1);
	assert_int_equal(folded.a, 1);
	assert_int_equal(selected(&f), 1); /* stays where one is */
	f.top.panel[0].view = &view_many;
	fixture_close(&f);
}

static void test_keys_are_unique(void **state)
{
	const struct top_key *k;
	int i;

	(void)state;
	for (k = top_keys; k->keys; k++)
		for (i = 0; i < 4 && k->code[i]; i++)
			assert_int_equal(top_command_of(k->code[i]), k->command);
	assert_int_equal(top_command_of('1'), TOP_PANEL);
	assert_int_equal(top_command_of(0x1234), TOP_NOTHING);
}

/* A view that was found later has the last panel; the rest stays as it was. */
static void test_panels_come_later(void **state)
{
	struct fixture f;

	(void)state;
	memset(&f, 0, sizeof(f));
	fixture_open(&f, &fake_view_calls, NULL, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(fixture_find(&f, "2 Ticks"), -1);
	press(&f, TOPKEY_DOWN);
	fixture_add(&f, &fake_view_ticks);
	top_grow(&f.top, &f.run, &f.o);
	fixture_draw(&f);
	assert_int_equal(f.top.npanels, 2);
	assert_int_equal(f.top.active, 0);
	assert_int_equal(f.top.panel[0].frame[0].cursor, 1);
	assert_true(fixture_find(&f, "2 Ticks") > 0);
	fixture_tick(&f, SECOND);
	press(&f, '2');
	assert_int_equal(f.top.active, 1);
	assert_true(f.top.panel[1].table.nrows > 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selection_sticks),
		cmocka_unit_test(test_silent_selection),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_drill),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_errors_only),
		cmocka_unit_test(test_panels),
		cmocka_unit_test(test_only_visible_panels_are_filled),
		cmocka_unit_test(test_next_table),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_fill_fails),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_history_is_bounded),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_keys_are_unique),
		cmocka_unit_test(test_panels_come_later),
	};

	return cmocka_run_group_tests_name("top_model", tests, NULL, NULL);
}
