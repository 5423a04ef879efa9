/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ostrace sched --compare: a command under two schedulers, in turn and again.
 *
 * compare_run.c measures one run, compare_stats.c makes estimates of many,
 * compare_write.c tells them, cmd_compare.c sees to it that it all happens.
 */
#ifndef OSTRACE_COMPARE_H
#define OSTRACE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>
#include "options.h"
#include "view_sched.h"
#include "writer.h"

/* One run of the command; shared with the process that measures it. */
struct compare_run {
	bool done; /* all below is valid; set last */
	int err;   /* < 0: it could not be measured, why[] says why */
	char why[512];
	int status;		  /* of the command, as a shell would say it */
	bool stopped;		  /* it ran for longer than it may, and was ended */
	int signo;		  /* we were asked to end by this signal; 0: not */
	uint64_t wall_ns;	  /* from its first instruction to its end */
	uint64_t cpu_ns;	  /* CPU time of it and the children it waited for */
	uint64_t lost;		  /* scheduling events missed or without room */
	struct runq_sum own, all; /* of the command and its children; of all tasks */
};

/**
 * compare_run - run @o->program once and measure it, in a process of its own
 *
 * The command's output goes to standard error; its input is /dev/null. After
 * @o->compare_ns it is ended with its process group. A signal that asks us to end
 * does the same, and is told in @r->signo.
 *
 * Return: 0; -errno described with err_set(). The status of the command is no error.
 */
int compare_run(const struct options *o, struct compare_run *r);

/* Estimate of a median: the one of a sample, and what holds the true one. */
struct estimate {
	double median, low, high;
	double confidence; /* that low .. high holds it; 0: no values */
};

/**
 * estimate_median - from order statistics: no distribution is assumed
 * @values: @n of them; sorted in place. NAN values are left out.
 * @want: confidence that is wanted, e.g. 0.95
 *
 * The interval is the narrowest pair of values with at least that confidence, or,
 * if there are too few, the extremes with what confidence they have: one value has
 * none, 5 have 94 %, 6 have 97 %.
 */
struct estimate estimate_median(double *values, int n, double want);

/* What is compared. */
struct metric {
	const char *key;   /* in JSON; ends with _ns if it is a time */
	const char *title; /* in text */
	bool time;
	bool cost; /* less is better */
};

enum {
	M_WALL,
	M_CPU,
	M_SWITCHES,
	M_PREEMPTED,
	M_MIGRATED,
	M_WAIT_P50,
	M_WAIT_P90,
	M_WAIT_P99,
	M_WAIT_P999,
	M_WAIT_MAX,
	M_ALL_SWITCHES,
	M_ALL_P50,
	M_ALL_P99,
	M_ALL_MAX,
	METRICS,
};

extern const struct metric compare_metrics[METRICS];

/** compare_measure - metric @m of a run; NAN when the run has none */
double compare_measure(const struct compare_run *r, int m);

/* A comparison: run[i][0] and run[i][1] were made one after the other. */
struct comparison {
	const char *name[2]; /* of the schedulers */
	char **command;
	uint64_t limit_ns;
	int rounds; /* complete ones */
	struct compare_run (*run)[2];
};

/** compare_estimate - @side 0 or 1: that scheduler's; 2: of the ratio 1 / 0 in each round */
struct estimate compare_estimate(const struct comparison *c, int m, int side);

void compare_text(struct buf *b, const struct comparison *c, const struct text_style *s);
void compare_json(struct buf *b, const struct comparison *c);

/** cmd_compare - the command; an exit code */
int cmd_compare(const struct options *o);

#endif /* OSTRACE_COMPARE_H */
