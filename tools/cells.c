// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cells.h"

/* How often a cell is read again that was written meanwhile. */
#define TRIES 8

/*
 * The writer adds to the count first, to the sum then and to the histogram last
 * (ostrace_cell_add()). Read the other way round, between two looks at the count:
 * where all three are equal, whatever was counted was summed, too. A cell that
 * is written all the time may never stand still; the one run by which its parts
 * then differ is little among so many.
 */
void cell_read(const struct ostrace_cell *from, struct hist *to)
{
	const volatile struct ostrace_cell *c = from;
	uint64_t slot[OSTRACE_HIST_SLOTS], count, all, sum;
	int i, tries = 0;

	do {
		count = c->count;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		for (all = 0, i = 0; i < OSTRACE_HIST_SLOTS; i++)
			all += slot[i] = c->hist[i];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		sum = c->sum;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((all != count || c->count != count) && ++tries < TRIES);
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++)
		to->slot[i] += slot[i];
	to->count += all;
	to->sum += sum;
}

/* What the largest value in @h must at least be; @most: what it is at most. */
static uint64_t max_floor(const struct hist *h, uint64_t *most)
{
	uint64_t low, mean;
	uint32_t top = OSTRACE_HIST_SLOTS - 1;

	while (top && !h->slot[top])
		top--;
	low = ostrace_hist_low(top);
	mean = h->count ? h->sum / h->count + !!(h->sum % h->count) : 0;
	*most = top == OSTRACE_HIST_SLOTS - 1 ? UINT64_MAX : ostrace_hist_low(top + 1) - 1;
	/* One of the same slot may have been accounted since, and not counted yet. */
	if (h->sum >= low && h->sum < *most)
		*most = h->sum;
	return mean > low && mean <= *most ? mean : low;
}

uint64_t max_late(const struct ostrace_max *m, uint32_t epoch, uint64_t least, uint64_t most)
{
	const volatile struct ostrace_max *now = m;
	uint32_t i = !(epoch & 1), off = now->epoch[i] - epoch;
	uint64_t v = now->ns[i];

	return (off == 1 || off == UINT32_MAX) && v >= least && v <= most ? v : 0;
}

uint64_t max_settle(const struct ostrace_max *m, uint32_t epoch, uint64_t least, uint64_t most)
{
	uint64_t max = ostrace_max_of(m, epoch);

	if (max >= least && max <= most)
		return max;
	max = max_late(m, epoch, least, most);
	return max ? max : least;
}

/* @delta: how much @now is more than @sum, which becomes @now; but for maxima. */
static void hist_advance(struct hist *sum, struct hist *delta, const struct hist *now)
{
	int i;

	delta->count = now->count - sum->count;
	delta->sum = now->sum - sum->sum;
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++)
		delta->slot[i] = now->slot[i] - sum->slot[i];
	sum->count = now->count;
	sum->sum = now->sum;
	memcpy(sum->slot, now->slot, sizeof(sum->slot));
}

/* Cell @i of several that lie @stride bytes apart. */
static const struct ostrace_cell *cell_at(const struct ostrace_cell *first, size_t stride, int i)
{
	return (const struct ostrace_cell *)((const char *)first + stride * (size_t)i);
}

/* The maximum of an interval, over the cells; @h is all that they counted in it. */
static uint64_t cells_max(const struct hist *h, const struct ostrace_cell *first, size_t stride,
			  int n, uint32_t epoch)
{
	uint64_t most, least = max_floor(h, &most), max = 0;
	int i;

	for (i = 0; i < n; i++) {
		uint64_t m = ostrace_max_of(&cell_at(first, stride, i)->max, epoch);

		if (m > max && m <= most)
			max = m;
	}
	/* Only if none has it: a cell that was idle may keep a larger one of before. */
	for (i = 0; max < least && i < n; i++)
		max = max_late(&cell_at(first, stride, i)->max, epoch, least, most);
	return max < least ? least : max;
}

void cells_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *first,
		size_t stride, int n, uint32_t epoch)
{
	struct hist now = {};
	uint64_t count = 0;
	int i;

	for (i = 0; i < n; i++)
		count += *(const volatile uint64_t *)&cell_at(first, stride, i)->count;
	if (delta->count)
		memset(delta, 0, sizeof(*delta));
	if (count == sum->count)
		return;
	for (i = 0; i < n; i++)
		cell_read(cell_at(first, stride, i), &now);
	hist_advance(sum, delta, &now);
	if (!delta->count)
		return;
	delta->max = cells_max(delta, first, stride, n, epoch);
	if (delta->max > sum->max)
		sum->max = delta->max;
}

void cell_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *c, uint32_t epoch)
{
	memset(delta, 0, sizeof(*delta));
	cells_take(sum, delta, c, 0, 1, epoch);
}

uint64_t counter_take(uint64_t *sum, const uint64_t *from)
{
	uint64_t now = *(const volatile uint64_t *)from, d = now - *sum;

	*sum = now;
	return d;
}
