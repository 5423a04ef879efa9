// SPDX-License-Identifier: GPL-2.0
/* Which columns of a table fit into a width, and where. Pure. */
#include <string.h>
#include "top_draw.h"

#define MIN_TEXT 8  /* a text column is not squeezed below this */
#define MAX_TEXT 60 /* nor does it grow beyond */
#define MIN_BAR 6
#define GOOD_BAR 16
#define MIN_SPARK 20

/* @sorted: its title has a mark behind it, of one cell. */
static int column_width(const struct column *c, bool sorted)
{
	int title = (int)strlen(c->title) + sorted;

	return c->width > title ? c->width : title;
}

static int total_width(const struct top_columns *l)
{
	int i, sum = 0;

	for (i = 0; i < l->n; i++)
		sum += l->c[i].w + (i > 0);
	return sum;
}

static void drop(struct top_columns *l, int i)
{
	memmove(&l->c[i], &l->c[i + 1], (l->n - i - 1) * sizeof(l->c[0]));
	l->n--;
}

/* Drop the rightmost column with @flags (0: any that is no key). */
static bool drop_one(const struct table_def *def, struct top_columns *l, unsigned int flags,
		     int order)
{
	int i;

	for (i = l->n - 1; i >= 0; i--) {
		const struct column *c = &def->cols[l->c[i].col];

		if (l->c[i].col == order || (c->flags & flags) != flags ||
		    (c->flags & COL_KEY && !(c->flags & COL_OPTIONAL)))
			continue;
		drop(l, i);
		return true;
	}
	return false;
}

/* Squeeze texts, the widest first, one column at a time. */
static bool squeeze_one(const struct table_def *def, struct top_columns *l)
{
	int i, at = -1;

	for (i = 0; i < l->n; i++)
		if (def->cols[l->c[i].col].unit == UNIT_TEXT && l->c[i].w > MIN_TEXT &&
		    (at < 0 || l->c[i].w > l->c[at].w))
			at = i;
	if (at < 0)
		return false;
	l->c[at].w--;
	return true;
}

static void shrink(const struct table_def *def, struct top_columns *l, int order, int width)
{
	while (total_width(l) > width)
		if (!drop_one(def, l, COL_OPTIONAL, order) && !squeeze_one(def, l) &&
		    !drop_one(def, l, 0, order))
			return;
}

/* Give texts what they want; return what is left of @spare. */
static int grow(const struct table_def *def, struct top_columns *l, const int *want, int spare)
{
	int i;

	for (i = 0; i < l->n && spare > 0; i++) {
		int w = want[l->c[i].col], more;

		if (def->cols[l->c[i].col].unit != UNIT_TEXT)
			continue;
		if (w > MAX_TEXT)
			w = MAX_TEXT;
		more = w - l->c[i].w;
		if (more <= 0)
			continue;
		if (more > spare)
			more = spare;
		l->c[i].w += more;
		spare -= more;
	}
	return spare;
}

/* Bars and sparklines take what is left, a space before each. */
static void add_graphs(struct top_columns *l, int x, int spare)
{
	if (spare < MIN_BAR + 1)
		return;
	l->bar_x = x + 1;
	l->bar_w = spare - 1;
	if (spare < GOOD_BAR + MIN_SPARK + 2) {
		if (l->bar_w > 2 * GOOD_BAR)
			l->bar_w = 2 * GOOD_BAR;
		return;
	}
	l->spark_w = spare - GOOD_BAR - 2;
	if (l->spark_w > HISTORY_LEN)
		l->spark_w = HISTORY_LEN;
	l->bar_w = spare - l->spark_w - 2;
	if (l->bar_w > 2 * GOOD_BAR)
		l->bar_w = 2 * GOOD_BAR;
	l->spark_x = l->bar_x + l->bar_w + 1;
}

void top_fit_columns(const struct table_def *def, const int *want, int order, int width,
		     struct top_columns *out)
{
	int i, x, gap = 1, spare;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < def->ncols; i++) {
		if (def->cols[i].flags & COL_JSON_ONLY)
			continue;
		out->c[out->n].col = i;
		out->c[out->n++].w = column_width(&def->cols[i], i == order);
	}
	shrink(def, out, order, width);
	spare = grow(def, out, want, width - total_width(out));
	if (spare >= 3 * out->n + GOOD_BAR + MIN_SPARK) {
		gap = 2; /* a wide screen: let the numbers breathe */
		spare -= out->n - 1;
	}
	for (i = 0, x = 0; i < out->n; i++) {
		out->c[i].x = x;
		x += out->c[i].w + gap;
	}
	add_graphs(out, x - gap, spare);
}
