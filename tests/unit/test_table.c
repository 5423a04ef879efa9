// SPDX-License-Identifier: GPL-2.0
/* Rows: memory, order, search. */
#include "unit.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "fake_view.h"
#include "format.h"
#include "table.h"

static const struct column cols[] = {
	{ "name", "NAME", UNIT_TEXT, 8, COL_KEY | COL_ASCENDING, "" },
	{ "n", "NUMBER", UNIT_COUNT, 8, 0, "" },
	{ "share", "SHARE", UNIT_PERCENT, 8, 0, "" },
	{ "pid", "PID", UNIT_ID, 8, COL_KEY | COL_ASCENDING, "" },
};

static const struct table_def def = { .name = "t", .cols = cols, .ncols = 4 };

static void add(struct table *t, const char *name, uint64_t n, double share, uint64_t pid)
{
	struct row *r = table_add(t, (struct row_id){ pid, 0 });

	assert_non_null(r);
	r->v[0].s = table_str(t, name);
	r->v[1].u = n;
	r->v[2].d = share;
	r->v[3].u = pid;
}

/* The pids in order, as "3 1 2". */
static const char *order(const struct table *t)
{
	static char out[256];
	size_t i, len = 0;

	out[0] = '\0';
	for (i = 0; i < t->nrows; i++)
		len += (size_t)sprintf(out + len, "%s%llu", i ? " " : "",
				       (unsigned long long)t->rows[i].v[3].u);
	return out;
}

static void five(struct table *t)
{
	table_reset(t, &def);
	add(t, "read", 10, 1.5, 5);
	add(t, "write", 20, NAN, 4);
	add(t, "Futex", 10, 0.5, 3);
	add(t, "", 30, 99, 2);
	add(t, "close", 10, 1.5, 1);
}

static void sorts(void **state)
{
	struct table t = { 0 };

	five(&t);
	table_sort(&t, 1, false);
	assert_string_equal(order(&t), "2 4 1 3 5"); /* equal ones by id */
	table_sort(&t, 1, true);
	assert_string_equal(order(&t), "1 3 5 4 2");
	table_sort(&t, 0, false);
	assert_string_equal(order(&t), "2 3 1 5 4");
	table_sort(&t, 0, true);
	assert_string_equal(order(&t), "4 5 1 3 2");
	table_sort(&t, 2, false);
	assert_string_equal(order(&t), "2 1 5 3 4"); /* NaN is no value: last */
	table_sort(&t, 2, true);
	assert_string_equal(order(&t), "3 1 5 2 4");
	table_sort(&t, 99, false);
	table_sort(&t, -1, false);
	assert_string_equal(order(&t), "3 1 5 2 4");
	table_free(&t);
}

static void rows_without_value_come_last(void **state)
{
	struct table t = { 0 };

	five(&t);
	t.rows[3].na = 1 << 1; /* pid 2, the largest */
	table_sort(&t, 1, false);
	assert_string_equal(order(&t), "4 1 3 5 2");
	table_sort(&t, 1, true);
	assert_string_equal(order(&t), "1 3 5 4 2");
	table_free(&t);
}

static void sorting_is_stable_from_interval_to_interval(void **state)
{
	struct table a = { 0 }, b = { 0 };
	uint64_t i;

	table_reset(&a, &def);
	table_reset(&b, &def);
	for (i = 0; i < 20; i++) {
		add(&a, "x", 1, 0, 100 + i);
		add(&b, "x", 1, 0, 119 - i); /* found in another order */
	}
	table_sort(&a, 1, false);
	table_sort(&b, 1, false);
	for (i = 0; i < 20; i++)
		assert_int_equal(a.rows[i].id.a, b.rows[i].id.a);
	table_free(&a);
	table_free(&b);
}

static void greps(void **state)
{
	struct table t = { 0 };

	five(&t);
	table_grep(&t, "E");
	assert_string_equal(order(&t), "5 4 3 1"); /* any case, order kept */
	table_grep(&t, "4");
	assert_string_equal(order(&t), "4"); /* numbers that name */
	table_grep(&t, "20");		     /* not other numbers */
	assert_int_equal(t.nrows, 0);
	table_grep(&t, "");
	table_grep(&t, NULL);
	table_free(&t);
}

static void columns(void **state)
{
	assert_int_equal(column_find(&def, "n"), 1);
	assert_int_equal(column_find(&def, "number"), 1);
	assert_int_equal(column_find(&def, "NUMBER"), 1);
	assert_int_equal(column_find(&def, "nope"), -1);
	assert_int_equal(column_find(&def, ""), -1);
}

static void memory_is_reused(void **state)
{
	struct table t = { 0 };
	char name[300];
	int round, i;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (round = 0; round < 50; round++) {
		table_reset(&t, &def);
		assert_int_equal(t.nrows, 0);
		for (i = 0; i < 1000; i++)
			add(&t, name + i % 250, (uint64_t)i, i, (uint64_t)i);
		for (i = 0; i < 1000; i++) {
			assert_int_equal(t.rows[i].v[1].u, i);
			assert_int_equal(strlen(t.rows[i].v[0].s), 299 - i % 250);
		}
	}
	table_free(&t);
	table_free(&t);
}

static void new_rows_are_empty(void **state)
{
	struct table t = { 0 };
	int round;

	for (round = 0; round < 2; round++) {
		struct row *r;

		table_reset(&t, &def);
		r = table_add(&t, (struct row_id){ 7, 8 });
		assert_string_equal(r->v[0].s, "");
		assert_int_equal(r->v[1].u, 0);
		assert_int_equal(r->ge | r->na, 0);
		r->v[0].s = "something";
		r->v[1].u = r->ge = r->na = 5;
	}
	table_free(&t);
}

static void huge_string(void **state)
{
	struct table t = { 0 };
	static char big[100000];

	table_reset(&t, &def);
	memset(big, 'y', sizeof(big) - 1);
	assert_string_equal(table_str(&t, big), big);
	add(&t, "after", 1, 1, 1);
	assert_string_equal(t.rows[0].v[0].s, "after");
	table_free(&t);
}

static void worst_row_and_subjects(void **state)
{
	struct table_def with = def, defs[3] = { def, def, def };
	struct table t = { 0 };

	table_reset(&t, &with);
	add(&t, "a", 10, 1, 1);
	add(&t, "b", 30, 2, 2);
	add(&t, "c", 20, 3, 3);
	assert_null(table_worst(&t)); /* no headline: nothing is worst */
	with.headline[0] = 1;
	assert_int_equal(table_worst(&t)->id.a, table_find(&t, 2)->id.a);
	t.rows[1].na = 1 << 1; /* has no value this time */
	assert_ptr_equal(table_worst(&t), table_find(&t, 3));
	assert_null(table_find(&t, 4));
	table_reset(&t, &with);
	assert_null(table_worst(&t));

	assert_int_equal(table_of_subject(defs, 3, SUBJECT_CGROUP), -1);
	defs[2].subject = SUBJECT_CGROUP;
	assert_int_equal(table_of_subject(defs, 3, SUBJECT_CGROUP), 2);
	assert_int_equal(table_of_subject(defs, 3, SUBJECT_PROCESS), -1);
	table_free(&t);
}

static void hang(struct table *t, const char *name, uint64_t n, uint64_t id, uint64_t up)
{
	add(t, name, n, 0, id);
	t->rows[t->nrows - 1].up = up;
}

static void trees(void **state)
{
	struct table_def tree = def;
	struct table t = { 0 };
	char text[32];

	tree.tree = 1;
	table_reset(&t, &tree);
	hang(&t, "leaf", 5, 4, 2);
	hang(&t, "small", 10, 3, 1);
	hang(&t, "large", 20, 2, 1);
	hang(&t, "top", 1, 1, 0);
	hang(&t, "twig", 90, 5, 3);
	hang(&t, "stray", 2, 6, 77); /* what it hangs below is not shown */
	table_sort(&t, 1, false);
	assert_string_equal(order(&t), "6 1 2 4 3 5");
	assert_int_equal(t.rows[0].depth, 0);
	assert_int_equal(t.rows[3].depth, 2);
	assert_int_equal(t.rows[5].depth, 2);
	t.rows[3].fold = '+';
	assert_int_equal(format_value(text, sizeof(text), &tree, &t.rows[3], 0, false), 10);
	assert_string_equal(text, "    + leaf");
	table_sort(&t, 1, true);
	assert_string_equal(order(&t), "1 3 5 2 4 6");
	table_grep(&t, "twig"); /* with what it hangs below */
	assert_string_equal(order(&t), "1 3 5");
	/* In a circle nothing is on top: the rows are all still there. */
	table_reset(&t, &tree);
	hang(&t, "a", 1, 1, 2);
	hang(&t, "b", 2, 2, 1);
	table_sort(&t, 1, false);
	assert_int_equal(t.nrows, 2);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts),
		cmocka_unit_test(rows_without_value_come_last),
		cmocka_unit_test(sorting_is_stable_from_interval_to_interval),
		cmocka_unit_test(greps),
		cmocka_unit_test(columns),
		cmocka_unit_test(memory_is_reused),
		cmocka_unit_test(new_rows_are_empty),
		cmocka_unit_test(huge_string),
		cmocka_unit_test(worst_row_and_subjects),
		cmocka_unit_test(trees),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
