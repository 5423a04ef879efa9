/* SPDX-License-Identifier: GPL-2.0 */
/* Reading histograms: sums, deltas, percentiles. Pure, no I/O. */
#ifndef OSTRACE_HIST_H
#define OSTRACE_HIST_H

#include <stdbool.h>
#include <stdint.h>
#include "uapi/ostrace/hist.h"

struct hist {
	uint64_t count; /* values in slot[] */
	uint64_t sum;	/* exact */
	uint64_t max;	/* exact, 0 when not known */
	uint64_t slot[OSTRACE_HIST_SLOTS];
};

/** hist_value - the value reported for @slot: its middle (error <= 12.5 %). */
uint64_t hist_value(unsigned int slot);

/**
 * hist_percentile - the value below which @permille / 1000 of the values lie
 * @permille: 1 .. 1000 (990 = p99)
 * @open_end: set when the value lies in the open-ended last slot, so that the
 *            result is a lower bound; may be NULL
 *
 * Never above h->max where that is known. Return: 0 for an empty histogram.
 */
uint64_t hist_percentile(const struct hist *h, unsigned int permille, bool *open_end);

/*
 * The axis on which histograms are drawn one below the other: a cell an octave,
 * from 32 ns on. The first one has all that is shorter too, the last one, from
 * half a second on, all that is longer.
 */
#define HIST_AXIS_FIRST 5
#define HIST_AXIS_CELLS 25
/* Its ticks, each where its cell begins: 2^5, 2^10, 2^15, 2^20 and 2^25 ns. */
#define HIST_AXIS_TICKS "32ns 1us  33us 1ms  34ms "

/** hist_cells - how many values lie in each cell of the axis */
void hist_cells(const struct hist *h, uint64_t cell[HIST_AXIS_CELLS]);

/** hist_add - @to += @h; the maximum becomes the larger one. */
void hist_add(struct hist *to, const struct hist *h);

#endif /* OSTRACE_HIST_H */
