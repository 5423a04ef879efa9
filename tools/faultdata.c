// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "array.h"
#include "cells.h"
#include "faultdata.h"

int faultdata_open(struct faultdata *d, const struct fault_maps *m)
{
	int i;

	memset(d, 0, sizeof(*d));
	d->m = *m;
	for (i = 0; i < FAULT_PLANES; i++) {
		d->stat[i] = calloc(FAULT_CELLS, sizeof(*d->stat[i]));
		if (!d->stat[i])
			return -ENOMEM;
	}
	/* Large and mostly untouched: only what is used becomes memory. */
	d->thread_prev = calloc(m->nthreads, sizeof(*d->thread_prev));
	d->row_prev = calloc(m->nrows, sizeof(*d->row_prev));
	return d->thread_prev && d->row_prev ? 0 : -ENOMEM;
}

static void interval_free(struct fault_interval *v)
{
	idmap_free(&v->proc_index);
	idmap_free(&v->row_index);
	free(v->procs);
	free(v->rows);
}

/* Empty, but with the memory that serves the next interval. */
static void interval_reset(struct fault_interval *v)
{
	idmap_free(&v->proc_index);
	idmap_free(&v->row_index);
	v->nprocs = v->nrows = 0;
}

void faultdata_close(struct faultdata *d)
{
	int i;

	for (i = 0; i < FAULT_PLANES; i++)
		free(d->stat[i]);
	free(d->thread_prev);
	free(d->row_prev);
	idmap_free(&d->files);
	interval_free(&d->acc);
	interval_free(&d->last);
}

void fault_sum_add(struct fault_sum *to, const struct fault_sum *s)
{
	to->faults += s->faults;
	to->majors += s->majors;
	to->errors += s->errors;
	to->untimed += s->untimed;
	to->total += s->total;
	if (s->max > to->max)
		to->max = s->max;
}

static int proc_of(struct fault_interval *v, const struct fault_thread *th, uint32_t *index)
{
	uint32_t i = idmap_get(&v->proc_index, th->tgid, th->proc_start);
	struct fault_proc *p;

	if (i == IDMAP_NONE) {
		i = v->nprocs;
		if (array_room(&v->procs, i, &v->procs_cap) ||
		    idmap_put(&v->proc_index, th->tgid, th->proc_start, i))
			return -ENOMEM;
		memset(&v->procs[i], 0, sizeof(v->procs[i]));
		v->nprocs++;
	}
	p = &v->procs[i];
	p->tgid = th->tgid;
	p->ns_tgid = th->ns_tgid;
	p->start = th->proc_start;
	p->cgid = th->cgid;
	p->threads++;
	memcpy(p->comm, th->pcomm, sizeof(p->comm));
	*index = i;
	return 0;
}

static int row_add(struct fault_interval *v, uint32_t proc, uint64_t cgid, uint32_t what,
		   const struct fault_sum *s)
{
	uint64_t key = (uint64_t)proc << 32 | what;
	uint32_t i = idmap_get(&v->row_index, key, cgid);

	if (i == IDMAP_NONE) {
		i = v->nrows;
		if (array_room(&v->rows, i, &v->rows_cap) || idmap_put(&v->row_index, key, cgid, i))
			return -ENOMEM;
		v->rows[i] = (struct fault_fact_row){
			.proc = proc,
			.map = FAULT_ROW_MAP(what),
			.cell = FAULT_ROW_CELL(what),
			.cgid = cgid,
		};
		v->nrows++;
	}
	fault_sum_add(&v->rows[i].sum, s);
	return 0;
}

/* Two CPUs that met a file at once made two entries: the first one seen stands for it. */
static uint32_t the_mapping(struct faultdata *d, uint32_t map)
{
	const struct fault_mapping *m = &d->m.mappings[map];
	uint32_t first;

	if (map < FAULT_MAP_FILES || __atomic_load_n(&m->state, __ATOMIC_ACQUIRE) != MAPPING_USED)
		return map;
	first = idmap_get(&d->files, m->ino, m->dev);
	if (first != IDMAP_NONE)
		return first;
	idmap_put(&d->files, m->ino, m->dev, map); /* without memory: a row of its own */
	return map;
}

/* What one row of a thread has new; 0 faults if nothing. */
static void take_row(struct faultdata *d, uint32_t at, uint32_t epoch, struct fault_sum *s)
{
	const struct fault_row *r = &d->m.rows[at];
	const volatile struct fault_row *now = r;
	struct fault_row_prev *p = &d->row_prev[at];
	uint64_t key = now->key, faults, total, n;
	uint32_t untimed, kind = FAULT_ROW_CELL(key) / FAULT_ORIGINS;

	memset(s, 0, sizeof(*s));
	if (p->key != key)
		*p = (struct fault_row_prev){ .key = key };
	/* The kernel adds to the time first: faults are never without theirs. */
	faults = now->faults;
	if (faults == p->faults)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	total = now->total;
	untimed = now->untimed;
	s->faults = faults - p->faults;
	s->total = total - p->total;
	s->untimed = untimed - p->untimed;
	if (fault_is_error(kind))
		s->errors = s->faults;
	else if (fault_is_major(kind))
		s->majors = s->faults;
	n = s->faults > s->untimed ? s->faults - s->untimed : 0;
	if (n)
		s->max = max_settle(&r->max, epoch, s->total / n, s->total);
	p->faults = faults;
	p->total = total;
	p->untimed = untimed;
}

static int collect_thread(struct faultdata *d, uint32_t slot, uint32_t epoch)
{
	const struct fault_thread *th = &d->m.threads[slot];
	uint64_t faults = *(const volatile uint64_t *)&th->faults;
	uint32_t next = *(const volatile uint32_t *)&th->rows, guard, proc;
	struct fault_sum s;
	int err;

	if (faults == d->thread_prev[slot])
		return 0;
	d->sum += faults - d->thread_prev[slot];
	d->thread_prev[slot] = faults;
	err = proc_of(&d->acc, th, &proc);
	for (guard = 0; !err && next && guard < d->m.nrows; guard++) {
		uint32_t at = (next - 1) & (d->m.nrows - 1);

		take_row(d, at, epoch, &s);
		if (s.faults) {
			uint32_t what = (uint32_t)d->row_prev[at].key;

			what = FAULT_WHAT(the_mapping(d, FAULT_ROW_MAP(what)),
					  FAULT_ROW_CELL(what));
			err = row_add(&d->acc, proc, th->cgid, what, &s);
		}
		next = *(const volatile uint32_t *)&d->m.rows[at].next;
	}
	return err;
}

/*
 * Give a dead thread's slot and rows back. A row's key goes last: from then on
 * the kernel may take it for another thread.
 */
static void recycle(struct faultdata *d, uint32_t slot)
{
	struct fault_thread *th = &d->m.threads[slot];
	struct fault_control *c = d->m.control;
	uint32_t next = th->rows, guard, tail = c->free_tail;

	for (guard = 0; next && guard < d->m.nrows; guard++) {
		uint32_t at = (next - 1) & (d->m.nrows - 1);
		struct fault_row *r = &d->m.rows[at];

		next = r->next;
		memset((char *)r + sizeof(r->key), 0, sizeof(*r) - sizeof(r->key));
		d->row_prev[at].key = 0;
		__atomic_store_n(&r->key, 0, __ATOMIC_RELEASE);
	}
	memset(th, 0, sizeof(*th));
	d->thread_prev[slot] = 0;
	d->m.free_ring[tail & (d->m.nthreads - 1)] = slot;
	__atomic_store_n(&c->free_tail, tail + 1, __ATOMIC_RELEASE);
}

/* Look at all thread slots; the dead ones are taken a last time and recycled. */
static int collect(struct faultdata *d, uint32_t epoch, bool only_dead)
{
	int err = 0, e;
	uint32_t i;

	/* Slots are handed out in order until the first one is recycled. */
	if (d->high < d->m.nthreads) {
		uint32_t head = __atomic_load_n(d->m.free_head, __ATOMIC_RELAXED);

		d->high = head < d->m.nthreads ? head : d->m.nthreads;
	}
	for (i = 0; i < d->high; i++) {
		uint32_t state = __atomic_load_n(&d->m.threads[i].state, __ATOMIC_ACQUIRE);

		if (state == THREAD_FREE || (only_dead && state != THREAD_DEAD))
			continue;
		e = collect_thread(d, i, epoch);
		if (e)
			err = e;
		if (state == THREAD_DEAD)
			recycle(d, i);
	}
	return err;
}

/* Sum one kind and origin over the CPUs; what is new becomes the delta. */
static void collect_cell(struct faultdata *d, int plane, uint32_t cell, uint32_t epoch)
{
	struct fault_cell *cells = plane == FAULT_PLANE_ALL ? d->m.cells : d->m.focus_cells;
	struct fault_stat *st = &d->stat[plane][cell];
	uint64_t untimed = 0;
	int cpu;

	for (cpu = 0; cpu < d->m.ncpus; cpu++)
		untimed += *(const volatile uint64_t *)&cells[(uint32_t)cpu * FAULT_CELLS + cell]
				    .untimed;
	st->d_untimed = untimed - st->untimed;
	st->untimed = untimed;
	cells_take(&st->sum, &st->delta, &cells[cell].lat, FAULT_CELLS * sizeof(*cells), d->m.ncpus,
		   epoch);
}

void faultdata_harvest(struct faultdata *d)
{
	collect(d, d->m.control->epoch, true);
}

int faultdata_tick(struct faultdata *d)
{
	uint32_t epoch = d->m.control->epoch, cell;
	struct fault_interval ended;
	int plane, err;

	__atomic_store_n(&d->m.control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (plane = 0; plane < FAULT_PLANES; plane++)
		for (cell = 0; cell < FAULT_CELLS; cell++)
			collect_cell(d, plane, cell, epoch);
	err = collect(d, epoch, false);
	ended = d->acc;
	d->acc = d->last;
	d->last = ended;
	interval_reset(&d->acc);
	return err;
}

/* Totals and deltas of a plane start from what it stands at. */
static void rebase(struct faultdata *d, int plane)
{
	uint32_t cell;

	for (cell = 0; cell < FAULT_CELLS; cell++) {
		struct fault_stat *st = &d->stat[plane][cell];

		st->base = st->sum;
		st->sum.max = 0;
		memset(&st->delta, 0, sizeof(st->delta));
		st->d_untimed = 0;
	}
}

int faultdata_baseline(struct faultdata *d)
{
	int plane, err = faultdata_tick(d);

	for (plane = 0; plane < FAULT_PLANES; plane++)
		rebase(d, plane);
	interval_reset(&d->last);
	return err;
}

void faultdata_focus(struct faultdata *d, uint32_t tgid, uint64_t start, uint64_t cgid)
{
	struct fault_control *c = d->m.control;
	uint32_t cell;

	if (c->focus_tgid == tgid && c->focus_start == start && c->focus_cgid == cgid)
		return;
	c->focus_tgid = tgid;
	c->focus_start = start;
	c->focus_cgid = cgid;
	/* The threads find themselves in or out of focus at their next fault. */
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
	for (cell = 0; cell < FAULT_CELLS; cell++)
		collect_cell(d, FAULT_PLANE_FOCUS, cell, c->epoch);
	rebase(d, FAULT_PLANE_FOCUS);
}

const char *faultdata_path(const struct fault_paths *paths, uint32_t path, bool whole, char *out,
			   size_t n)
{
	uint32_t at = path & ~FAULT_PATH_DELETED, end = sizeof(paths->text);
	const char *name;
	size_t len, to = n;

	if (!at || !n)
		return NULL;
	/* The last name comes first: they are put in place from the end. */
	out[--to] = '\0';
	for (at--; at < end && paths->text[at]; at += (uint32_t)len + 1) {
		name = paths->text + at;
		len = strnlen(name, end - at);
		if (len == 1 && *name == '/') {
			if (!whole)
				break;
			continue;
		}
		if (len + 1 > to)
			return NULL;
		to -= len;
		memcpy(out + to, name, len);
		out[--to] = '/';
	}
	if (!out[to])
		return NULL;
	memmove(out, out + to, n - to);
	return out;
}
