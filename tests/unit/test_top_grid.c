// SPDX-License-Identifier: GPL-2.0
/* The grid that screens are drawn into, and the choice of columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "top_draw.h"

static const char *line(const struct grid *g, int y)
{
	static char buf[256];

	return grid_line(g, y, buf, sizeof(buf));
}

static void test_put(void **state)
{
	struct grid g = { 0 };
	struct box b = { 1, 2, 2, 6 };

	(void)state;
	assert_int_equal(grid_resize(&g, 4, 12), 0);
	assert_int_equal(grid_put(&g, &b, 0, 0, STYLE_NORMAL, "abc"), 3);
	assert_string_equal(line(&g, 1), "  abc");
	/* clipped on all sides */
	assert_int_equal(grid_put(&g, &b, 1, -2, STYLE_NORMAL, "0123456789"), 6);
	assert_string_equal(line(&g, 2), "  234567");
	grid_put(&g, &b, 2, 0, STYLE_NORMAL, "below");
	grid_put(&g, &b, -1, 0, STYLE_NORMAL, "above");
	assert_string_equal(line(&g, 0), "");
	assert_string_equal(line(&g, 3), "");
	grid_put_right(&g, &b, 0, 6, STYLE_NORMAL, "42");
	assert_string_equal(line(&g, 1), "  abc 42");
	grid_free(&g);
}

static void test_characters(void **state)
{
	struct grid g = { 0 };
	struct box b;

	(void)state;
	assert_int_equal(grid_resize(&g, 1, 10), 0);
	b = grid_whole(&g);
	/* what could control a terminal, and broken UTF-8 */
	grid_put(&g, &b, 0, 0, STYLE_NORMAL,
		 "a\x1b\x7f\xff\xc3"
		 "b");
	assert_string_equal(line(&g, 0), "a????b");
	/* two columns wide; half of one is not drawn */
	grid_blank(&g);
	assert_int_equal(grid_put(&g, &b, 0, 7, STYLE_NORMAL, "漢字"), 10);
	assert_string_equal(line(&g, 0), "       漢");
	assert_int_equal(g.cell[8].ch, 0);
	/* combining marks take no column */
	grid_blank(&g);
	assert_int_equal(grid_put(&g, &b, 0, 0, STYLE_NORMAL, "e\xcc\x81x"), 2);
	g.ascii = true;
	grid_blank(&g);
	grid_put(&g, &b, 0, 0, STYLE_NORMAL, "a≥b");
	assert_string_equal(line(&g, 0), "a?b");
	grid_free(&g);
}

static void test_bar(void **state)
{
	struct grid g = { 0 };
	struct box b;

	(void)state;
	assert_int_equal(grid_resize(&g, 6, 8), 0);
	b = grid_whole(&g);
	grid_bar(&g, &b, 0, 0, 8, STYLE_BAR, 1);
	grid_bar(&g, &b, 1, 0, 8, STYLE_BAR, 0.5);
	grid_bar(&g, &b, 2, 0, 8, STYLE_BAR, 0);
	grid_bar(&g, &b, 3, 0, 8, STYLE_BAR, 1e-9);
	grid_bar(&g, &b, 4, 0, 8, STYLE_BAR, 7);
	grid_bar(&g, &b, 5, 0, 1, STYLE_BAR, 0.25);
	assert_string_equal(line(&g, 0), "████████");
	assert_string_equal(line(&g, 1), "████");
	assert_string_equal(line(&g, 2), "");
	assert_string_equal(line(&g, 3), "▏");
	assert_string_equal(line(&g, 4), "████████");
	assert_string_equal(line(&g, 5), "▎");
	g.ascii = true;
	grid_blank(&g);
	grid_bar(&g, &b, 0, 0, 8, STYLE_BAR, 0.5);
	grid_bar(&g, &b, 1, 0, 8, STYLE_BAR, 1e-9);
	assert_string_equal(line(&g, 0), "####");
	assert_string_equal(line(&g, 1), "#");
	grid_free(&g);
}

static void test_spark(void **state)
{
	static const double v[] = { -1, 0, 1, 4, 7 };
	struct grid g = { 0 };
	struct box b;

	(void)state;
	assert_int_equal(grid_resize(&g, 1, 8), 0);
	b = grid_whole(&g);
	top_draw_spark(&g, &b, 0, 0, v, 5, 7);
	assert_string_equal(line(&g, 0), " ▁▂▅█");
	g.ascii = true;
	grid_blank(&g);
	top_draw_spark(&g, &b, 0, 0, v, 5, 7);
	assert_string_equal(line(&g, 0), " _.=#");
	grid_free(&g);
}

static const struct column cols[] = {
	{ "name", "NAME", UNIT_TEXT, 16, COL_KEY, "" },
	{ "calls", "CALLS", UNIT_COUNT, 7, 0, "" },
	{ "errors", "ERRORS", UNIT_COUNT, 7, COL_OPTIONAL, "" },
	{ "total", "TOTAL", UNIT_NS, 7, 0, "" },
	{ "p90", "P90", UNIT_NS, 7, COL_OPTIONAL, "" },
	{ "max", "MAX", UNIT_NS, 7, 0, "" },
	{ "abi", "ABI", UNIT_TEXT, 7, COL_JSON_ONLY, "" },
	{ "cgroup", "CGROUP", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL, "" },
};
static const struct table_def def = {
	.name = "t",
	.title = "T",
	.help = "t",
	.cols = cols,
	.ncols = 8,
	.sort = 3,
	.child = -1,
	.top_level = true,
};

/* "0 1 3": the columns that fit */
static const char *fit(int width, int order)
{
	static const int want[TABLE_MAX_COLS];
	static char buf[64];
	struct top_columns l;
	int i, len = 0;

	top_fit_columns(&def, want, order, width, &l);
	*buf = 0;
	for (i = 0; i < l.n; i++)
		len += snprintf(buf + len, sizeof(buf) - len, "%s%d", i ? " " : "", l.c[i].col);
	return buf;
}

static void test_columns(void **state)
{
	(void)state;
	assert_string_equal(fit(200, 3), "0 1 2 3 4 5 7");
	assert_string_equal(fit(60, 3), "0 1 2 3 4 5");
	assert_string_equal(fit(50, 3), "0 1 2 3 5");
	assert_string_equal(fit(40, 3), "0 1 3 5");
	/* the order is always to be seen */
	assert_string_equal(fit(34, 4), "0 1 3 4");
	/* the name is squeezed before numbers go */
	assert_string_equal(fit(32, 3), "0 1 3 5");
	assert_string_equal(fit(20, 3), "0 3");
	assert_string_equal(fit(1, 3), "0 3");
}

static void test_column_places(void **state)
{
	int want[TABLE_MAX_COLS] = { [0] = 30 };
	struct top_columns l;

	(void)state;
	top_fit_columns(&def, want, 3, 105, &l);
	assert_int_equal(l.c[0].w, 30);
	assert_int_equal(l.c[1].x, 31);
	assert_int_equal(l.bar_w, 13);
	assert_int_equal(l.spark_w, 0);
	assert_true(l.bar_x + l.bar_w <= 105);
	top_fit_columns(&def, want, 3, 200, &l);
	assert_true(l.spark_w >= 20 && l.spark_x + l.spark_w <= 200);
}

/* The mark behind the title of what is sorted by takes no gap away. */
static void test_sorted_title(void **state)
{
	static const struct column two[] = {
		{ "median", "WaitP50", UNIT_NS, 7, 0, "" },
		{ "high", "WaitP99", UNIT_NS, 7, 0, "" },
	};
	static const struct table_def waits = {
		.name = "w",
		.title = "W",
		.help = "w",
		.cols = two,
		.ncols = 2,
		.sort = 1,
		.child = -1,
	};
	static const int want[TABLE_MAX_COLS];
	struct top_columns l;

	(void)state;
	top_fit_columns(&waits, want, 1, 20, &l);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.c[0].w, 7);
	assert_int_equal(l.c[1].x, 8);
	assert_int_equal(l.c[1].w, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),	     cmocka_unit_test(test_characters),
		cmocka_unit_test(test_bar),	     cmocka_unit_test(test_spark),
		cmocka_unit_test(test_columns),	     cmocka_unit_test(test_column_places),
		cmocka_unit_test(test_sorted_title),
	};

	return cmocka_run_group_tests_name("top_grid", tests, NULL, NULL);
}
