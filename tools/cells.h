/* SPDX-License-Identifier: GPL-2.0 */
/* Reading cells and counters that the kernel goes on writing. Pure. */
#ifndef OSTRACE_CELLS_H
#define OSTRACE_CELLS_H

#include <stddef.h>
#include <stdint.h>
#include "hist.h"
#include "ostrace/cell.h"

/**
 * cell_read - add all that a cell has counted to @to, but for the maximum
 *
 * Count, sum and histogram belong together, unless the cell is written so often
 * that none of several readings found it at rest; the count is that of the
 * histogram.
 */
void cell_read(const struct ostrace_cell *from, struct hist *to);

/**
 * max_late - the maximum that a value left under another epoch than it counts in
 *
 * A value that was written while the reader went from one interval to the next
 * may have its count in one and its maximum in the other. Return: what was kept
 * for an epoch beside @epoch if it is within @least .. @most, else 0.
 */
uint64_t max_late(const struct ostrace_max *m, uint32_t epoch, uint64_t least, uint64_t most);

/**
 * max_settle - the maximum of an interval whose largest value is @least .. @most
 *
 * The one kept for @epoch (unless a value left it there that was not counted
 * yet), max_late(), or @least, whichever first is possible.
 */
uint64_t max_settle(const struct ostrace_max *m, uint32_t epoch, uint64_t least, uint64_t most);

/**
 * cells_take - what several cells counted together since they were last taken
 * @sum: everything taken so far; brought up to date
 * @delta: what the last taking gave (at first: all zero); now what is new, its
 *         maximum that of @epoch
 * @first, @stride, @n: so many cells, so many bytes from one to the next
 */
void cells_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *first,
		size_t stride, int n, uint32_t epoch);

/** cell_take - the same for one cell; @delta may hold anything before */
void cell_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *c, uint32_t epoch);

/** counter_take - how much *@from grew since it was *@sum, which becomes it */
uint64_t counter_take(uint64_t *sum, const uint64_t *from);

#endif /* OSTRACE_CELLS_H */
