// SPDX-License-Identifier: GPL-2.0
/* Moving through the tables of a panel: up and down, in and out, sideways. */
#include <string.h>
#include "err.h"
#include "format.h"
#include "top_model.h"

void top_focus(struct top_panel *p)
{
	if (p->err < 0 || !p->view->focus || top_frame(p)->table < 0)
		return;
	/* Without it there is less detail, and the rows show that as "-". */
	p->view->focus(p->st, top_frame(p)->table, &p->scope);
	err_clear();
}

static void reset_frame(struct top_frame *f, int table)
{
	history_reset(&f->history);
	memset(f, 0, sizeof(*f));
	f->table = table;
}

void top_drill_in(struct top *t, struct top_panel *p)
{
	const struct table_def *def = top_def(p);
	struct row *r = top_row(p);
	struct top_frame *from = top_frame(p), *to;
	int d = p->scope.depth;

	if (!def || !r || d >= SCOPE_MAX || (def->child < 0 && !def->hist) ||
	    def->child >= TOP_MAX_TABLES)
		return;
	from->sel.sticky = true; /* coming back finds the row again */
	top_select(&from->sel, def, r);
	p->scope.step[d].table = from->table;
	p->scope.step[d].id = r->id;
	to = &p->frame[d + 1];
	reset_frame(to, def->child);
	top_row_name(def, r, !t->ascii, to->name, sizeof(to->name));
	p->scope.depth++;
	top_focus(p);
	top_refresh(t, p);
}

void top_drill_out(struct top *t, struct top_panel *p)
{
	if (!p->scope.depth)
		return;
	reset_frame(top_frame(p), -1);
	p->scope.depth--;
	top_focus(p);
	top_refresh(t, p);
}

void top_show(struct top_panel *p, int table)
{
	while (p->scope.depth) {
		reset_frame(top_frame(p), -1);
		p->scope.depth--;
	}
	reset_frame(&p->frame[0], table);
	top_focus(p);
}

void top_next_table(struct top *t, struct top_panel *p)
{
	int n = p->view->ntables < TOP_MAX_TABLES ? p->view->ntables : TOP_MAX_TABLES;
	int from = p->frame[0].table, next = from;

	do {
		next = (next + 1) % n;
	} while (next != from && !p->view->tables[next].top_level);
	if (next == from && !p->scope.depth)
		return;
	top_show(p, next);
	top_refresh(t, p);
}

void top_sibling(struct top *t, struct top_panel *p)
{
	const struct table_def *def = top_def(p);
	struct top_frame *f = top_frame(p);

	if (p->err < 0 || !def || !def->sibling)
		return;
	/* The rows are the same: the selected one stays selected. */
	history_reset(&f->history);
	memset(f->want, 0, sizeof(f->want));
	f->table = def->sibling - 1;
	f->sel.known = f->sel.known && f->sel.sticky;
	top_focus(p);
	top_refresh(t, p);
}

void top_fold(struct top *t, struct top_panel *p)
{
	struct top_frame *f = top_frame(p);
	struct row *r = top_row(p);

	if (!r || !p->view->fold || !top_def(p)->tree)
		return;
	f->sel.sticky = true;
	top_select(&f->sel, p->table.def, r);
	p->view->fold(p->st, f->table, r->id);
	top_refresh(t, p);
}

void top_move(struct top_panel *p, int by)
{
	struct top_frame *f = top_frame(p);
	int n = (int)p->table.nrows, to;

	if (f->table < 0 || !n)
		return;
	to = f->cursor + by;
	f->cursor = to < 0 ? 0 : to >= n ? n - 1 : to;
	f->sel.sticky = true;
	top_select(&f->sel, p->table.def, &p->table.rows[f->cursor]);
}
