// SPDX-License-Identifier: GPL-2.0
/* The real view and feature tables: what they promise to those who read them. */
#include "unit.h"
#include <ctype.h>
#include <string.h>
#include "feature.h"
#include "view.h"

static bool is_word(const char *s)
{
	if (!s || !islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static void check_column(const struct column *c)
{
	size_t n = strlen(c->key);

	if (!is_word(c->key))
		fail_msg("column key '%s'", c->key);
	assert_true(c->title && *c->title);
	assert_true(c->help && *c->help && c->help[strlen(c->help) - 1] != '.');
	assert_true(c->width > 0 || (c->flags & COL_JSON_ONLY));
	/* A key tells its unit, so that JSON needs no key to the key. */
	assert_int_equal(c->unit == UNIT_NS, n > 3 && !strcmp(c->key + n - 3, "_ns"));
}

static void check_table(const struct view *v, const struct table_def *t)
{
	int i, k;

	assert_true(is_word(t->name));
	assert_true(t->title && t->help);
	assert_in_range(t->ncols, 1, TABLE_MAX_COLS);
	assert_in_range(t->sort, 0, t->ncols - 1);
	assert_true(t->child < v->ntables);
	assert_false(t->cols[0].flags & (COL_OPTIONAL | COL_JSON_ONLY));
	for (i = 0; i < TABLE_HEADLINES && t->headline[i]; i++) {
		assert_in_range(t->headline[i], 1, t->ncols - 1);
		assert_false(t->cols[t->headline[i]].flags & COL_KEY);
	}
	if (t->subject != SUBJECT_NONE)
		assert_true(t->top_level && t->headline[0]);
	if (t->sibling) {
		assert_in_range(t->sibling, 1, v->ntables);
		assert_int_equal(&v->tables[v->tables[t->sibling - 1].sibling - 1] - t, 0);
	}
	for (i = 0; i < t->ncols; i++) {
		check_column(&t->cols[i]);
		for (k = 0; k < i; k++)
			assert_string_not_equal(t->cols[i].key, t->cols[k].key);
	}
}

static void views_are_sound(void **state)
{
	int i, t;

	for (i = 0; views[i]; i++) {
		const struct view *v = views[i];

		assert_true(is_word(v->name));
		assert_ptr_equal(view_find(v->name), v);
		assert_true(v->title && v->summary && v->help);
		assert_true(v->open && v->close && v->tick && v->fill);
		assert_true(v->losses && v->price);
		assert_true(v->tables[0].top_level);
		assert_in_range(v->overview, 0, v->ntables - 1);
		assert_true(v->tables[v->overview].headline[0]);
		for (t = 0; t < v->ntables; t++)
			check_table(v, &v->tables[t]);
	}
	assert_true(i > 0);
	assert_null(view_find("nope"));
}

static void needs_are_known_features(void **state)
{
	const struct view_need *need;
	int i;

	for (i = 0; views[i]; i++)
		for (need = views[i]->needs; need->feature; need++) {
			if (!feature_find(need->feature))
				fail_msg("%s needs unknown feature '%s'", views[i]->name,
					 need->feature);
			assert_true(need->without && *need->without);
		}
}

static void features_are_sound(void **state)
{
	const struct feature *f, *g;

	for (f = features; f->name; f++) {
		assert_non_null(f->probe);
		assert_true(f->summary && *f->summary);
		for (g = features; g < f; g++)
			assert_string_not_equal(f->name, g->name);
	}
	assert_null(feature_find("nope"));
}

/* Whoever we are and wherever we run, each has an answer and explains a no. */
static void features_can_be_asked(void **state)
{
	const struct feature *f;

	for (f = features; f->name; f++) {
		char detail[160] = "";
		enum feature_state s = f->probe(detail, sizeof(detail));

		assert_in_range(s, FEATURE_NO, FEATURE_UNKNOWN);
		assert_true(strlen(detail) < sizeof(detail));
		if (s != FEATURE_YES && !*detail)
			fail_msg("%s is missing without a word", f->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_are_sound),
		cmocka_unit_test(needs_are_known_features),
		cmocka_unit_test(features_are_sound),
		cmocka_unit_test(features_can_be_asked),
	};

	return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
