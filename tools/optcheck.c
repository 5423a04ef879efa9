// SPDX-License-Identifier: GPL-2.0
/* Do the options fit the views they are for? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "err.h"
#include "options.h"
#include "suggest.h"

/* The views that @o is about, one at a time: all of them for `top`. */
static const struct view *asked_view(const struct options *o, int i)
{
	if (o->cmd->view)
		return i ? NULL : o->cmd->view;
	return views[i];
}

static const struct filter_option {
	unsigned int bit;
	const char *name;
} filter_options[] = {
	{ FILTER_PID, "--pid" }, { FILTER_TID, "--tid" },	{ FILTER_CGROUP, "--cgroup" },
	{ FILTER_CPU, "--cpu" }, { FILTER_ERRORS, "--errors" }, { FILTER_PROGRAM, "-- program" },
};

#define NFILTERS (sizeof(filter_options) / sizeof(filter_options[0]))

static unsigned int filters_used(const struct options *o)
{
	const struct filter *f = &o->filter;

	return (f->npids ? FILTER_PID : 0) | (f->ntids ? FILTER_TID : 0) |
	       (f->cgroup_id ? FILTER_CGROUP : 0) | (f->have_cpus ? FILTER_CPU : 0) |
	       (f->errors_only ? FILTER_ERRORS : 0) | (o->program ? FILTER_PROGRAM : 0);
}

bool option_applies(const struct option_def *d, const struct view *v)
{
	size_t i;

	for (i = 0; i < NFILTERS; i++)
		if (!strcmp(filter_options[i].name + 2, d->name))
			return v->filters & filter_options[i].bit;
	return true;
}

/* "--cpu, --errors": what @honoured leaves to use instead. */
static const char *filter_list(unsigned int honoured, char *out, size_t n)
{
	size_t i, len = 0;

	snprintf(out, n, "no filters");
	for (i = 0; i < NFILTERS; i++)
		if (honoured & filter_options[i].bit)
			len += snprintf(out + len, n - len, "%s%s", len ? ", " : "",
					filter_options[i].name);
	return out;
}

static int check_filters(const struct options *o)
{
	unsigned int honoured = 0, wrong;
	const struct view *v;
	char list[128];
	size_t i;

	for (i = 0; (v = asked_view(o, (int)i)); i++)
		honoured |= v->filters;
	wrong = filters_used(o) & ~honoured;
	for (i = 0; i < NFILTERS; i++)
		if (wrong & filter_options[i].bit)
			return err_set(-EINVAL, "%s: %s does not apply: this command takes %s",
				       o->cmd->name, filter_options[i].name,
				       filter_list(honoured, list, sizeof(list)));
	return 0;
}

static bool table_matches(const struct options *o, const struct table_def *t)
{
	return t->top_level && (!o->by || !strcmp(o->by, t->name));
}

static int check_table(const struct options *o)
{
	const struct view *v;
	struct suggest s;
	char hint[80];
	int i, t;

	if (!o->by)
		return 0;
	suggest_init(&s, o->by);
	for (i = 0; (v = asked_view(o, i)); i++)
		for (t = 0; t < v->ntables; t++) {
			if (table_matches(o, &v->tables[t]))
				return 0;
			if (v->tables[t].top_level)
				suggest_add(&s, v->tables[t].name);
		}
	return err_set(-EINVAL, "%s: unknown table '%s'%s (%s)", o->cmd->name, o->by,
		       suggest_hint(&s, hint, sizeof(hint)), s.list);
}

/* A key is right if a table that will be shown has it. */
static int check_sort(const struct options *o)
{
	const struct view *v;
	struct suggest s;
	char hint[80];
	int i, t, c;

	if (!o->sort)
		return 0;
	suggest_init(&s, o->sort);
	for (i = 0; (v = asked_view(o, i)); i++)
		for (t = 0; t < v->ntables; t++) {
			const struct table_def *def = &v->tables[t];

			if (!table_matches(o, def) || (!o->by && t))
				continue;
			if (column_find(def, o->sort) >= 0)
				return 0;
			for (c = 0; c < def->ncols; c++)
				suggest_add(&s, def->cols[c].key);
		}
	return err_set(-EINVAL, "%s: unknown sort key '%s'%s (%s)", o->cmd->name, o->sort,
		       suggest_hint(&s, hint, sizeof(hint)), s.list);
}

/* A comparison measures whole runs of a command, and all tasks meanwhile. */
static int check_compare(const struct options *o)
{
	const char *wrong = o->interval_given		      ? "an interval" :
			    o->iterations		      ? "--iterations" :
			    o->duration_ns		      ? "--duration" :
			    o->by			      ? "--by" :
			    o->sort			      ? "--sort" :
			    o->find			      ? "--filter" :
			    filters_used(o) & ~FILTER_PROGRAM ? "a filter" :
								NULL;

	if (wrong)
		return err_set(-EINVAL, "--compare does not go with %s", wrong);
	if (!o->program)
		return err_set(-EINVAL, "--compare needs a program: ostrace sched --compare 30s "
					"-- make");
	return 0;
}

int options_check(const struct options *o)
{
	int err;

	if (!(o->cmd->opt & (OPT_TOP | OPT_VIEW)))
		return 0;
	if (o->compare_ns)
		return check_compare(o);
	if (o->rounds)
		return err_set(-EINVAL, "--rounds goes with --compare");
	err = check_filters(o);
	if (!err)
		err = check_table(o);
	return err ? err : check_sort(o);
}
