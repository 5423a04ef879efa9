/* SPDX-License-Identifier: GPL-2.0 */
/* What the screen and the batch mode of `top` share: starting and stopping. */
#ifndef OSTRACE_TOP_RUN_H
#define OSTRACE_TOP_RUN_H

#include <signal.h>
#include "options.h"
#include "run.h"
#include "top_model.h"

struct loop;

/* One running `top`. */
struct top_run {
	const struct options *o;
	struct run run;
	struct loop *loop;
	struct top top;
	struct grid grid;
	uint64_t ticks;	     /* full intervals so far */
	uint64_t sysinfo_at; /* r->now of the last look at the machine */
	sigset_t old_mask;   /* signals are held from open to end */
	bool stop;
	bool program_ended;
	bool await_program; /* all was shown that was asked for: wait for it */
	int code;	    /* exit code */
};

/** top_run_open - start the views and the program, and let it go. */
int top_run_open(struct top_run *tr, const struct options *o);
/**
 * top_run_end - stop tracing and wait for the program if that is due. To be
 * called whatever top_run_open() said. Return: the exit code.
 */
int top_run_end(struct top_run *tr);
/** top_run_stop - end the loop with an exit code. */
void top_run_stop(struct top_run *tr, int code);
/** top_run_signal - end the loop because of a signal; the program gets it, too. */
void top_run_signal(struct top_run *tr, int signo);
/** top_run_timer - arm the tick: the interval, or what is left of the duration. */
int top_run_timer(struct top_run *tr, uint64_t ns);
/** top_run_sample - end the interval and take it in. */
int top_run_sample(struct top_run *tr);
/** top_run_check_done - end the loop if it ran as long, or as often, as was asked for. */
void top_run_check_done(struct top_run *tr);

/** top_batch - print the panels as plain text every interval. Return: 0 or -errno. */
int top_batch(struct top_run *tr);

#endif /* OSTRACE_TOP_RUN_H */
