// SPDX-License-Identifier: GPL-2.0
/* One table of `top`: column titles, rows with bars, the selected row's past. */
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "top_draw.h"

#define SPARK_LINE_FROM 7 /* lines a table needs before it spares one */

/* The number in a cell, < 0 if there is none to draw. */
static double number(const struct table_def *def, const struct row *r, int col)
{
	if (col < 0 || r->na >> col & 1 || def->cols[col].unit == UNIT_HIST)
		return -1;
	return def->cols[col].unit == UNIT_PERCENT ? r->v[col].d : (double)r->v[col].u;
}

/* The column that bars and sparklines show: the one sorted by if it is a quantity. */
static int graph_column(const struct table_def *def, int order)
{
	int i;

	if (def->cols[order].unit != UNIT_TEXT && def->cols[order].unit != UNIT_ID &&
	    def->cols[order].unit != UNIT_HIST)
		return order;
	for (i = 0; i < def->ncols; i++)
		if (def->cols[i].unit == UNIT_COUNT)
			return i;
	return -1;
}

static double column_max(const struct table *t, int col)
{
	double v, max = 0;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		v = number(t->def, &t->rows[i], col);
		if (v > max)
			max = v;
	}
	return max;
}

void top_draw_spark(struct grid *g, const struct box *b, int y, int x, const double *v, int n,
		    double max)
{
	static const char ascii[] = "_.:-=+*#";
	int i, level;

	for (i = 0; i < n; i++) {
		if (v[i] < 0)
			continue;
		level = v[i] > 0 && max > 0 ? 1 + (int)(v[i] * 6.999 / max) : 0;
		if (level > 7)
			level = 7;
		grid_fill(g, b, y, x + i, 1, level ? STYLE_BAR : STYLE_DIM,
			  g->ascii ? (wchar_t)ascii[level] : (wchar_t)(0x2581 + level));
	}
}

/* "60s", "10min": how far back @n intervals reach. */
static void span_text(const struct top *t, int n, char *buf, size_t size)
{
	uint64_t ns = t->interval_ns * n, s = (ns + 500000000) / 1000000000;

	if (s >= 600)
		snprintf(buf, size, "%llumin", (unsigned long long)(s + 30) / 60);
	else if (s >= 10)
		snprintf(buf, size, "%llus", (unsigned long long)s);
	else
		format_ns(buf, size, ns, !t->ascii);
}

static void draw_column_titles(struct top *t, struct grid *g, struct top_panel *p,
			       const struct box *b, const struct top_columns *l)
{
	const struct table_def *def = p->table.def;
	struct top_order *o = top_order(p);
	int i;

	for (i = 0; i < l->n; i++) {
		const struct column *c = &def->cols[l->c[i].col];
		bool sorted = l->c[i].col == o->col;
		bool up = !(c->flags & COL_ASCENDING) == o->reverse;
		const char *mark = !sorted ? "" : t->ascii ? (up ? "^" : "v") : up ? "▲" : "▼";
		char title[64];

		snprintf(title, sizeof(title), "%s%s", format_heading(c), mark);
		if (c->unit == UNIT_TEXT || c->unit == UNIT_HIST)
			grid_put(g, b, 0, l->c[i].x, sorted ? STYLE_SORTED : STYLE_HEAD, title);
		else
			grid_put_right(g, b, 0, l->c[i].x + l->c[i].w,
				       sorted ? STYLE_SORTED : STYLE_HEAD, title);
	}
	if (l->spark_w) {
		char ns[16];

		span_text(t, l->spark_w, ns, sizeof(ns));
		grid_putf(g, b, 0, l->spark_x, STYLE_HEAD, "LAST %s", ns);
	}
}

static enum style cell_style(const struct table_def *def, const struct row *r, int col, int order)
{
	const struct column *c = &def->cols[col];

	if (r->na >> col & 1)
		return STYLE_DIM;
	if (r->ge >> col & 1)
		return STYLE_BOUND;
	if (c->flags & COL_KEY)
		return STYLE_NORMAL;
	if ((c->unit == UNIT_COUNT || c->unit == UNIT_NS) && !r->v[col].u)
		return STYLE_DIM;
	if (!strcmp(c->key, "errors"))
		return STYLE_ERROR;
	return col == order ? STYLE_STRONG : STYLE_NORMAL;
}

static void draw_cells(struct top *t, struct grid *g, struct top_panel *p, const struct row *r,
		       const struct box *b, int y, const struct top_columns *l)
{
	const struct table_def *def = p->table.def;
	char text[512];
	int i;

	for (i = 0; i < l->n; i++) {
		int col = l->c[i].col, x = l->c[i].x, w = l->c[i].w;
		enum style style = cell_style(def, r, col, top_order(p)->col);

		format_value(text, sizeof(text), def, r, col, !t->ascii);
		if (def->cols[col].unit == UNIT_HIST && !(r->na >> col & 1))
			style = STYLE_BAR;
		if (def->cols[col].unit == UNIT_TEXT || def->cols[col].unit == UNIT_HIST) {
			format_fit(text, sizeof(text), w, !t->ascii);
			grid_put(g, b, y, x, style, text);
		} else {
			grid_put_right(g, b, y, x + w, style, text);
		}
	}
}

static void draw_row(struct top *t, struct grid *g, struct top_panel *p, const struct row *r,
		     const struct box *b, int y, const struct top_columns *l, int graph, double max)
{
	double v = number(p->table.def, r, graph), past[HISTORY_LEN], peak = 0;
	int i;

	draw_cells(t, g, p, r, b, y, l);
	if (l->bar_w && max > 0)
		grid_bar(g, b, y, l->bar_x, l->bar_w, STYLE_BAR, v / max);
	if (!l->spark_w || graph < 0)
		return;
	history_get(&top_frame(p)->history, r->id, graph, past);
	for (i = HISTORY_LEN - l->spark_w; i < HISTORY_LEN; i++)
		if (past[i] > peak)
			peak = past[i];
	top_draw_spark(g, b, y, l->spark_x, past + HISTORY_LEN - l->spark_w, l->spark_w, peak);
}

/* Keep the cursor on the page with as little scrolling as that takes. */
static void scroll(struct top_frame *f, int page, int nrows)
{
	f->page = page;
	if (f->offset > nrows - page)
		f->offset = nrows - page;
	if (f->offset > f->cursor)
		f->offset = f->cursor;
	if (f->cursor >= f->offset + page)
		f->offset = f->cursor - page + 1;
	if (f->offset < 0)
		f->offset = 0;
}

/* The widest texts met so far: a column that once grew does not shrink back. */
static void measure(struct top *t, struct top_panel *p, int from, int to)
{
	const struct table_def *def = p->table.def;
	struct top_frame *f = top_frame(p);
	char text[512];
	int i, col, w;

	for (col = 0; col < def->ncols; col++) {
		if (def->cols[col].unit != UNIT_TEXT)
			continue;
		for (i = from; i < to && i < (int)p->table.nrows; i++) {
			w = format_value(text, sizeof(text), def, &p->table.rows[i], col,
					 !t->ascii);
			if (w > f->want[col])
				f->want[col] = w;
		}
	}
}

/* A value of column @col as text. */
static void value_text(const struct top *t, const struct table_def *def, int col, double value,
		       char *buf, size_t n)
{
	union value v[TABLE_MAX_COLS] = { 0 };
	struct row r = { .v = v };

	if (def->cols[col].unit == UNIT_PERCENT)
		v[col].d = value;
	else
		v[col].u = (uint64_t)value;
	format_value(buf, n, def, &r, col, !t->ascii);
}

/* The selected row over the last intervals: name, sparkline, largest value. */
static void draw_past(struct top *t, struct grid *g, struct top_panel *p, const struct box *b,
		      int y, int graph)
{
	struct row *r = top_row(p);
	const struct table_def *def = p->table.def;
	double past[HISTORY_LEN], peak = 0;
	char name[TOP_NAME_LEN], max[32], ns[16];
	int i, x, w;

	if (!r || graph < 0 || !history_get(&top_frame(p)->history, r->id, graph, past))
		return;
	top_row_name(def, r, !t->ascii, name, sizeof(name));
	format_fit(name, sizeof(name), b->w / 3, !t->ascii);
	x = grid_put(g, b, y, 0, STYLE_STRONG, name);
	x = grid_putf(g, b, y, x + 1, STYLE_DIM, "%s ", def->cols[graph].title);
	w = b->w - x - 24 < HISTORY_LEN ? b->w - x - 24 : HISTORY_LEN;
	if (w < 8)
		return;
	for (i = HISTORY_LEN - w; i < HISTORY_LEN; i++)
		if (past[i] > peak)
			peak = past[i];
	top_draw_spark(g, b, y, x, past + HISTORY_LEN - w, w, peak);
	value_text(t, def, graph, peak, max, sizeof(max));
	span_text(t, w, ns, sizeof(ns));
	grid_putf(g, b, y, x + w + 1, STYLE_DIM, "max %s, last %s", max, ns);
}

static void draw_empty(struct top *t, struct grid *g, struct top_panel *p, const struct box *b)
{
	if (!p->all_rows)
		grid_put(g, b, 1, 1, STYLE_DIM, "nothing in this interval");
	else if (*top_frame(p)->filter)
		grid_putf(g, b, 1, 1, STYLE_DIM, "none of %zu rows matches; Esc shows them",
			  p->all_rows);
	else if (t->errors_only)
		grid_putf(g, b, 1, 1, STYLE_DIM, "no errors in %zu rows; e shows them",
			  p->all_rows);
}

void top_draw_table(struct top *t, struct grid *g, struct top_panel *p, const struct box *b)
{
	struct top_frame *f = top_frame(p);
	bool active = p == &t->panel[t->active] && !t->batch;
	bool past = active && b->h >= SPARK_LINE_FROM;
	int page = b->h - 1 - past, i, graph;
	struct top_columns l;
	double max;

	scroll(f, page, (int)p->table.nrows);
	measure(t, p, f->offset, f->offset + page);
	top_fit_columns(p->table.def, f->want, top_order(p)->col, b->w, &l);
	graph = graph_column(p->table.def, top_order(p)->col);
	max = column_max(&p->table, graph);
	draw_column_titles(t, g, p, b, &l);
	for (i = 0; i < page && f->offset + i < (int)p->table.nrows; i++) {
		draw_row(t, g, p, &p->table.rows[f->offset + i], b, 1 + i, &l, graph, max);
		if (active && f->offset + i == f->cursor)
			grid_select(g, b, 1 + i);
	}
	if (!p->table.nrows)
		draw_empty(t, g, p, b);
	if (past)
		draw_past(t, g, p, b, b->h - 1, graph);
}
