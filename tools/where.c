// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "where.h"

uint64_t where_ns(const struct where_sum *s)
{
	uint64_t ns = 0;
	int i;

	for (i = 0; i < WHERE_PARTS; i++)
		ns += s->part[i];
	return ns;
}

void where_add(struct where_sum *to, const struct where_sum *s)
{
	int i;

	to->calls += s->calls;
	for (i = 0; i < WHERE_PARTS; i++)
		to->part[i] += s->part[i];
}

void where_all(const struct where_cell *c, struct where_sum *to)
{
	int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < WHERE_CLASSES; i++)
		where_add(to, &c->class[i]);
}

uint64_t where_slowest(const struct where_cell *c, unsigned int permille, struct where_sum *to)
{
	struct where_sum all;
	uint64_t want;
	int i;

	where_all(c, &all);
	want = all.calls * permille / 1000;
	if (!want)
		want = 1;
	memset(to, 0, sizeof(*to));
	for (i = WHERE_CLASSES - 1; i > 0 && to->calls < want; i--)
		where_add(to, &c->class[i]);
	if (to->calls < want) {
		where_add(to, &c->class[0]);
		return 0;
	}
	/* The loop has gone one class beyond the one that was enough. */
	return 1ull << (WHERE_FIRST + i);
}

void where_advance(struct where_cell *sum, struct where_cell *delta, const struct where_cell *now)
{
	int i, k;

	for (i = 0; i < WHERE_CLASSES; i++) {
		const struct where_sum *n = &now->class[i], *s = &sum->class[i];

		delta->class[i].calls = n->calls - s->calls;
		for (k = 0; k < WHERE_PARTS; k++)
			delta->class[i].part[k] = n->part[k] - s->part[k];
	}
	*sum = *now;
}
