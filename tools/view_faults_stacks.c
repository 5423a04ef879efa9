// SPDX-License-Identifier: GPL-2.0
/* The faults view: user stacks, and the functions on top of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "array.h"
#include "cells.h"
#include "idmap.h"
#include "symbols.h"
#include "view_faults.h"

#define BATCH 256 /* entries read from the kernel at a time */
#define FRAME_TEXT 160

/* A stack, its numbers of the last interval, and all of them up to its end. */
struct stack {
	struct fault_stack sum;
	struct fault_sum delta;
	uint32_t top; /* the innermost function: index in functions */
};

struct function {
	uint64_t a, b; /* the row's id */
	uint32_t map;  /* of the file, or what else there is */
	char name[FRAME_TEXT];
};

struct faults_stacks {
	int fd, cache_fd; /* the maps of the kernel */
	struct fault_control *control;
	struct symbols *symbols;
	struct stack *v;
	struct function *functions;
	uint32_t n, cap, nfunctions, functions_cap;
	struct idmap index, function_index;
	uint64_t keys[BATCH];
	struct fault_stack values[BATCH];
};

void faults_stacks_close(struct faults_stacks *d)
{
	if (!d)
		return;
	faults_stacks_keep(d, false);
	symbols_close(d->symbols);
	idmap_free(&d->index);
	idmap_free(&d->function_index);
	free(d->v);
	free(d->functions);
	free(d);
}

void faults_stacks_keep(struct faults_stacks *d, bool on)
{
	__atomic_store_n(&d->control->stacks, on, __ATOMIC_RELEASE);
}

int faults_stacks_open(int fd, int cache_fd, struct fault_control *control,
		       struct faults_stacks **out)
{
	struct faults_stacks *d = calloc(1, sizeof(*d));
	int err;

	*out = NULL;
	if (!d)
		return -ENOMEM;
	d->fd = fd;
	d->cache_fd = cache_fd;
	d->control = control;
	err = symbols_open(&d->symbols);
	if (err) {
		free(d);
		return err;
	}
	faults_stacks_keep(d, true);
	*out = d;
	return 0;
}

/* ---- names ---- */

/*
 * A frame as text, into @out: its function, with @exact also how far into it; or what is
 * known of its place.
 */
static void frame_text(struct faults_stacks *d, const struct faultdata *data, uint64_t frame,
		       bool exact, struct symbol *sym, char *out, size_t size)
{
	uint32_t map = FAULT_FRAME_MAP(frame);
	uint64_t at = FAULT_FRAME_AT(frame);
	const struct fault_mapping *m = &data->m.mappings[map & (FAULT_MAPPINGS - 1)];
	char path[FAULT_PATH_TEXT], whole[FAULT_PATH_TEXT];
	int err;

	*sym = (struct symbol){};
	if (map >= FAULT_MAP_FILES) {
		err = symbols_known(d->symbols, map, at, sym);
		if (err == -EAGAIN) {
			const struct symbol_file f = {
				.id = map,
				.ino = m->ino,
				.pid = m->tgid,
				.path = faults_path(data, map, false, path, sizeof(path)),
				.whole = faults_path(data, map, true, whole, sizeof(whole)),
			};

			err = symbols_at(d->symbols, &f, at, sym);
		}
		if (!err) {
			/* What matters is at the end: a long name of C++ is cut. */
			if (exact)
				snprintf(out, size, "%.*s+0x%llx", (int)size - 20, sym->name,
					 (unsigned long long)sym->into);
			else
				snprintf(out, size, "%s", sym->name);
			return;
		}
	}
	snprintf(out, size, "%s+0x%llx", faults_mapping_name(data, map), (unsigned long long)at);
}

/* The function that the innermost frame is in. Return: its index, or -ENOMEM. */
static int64_t function_of(struct faults_stacks *d, const struct faultdata *data,
			   const struct fault_stack *s)
{
	uint64_t frame = s->nframes ? s->frames[0] : 0, a, b;
	char name[FRAME_TEXT] = "[no stack]";
	struct symbol sym = {};
	struct function *f;
	uint32_t i;

	if (s->nframes)
		frame_text(d, data, frame, false, &sym, name, sizeof(name));
	a = FAULT_FRAME_MAP(frame);
	b = sym.name ? sym.start : FAULT_FRAME_AT(frame) | 1ull << 63;
	i = idmap_get(&d->function_index, a, b);
	if (i != IDMAP_NONE)
		return i;
	if (array_room(&d->functions, d->nfunctions, &d->functions_cap))
		return -ENOMEM;
	i = d->nfunctions;
	if (idmap_put(&d->function_index, a, b, i))
		return -ENOMEM;
	f = &d->functions[d->nfunctions++];
	*f = (struct function){ .a = a, .b = b, .map = (uint32_t)a };
	memcpy(f->name, name, sizeof(name));
	return i;
}

/* ---- ticks ---- */

static int stack_of(struct faults_stacks *d, const struct faultdata *data, uint64_t key,
		    const struct fault_stack *now, struct stack **out)
{
	uint32_t i = idmap_get(&d->index, key, 0);
	int64_t top;

	if (i != IDMAP_NONE) {
		*out = &d->v[i];
		return 0;
	}
	if (array_room(&d->v, d->n, &d->cap))
		return -ENOMEM;
	top = function_of(d, data, now);
	if (top < 0 || idmap_put(&d->index, key, 0, d->n))
		return -ENOMEM;
	*out = &d->v[d->n++];
	memset(*out, 0, sizeof(**out));
	(*out)->top = (uint32_t)top;
	return 0;
}

/* The kernel counts a fault last, and so it is read first: it is not without its time. */
static int take(struct faults_stacks *d, const struct faultdata *data, uint64_t key,
		const struct fault_stack *now, uint32_t epoch)
{
	struct stack *s;
	uint64_t timed;
	int err;

	if (!now->faults)
		return 0;
	err = stack_of(d, data, key, now, &s);
	if (err)
		return err;
	s->delta = (struct fault_sum){
		.faults = now->faults - s->sum.faults,
		.majors = now->majors - s->sum.majors,
		.errors = now->errors - s->sum.errors,
		.untimed = now->untimed - s->sum.untimed,
		.total = now->total - s->sum.total,
	};
	timed = s->delta.faults - s->delta.untimed;
	if (timed && s->delta.faults > s->delta.untimed)
		s->delta.max = max_settle(&now->max, epoch, (s->delta.total + timed - 1) / timed,
					  s->delta.total);
	s->sum = *now;
	return 0;
}

/* Raw stacks of processes that may be gone: those in use come back by themselves. */
static void empty_cache(struct faults_stacks *d)
{
	uint64_t keys[BATCH], values[BATCH], at, *from = NULL;
	__u32 n;

	d->control->cache_full = 0;
	do {
		n = BATCH;
		if (bpf_map_lookup_and_delete_batch(d->cache_fd, from, &at, keys, values, &n, NULL))
			break;
		from = &at;
	} while (n);
}

int faults_stacks_tick(struct faults_stacks *d, const struct faultdata *data, uint32_t epoch)
{
	uint64_t *from = NULL, at;
	uint32_t i, n;
	int err, bad = 0;

	for (i = 0; i < d->n; i++)
		memset(&d->v[i].delta, 0, sizeof(d->v[i].delta));
	do {
		n = BATCH;
		err = bpf_map_lookup_batch(d->fd, from, &at, d->keys, d->values, &n, NULL);
		if (err && err != -ENOENT)
			return err == -ENOSPC ? 0 : err;
		for (i = 0; !bad && i < n; i++)
			bad = take(d, data, d->keys[i], &d->values[i], epoch);
		from = &at;
	} while (!err && !bad);
	if (d->control->cache_full)
		empty_cache(d);
	return bad;
}

/* ---- tables ---- */

static void set_sum(struct row *r, int at, const struct fault_sum *s)
{
	union value *v = r->v + at;

	v[S_FAULTS].u += s->faults;
	v[S_MAJOR].u += s->majors;
	v[S_ERRORS].u += s->errors;
	v[S_TOTAL].u += s->total;
	v[S_AVG].u += s->faults - s->untimed;
	if (s->max > v[S_MAX].u)
		v[S_MAX].u = s->max;
}

static void end_sum(struct row *r, int at)
{
	union value *v = r->v + at;
	uint64_t timed = v[S_AVG].u;

	v[S_AVG].u = timed ? v[S_TOTAL].u / timed : 0;
	if (!timed)
		r->na |= 1ull << (at + S_TOTAL) | 1ull << (at + S_AVG) | 1ull << (at + S_MAX);
}

static int set_place(const struct faultdata *data, struct table *out, struct row *r, int object,
		     int path, uint32_t map)
{
	r->v[object].s = table_str(out, faults_mapping_name(data, map));
	if (!r->v[object].s)
		return -ENOMEM;
	return faults_set_path(data, out, r, path, map);
}

/* One row per function: stacks with the same innermost one, together. */
static int fill_functions(struct faults_stacks *d, const struct faultdata *data, struct table *out)
{
	size_t *row_of = calloc(d->nfunctions + 1, sizeof(*row_of));
	int err = row_of ? 0 : -ENOMEM;
	uint32_t i;

	for (i = 0; !err && i < d->n; i++) {
		const struct stack *s = &d->v[i];
		const struct function *f = &d->functions[s->top];
		struct row *r;

		if (!s->delta.faults)
			continue;
		if (!row_of[s->top]) {
			r = table_add(out, (struct row_id){ f->a, f->b });
			if (!r) {
				err = -ENOMEM;
				break;
			}
			row_of[s->top] = out->nrows;
			r->v[F_NAME].s = table_str(out, f->name);
			err = r->v[F_NAME].s ? set_place(data, out, r, F_OBJECT, F_PATH, f->map) :
					       -ENOMEM;
		}
		set_sum(&out->rows[row_of[s->top] - 1], F_SUMS, &s->delta);
	}
	for (i = 0; i < out->nrows; i++)
		end_sum(&out->rows[i], F_SUMS);
	free(row_of);
	return err;
}

/* "memset+0x1f;fill_pages;main", the innermost first; "..." at the end: there may be more. */
static const char *stack_text(struct faults_stacks *d, const struct faultdata *data,
			      const struct fault_stack *s, struct table *out)
{
	char text[FAULT_FRAMES * (FRAME_TEXT + 1) + 8] = "", frame[FRAME_TEXT];
	struct symbol sym;
	size_t len = 0;
	uint64_t i;

	for (i = 0; i < s->nframes && i < FAULT_FRAMES; i++) {
		frame_text(d, data, s->frames[i], !i, &sym, frame, sizeof(frame));
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? ";" : "",
					frame);
	}
	if (s->nframes >= FAULT_FRAMES)
		snprintf(text + len, sizeof(text) - len, ";...");
	return table_str(out, text);
}

static int fill_stacks(struct faults_stacks *d, const struct faultdata *data,
		       const struct row_id *in, struct table *out)
{
	uint32_t i;

	for (i = 0; i < d->n; i++) {
		const struct stack *s = &d->v[i];
		const struct function *f = &d->functions[s->top];
		struct row *r;

		if (!s->delta.faults || (in && (in->a != f->a || in->b != f->b)))
			continue;
		r = table_add(out, (struct row_id){ i, 0 });
		if (!r)
			return -ENOMEM;
		r->v[U_NAME].s = table_str(out, f->name);
		r->v[U_STACK].s = stack_text(d, data, &s->sum, out);
		if (!r->v[U_NAME].s || !r->v[U_STACK].s ||
		    set_place(data, out, r, U_OBJECT, U_PATH, f->map))
			return -ENOMEM;
		set_sum(r, U_SUMS, &s->delta);
		end_sum(r, U_SUMS);
	}
	return 0;
}

int faults_stacks_fill(struct faults_stacks *d, const struct faultdata *data, int table,
		       const struct scope *scope, struct table *out)
{
	const struct row_id *in = NULL;
	int i;

	for (i = 0; scope && i < scope->depth; i++)
		if (scope->step[i].table == T_FUNCTIONS)
			in = &scope->step[i].id;
	return table == T_FUNCTIONS ? fill_functions(d, data, out) : fill_stacks(d, data, in, out);
}
