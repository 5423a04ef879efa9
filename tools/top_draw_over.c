// SPDX-License-Identifier: GPL-2.0
/* What lies over the screen of `top`: the help and the choice of a column. */
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "top_draw.h"

#define KEY_WIDTH 16
#define TWO_COLUMNS 100 /* screen columns from which keys stand two abreast */

/* A frame around @b with a title; @b becomes what is inside. */
static void open_box(struct top *t, struct grid *g, struct box *b, const char *title)
{
	grid_clear(g, b);
	grid_fill(g, b, 0, 0, b->w, STYLE_TITLE, t->ascii ? '=' : 0x2501);
	grid_fill(g, b, b->h - 1, 0, b->w, STYLE_TITLE, t->ascii ? '=' : 0x2501);
	grid_putf(g, b, 0, 2, STYLE_TITLE, " %s ", title);
	b->x += 2;
	b->w -= 4;
	b->y++;
	b->h -= 2;
}

/* Centred on the screen, the line of keys left visible. */
static struct box centre(const struct top *t, int h, int w)
{
	int rows = t->rows - t->hint.h;

	if (h > rows)
		h = rows;
	if (w > t->cols)
		w = t->cols;
	return (struct box){ (rows - h) / 2, (t->cols - w) / 2, h, w };
}

/* The help is a list of lines; one function writes, @y moves on. */
struct page {
	struct grid *g;
	struct box b;
	int y; /* next line, may lie outside of the box */
};

static void heading(struct page *p, const char *text)
{
	p->y++;
	grid_put(p->g, &p->b, p->y++, 0, STYLE_STRONG, text);
}

/* A term and what it means, the meaning on as many lines as it needs. */
static void entry(struct page *p, const char *term, const char *text)
{
	int room = p->b.w - KEY_WIDTH, n, last;

	grid_put(p->g, &p->b, p->y, 1, STYLE_HINT, term);
	if (room < 10)
		room = 10;
	do {
		for (n = 0, last = 0; text[n] && n < room; n++)
			if (text[n] == ' ')
				last = n;
		if (text[n] && last)
			n = last;
		grid_putf(p->g, &p->b, p->y++, KEY_WIDTH, STYLE_NORMAL, "%.*s", n, text);
		text += n;
		while (*text == ' ')
			text++;
	} while (*text);
}

static void help_keys(struct page *p)
{
	const struct top_key *k = top_keys;
	struct page left = *p, right = *p;
	int n = 0, i;

	if (p->b.w < TWO_COLUMNS - 8) {
		for (; k->keys; k++)
			entry(p, k->keys, k->help);
		return;
	}
	while (k[n].keys)
		n++;
	left.b.w = right.b.w = p->b.w / 2 - 1;
	right.b.x += p->b.w / 2 + 1;
	for (i = 0; i < n; i++)
		entry(i < (n + 1) / 2 ? &left : &right, k[i].keys, k[i].help);
	p->y = left.y > right.y ? left.y : right.y;
}

static void help_columns(struct page *p, const struct table_def *def)
{
	int i;

	for (i = 0; i < def->ncols; i++)
		if (!(def->cols[i].flags & COL_JSON_ONLY))
			entry(p, def->cols[i].title, def->cols[i].help);
}

static void help_panel(struct page *p, struct top_panel *panel)
{
	const char *const *note;
	char text[128];
	int i;

	if (top_def(panel)) {
		snprintf(text, sizeof(text), "Columns of %s: %s", panel->view->title,
			 top_def(panel)->title);
		heading(p, text);
		help_columns(p, top_def(panel));
	}
	if (panel->nloss) {
		heading(p, "What \"lost\" counts");
		for (i = 0; i < panel->nloss; i++)
			entry(p, panel->loss[i].key, panel->loss[i].help);
	}
	if (panel->err < 0 || !panel->view->notes)
		return;
	note = panel->view->notes(panel->st);
	if (note && *note)
		heading(p, "On this kernel");
	for (; note && *note; note++)
		entry(p, "note", *note);
}

static void help_screen(struct page *p, bool ascii)
{
	heading(p, "On the screen");
	entry(p, ascii ? ">=" : "≥", "a lower bound: the true value may be larger");
	entry(p, "-", "no value; 0 is a value");
	entry(p, "steal", "time that the host of this virtual machine gave to others");
	entry(p, "psi%", "time that some / all tasks waited for it, last 10 s");
	entry(p, "price", "what tracing adds to each event, measured here");
	entry(p, "reader", "CPU that this program takes, of one CPU");
	entry(p, "BPF", "CPU that the probes take, of the machine");
}

void top_draw_help(struct top *t, struct grid *g)
{
	struct box outer = centre(t, t->rows, t->cols < 120 ? t->cols : 120), b = outer;
	struct page p = { .g = g };
	int total;

	open_box(t, g, &b, "ostrace top: keys and meanings");
	p.b = b;
	/* Twice: the first time off the box, to learn how long it is. */
	p.y = b.h;
	help_keys(&p);
	help_panel(&p, &t->panel[t->active]);
	help_screen(&p, t->ascii);
	total = p.y - b.h;
	if (t->help_offset > total - b.h)
		t->help_offset = total > b.h ? total - b.h : 0;
	p.y = -t->help_offset;
	help_keys(&p);
	help_panel(&p, &t->panel[t->active]);
	help_screen(&p, t->ascii);
	if (total > b.h)
		grid_putf(g, &outer, outer.h - 1, outer.w - 16, STYLE_TITLE, " %3d of %3d ",
			  t->help_offset + b.h, total);
}

void top_draw_choice(struct top *t, struct grid *g)
{
	const struct table_def *def = top_def(&t->panel[t->active]);
	struct box b;
	char help[128];
	int i, y = 0, at = 0, n = 0, off;

	for (i = 0; i < def->ncols; i++) {
		at += i < t->choice && !(def->cols[i].flags & COL_JSON_ONLY);
		n += !(def->cols[i].flags & COL_JSON_ONLY);
	}
	b = centre(t, n + 2, 76);
	open_box(t, g, &b, "sort by");
	off = at >= b.h ? at - b.h + 1 : 0;
	for (i = 0; i < def->ncols; i++) {
		const struct column *c = &def->cols[i];

		if (c->flags & COL_JSON_ONLY)
			continue;
		grid_put(g, &b, y - off, 1, STYLE_STRONG, c->title);
		snprintf(help, sizeof(help), "%s", c->help);
		format_fit(help, sizeof(help), b.w - 12, !t->ascii);
		grid_put(g, &b, y - off, 12, STYLE_NORMAL, help);
		if (i == t->choice)
			grid_select(g, &b, y - off);
		y++;
	}
}
