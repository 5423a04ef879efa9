// SPDX-License-Identifier: GPL-2.0
/* What the keys of `top` do. Pure: keys come in, the model changes. */
#include <string.h>
#include "format.h"
#include "top_model.h"

/* The steps of + and -, in ms. */
static const unsigned int interval_ms[] = {
	100, 200, 500, 1000, 2000, 5000, 10000, 20000, 30000, 60000, 120000, 300000, 600000,
};

#define NSTEPS ((int)(sizeof(interval_ms) / sizeof(*interval_ms)))
#define MS 1000000ull

static struct top_panel *active(struct top *t)
{
	return &t->panel[t->active];
}

/* Samples of different lengths do not belong in one sparkline. */
static void forget_history(struct top *t)
{
	int i, j;

	for (i = 0; i < t->npanels; i++)
		for (j = 0; j <= SCOPE_MAX; j++)
			history_reset(&t->panel[i].frame[j].history);
}

static unsigned int change_interval(struct top *t, bool slower)
{
	uint64_t now = t->interval_ns, next = now;
	int i;

	if (slower) {
		for (i = 0; i < NSTEPS && next <= now; i++)
			next = interval_ms[i] * MS;
		if (next < now)
			next = now;
	} else {
		for (i = NSTEPS - 1; i >= 0 && next >= now; i--)
			next = interval_ms[i] * MS;
		if (next > now)
			next = now;
	}
	if (next == now)
		return 0;
	t->interval_ns = next;
	forget_history(t);
	return TOP_DO_INTERVAL;
}

/* Looking at a panel means to want it, or why would one look? */
static void choose_panel(struct top *t, int i)
{
	if (i < 0 || i >= t->npanels || (i == t->active && !t->overview))
		return;
	t->active = i;
	t->overview = false;
	if (t->panel[i].idle)
		t->panel[i].wanted = true;
	top_resize(t, t->rows, t->cols);
}

static void watch(struct top_panel *p)
{
	/* What did not open is tried again. */
	p->wanted = p->idle ? !p->wanted : p->err < 0;
	p->lent = false;
	if (p->err < 0 && !p->idle)
		p->idle = true;
}

/* Out of the innermost row; with the row that is followed all panels leave it. */
static void drill_out(struct top *t, struct top_panel *p)
{
	bool origin = p == &t->panel[t->follow.from];

	if (t->follow.kind &&
	    ((origin && p->scope.depth == 1) || (p->followed && p->scope.depth <= 1) ||
	     (!origin && !p->followed && !p->scope.depth))) {
		struct top_panel *from = &t->panel[t->follow.from];

		top_unfollow(t);
		while (from->scope.depth)
			top_drill_out(t, from);
		return;
	}
	top_drill_out(t, p);
}

static void set_order(struct top *t, int col, bool reverse)
{
	struct top_panel *p = active(t);
	struct top_order *o;

	if (!top_def(p))
		return;
	o = top_order(p);
	o->col = col;
	o->reverse = reverse;
	top_refresh(t, p);
}

/* The column @by places from @col among those that a screen can show. */
static int next_column(const struct table_def *def, int col, int by)
{
	int i = col;

	do {
		i = (i + by + def->ncols) % def->ncols;
	} while (i != col && def->cols[i].flags & COL_JSON_ONLY);
	return i;
}

static void sort_beside(struct top *t, int by)
{
	struct top_panel *p = active(t);

	if (top_def(p))
		set_order(t, next_column(top_def(p), top_order(p)->col, by), false);
}

static void reverse(struct top *t)
{
	struct top_panel *p = active(t);

	if (top_def(p))
		set_order(t, top_order(p)->col, !top_order(p)->reverse);
}

static void start_filter(struct top *t)
{
	if (!top_def(active(t)))
		return;
	t->mode = TOP_MODE_FILTER;
}

static void start_sort(struct top *t)
{
	if (!top_def(active(t)))
		return;
	t->choice = top_order(active(t))->col;
	t->mode = TOP_MODE_SORT;
}

static void escape(struct top *t)
{
	struct top_panel *p = active(t);

	if (*top_frame(p)->filter) {
		*top_frame(p)->filter = 0;
		top_refresh(t, p);
	} else {
		drill_out(t, p);
	}
}

static void first_row(struct top *t)
{
	struct top_frame *f = top_frame(active(t));

	/* Not this row, but whichever comes first from now on. */
	f->sel.sticky = false;
	f->sel.known = false;
	top_refresh(t, active(t));
}

static void filter_char(char *s, int key)
{
	size_t len = strlen(s);
	int n = key < 0x80 ? 1 : key < 0x800 ? 2 : key < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int i;

	if (key < 0x20 || key > 0x10ffff || len + n >= TOP_FILTER_LEN)
		return;
	s[len + n] = 0;
	if (n == 1) {
		s[len] = (char)key;
		return;
	}
	for (i = n - 1; i > 0; i--, key >>= 6)
		s[len + i] = (char)(0x80 | (key & 0x3f));
	s[len] = (char)(lead[n] | key);
}

static void erase_char(char *s)
{
	size_t len = strlen(s);

	while (len && ((unsigned char)s[--len] & 0xc0) == 0x80)
		;
	s[len] = 0;
}

static unsigned int key_filter(struct top *t, int key)
{
	struct top_panel *p = active(t);
	char *s = top_frame(p)->filter;

	switch (key) {
	case TOPKEY_ENTER:
	case '\n':
		t->mode = TOP_MODE_TABLE;
		return 0;
	case TOPKEY_ESC:
		*s = 0;
		t->mode = TOP_MODE_TABLE;
		break;
	case TOPKEY_BACKSPACE:
	case '\b':
		if (!*s)
			t->mode = TOP_MODE_TABLE;
		erase_char(s);
		break;
	case TOPKEY_CTRL('u'):
		*s = 0;
		break;
	default:
		filter_char(s, key);
	}
	top_refresh(t, p);
	return 0;
}

static unsigned int key_sort(struct top *t, int key)
{
	const struct table_def *def = top_def(active(t));

	switch (top_command_of(key)) {
	case TOP_UP:
		t->choice = next_column(def, t->choice, -1);
		break;
	case TOP_DOWN:
	case TOP_SORT:
		t->choice = next_column(def, t->choice, 1);
		break;
	case TOP_IN:
		t->mode = TOP_MODE_TABLE;
		set_order(t, t->choice, false);
		break;
	case TOP_REVERSE:
		t->mode = TOP_MODE_TABLE;
		set_order(t, t->choice, true);
		break;
	default:
		t->mode = TOP_MODE_TABLE;
	}
	return 0;
}

static unsigned int key_help(struct top *t, int key)
{
	switch (top_command_of(key)) {
	case TOP_DOWN:
		t->help_offset++;
		break;
	case TOP_UP:
		t->help_offset--;
		break;
	case TOP_PAGE_DOWN:
	case TOP_PAUSE:
		t->help_offset += t->rows / 2;
		break;
	case TOP_PAGE_UP:
		t->help_offset -= t->rows / 2;
		break;
	default:
		t->help_offset = 0;
		t->mode = TOP_MODE_TABLE;
	}
	if (t->help_offset < 0)
		t->help_offset = 0;
	return 0;
}

static void move_command(struct top *t, enum top_command cmd)
{
	struct top_panel *p = active(t);
	int page = top_frame(p)->page > 1 ? top_frame(p)->page - 1 : 1;

	switch (cmd) {
	case TOP_UP:
		return top_move(p, -1);
	case TOP_DOWN:
		return top_move(p, 1);
	case TOP_PAGE_UP:
		return top_move(p, -page);
	case TOP_PAGE_DOWN:
		return top_move(p, page);
	case TOP_FIRST:
		return first_row(t);
	case TOP_LAST:
		return top_move(p, (int)p->table.nrows);
	case TOP_IN:
		return top_follow_row(t, p);
	case TOP_OUT:
		return drill_out(t, p);
	case TOP_ESCAPE:
		return escape(t);
	case TOP_NEXT_TABLE:
		/* A panel that follows shows what it follows, whatever the table. */
		if (t->follow.kind)
			return;
		return top_next_table(t, p);
	case TOP_SIBLING:
		return top_sibling(t, p);
	case TOP_WATCH:
		return watch(p);
	case TOP_FOLD:
		return top_fold(t, p);
	default:
		return;
	}
}

static void toggle(struct top *t, bool *what)
{
	*what = !*what;
	top_resize(t, t->rows, t->cols);
}

static void view_command(struct top *t, enum top_command cmd, int key)
{
	switch (cmd) {
	case TOP_NEXT_PANEL:
		return choose_panel(t, (t->active + 1) % t->npanels);
	case TOP_PREV_PANEL:
		return choose_panel(t, (t->active + t->npanels - 1) % t->npanels);
	case TOP_PANEL:
		return choose_panel(t, key - '1');
	case TOP_OVERVIEW:
		return toggle(t, &t->overview);
	case TOP_SORT:
		return start_sort(t);
	case TOP_SORT_LEFT:
		return sort_beside(t, -1);
	case TOP_SORT_RIGHT:
		return sort_beside(t, 1);
	case TOP_REVERSE:
		return reverse(t);
	case TOP_FILTER:
		return start_filter(t);
	case TOP_ERRORS:
		return toggle(t, &t->errors_only);
	case TOP_SINCE:
		return toggle(t, &t->since_start);
	case TOP_ZOOM:
		return toggle(t, &t->zoom);
	default:
		return move_command(t, cmd);
	}
}

/* The overview is a list of panels to choose from. */
static bool overview_command(struct top *t, enum top_command cmd)
{
	switch (cmd) {
	case TOP_UP:
		t->active = t->active ? t->active - 1 : 0;
		return true;
	case TOP_DOWN:
		t->active += t->active + 1 < t->npanels;
		return true;
	case TOP_IN:
		choose_panel(t, t->active);
		return true;
	case TOP_OUT:
	case TOP_ESCAPE:
		toggle(t, &t->overview);
		return true;
	case TOP_PANEL:
	case TOP_NEXT_PANEL:
	case TOP_PREV_PANEL:
	case TOP_OVERVIEW:
		return false;
	default:
		return true;
	}
}

static unsigned int differing_views(const struct top *t)
{
	int i;

	for (i = 0; i < t->npanels; i++)
		if (t->panel[i].wanted == t->panel[i].idle)
			return TOP_DO_VIEWS;
	return 0;
}

unsigned int top_key(struct top *t, int key)
{
	enum top_command cmd = top_command_of(key);

	if (cmd == TOP_REDRAW)
		return TOP_DO_REDRAW;
	if (t->mode == TOP_MODE_FILTER)
		return key_filter(t, key);
	if (t->mode == TOP_MODE_SORT)
		return key_sort(t, key);
	if (t->mode == TOP_MODE_HELP)
		return key_help(t, key);
	switch (cmd) {
	case TOP_QUIT:
		return TOP_DO_QUIT;
	case TOP_HELP:
		t->mode = TOP_MODE_HELP;
		return 0;
	case TOP_PAUSE:
		t->paused = !t->paused;
		return TOP_DO_PAUSE;
	case TOP_SLOWER:
	case TOP_FASTER:
		return change_interval(t, cmd == TOP_SLOWER);
	default:
		if (!t->overview || !overview_command(t, cmd))
			view_command(t, cmd, key);
		return differing_views(t);
	}
}
