// SPDX-License-Identifier: GPL-2.0
/* Estimates of what two schedulers make of a command. Pure. */
#include <math.h>
#include <stdlib.h>
#include "compare.h"

#define CONFIDENCE 0.95

const struct metric compare_metrics[METRICS] = {
	[M_WALL] = { "wall_ns", "time", true, true },
	[M_CPU] = { "cpu_ns", "CPU time", true, true },
	[M_SWITCHES] = { "switches", "runs", false, false },
	[M_PREEMPTED] = { "preempted", "preempted", false, false },
	[M_MIGRATED] = { "migrated", "moved", false, false },
	[M_WAIT_P50] = { "wait_p50_ns", "wait p50", true, true },
	[M_WAIT_P90] = { "wait_p90_ns", "wait p90", true, true },
	[M_WAIT_P99] = { "wait_p99_ns", "wait p99", true, true },
	[M_WAIT_P999] = { "wait_p999_ns", "wait p99.9", true, true },
	[M_WAIT_MAX] = { "wait_max_ns", "wait max", true, true },
	[M_ALL_SWITCHES] = { "all_switches", "runs", false, false },
	[M_ALL_P50] = { "all_wait_p50_ns", "wait p50", true, true },
	[M_ALL_P99] = { "all_wait_p99_ns", "wait p99", true, true },
	[M_ALL_MAX] = { "all_wait_max_ns", "wait max", true, true },
};

static double percentile(const struct hist *h, unsigned int permille)
{
	return h->count ? (double)hist_percentile(h, permille, NULL) : NAN;
}

double compare_measure(const struct compare_run *r, int m)
{
	switch (m) {
	case M_WALL: /* of one that was ended it is what we gave it */
		return r->stopped ? NAN : (double)r->wall_ns;
	case M_CPU:
		return (double)r->cpu_ns;
	case M_SWITCHES:
		return (double)r->own.slice.count;
	case M_PREEMPTED:
		return (double)r->own.preempted;
	case M_MIGRATED:
		return (double)r->own.migrated;
	case M_WAIT_P50:
		return percentile(&r->own.wait, 500);
	case M_WAIT_P90:
		return percentile(&r->own.wait, 900);
	case M_WAIT_P99:
		return percentile(&r->own.wait, 990);
	case M_WAIT_P999:
		return percentile(&r->own.wait, 999);
	case M_WAIT_MAX:
		return r->own.wait.count ? (double)r->own.wait.max : NAN;
	case M_ALL_SWITCHES:
		return (double)r->all.slice.count;
	case M_ALL_P50:
		return percentile(&r->all.wait, 500);
	case M_ALL_P99:
		return percentile(&r->all.wait, 990);
	case M_ALL_MAX:
		return r->all.wait.count ? (double)r->all.wait.max : NAN;
	}
	return NAN;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/*
 * The k + 1 smallest of n values all lie on one side of the true median with the
 * probability that a fair coin falls heads at most k times in n.
 */
static double tail(int n, int k)
{
	double term = pow(0.5, n), sum = 0;
	int i;

	for (i = 0; i <= k; i++) {
		sum += term;
		term *= (double)(n - i) / (i + 1);
	}
	return sum;
}

struct estimate estimate_median(double *values, int n, double want)
{
	struct estimate e = { NAN, NAN, NAN, 0 };
	int i, k = 0, kept = 0;

	for (i = 0; i < n; i++)
		if (!isnan(values[i]))
			values[kept++] = values[i];
	if (!kept)
		return e;
	qsort(values, (size_t)kept, sizeof(*values), by_value);
	while (2 * (k + 1) < kept && 1 - 2 * tail(kept, k + 1) >= want)
		k++;
	e.median = (values[(kept - 1) / 2] + values[kept / 2]) / 2;
	e.low = values[k];
	e.high = values[kept - 1 - k];
	e.confidence = 1 - 2 * tail(kept, k);
	return e;
}

struct estimate compare_estimate(const struct comparison *c, int m, int side)
{
	double values[COMPARE_ROUNDS_MAX], base;
	int i, n = c->rounds < COMPARE_ROUNDS_MAX ? c->rounds : COMPARE_ROUNDS_MAX;

	for (i = 0; i < n; i++) {
		values[i] = compare_measure(&c->run[i][side > 0], m);
		if (side < 2)
			continue;
		/* Runs of one round met the same machine: so their ratio. */
		base = compare_measure(&c->run[i][0], m);
		values[i] = base > 0 ? values[i] / base : NAN;
	}
	return estimate_median(values, n, CONFIDENCE);
}
