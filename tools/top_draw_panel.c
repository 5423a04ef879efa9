// SPDX-License-Identifier: GPL-2.0
/* One panel of `top`: the title line and what is below it. */
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "top_draw.h"

#define MIN_TABLE 4 /* lines: titles and three rows */
#define MIN_HIST 5  /* lines: two of text, three bars */

/* What the rows of a table are counted in: "calls". */
static const char *counted(const struct table_def *def)
{
	int i;

	for (i = 0; i < def->ncols; i++)
		if (def->cols[i].unit == UNIT_COUNT)
			return strcmp(def->cols[i].key, "count") ? def->cols[i].key : "";
	return "";
}

static const char *plural(const char *noun)
{
	size_t n = strlen(noun);

	/* "switches" */
	return n > 1 && (noun[n - 1] == 's' || !strcmp(noun + n - 2, "ch")) ? "es" : "s";
}

/* "12345 syscalls/s", "not watched", or what the rows of the place drilled to add up to. */
static void rate_text(const struct top *t, const struct top_panel *p, char *buf, size_t n)
{
	uint64_t sum = p->scope.depth ? p->total : p->events;
	const struct table_def *def = top_def(p);
	char num[16];

	*buf = 0;
	if (p->idle)
		snprintf(buf, n, "not watched");
	if (!t->measured_ns || !t->samples || p->err < 0 || (p->scope.depth && !def))
		return;
	format_count(num, sizeof(num), (uint64_t)((double)sum * 1e9 / t->measured_ns + 0.5));
	if (p->scope.depth)
		snprintf(buf, n, "%s %s/s", num, counted(def));
	else if (p->price.event)
		snprintf(buf, n, "%s %s%s/s", num, p->price.event, plural(p->price.event));
}

/* Where we are: the table, or the way drilled down to here. */
static void place_text(const struct top *t, const struct top_panel *p, int i, char *buf, size_t n)
{
	const char *sep = t->ascii ? " > " : " › ";
	const struct table_def *def = &p->view->tables[p->frame[0].table];
	int d;
	size_t len;

	len = snprintf(buf, n, "%d %s %s", i + 1, p->view->title, def->title);
	if (!strcasecmp(p->view->title, def->title))
		len = snprintf(buf, n, "%d %s", i + 1, p->view->title);
	for (d = 1; d <= p->scope.depth && len < n; d++)
		len += snprintf(buf + len, n - len, "%s%s", sep, p->frame[d].name);
	if (p->scope.depth && top_def(p) && len < n)
		snprintf(buf + len, n - len, "%s%s", sep, top_def(p)->title);
}

/* What makes this differ from all rows in natural order. */
static void order_text(const struct top *t, struct top_panel *p, char *buf, size_t n)
{
	const struct table_def *def = top_def(p);
	bool up;

	*buf = 0;
	if (!def || p->err < 0)
		return;
	up = !(def->cols[top_order(p)->col].flags & COL_ASCENDING) == top_order(p)->reverse;
	snprintf(buf, n, "by %s %s", def->cols[top_order(p)->col].title,
		 t->ascii ? (up ? "^" : "v") :
		 up	  ? "▲" :
			    "▼");
}

static int title_part(struct grid *g, const struct box *b, int x, enum style style,
		      const char *text)
{
	if (!*text || x + text_width(text) + 3 > b->w)
		return x;
	grid_fill(g, b, 0, x, 1, STYLE_NORMAL, ' ');
	x = grid_put(g, b, 0, x + 1, style, text);
	grid_fill(g, b, 0, x, 1, STYLE_NORMAL, ' ');
	return x + 2;
}

/* Parts at the right end, the last one first; those without room are left out. */
static int title_part_right(struct grid *g, const struct box *b, int left, int x, enum style style,
			    const char *text)
{
	int w = text_width(text) + 2;

	if (!*text || x - w < left)
		return x;
	title_part(g, b, x - w, style, text);
	return x - w - 1;
}

static void draw_title(struct top *t, struct grid *g, int i)
{
	struct top_panel *p = &t->panel[i];
	struct top_frame *f = top_frame(p);
	bool active = i == t->active && !t->batch;
	enum style style = active ? STYLE_TITLE : STYLE_STRONG;
	const struct box *b = &p->box;
	char text[256], filter[TOP_FILTER_LEN + 8];
	int x, right;

	grid_fill(g, b, 0, 0, b->w, active ? STYLE_TITLE : STYLE_DIM,
		  t->ascii ? (active ? '=' : '-') :
		  active   ? 0x2501 :
			     0x2500);
	place_text(t, p, i, text, sizeof(text));
	format_fit(text, sizeof(text), b->w - 6, !t->ascii);
	x = title_part(g, b, 1, style, text);
	x = title_part(g, b, x, STYLE_BOUND, p->unfiltered);
	if (t->follow.kind && top_can_follow(p, t->follow.kind) < 0)
		x = title_part(g, b, x, STYLE_BOUND,
			       t->follow.kind == SUBJECT_PROCESS ? "of all processes" :
								   "of all cgroups");
	if (*f->filter) {
		snprintf(filter, sizeof(filter), "/%s", f->filter);
		x = title_part(g, b, x, STYLE_BOUND, filter);
	}
	if (t->errors_only && top_def(p) && column_find(top_def(p), "errors") >= 0)
		x = title_part(g, b, x, STYLE_BOUND, "errors only");
	if (p->err >= 0 && p->view->state && t->samples)
		x = title_part(g, b, x, STYLE_BOUND, p->view->state(p->st));
	rate_text(t, p, text, sizeof(text));
	right = title_part_right(g, b, x, b->w - 1, STYLE_STRONG, text);
	order_text(t, p, text, sizeof(text));
	right = title_part_right(g, b, x, right, STYLE_NORMAL, text);
	if (p->err >= 0 && top_def(p) && p->table.nrows > (size_t)f->page && f->page > 0) {
		snprintf(text, sizeof(text), "%d-%d of %zu", f->offset + 1, f->offset + f->page,
			 p->table.nrows);
		title_part_right(g, b, x, right, STYLE_DIM, text);
	}
}

/* Put @text on as many lines as it takes, broken at spaces. Return: lines. */
static int put_wrapped(struct grid *g, const struct box *b, int y, enum style style,
		       const char *text)
{
	int lines = 0, n, last;

	while (*text && y + lines < b->h) {
		for (n = 0, last = 0; text[n] && n < b->w - 2; n++)
			if (text[n] == ' ')
				last = n;
		if (text[n] && last)
			n = last;
		grid_putf(g, b, y + lines++, 1, style, "%.*s", n, text);
		text += n;
		while (*text == ' ')
			text++;
	}
	return lines;
}

/*
 * A histogram above the rows, if one is shown. Its height only grows while it
 * stays, so that the rows below do not jump.
 */
static void draw_contents(struct top *t, struct grid *g, struct top_panel *p, const struct box *b)
{
	struct top_frame *f = top_frame(p);
	struct box upper = *b, lower = *b;
	int limit = b->h - MIN_TABLE, want;

	if (f->table < 0)
		limit = b->h;
	want = top_has_hist(p) ? top_hists_height(p, limit) : 0;
	if (want > f->hist_h)
		f->hist_h = want;
	if (f->hist_h > limit) /* the screen has become smaller */
		f->hist_h = want;
	upper.h = f->table < 0 ? b->h : limit >= MIN_HIST ? f->hist_h : 0;
	if (upper.h && top_has_hist(p))
		top_draw_hists(t, g, p, &upper);
	if (f->table < 0)
		return;
	lower.y += upper.h;
	lower.h -= upper.h;
	if (p->fill_err < 0)
		put_wrapped(g, &lower, 0, STYLE_ERROR, p->fill_why);
	else if (lower.h > 0 && p->table.def)
		top_draw_table(t, g, p, &lower);
}

void top_draw_panel(struct top *t, struct grid *g, int i)
{
	struct top_panel *p = &t->panel[i];
	struct box b = p->box;
	int y;

	b.y++;
	b.h--;
	if (b.h > 0 && p->idle) {
		put_wrapped(g, &b, 0, STYLE_DIM,
			    p->wanted ? "starting..." :
					"not watched, to spare the machine: x starts it");
	} else if (b.h > 0 && p->err < 0) {
		y = put_wrapped(g, &b, 0, STYLE_ERROR, "not available:");
		put_wrapped(g, &b, y, STYLE_NORMAL, p->why);
	} else if (b.h > 0 && !t->samples) {
		grid_put(g, &b, 0, 1, STYLE_DIM,
			 t->ascii ? "first interval..." : "first interval…");
	} else if (b.h > 0) {
		draw_contents(t, g, p, &b);
	}
	draw_title(t, g, i); /* last: it says which rows are in sight */
}
