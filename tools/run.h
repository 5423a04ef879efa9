/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run: the session, the open views and the traced program behind one
 * command, so that `top` and the view commands start, tick and stop alike.
 */
#ifndef OSTRACE_RUN_H
#define OSTRACE_RUN_H

#include <stdint.h>
#include <sys/types.h>
#include "options.h"
#include "view.h"

#define RUN_MAX_VIEWS 8

struct run_view {
	const struct view *view;
	struct view_state *st;
	int err; /* < 0: did not open, text says why */
	char why[256];
	struct turn *turn;	  /* of its knobs, NULL: none was asked for */
	struct price price;	  /* as of the last tick */
	uint64_t interval_events; /* events in the last interval */
};

struct run {
	struct session *session;
	struct run_view v[RUN_MAX_VIEWS];
	int nviews;
	pid_t program;		   /* 0: none */
	int program_error;	   /* errno of a failed exec: exit with 127 (ENOENT) or 126 */
	uint64_t start, last, now; /* CLOCK_MONOTONIC ns: start, previous and last tick */
	double wall;		   /* unix time of the last tick, s */
	uint64_t interval_ns;	   /* length of the last interval, measured */
	double cpu_percent;	   /* of the reader in the last interval, of one CPU */
	double bpf_percent; /* est. share of the machine's CPU time spent in our BPF, < 0: not known */
	void *priv;
};

/**
 * run_open - start @views (NULL-terminated) for @o: session, program held at
 * its first instruction, load, attach, drop privileges.
 * @all: fail if any view fails (a view command); else only if all do (top),
 * each failure kept in v[].why, and views of what is not there are left out.
 */
int run_open(struct run *r, const struct options *o, const struct view *const *views, bool all);
/** run_go - turn the knobs, let the program run; the first interval starts here. */
int run_go(struct run *r);
/** run_tick - end the interval in all views, measure our own price. */
int run_tick(struct run *r);
void run_harvest(struct run *r);
/** run_status - status of the program that has ended: 0 .. 255 as a shell would say it. */
int run_status(struct run *r); /* waits for it */
/**
 * run_restore - put knobs back that were turned: 0; -errno, described, when that
 * failed. run_close() does it too, and says nothing.
 */
int run_restore(struct run *r);
void run_close(struct run *r);

#endif /* OSTRACE_RUN_H */
