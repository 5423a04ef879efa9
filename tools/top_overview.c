// SPDX-License-Identifier: GPL-2.0
/* The overview of `top`: for each panel how much happens, and the worst row. */
#include <stdio.h>
#include <string.h>
#include "err.h"
#include "format.h"
#include "top_draw.h"

#define VIEW_W 13
#define RATE_W 9
#define NAME_W 20

static void describe(const struct top *t, const struct table_def *def, const struct row *r,
		     struct top_worst *w)
{
	char value[24];
	int i;

	top_row_name(def, r, !t->ascii, w->name, sizeof(w->name));
	for (i = 0; i < TABLE_HEADLINES && def->headline[i]; i++) {
		format_value(value, sizeof(value), def, r, def->headline[i], !t->ascii);
		snprintf(w->figure[i], sizeof(w->figure[i]), "%s %s",
			 def->cols[def->headline[i]].title, value);
	}
}

void top_overview_refresh(struct top *t)
{
	struct scope machine = { .depth = 0 };
	struct table rows = { 0 };
	const struct row *r;
	int i;

	for (i = 0; i < t->npanels; i++) {
		struct top_panel *p = &t->panel[i];
		const struct table_def *def = &p->view->tables[p->view->overview];

		memset(&p->worst, 0, sizeof(p->worst));
		if (p->err < 0 || !t->samples)
			continue;
		err_clear();
		table_reset(&rows, def);
		if (p->view->fill(p->st, p->view->overview, &machine, &rows) < 0) {
			err_clear();
			continue;
		}
		r = table_worst(&rows);
		if (r)
			describe(t, def, r, &p->worst);
	}
	table_free(&rows);
}

static void rate(const struct top *t, const struct top_panel *p, char *buf, size_t n)
{
	if (t->measured_ns)
		format_count(buf, n,
			     (uint64_t)((double)p->events * 1e9 / (double)t->measured_ns + 0.5));
}

/* What is said of a panel after its name. */
static void draw_line(struct top *t, struct grid *g, const struct box *b, int y,
		      const struct top_panel *p)
{
	char text[TOP_NAME_LEN] = "";
	int x = VIEW_W + RATE_W + 3, i;

	if (p->err < 0) {
		grid_putf(g, b, y, VIEW_W + 2, p->idle ? STYLE_DIM : STYLE_ERROR, "%s%s",
			  p->idle ? "not watched: Enter starts it" : "not available: ", p->why);
		return;
	}
	rate(t, p, text, sizeof(text));
	grid_putf(g, b, y, VIEW_W + 1, STYLE_NORMAL, "%*s", RATE_W, text);
	if (!*p->worst.name) {
		grid_put(g, b, y, x, STYLE_DIM, t->samples ? "nothing" : "...");
		return;
	}
	snprintf(text, sizeof(text), "%s", p->worst.name);
	format_fit(text, sizeof(text), NAME_W, !t->ascii);
	grid_put(g, b, y, x, STYLE_STRONG, text);
	x += NAME_W + 1;
	for (i = 0; i < TABLE_HEADLINES && *p->worst.figure[i]; i++) {
		int w = text_width(p->worst.figure[i]);

		if (x + w > b->w)
			return;
		grid_put(g, b, y, x, i ? STYLE_NORMAL : STYLE_STRONG, p->worst.figure[i]);
		x += w + 2;
	}
}

void top_draw_overview(struct top *t, struct grid *g)
{
	const struct box *b = &t->page;
	int i, y = 2;

	if (b->h < 1)
		return;
	grid_fill(g, b, 0, 0, b->w, STYLE_TITLE, t->ascii ? '=' : 0x2501);
	grid_put(g, b, 0, 1, STYLE_TITLE, " 0 Overview ");
	grid_putf(g, b, 1, 0, STYLE_HEAD, "  %-*s%*s  %-*s %s", VIEW_W - 2, "View", RATE_W + 1,
		  "Events/s", NAME_W, "Worst", "with");
	for (i = 0; i < t->npanels && y < b->h; i++, y++) {
		const struct top_panel *p = &t->panel[i];

		if (i == t->active)
			grid_fill(g, b, y, 0, b->w, STYLE_SELECTED, ' ');
		grid_putf(g, b, y, 0, i == t->active ? STYLE_SELECTED : STYLE_STRONG, "%d %-*.*s",
			  i + 1, VIEW_W - 2, VIEW_W - 2, p->view->title);
		draw_line(t, g, b, y, p);
	}
}
