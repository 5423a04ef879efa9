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
	bool idle; /* not watched until run_view_open() */
	int err;   /* < 0: did not open, text says why */
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
	const struct options *o;
	const struct view *const *list; /* all that were asked for */
	void *priv;
};

/* Which of the views a run starts with, and which must open. */
enum run_views {
	RUN_SOME, /* those that are there; one has to open */
	RUN_ALL,  /* every one, or the run fails */
	RUN_LAZY, /* as RUN_SOME, but those that are on_demand stay idle */
};

/**
 * run_open - start @views (NULL-terminated) for @o: session, program held at
 * its first instruction, load, attach, drop privileges.
 * A view that fails where it may is kept with the reason in v[].why; one of what
 * is not there is left out. With a program none stays idle: all have to see its
 * beginning. @o and @views are kept.
 */
int run_open(struct run *r, const struct options *o, const struct view *const *views,
	     enum run_views how);
/** run_view_open - start v[@i], which is idle or did not open. Return: 0 or v[@i].err. */
int run_view_open(struct run *r, int i);
/**
 * run_look - take in what was not there when the run was opened, and is now.
 * Return: how many; they are the last of v[].
 */
int run_look(struct run *r);
/** run_view_close - stop v[@i]; it is idle from then on. */
void run_view_close(struct run *r, int i);
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
