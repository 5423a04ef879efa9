// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include "irqstat.h"

_Static_assert(OSTRACE_IRQ_SLOTS == OSTRACE_HIST_SLOTS, "the driver's histograms are ours");

static void dist_delta(struct irq_dist *d, const struct ostrace_irq_dist *before,
		       const struct ostrace_irq_dist *now)
{
	unsigned int slot, top = 0;

	memset(d, 0, sizeof(*d));
	d->h.sum = now->sum - before->sum;
	for (slot = 0; slot < OSTRACE_HIST_SLOTS; slot++) {
		d->h.slot[slot] = now->hist[slot] - before->hist[slot];
		d->h.count += d->h.slot[slot];
		if (d->h.slot[slot])
			top = slot;
	}
	if (now->max > before->max) {
		d->max_low = d->max_high = now->max;
	} else if (d->h.count) {
		d->max_low = ostrace_hist_low(top);
		d->max_high = ostrace_hist_low(top + 1) - 1;
		/* No longer than the longest of all; the last slot has no other end. */
		if (now->max >= d->max_low &&
		    (now->max < d->max_high || top == OSTRACE_HIST_SLOTS - 1))
			d->max_high = now->max;
	}
	d->h.max = d->max_low == d->max_high ? d->max_low : 0;
}

void irqstat_delta(struct irq_stat *d, const struct ostrace_irq_stats *before,
		   const struct ostrace_irq_stats *now)
{
	int c;

	d->raised = now->raised - before->raised;
	d->handled = now->handled - before->handled;
	d->entries = now->entries - before->entries;
	d->empty = now->empty - before->empty;
	d->merged = now->merged - before->merged;
	d->dropped = now->dropped - before->dropped;
	for (c = 0; c < OSTRACE_IRQ_NR_CTX; c++)
		d->ctx[c] = now->ctx[c] - before->ctx[c];
	dist_delta(&d->latency, &before->latency, &now->latency);
	dist_delta(&d->run, &before->run, &now->run);
}

static void dist_add(struct irq_dist *to, const struct irq_dist *d)
{
	hist_add(&to->h, &d->h);
	if (d->max_low > to->max_low)
		to->max_low = d->max_low;
	if (d->max_high > to->max_high)
		to->max_high = d->max_high;
	/* One that is known exactly does not help if another may be larger. */
	to->h.max = to->max_low == to->max_high ? to->max_low : 0;
}

void irqstat_add(struct irq_stat *to, const struct irq_stat *s)
{
	int c;

	to->raised += s->raised;
	to->handled += s->handled;
	to->entries += s->entries;
	to->empty += s->empty;
	to->merged += s->merged;
	to->dropped += s->dropped;
	for (c = 0; c < OSTRACE_IRQ_NR_CTX; c++)
		to->ctx[c] += s->ctx[c];
	dist_add(&to->latency, &s->latency);
	dist_add(&to->run, &s->run);
}

const char *irqstat_contexts(const struct irq_stat *s, char *buf)
{
	static const char *const names[OSTRACE_IRQ_NR_CTX] = {
		[OSTRACE_IRQ_CTX_HARD] = "hard",
		[OSTRACE_IRQ_CTX_SOFT] = "soft",
		[OSTRACE_IRQ_CTX_KSOFTIRQD] = "ksoft",
		[OSTRACE_IRQ_CTX_THREAD] = "thread",
	};
	size_t len = 0;
	int c;

	buf[0] = '\0';
	for (c = 0; c < OSTRACE_IRQ_NR_CTX; c++)
		if (s->ctx[c])
			len += (size_t)snprintf(buf + len, IRQSTAT_CONTEXTS - len, "%s%s",
						len ? "+" : "", names[c]);
	return buf;
}
