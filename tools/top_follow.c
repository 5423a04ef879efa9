// SPDX-License-Identifier: GPL-2.0
/*
 * Following a process or a cgroup: it is chosen in one panel, and all others
 * whose views have a table about such show it, too. A view that can be looked
 * into further (the calls of a process) shows what is inside, any other its row.
 * Views that were idle are watched for as long as that lasts.
 */
#include <string.h>
#include "format.h"
#include "top_model.h"

int top_can_follow(const struct top_panel *p, enum subject kind)
{
	int n = p->view->ntables < TOP_MAX_TABLES ? p->view->ntables : TOP_MAX_TABLES;

	return kind == SUBJECT_NONE ? -1 : table_of_subject(p->view->tables, n, kind);
}

void top_follow_panel(struct top *t, struct top_panel *p)
{
	int table = top_can_follow(p, t->follow.kind);

	if (table < 0)
		return;
	if (!p->followed)
		p->before = p->frame[0].table;
	p->followed = true;
	top_show(p, table);
}

bool top_follow_found(struct top *t, struct top_panel *p)
{
	const struct table_def *def = top_def(p);
	const struct row *r;
	struct top_frame *to;

	if (!p->followed || p->scope.depth || !def || def->child < 0)
		return false;
	r = table_find(&p->table, t->follow.id);
	if (!r)
		return false;
	p->scope.step[0].table = p->frame[0].table;
	p->scope.step[0].id = r->id;
	to = &p->frame[1];
	history_reset(&to->history);
	memset(to, 0, sizeof(*to));
	to->table = def->child;
	top_row_name(def, r, !t->ascii, to->name, sizeof(to->name));
	p->scope.depth = 1;
	top_focus(p);
	return true;
}

void top_follow_row(struct top *t, struct top_panel *p)
{
	const struct table_def *def = top_def(p);
	const struct row *r = top_row(p);
	enum subject kind = def && r && !p->scope.depth ? def->subject : SUBJECT_NONE;
	int i;

	if (kind != SUBJECT_NONE && !t->follow.kind) {
		t->follow.kind = kind;
		t->follow.id = r->id.a;
		t->follow.from = (int)(p - t->panel);
		top_row_name(def, r, !t->ascii, t->follow.name, sizeof(t->follow.name));
	}
	top_drill_in(t, p);
	if (kind == SUBJECT_NONE || t->follow.from != p - t->panel)
		return;
	for (i = 0; i < t->npanels; i++) {
		struct top_panel *other = &t->panel[i];

		if (i == t->follow.from || top_can_follow(other, kind) < 0)
			continue;
		if (other->idle && !other->wanted)
			other->wanted = other->lent = true;
		top_follow_panel(t, other);
	}
	top_resize(t, t->rows, t->cols);
}

void top_unfollow(struct top *t)
{
	int i;

	t->follow.kind = SUBJECT_NONE;
	for (i = 0; i < t->npanels; i++) {
		struct top_panel *p = &t->panel[i];

		if (p->lent)
			p->wanted = p->lent = false;
		if (!p->followed)
			continue;
		p->followed = false;
		top_show(p, p->before);
	}
	top_resize(t, t->rows, t->cols);
}
