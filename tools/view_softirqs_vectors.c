// SPDX-License-Identifier: GPL-2.0
/* Level of the softirqs view: runs of softirq vectors, by vector and CPU. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "cells.h"
#include "err.h"
#include "irqnames.h"
#include "ostrace/softirq.h"
#include "view_softirqs.h"
#include "softirq.skel.h" /* after the types it has from ostrace/softirq.h */

/* One (vector, CPU), or the sum of several. */
struct soft_stat {
	struct hist run, wait;
	uint64_t raised, thread_count, thread_ns, hard_ns;
};

struct vectors {
	struct softirq_bpf *skel;
	struct soft_cpu *cpus;	       /* mapped */
	struct soft_stat *sum, *delta; /* [cpu * SOFT_VECTORS + vector] */
};

static void vectors_close(struct level *l)
{
	struct vectors *d = l->data;

	if (!d)
		return;
	softirq_bpf__destroy(d->skel);
	free(d->sum);
	free(d->delta);
	free(d);
}

static int vectors_open(struct level *l)
{
	size_t cells = (size_t)l->ncpus * SOFT_VECTORS;
	struct vectors *d = calloc(1, sizeof(*d));
	struct level_object o;
	int err;

	l->data = d;
	if (!d)
		return -ENOMEM;
	/* Large on large machines, but only what is used becomes memory. */
	d->sum = calloc(cells, sizeof(*d->sum));
	d->delta = calloc(cells, sizeof(*d->delta));
	if (!d->sum || !d->delta)
		return -ENOMEM;
	d->skel = softirq_bpf__open();
	if (!d->skel)
		return level_no_object();
	o = (struct level_object){
		.skeleton = d->skel->skeleton,
		.settings = &d->skel->rodata->settings,
		.cpus = d->skel->maps.bss_cpus,
		.cpu_size = sizeof(struct soft_cpu),
	};
	err = level_load(l, &o);
	if (err)
		return err;
	d->cpus = d->skel->bss_cpus->cpus;
	d->skel->bss_control->control.epoch = 1;
	return level_attach(l, &o);
}

static int vectors_tick(struct level *l, uint64_t now)
{
	struct vectors *d = l->data;
	struct irq_control *control = &d->skel->bss_control->control;
	uint32_t epoch = control->epoch;
	int cpu, v;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (cpu = 0; cpu < l->ncpus; cpu++)
		for (v = 0; v < SOFT_VECTORS; v++) {
			struct soft_cell *c = &d->cpus[cpu].vec[v];
			struct soft_stat *s = &d->sum[cpu * SOFT_VECTORS + v];
			struct soft_stat *n = &d->delta[cpu * SOFT_VECTORS + v];

			if (!*(volatile uint64_t *)&c->run.count && !c->raised)
				continue;
			cell_take(&s->run, &n->run, &c->run, epoch);
			cell_take(&s->wait, &n->wait, &c->wait, epoch);
			n->raised = counter_take(&s->raised, (uint64_t *)&c->raised);
			n->thread_count =
				counter_take(&s->thread_count, (uint64_t *)&c->thread_count);
			n->thread_ns = counter_take(&s->thread_ns, (uint64_t *)&c->thread_ns);
			n->hard_ns = counter_take(&s->hard_ns, (uint64_t *)&c->hard_ns);
		}
	return 0;
}

/* Add @s to @to. */
static void stat_add(struct soft_stat *to, const struct soft_stat *s)
{
	hist_add(&to->run, &s->run);
	hist_add(&to->wait, &s->wait);
	to->raised += s->raised;
	to->thread_count += s->thread_count;
	to->thread_ns += s->thread_ns;
	to->hard_ns += s->hard_ns;
}

/* What all steps of @scope together select; -1: any. */
static void selected(const struct scope *scope, int *cpu, int *vec)
{
	int i;

	*cpu = *vec = -1;
	for (i = 0; scope && i < scope->depth; i++) {
		const struct scope_step *step = &scope->step[i];

		if (step->table != T_CPUS)
			*vec = (int)step->id.a;
		if (step->table != T_VECTORS)
			*cpu = (int)step->id.b;
	}
}

/* Sum what (@cpu, @vec) select, -1 being all. */
static void sum_up(const struct soft_stat *from, int ncpus, int cpu, int vec, struct soft_stat *to)
{
	int c, v;

	memset(to, 0, sizeof(*to));
	for (c = cpu < 0 ? 0 : cpu; c < (cpu < 0 ? ncpus : cpu + 1); c++)
		for (v = vec < 0 ? 0 : vec; v < (vec < 0 ? SOFT_VECTORS : vec + 1); v++)
			if (from[c * SOFT_VECTORS + v].raised ||
			    from[c * SOFT_VECTORS + v].run.count)
				stat_add(to, &from[c * SOFT_VECTORS + v]);
}

static struct row *add_row(struct table *out, struct row_id id, int at, const struct soft_stat *s)
{
	struct row *r = table_add(out, id);
	union value *v;

	if (!r)
		return NULL;
	softirqs_fill_times(r, at, &s->run, &s->wait);
	v = r->v + at;
	v[C_THREAD].d = s->run.sum ? 100.0 * (double)s->thread_ns / (double)s->run.sum : 0;
	v[C_RAISED].u = s->raised;
	v[C_THREAD_COUNT].u = s->thread_count;
	v[C_HARD].u = s->hard_ns;
	if (!s->run.count)
		r->na |= 1ull << (at + C_THREAD);
	return r;
}

static int vectors_fill(struct level *l, int table, const struct scope *scope, struct table *out)
{
	int cpu, vec, in_cpu, in_vec, cpus = l->ncpus;
	struct vectors *d = l->data;
	struct soft_stat s;
	struct row *r;

	selected(scope, &in_cpu, &in_vec);
	for (cpu = table == T_VECTORS ? -1 : 0; cpu < (table == T_VECTORS ? 0 : cpus); cpu++)
		for (vec = table == T_CPUS ? -1 : 0; vec < (table == T_CPUS ? 0 : SOFT_VECTORS);
		     vec++) {
			if ((in_cpu >= 0 && cpu != in_cpu) || (in_vec >= 0 && vec != in_vec))
				continue;
			sum_up(d->delta, cpus, cpu, vec, &s);
			if (!s.run.count && !s.raised)
				continue;
			r = add_row(out, (struct row_id){ (uint64_t)vec, (uint64_t)cpu },
				    table == T_SOFTIRQS ? 2 : 1, &s);
			if (!r)
				return -ENOMEM;
			if (vec >= 0)
				r->v[0].s = irqname_softirq((uint32_t)vec);
			if (cpu >= 0)
				r->v[table == T_SOFTIRQS].u = (uint64_t)cpu;
		}
	return 0;
}

static int vectors_hist(struct level *l, const struct scope *scope, int which, bool total,
			struct hist *out)
{
	struct vectors *d = l->data;
	struct soft_stat s;
	int cpu, vec;

	selected(scope, &cpu, &vec);
	if (cpu >= l->ncpus || vec >= SOFT_VECTORS)
		return -ENODATA;
	sum_up(total ? d->sum : d->delta, l->ncpus, cpu, vec, &s);
	*out = which ? s.wait : s.run;
	return 0;
}

static uint64_t vectors_events(struct level *l)
{
	struct vectors *d = l->data;
	uint64_t n = 0;
	int cpu, v;

	for (cpu = 0; cpu < l->ncpus; cpu++) {
		for (v = 0; v < SOFT_VECTORS; v++)
			n += d->sum[cpu * SOFT_VECTORS + v].raised +
			     2 * d->sum[cpu * SOFT_VECTORS + v].run.count;
		n += 2 * *(volatile uint64_t *)&d->cpus[cpu].hard_count;
	}
	return n;
}

const struct level_ops softirqs_vectors = {
	.open = vectors_open,
	.close = vectors_close,
	.tick = vectors_tick,
	.fill = vectors_fill,
	.hist = vectors_hist,
	.events = vectors_events,
};
