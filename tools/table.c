// SPDX-License-Identifier: GPL-2.0
/* Rows of a table: their memory, order and text search. Pure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "array.h"
#include "hist.h"
#include "idmap.h"
#include "table.h"

/* Values and strings of a table come from a chain of blocks, newest first. */
struct arena_block {
	struct arena_block *next;
	size_t size, used;
	char data[] __attribute__((aligned(sizeof(union value))));
};

#define ARENA_MIN (16 * 1024)

static struct arena_block *arena_push(struct arena_block **a, size_t size)
{
	struct arena_block *b;

	if (size < ARENA_MIN)
		size = ARENA_MIN;
	b = malloc(sizeof(*b) + size);
	if (!b)
		return NULL;
	*b = (struct arena_block){ .next = *a, .size = size };
	*a = b;
	return b;
}

static void *arena_alloc(struct arena_block **a, size_t n)
{
	struct arena_block *b = *a;
	void *p;

	n = (n + sizeof(union value) - 1) & ~(sizeof(union value) - 1);
	if (!b || b->size - b->used < n) {
		/* Doubling keeps the chain short however large the table. */
		size_t want = b ? 2 * b->size : 0;

		b = arena_push(a, n > want ? n : want);
		if (!b)
			return NULL;
	}
	p = b->data + b->used;
	b->used += n;
	return p;
}

static void arena_free(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void table_reset(struct table *t, const struct table_def *def)
{
	/* The newest block is the largest: it serves the next interval. */
	if (t->arena) {
		arena_free(t->arena->next);
		t->arena->next = NULL;
		t->arena->used = 0;
	}
	t->nrows = 0;
	t->def = def;
}

void table_free(struct table *t)
{
	arena_free(t->arena);
	free(t->rows);
	*t = (struct table){ 0 };
}

struct row *table_add(struct table *t, struct row_id id)
{
	struct row *r;
	int i;

	if (array_room(&t->rows, (uint32_t)t->nrows, &t->cap))
		return NULL;
	r = &t->rows[t->nrows];
	*r = (struct row){ .id = id };
	r->v = arena_alloc(&t->arena, t->def->ncols * sizeof(*r->v));
	if (!r->v)
		return NULL;
	memset(r->v, 0, t->def->ncols * sizeof(*r->v));
	for (i = 0; i < t->def->ncols; i++)
		if (t->def->cols[i].unit == UNIT_TEXT)
			r->v[i].s = "";
	t->nrows++;
	return r;
}

const char *table_str(struct table *t, const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = arena_alloc(&t->arena, n);

	return p ? memcpy(p, s, n) : NULL;
}

int table_named(const struct table_def *defs, int n, const char *name)
{
	int i;

	for (i = 0; name && i < n; i++)
		if (!strcmp(defs[i].name, name))
			return i;
	return name ? -1 : 0;
}

const struct hist *table_hist(struct table *t, const struct hist *h)
{
	struct hist *p = arena_alloc(&t->arena, sizeof(*p));

	return p ? memcpy(p, h, sizeof(*p)) : NULL;
}

int column_find(const struct table_def *def, const char *key)
{
	int i;

	for (i = 0; i < def->ncols; i++)
		if (!strcmp(def->cols[i].key, key))
			return i;
	for (i = 0; i < def->ncols; i++)
		if (def->cols[i].title && !strcasecmp(def->cols[i].title, key))
			return i;
	return -1;
}

struct order {
	const struct column *col;
	int i;
	bool ascending;
};

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_values(enum unit unit, union value a, union value b)
{
	switch (unit) {
	case UNIT_TEXT:
		return strcmp(a.s ? a.s : "", b.s ? b.s : "");
	case UNIT_PERCENT:
		return a.d < b.d ? -1 : a.d > b.d;
	case UNIT_HIST:
		return compare_u64(a.h ? a.h->count : 0, b.h ? b.h->count : 0);
	default:
		return compare_u64(a.u, b.u);
	}
}

static bool has_value(const struct row *r, const struct order *o)
{
	if (r->na >> o->i & 1)
		return false;
	return o->col->unit != UNIT_PERCENT || !isnan(r->v[o->i].d);
}

static int compare_rows(const void *pa, const void *pb, void *ctx)
{
	const struct row *a = pa, *b = pb;
	const struct order *o = ctx;
	bool have_a = has_value(a, o), have_b = has_value(b, o);
	int c = 0;

	if (have_a != have_b)
		return have_a ? -1 : 1;
	if (have_a)
		c = compare_values(o->col->unit, a->v[o->i], b->v[o->i]);
	if (c)
		return o->ascending ? c : -c;
	c = compare_u64(a->id.a, b->id.a);
	return c ? c : compare_u64(a->id.b, b->id.b);
}

#define NO_ROW UINT32_MAX

/*
 * The index of the row above each one, or NO_ROW; free() it. NULL if out of
 * memory: then a tree is shown flat.
 */
static uint32_t *rows_above(const struct table *t)
{
	uint32_t *up = calloc(t->nrows, sizeof(*up));
	struct idmap at = { 0 };
	uint32_t i;
	int err = 0;

	for (i = 0; up && !err && i < t->nrows; i++)
		err = idmap_put(&at, t->rows[i].id.a, 0, i);
	for (i = 0; up && !err && i < t->nrows; i++) {
		up[i] = t->rows[i].up ? idmap_get(&at, t->rows[i].up, 0) : NO_ROW;
		if (up[i] == i)
			up[i] = NO_ROW;
	}
	idmap_free(&at);
	if (!err)
		return up;
	free(up);
	return NULL;
}

/* Rows that are in order, each behind the one it hangs below. */
static void order_tree(struct table *t)
{
	size_t n = t->nrows;
	uint32_t *up = rows_above(t), *next = calloc(n, sizeof(*next));
	uint32_t *last = calloc(n + 1, sizeof(*last)), *first = calloc(n + 1, sizeof(*first));
	struct row *rows = calloc(n, sizeof(*rows));
	uint32_t i, at, to = 0;
	int depth = 0;

	if (!up || !next || !last || !first || !rows)
		goto out;
	/* Lists of those below each; the last one is of those below none. */
	for (i = 0; i <= n; i++)
		first[i] = NO_ROW;
	for (i = 0; i < n; i++) {
		uint32_t head = up[i] == NO_ROW ? (uint32_t)n : up[i];

		next[i] = NO_ROW;
		if (first[head] == NO_ROW)
			first[head] = i;
		else
			next[last[head]] = i;
		last[head] = i;
	}
	for (at = first[n]; at != NO_ROW && to < n;) {
		rows[to] = t->rows[at];
		rows[to++].depth = depth;
		if (first[at] != NO_ROW) {
			at = first[at];
			depth++;
			continue;
		}
		while (next[at] == NO_ROW && up[at] != NO_ROW) {
			at = up[at];
			depth--;
		}
		at = next[at];
	}
	if (to == n) /* always, unless rows hang below each other in a circle */
		memcpy(t->rows, rows, n * sizeof(*rows));
out:
	free(up);
	free(next);
	free(last);
	free(first);
	free(rows);
}

void table_sort(struct table *t, int col, bool reverse)
{
	struct order o;

	if (col < 0 || col >= t->def->ncols || !t->nrows)
		return;
	o.col = &t->def->cols[col];
	o.i = col;
	o.ascending = !!(o.col->flags & COL_ASCENDING) != reverse;
	qsort_r(t->rows, t->nrows, sizeof(*t->rows), compare_rows, &o);
	if (t->def->tree)
		order_tree(t);
}

static bool cell_matches(const struct column *c, union value v, const char *text)
{
	char num[24];

	if (c->unit == UNIT_TEXT)
		return v.s && strcasestr(v.s, text);
	if (c->unit == UNIT_PERCENT || c->unit == UNIT_HIST)
		return false;
	snprintf(num, sizeof(num), "%llu", (unsigned long long)v.u);
	return strstr(num, text);
}

static bool row_matches(const struct table_def *def, const struct row *r, const char *text)
{
	int i;

	for (i = 0; i < def->ncols; i++)
		if ((def->cols[i].flags & COL_KEY) && !(r->na >> i & 1) &&
		    cell_matches(&def->cols[i], r->v[i], text))
			return true;
	return false;
}

void table_grep(struct table *t, const char *text)
{
	uint32_t *up = NULL, at;
	size_t i, n = 0;
	bool *keep;

	if (!text || !*text || !t->nrows)
		return;
	keep = calloc(t->nrows, sizeof(*keep));
	if (!keep)
		return;
	if (t->def->tree)
		up = rows_above(t);
	for (i = 0; i < t->nrows; i++)
		if (row_matches(t->def, &t->rows[i], text))
			for (at = (uint32_t)i; at != NO_ROW && !keep[at]; at = up ? up[at] : NO_ROW)
				keep[at] = true;
	for (i = 0; i < t->nrows; i++)
		if (keep[i])
			t->rows[n++] = t->rows[i];
	t->nrows = n;
	free(keep);
	free(up);
}

const struct row *table_worst(const struct table *t)
{
	int col = t->def ? t->def->headline[0] : 0;
	const struct order o = { .col = t->def ? &t->def->cols[col] : NULL, .i = col };
	const struct row *worst = NULL;
	size_t i;

	for (i = 0; col && i < t->nrows; i++)
		if (has_value(&t->rows[i], &o) &&
		    (!worst || compare_rows(&t->rows[i], worst, (void *)&o) < 0))
			worst = &t->rows[i];
	return worst;
}

const struct row *table_find(const struct table *t, uint64_t a)
{
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (t->rows[i].id.a == a)
			return &t->rows[i];
	return NULL;
}

int table_of_subject(const struct table_def *defs, int n, enum subject s)
{
	int i;

	for (i = 0; i < n; i++)
		if (defs[i].subject == s)
			return i;
	return -1;
}
