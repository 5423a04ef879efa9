// SPDX-License-Identifier: GPL-2.0
/* Percentiles of log-linear histograms. Pure. */
#include <string.h>
#include "hist.h"

#define LAST (OSTRACE_HIST_SLOTS - 1)

uint64_t hist_value(unsigned int slot)
{
	uint64_t low;

	if (slot >= LAST)
		return ostrace_hist_low(LAST);
	low = ostrace_hist_low(slot);
	return low + (ostrace_hist_low(slot + 1) - low) / 2;
}

/* Number of values at or below the percentile, at least one. */
static uint64_t rank_of(uint64_t count, unsigned int permille)
{
	uint64_t rank;

	/* In two steps, since count * permille may not fit. */
	rank = count / 1000 * permille + (count % 1000 * permille + 999) / 1000;
	if (!rank)
		return 1;
	return rank < count ? rank : count;
}

uint64_t hist_percentile(const struct hist *h, unsigned int permille, bool *open_end)
{
	uint64_t seen = 0, left = 0, rank, v;
	unsigned int slot, last = 0;

	if (open_end)
		*open_end = false;
	/* Counted here: h->count may be a moment older than the slots. */
	for (slot = 0; slot < OSTRACE_HIST_SLOTS; slot++) {
		left += h->slot[slot];
		if (h->slot[slot])
			last = slot;
	}
	if (!left)
		return 0;
	rank = rank_of(left, permille);
	for (slot = 0; slot < last; slot++) {
		seen += h->slot[slot];
		if (seen >= rank)
			break;
	}
	/* The largest value is known exactly, often even in the open slot. */
	if (rank == left && h->max && ostrace_hist_slot(h->max) == slot)
		return h->max;
	if (slot == LAST && open_end)
		*open_end = true;
	v = hist_value(slot);
	return h->max && v > h->max ? h->max : v;
}

void hist_add(struct hist *to, const struct hist *h)
{
	unsigned int slot;

	to->count += h->count;
	to->sum += h->sum;
	if (h->max > to->max)
		to->max = h->max;
	for (slot = 0; slot < OSTRACE_HIST_SLOTS; slot++)
		to->slot[slot] += h->slot[slot];
}

_Static_assert(sizeof(HIST_AXIS_TICKS) == HIST_AXIS_CELLS + 1, "a tick is above its cell");

void hist_cells(const struct hist *h, uint64_t cell[HIST_AXIS_CELLS])
{
	unsigned int slot;

	memset(cell, 0, HIST_AXIS_CELLS * sizeof(*cell));
	for (slot = 0; slot < OSTRACE_HIST_SLOTS; slot++) {
		/* The slots of an octave are as many as one is divided into. */
		int i = (int)(slot >> OSTRACE_HIST_SUB_BITS) + OSTRACE_HIST_SUB_BITS - 1 -
			HIST_AXIS_FIRST;

		i = i < 0 ? 0 : i < HIST_AXIS_CELLS ? i : HIST_AXIS_CELLS - 1;
		cell[i] += h->slot[slot];
	}
}
