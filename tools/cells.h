/* SPDX-License-Identifier: GPL-2.0 */
/* Reading cells and counters that the kernel goes on writing. Pure. */
#ifndef OSTRACE_CELLS_H
#define OSTRACE_CELLS_H

#include <stdint.h>
#include "hist.h"
#include "ostrace/cell.h"

/**
 * cell_take - what one cell counted since it was last taken
 * @sum: everything taken so far; brought up to date
 * @delta: what is new; its maximum is that of @epoch
 */
void cell_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *c, uint32_t epoch);

/** counter_take - how much *@from grew since it was *@sum, which becomes it */
uint64_t counter_take(uint64_t *sum, const uint64_t *from);

#endif /* OSTRACE_CELLS_H */
