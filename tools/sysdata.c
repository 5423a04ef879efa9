// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "array.h"
#include "cells.h"
#include "sysdata.h"

/* Owners that were silent for so many ticks, or a machine's worth, are forgotten. */
#define OWNER_TICKS 60
#define OWNERS_KEPT 4096

int sysdata_open(struct sysdata *d, const struct sys_maps *m)
{
	int i;

	memset(d, 0, sizeof(*d));
	d->m = *m;
	d->tick = 1;
	for (i = 0; i < PLANES; i++) {
		d->stat[i] = calloc(SYS_SLOTS, sizeof(*d->stat[i]));
		if (!d->stat[i])
			return -ENOMEM;
	}
	/* Large and mostly untouched: only what is used becomes memory. */
	d->thread_prev = calloc(m->nthreads, sizeof(*d->thread_prev));
	d->row_prev = calloc(m->nrows, sizeof(*d->row_prev));
	return d->thread_prev && d->row_prev ? 0 : -ENOMEM;
}

void sysdata_close(struct sysdata *d)
{
	int i;

	for (i = 0; i < PLANES; i++)
		free(d->stat[i]);
	free(d->thread_prev);
	free(d->row_prev);
	idmap_free(&d->procs.index);
	idmap_free(&d->cgroups.index);
	idmap_free(&d->results.index);
	free(d->procs.v);
	free(d->cgroups.v);
	free(d->results.v);
}

struct sys_owner *sysdata_owner(struct sys_owners *o, uint64_t id, uint64_t start)
{
	uint32_t i = idmap_get(&o->index, id, start);

	return i == IDMAP_NONE ? NULL : &o->v[i];
}

static struct sys_owner *owner_get(struct sys_owners *o, uint64_t id, uint64_t start)
{
	struct sys_owner *w = sysdata_owner(o, id, start);

	if (w)
		return w;
	if (array_room(&o->v, o->n, &o->cap))
		return NULL;
	if (idmap_put(&o->index, id, start, o->n))
		return NULL;
	w = &o->v[o->n++];
	memset(w, 0, sizeof(*w));
	w->id = id;
	w->start = start;
	return w;
}

static void owners_end_interval(struct sys_owners *o, uint32_t tick)
{
	uint32_t i, keep = tick - OWNER_TICKS;

	for (i = 0; i < o->n; i++) {
		struct sys_owner *w = &o->v[i];

		w->last = w->acc;
		memset(&w->acc, 0, sizeof(w->acc));
	}
	if (o->n < OWNERS_KEPT)
		return;
	for (i = 0; i < o->n;) {
		struct sys_owner *w = &o->v[i], *end = &o->v[o->n - 1];

		if ((int32_t)(w->seen - keep) > 0) {
			i++;
			continue;
		}
		idmap_del(&o->index, w->id, w->start);
		if (w != end) {
			*w = *end;
			idmap_put(&o->index, w->id, w->start, i);
		}
		o->n--;
	}
}

static void add(struct sys_totals *to, const struct sys_totals *t)
{
	to->calls += t->calls;
	to->errors += t->errors;
	to->untimed += t->untimed;
	to->total += t->total;
	if (t->max > to->max)
		to->max = t->max;
}

static bool in_scope(const struct sys_scope *s, const struct sys_thread *th)
{
	if (s->tgid)
		return th->tgid == s->tgid && th->proc_start == s->start;
	return !s->cgid || th->cgid == s->cgid;
}

static void result_add(struct sysdata *d, uint64_t key, const struct sys_totals *t)
{
	uint32_t sys = SYS_ROW_SYS(key), result = SYS_ROW_RESULT(key);
	uint32_t i = idmap_get(&d->results.index, sys, result);

	if (i == IDMAP_NONE) {
		i = d->results.n;
		if (array_room(&d->results.v, i, &d->results.cap) ||
		    idmap_put(&d->results.index, sys, result, i))
			return;
		d->results.v[i] = (struct sys_result){ .sys = sys, .result = result };
		d->results.n++;
	}
	add(&d->results.v[i].acc, t);
}

/*
 * Walk a thread's rows. @count: add what is new since the last walk to the
 * results; without it, only remember where they stand.
 */
static void walk_rows(struct sysdata *d, uint32_t first, bool count)
{
	uint32_t next = first, guard;

	for (guard = 0; next && guard < d->m.nrows; guard++) {
		uint32_t i = (next - 1) & (d->m.nrows - 1);
		const volatile struct sys_row *r = &d->m.rows[i];
		struct row_prev *p = &d->row_prev[i];
		struct row_prev now = { r->key, r->calls, r->total, r->untimed };
		struct sys_totals t = {};

		if (p->key != now.key)
			*p = (struct row_prev){ .key = now.key };
		if (count && now.calls != p->calls) {
			t.calls = now.calls - p->calls;
			t.total = now.total - p->total;
			t.untimed = now.untimed - p->untimed;
			result_add(d, now.key, &t);
		}
		*p = now;
		next = r->next;
	}
}

/*
 * Give a dead thread's rows back. The key goes last: from then on the kernel
 * may take the row for another thread.
 */
static void free_rows(struct sysdata *d, uint32_t first)
{
	uint32_t next = first, guard;

	for (guard = 0; next && guard < d->m.nrows; guard++) {
		uint32_t i = (next - 1) & (d->m.nrows - 1);
		struct sys_row *r = &d->m.rows[i];

		next = r->next;
		r->calls = r->total = 0;
		r->untimed = r->next = 0;
		d->row_prev[i].key = 0;
		__atomic_store_n(&r->key, 0, __ATOMIC_RELEASE);
	}
}

static void recycle(struct sysdata *d, uint32_t slot)
{
	struct sys_thread *th = &d->m.threads[slot];
	struct sys_control *c = d->m.control;
	uint32_t tail = c->free_tail;

	free_rows(d, th->rows);
	memset(th, 0, sizeof(*th));
	memset(&d->thread_prev[slot], 0, sizeof(d->thread_prev[slot]));
	d->m.free_ring[tail & (d->m.nthreads - 1)] = slot;
	__atomic_store_n(&c->free_tail, tail + 1, __ATOMIC_RELEASE);
}

static void owner_add(struct sysdata *d, struct sys_owner *w, const struct sys_thread *th,
		      const struct sys_totals *t)
{
	if (!w)
		return;
	if (w->seen != d->tick)
		w->threads = 0;
	w->seen = d->tick;
	w->threads++;
	w->cgid = th->cgid;
	add(&w->acc, t);
}

/* Add what a thread did since it was last looked at to its process and cgroup. */
static void collect_thread(struct sysdata *d, uint32_t slot, uint32_t epoch)
{
	const struct sys_thread *th = &d->m.threads[slot];
	struct sys_totals *prev = &d->thread_prev[slot];
	/* calls first: the kernel writes it first, so it is never behind */
	uint64_t calls = *(volatile const uint64_t *)&th->calls;
	struct sys_totals now = { calls, th->errors, th->untimed, th->total, 0 };
	struct sys_totals t = { now.calls - prev->calls, now.errors - prev->errors,
				now.untimed - prev->untimed, now.total - prev->total, 0 };
	struct sys_owner *w;

	if (!t.calls)
		return;
	*prev = now;
	if (t.calls > t.untimed)
		t.max = max_settle(&th->max, epoch, t.total / (t.calls - t.untimed), t.total);
	w = owner_get(&d->procs, th->tgid, th->proc_start);
	if (w) {
		w->tgid = th->tgid;
		w->ns_tgid = th->ns_tgid;
		memcpy(w->comm, th->pcomm, sizeof(w->comm));
	}
	owner_add(d, w, th, &t);
	owner_add(d, owner_get(&d->cgroups, th->cgid, 0), th, &t);
	if (d->scope.rows && in_scope(&d->scope, th))
		walk_rows(d, th->rows, true);
}

/* Look at all thread slots; the dead ones are taken a last time and recycled. */
static void collect(struct sysdata *d, uint32_t epoch, bool only_dead)
{
	uint32_t i;

	/* Slots are handed out in order until the first one is recycled. */
	if (d->high < d->m.nthreads) {
		uint32_t head = __atomic_load_n(d->m.free_head, __ATOMIC_RELAXED);

		d->high = head < d->m.nthreads ? head : d->m.nthreads;
	}
	for (i = 0; i < d->high; i++) {
		struct sys_thread *th = &d->m.threads[i];
		uint32_t state = __atomic_load_n(&th->state, __ATOMIC_ACQUIRE);
		uint32_t open = th->sys;

		if (state == THREAD_FREE || (only_dead && state != THREAD_DEAD))
			continue;
		collect_thread(d, i, epoch);
		if (state == THREAD_DEAD)
			recycle(d, i);
		else if (!only_dead && th->enter_ns && open < SYS_SLOTS) {
			d->stat[PLANE_ALL][open].open++;
			if (th->flags & THREAD_FOCUS)
				d->stat[PLANE_FOCUS][open].open++;
		}
	}
}

/* Sum one system call over the CPUs; what is new becomes the delta. */
static void collect_cells(struct sysdata *d, int plane, uint32_t sys, uint32_t epoch)
{
	struct sys_cell *cells = plane == PLANE_ALL ? d->m.cells : d->m.focus_cells;
	struct sys_stat *st = &d->stat[plane][sys];
	uint64_t errors = 0, restarts = 0, untimed = 0;
	int cpu;

	for (cpu = 0; cpu < d->m.ncpus; cpu++) {
		const volatile struct sys_cell *c = &cells[(uint32_t)cpu * SYS_SLOTS + sys];

		errors += c->errors;
		restarts += c->restarts;
		untimed += c->untimed;
	}
	st->d_errors = errors - st->errors;
	st->d_restarts = restarts - st->restarts;
	st->d_untimed = untimed - st->untimed;
	st->errors = errors;
	st->restarts = restarts;
	st->untimed = untimed;
	cells_take(&st->sum, &st->delta, &cells[sys].lat, SYS_SLOTS * sizeof(*cells), d->m.ncpus,
		   epoch);
}

void sysdata_harvest(struct sysdata *d)
{
	collect(d, d->m.control->epoch, true);
}

int sysdata_tick(struct sysdata *d)
{
	uint32_t epoch = d->m.control->epoch, sys, i;
	int plane;

	__atomic_store_n(&d->m.control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (plane = 0; plane < PLANES; plane++)
		for (sys = 0; sys < SYS_SLOTS; sys++) {
			d->stat[plane][sys].open = 0;
			if (sys == SYS_OTHER || d->m.sys_what[sys])
				collect_cells(d, plane, sys, epoch);
		}
	collect(d, epoch, false);
	owners_end_interval(&d->procs, d->tick);
	owners_end_interval(&d->cgroups, d->tick);
	for (i = 0; i < d->results.n; i++) {
		d->results.v[i].last = d->results.v[i].acc;
		memset(&d->results.v[i].acc, 0, sizeof(d->results.v[i].acc));
	}
	d->tick++;
	return 0;
}

/* Totals and deltas of @st start from what it stands at. */
static void rebase(struct sys_stat *st)
{
	st->base = st->sum;
	st->sum.max = 0;
	memset(&st->delta, 0, sizeof(st->delta));
	st->d_errors = st->d_restarts = st->d_untimed = 0;
}

void sysdata_baseline(struct sysdata *d)
{
	uint32_t sys;
	int plane;

	sysdata_tick(d);
	for (plane = 0; plane < PLANES; plane++)
		for (sys = 0; sys < SYS_SLOTS; sys++) {
			struct sys_stat *st = &d->stat[plane][sys];

			if (!st->sum.count && !st->untimed)
				continue;
			rebase(st);
		}
}

void sysdata_focus(struct sysdata *d, const struct sys_scope *scope)
{
	struct sys_control *c = d->m.control;
	uint32_t sys, i;

	d->scope = *scope;
	idmap_free(&d->results.index);
	d->results.n = 0;
	/* The threads find themselves in or out of focus at their next call. */
	c->focus_tgid = (uint32_t)scope->tgid;
	c->focus_start = scope->start;
	c->focus_cgid = scope->tgid ? 0 : scope->cgid;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
	/* Rows and cells stand somewhere already: count from here. */
	if (scope->rows)
		for (i = 0; i < d->high; i++)
			if (in_scope(scope, &d->m.threads[i]))
				walk_rows(d, d->m.threads[i].rows, false);
	for (sys = 0; sys < SYS_SLOTS; sys++)
		collect_cells(d, PLANE_FOCUS, sys, c->epoch);
	for (sys = 0; sys < SYS_SLOTS; sys++)
		rebase(&d->stat[PLANE_FOCUS][sys]);
}
