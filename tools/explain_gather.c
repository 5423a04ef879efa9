// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "err.h"
#include "explain_gather.h"
#include "format.h"

static bool is_looked_at(const struct view *v)
{
	const struct rule *rule;

	for (rule = rules; rule->key; rule++)
		if (!strcmp(rule->view, v->name))
			return true;
	return false;
}

void explain_views(const struct view *list[RUN_MAX_VIEWS + 1])
{
	int i, n = 0;

	for (i = 0; views[i] && n < RUN_MAX_VIEWS; i++)
		if (is_looked_at(views[i]))
			list[n++] = views[i];
	list[n] = NULL;
}

/* A rule's table if no rule before it has the same one; else -1. */
static int first_use(const struct rule *rule, const struct view *v)
{
	const struct rule *before;

	if (strcmp(rule->view, v->name))
		return -1;
	for (before = rules; before != rule; before++)
		if (!strcmp(before->view, rule->view) && !strcmp(before->table, rule->table))
			return -1;
	return table_named(v->tables, v->ntables, rule->table);
}

void explain_focus(const struct run *r)
{
	const struct scope machine = { .depth = 0 };
	const struct rule *rule;
	int i, table;

	for (i = 0; i < r->nviews; i++)
		for (rule = rules; r->v[i].st && r->v[i].view->focus && rule->key; rule++) {
			table = first_use(rule, r->v[i].view);
			/* Without it that table stays empty, and the rule silent. */
			if (table >= 0)
				r->v[i].view->focus(r->v[i].st, table, &machine);
		}
	err_clear();
}

/* Whether what was asked about is more special than the view can be. */
static bool is_whole(const struct options *o, const struct view *v)
{
	const struct filter *f = &o->filter;

	return (f->npids && !(v->filters & FILTER_PID)) ||
	       (f->cgroup_id && !(v->filters & FILTER_CGROUP)) ||
	       (o->program && !(v->filters & FILTER_PROGRAM));
}

static void gather_losses(const struct run_view *v, struct snapshot *s)
{
	struct loss l[LOSS_MAX];
	int n = v->view->losses ? v->view->losses(v->st, l) : 0, i;

	for (i = 0; i < n && s->nlost < 2 * LOSS_MAX; i++)
		if (l[i].n)
			s->lost[s->nlost++] = l[i];
}

int explain_gather(const struct run *r, const struct options *o, struct snapshot *s)
{
	const struct scope machine = { .depth = 0 };
	const struct rule *rule;
	int i, table;

	s->interval_ns = r->interval_ns;
	s->utf8 = format_utf8();
	for (i = 0; i < r->nviews; i++) {
		const struct run_view *v = &r->v[i];

		if (!v->st)
			continue;
		gather_losses(v, s);
		for (rule = rules; rule->key && s->ntables < SNAPSHOT_TABLES; rule++) {
			struct snapshot_table *to = &s->table[s->ntables];

			table = first_use(rule, v->view);
			if (table < 0)
				continue;
			to->view = v->view;
			to->whole = is_whole(o, v->view);
			table_reset(&to->t, &v->view->tables[table]);
			if (v->view->fill(v->st, table, &machine, &to->t) < 0) {
				table_free(&to->t);
				err_clear();
				continue;
			}
			s->ntables++;
		}
	}
	return s->ntables ? 0 :
			    err_set(-EOPNOTSUPP,
				    "explain: nothing can be seen here: see ostrace features");
}

void snapshot_free(struct snapshot *s)
{
	int i;

	for (i = 0; i < s->ntables; i++)
		table_free(&s->table[i].t);
	s->ntables = 0;
}
