/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two views that replay recorded values, for tests of whatever shows views.
 * Linked into a test, fake_view.c replaces the view table of views.c: its
 * views are all there are.
 *
 * "calls" has two top-level tables and one below, histograms, lower bounds,
 * columns without value, losses and names that need escaping. Every tick moves
 * on to the next recorded interval; the third is empty, then they repeat.
 * "ticks" is small, honours no filter but --cpu and keeps no histograms.
 */
#ifndef FAKE_VIEW_H
#define FAKE_VIEW_H

#include "view.h"

extern const struct view fake_view_calls;
extern const struct view fake_view_ticks;

enum { FAKE_CALLS, FAKE_PROCESSES, FAKE_ERRORS };

#define FAKE_INTERVALS 3

/* What views were last asked for. */
struct fake_seen {
	int opened, closed, ticks, harvests;
	struct filter filter; /* arrays belong to the caller */
	int focus_table;
	struct scope focus;
	bool have_focus;
	int fail_open; /* set: open() returns this */
};

extern struct fake_seen fake_seen;

/** fake_interval - a table of "calls" at recorded interval @n, no session needed */
int fake_interval(int n, int table, const struct scope *scope, struct table *out);

#endif /* FAKE_VIEW_H */
