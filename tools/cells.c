// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cells.h"

void cell_take(struct hist *sum, struct hist *delta, const struct ostrace_cell *c, uint32_t epoch)
{
	uint64_t total = *(const volatile uint64_t *)&c->sum;
	int i, top = 0;

	memset(delta, 0, sizeof(*delta));
	if (*(const volatile uint64_t *)&c->count == sum->count)
		return;
	delta->sum = total - sum->sum;
	sum->sum = total;
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++) {
		uint64_t n = *(const volatile uint64_t *)&c->hist[i];

		delta->slot[i] = n - sum->slot[i];
		delta->count += delta->slot[i];
		sum->slot[i] = n;
		if (delta->slot[i])
			top = i;
	}
	sum->count += delta->count;
	/* A run that ended between two reads may have left its maximum elsewhere. */
	delta->max = ostrace_max_of(&c->max, epoch);
	if (delta->max < ostrace_hist_low((uint32_t)top))
		delta->max = ostrace_hist_low((uint32_t)top);
	if (delta->max > sum->max)
		sum->max = delta->max;
}

uint64_t counter_take(uint64_t *sum, const uint64_t *from)
{
	uint64_t now = *(const volatile uint64_t *)from, d = now - *sum;

	*sum = now;
	return d;
}
