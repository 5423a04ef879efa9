// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "memtree.h"

#define KEEP_DEAD 30 /* intervals: somebody may still be shown to have paid there */

void memtree_init(struct memtree *t)
{
	memset(t, 0, sizeof(*t));
	t->free = t->root = MEM_NONE;
}

void memtree_free(struct memtree *t)
{
	uint32_t i;

	for (i = 0; i < t->n; i++)
		free(t->v[i].name);
	free(t->v);
	free(t->order);
	idmap_free(&t->index);
	memtree_init(t);
}

static uint32_t new_node(struct memtree *t)
{
	uint32_t i = t->free;

	if (i != MEM_NONE) {
		t->free = t->v[i].next;
	} else {
		if (t->n == t->cap) {
			uint32_t cap = t->cap ? t->cap + t->cap / 2 : 256;
			struct mem_node *v = reallocarray(t->v, cap, sizeof(*v));

			if (!v)
				return MEM_NONE;
			t->v = v;
			t->cap = cap;
		}
		i = t->n++;
	}
	memset(&t->v[i], 0, sizeof(t->v[i]));
	t->v[i].parent = t->v[i].child = t->v[i].next = MEM_NONE;
	return i;
}

static void unlink_node(struct memtree *t, uint32_t i)
{
	uint32_t up = t->v[i].parent, *at;

	if (up == MEM_NONE)
		return;
	for (at = &t->v[up].child; *at != MEM_NONE; at = &t->v[*at].next)
		if (*at == i) {
			*at = t->v[i].next;
			return;
		}
}

static void forget(struct memtree *t, uint32_t i)
{
	struct mem_node *n = &t->v[i];

	if (idmap_get(&t->index, n->id, 0) == i)
		idmap_del(&t->index, n->id, 0);
	unlink_node(t, i);
	free(n->name);
	memset(n, 0, sizeof(*n));
	n->next = t->free;
	t->free = i;
}

uint32_t memtree_find(const struct memtree *t, uint64_t id)
{
	uint32_t i = idmap_get(&t->index, id, 0);

	return i == IDMAP_NONE ? MEM_NONE : i;
}

void memtree_begin(struct memtree *t)
{
	uint32_t i;

	t->tick++;
	for (i = 0; i < t->n; i++) {
		struct mem_node *n = &t->v[i];

		if (!n->used)
			continue;
		n->fresh = n->active = false;
		memset(n->event, 0, sizeof(n->event));
		memset(n->local, 0, sizeof(n->local));
		memset(n->stat, 0, sizeof(n->stat));
		memset(n->own, 0, sizeof(n->own));
		memset(n->all, 0, sizeof(n->all));
	}
}

uint32_t memtree_birth(struct memtree *t, const struct memcg_birth *b)
{
	uint32_t i = memtree_find(t, b->id), up;
	struct mem_node *n;

	if (i != MEM_NONE && t->v[i].serial == b->serial)
		return i;
	if (i != MEM_NONE)
		t->v[i].dead = true; /* its id is another one's now */
	i = new_node(t);
	if (i == MEM_NONE)
		return i;
	n = &t->v[i];
	n->name = strdup(b->name);
	if (!n->name || idmap_put(&t->index, b->id, 0, i)) {
		n->id = b->id;
		forget(t, i);
		return MEM_NONE;
	}
	n->used = true;
	n->id = b->id;
	n->serial = b->serial;
	n->level = b->level;
	n->fresh = t->tick > 1;
	if (t->root == MEM_NONE) {
		t->root = i;
		return i;
	}
	up = memtree_find(t, b->parent);
	if (up == MEM_NONE || up == i)
		up = t->root; /* lost with its grave */
	n->parent = up;
	n->next = t->v[up].child;
	t->v[up].child = i;
	return i;
}

/* Counters of a node against those of its last row. They only grow. */
static uint64_t grown(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void take(struct memtree *t, struct mem_node *n, const struct memcg_row *r)
{
	static const struct memcg_row nothing;
	/* At the first look at an old one all its past is not this interval's. */
	const struct memcg_row *was = n->seen ? &n->now : n->fresh ? &nothing : r;
	int i;

	for (i = 0; i < MEMCG_EVENTS; i++) {
		n->event[i] += grown(r->event[i], was->event[i]);
		n->local[i] += grown(r->local[i], was->local[i]);
	}
	if (r->flags & ROW_STAT)
		for (i = STAT_REFAULT_ANON; i < MEMCG_STATS; i++)
			n->stat[i] += grown(r->stat[i], was->stat[i]);
	if (!n->seen && !n->fresh)
		for (i = 0; i < 2; i++)
			n->psi.total[i] = r->psi_total[i] / 1000 * 1000;
	n->psi.known = r->flags & ROW_PSI;
	n->pressed = r->psi_total[0] != was->psi_total[0] || r->psi_avg10[0];
	n->now = *r;
	n->seen = t->tick;
}

/* The node of row @at: most of them are where they were in the last walk. */
static uint32_t node_of_row(struct memtree *t, uint32_t at, uint64_t id)
{
	uint32_t i;

	if (at < t->norder) {
		i = t->order[at];
		if (i < t->n && t->v[i].used && t->v[i].id == id && !t->v[i].dead)
			return i;
	}
	i = memtree_find(t, id);
	if (i == MEM_NONE)
		return i;
	if (at >= t->norder) {
		uint32_t want = at + at / 2 + 256, *order;

		order = reallocarray(t->order, want, sizeof(*order));
		if (!order)
			return i; /* slower, not wrong */
		memset(order + t->norder, 0xff, (want - t->norder) * sizeof(*order));
		t->order = order;
		t->norder = want;
	}
	t->order[at] = i;
	return i;
}

int memtree_take(struct memtree *t, uint32_t at, const struct memcg_row *r)
{
	uint32_t i = node_of_row(t, at, r->id);

	if (i == MEM_NONE || t->v[i].serial != r->serial)
		return -ENOENT;
	take(t, &t->v[i], r);
	return 0;
}

int memtree_bury(struct memtree *t, const struct memcg_grave *g)
{
	uint32_t i = memtree_birth(t, &g->birth);
	struct memcg_row last = g->row;
	struct mem_node *n;

	if (i == MEM_NONE)
		return -ENOMEM;
	n = &t->v[i];
	/* What memory.stat would say is not read at a removal. */
	memcpy(last.stat, n->now.stat, sizeof(last.stat));
	last.flags &= ~(uint32_t)ROW_STAT;
	take(t, n, &last);
	n->dead = true;
	return 0;
}

void memtree_end(struct memtree *t)
{
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		struct mem_node *n = &t->v[i];

		if (!n->used)
			continue;
		if (n->seen != t->tick)
			n->dead = true;
		if (n->dead && t->tick - n->seen > KEEP_DEAD && n->child == MEM_NONE)
			forget(t, i);
	}
}

void memtree_stall(struct memtree *t, uint64_t id, enum stall_kind kind, uint64_t count,
		   uint64_t ns, uint64_t max)
{
	uint32_t i = memtree_find(t, id);

	if (i == MEM_NONE) {
		t->orphans += count;
		i = t->root;
	} else {
		struct mem_stall *own = &t->v[i].own[kind];

		own->count += count;
		own->ns += ns;
		own->max = max > own->max ? max : own->max;
	}
	for (; i != MEM_NONE; i = t->v[i].parent) {
		struct mem_stall *all = &t->v[i].all[kind];

		all->count += count;
		all->ns += ns;
		all->max = max > all->max ? max : all->max;
	}
}

static bool busy(const struct mem_node *n)
{
	int i;

	for (i = EVENT_LOW; i < MEMCG_EVENTS; i++)
		if (n->event[i])
			return true;
	for (i = 0; i < STALL_KINDS; i++)
		if (n->all[i].count)
			return true;
	return n->psi.delta && n->psi.ns[0];
}

void memtree_mark(struct memtree *t)
{
	uint32_t i, up;

	for (i = 0; i < t->n; i++) {
		if (!t->v[i].used || t->v[i].active || !busy(&t->v[i]))
			continue;
		for (up = i; up != MEM_NONE && !t->v[up].active; up = t->v[up].parent)
			t->v[up].active = true;
	}
}

bool memtree_below(const struct memtree *t, uint32_t i, uint32_t top)
{
	while (i != MEM_NONE && i != top)
		i = t->v[i].parent;
	return i != MEM_NONE;
}

void memtree_path(const struct memtree *t, uint32_t i, const char *top, char *out, size_t n)
{
	size_t at = n, len;

	if (!n)
		return;
	out[--at] = '\0';
	for (; i != MEM_NONE && t->v[i].parent != MEM_NONE; i = t->v[i].parent) {
		len = strlen(t->v[i].name);
		if (len + 1 > at)
			break; /* the end says more than the beginning */
		at -= len;
		memcpy(out + at, t->v[i].name, len);
		out[--at] = '/';
	}
	len = strlen(top);
	if (len > at)
		len = 0;
	at -= len;
	memcpy(out + at, top, len);
	memmove(out, out + at, n - at);
	if (!*out)
		snprintf(out, n, "/");
}
