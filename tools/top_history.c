// SPDX-License-Identifier: GPL-2.0
/*
 * The last 60 intervals of every row. The cost of a sample is that of the rows
 * in it: a row that is silent is not touched, its missing samples read as 0.
 */
#include <stdlib.h>
#include <string.h>
#include "top_history.h"

struct history_row {
	struct history_row *next;
	struct row_id id;
	uint64_t last; /* number of its newest sample */
	uint64_t have; /* bit i: there is a sample i before that one */
	float v[];     /* HISTORY_LEN rings, one per column */
};

void history_reset(struct history *h)
{
	struct history_row *r, *next;
	size_t i;

	for (i = 0; i < h->nbuckets; i++)
		for (r = h->bucket[i]; r; r = next) {
			next = r->next;
			free(r);
		}
	free(h->bucket);
	memset(h, 0, sizeof(*h));
}

static size_t hash_id(struct row_id id, size_t nbuckets)
{
	uint64_t x = (id.a ^ (id.b << 32 | id.b >> 32)) * 0x9e3779b97f4a7c15ull;

	return (x >> 32) % nbuckets;
}

static struct history_row *find(const struct history *h, struct row_id id)
{
	struct history_row *r;

	if (!h->nbuckets)
		return NULL;
	for (r = h->bucket[hash_id(id, h->nbuckets)]; r; r = r->next)
		if (r->id.a == id.a && r->id.b == id.b)
			break;
	return r;
}

/* Forget the rows that have been silent for @age samples or more. */
static void forget(struct history *h, uint64_t age)
{
	struct history_row **p, *r;
	size_t i;

	for (i = 0; i < h->nbuckets; i++)
		for (p = &h->bucket[i]; (r = *p);) {
			if (h->now - r->last < age) {
				p = &r->next;
				continue;
			}
			*p = r->next;
			free(r);
			h->nrows--;
		}
}

static struct history_row *add_row(struct history *h, struct row_id id)
{
	struct history_row *r, **head;

	if (!h->bucket) {
		h->bucket = calloc(HISTORY_ROWS / 2, sizeof(*h->bucket));
		if (!h->bucket)
			return NULL;
		h->nbuckets = HISTORY_ROWS / 2;
	}
	r = calloc(1, sizeof(*r) + sizeof(float) * HISTORY_LEN * h->ncols);
	if (!r)
		return NULL;
	head = &h->bucket[hash_id(id, h->nbuckets)];
	r->id = id;
	r->next = *head;
	*head = r;
	h->nrows++;
	return r;
}

static float sample(const struct table_def *def, const struct row *row, int col)
{
	if (row->na >> col & 1)
		return 0;
	switch (def->cols[col].unit) {
	case UNIT_TEXT:
	case UNIT_HIST:
		return 0;
	case UNIT_PERCENT:
		return (float)row->v[col].d;
	default:
		return (float)row->v[col].u;
	}
}

static void add_sample(struct history *h, const struct table_def *def, const struct row *row)
{
	struct history_row *r = find(h, row->id);
	uint64_t gap;
	int i;

	if (!r && h->nrows < HISTORY_ROWS)
		r = add_row(h, row->id);
	if (!r)
		return;
	gap = h->now - r->last;
	r->have = (gap < 64 ? r->have << gap : 0) | 1;
	r->last = h->now;
	for (i = 0; i < h->ncols; i++)
		r->v[i * HISTORY_LEN + h->now % HISTORY_LEN] = sample(def, row, i);
}

void history_add(struct history *h, const struct table *t)
{
	size_t i;

	if (h->ncols != t->def->ncols) {
		history_reset(h);
		h->ncols = t->def->ncols;
	}
	h->now++;
	h->seen = h->seen << 1 | 1;
	if (!(h->now % HISTORY_LEN) || h->nrows + t->nrows > HISTORY_ROWS)
		forget(h, HISTORY_LEN);
	for (i = 0; i < t->nrows; i++)
		add_sample(h, t->def, &t->rows[i]);
}

void history_skip(struct history *h)
{
	if (!h->seen)
		return;
	h->now++;
	h->seen <<= 1;
}

int history_get(const struct history *h, struct row_id id, int col, double out[HISTORY_LEN])
{
	const struct history_row *r = find(h, id);
	uint64_t ago, back;
	int n = 0;

	for (ago = 0; ago < HISTORY_LEN; ago++) {
		double *o = &out[HISTORY_LEN - 1 - ago];

		*o = -1;
		if (ago > h->now || !(h->seen >> ago & 1))
			continue;
		n++;
		*o = 0;
		if (!r || h->now - ago > r->last)
			continue;
		back = r->last - (h->now - ago);
		if (back < 64 && (r->have >> back & 1))
			*o = r->v[col * HISTORY_LEN + (h->now - ago) % HISTORY_LEN];
	}
	return n;
}
