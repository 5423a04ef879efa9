/* SPDX-License-Identifier: GPL-2.0 */
/* The snapshot that `ostrace explain` judges, from running views. */
#ifndef OSTRACE_EXPLAIN_GATHER_H
#define OSTRACE_EXPLAIN_GATHER_H

#include "explain.h"
#include "run.h"

/** explain_views - the views that some rule looks at, NULL-terminated, into @list. */
void explain_views(const struct view *list[RUN_MAX_VIEWS + 1]);

/** explain_focus - ask the views for the tables that rules look at; before run_go(). */
void explain_focus(const struct run *r);

/** explain_gather - the interval that run_tick() has just ended. Return: 0 or -errno. */
int explain_gather(const struct run *r, const struct options *o, struct snapshot *s);

/** snapshot_free - release what explain_gather() filled. */
void snapshot_free(struct snapshot *s);

#endif /* OSTRACE_EXPLAIN_GATHER_H */
