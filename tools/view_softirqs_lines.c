// SPDX-License-Identifier: GPL-2.0
/* Level of the softirqs view: hard interrupts and threaded handlers, by line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "array.h"
#include "cells.h"
#include "err.h"
#include "idmap.h"
#include "irqnames.h"
#include "ostrace/irqs.h"
#include "view_softirqs.h"
#include "irqline.skel.h" /* after the types it has from ostrace/irqs.h */

/* One slot, or the sum of a line's over all CPUs. */
struct line_stat {
	struct hist run, wait;
	uint64_t none, woke;
};

/* What was read of one slot so far. */
struct taken {
	struct line_stat sum;
	uint32_t line; /* 1 + index in lines; 0: nothing yet */
};

struct line {
	const struct line_slot *who; /* mapped: what it is never changes */
	struct line_stat sum, delta;
};

struct lines {
	struct irqline_bpf *skel;
	struct line_cpu *cpus;	   /* mapped */
	struct line_slot *threads; /* mapped */
	struct taken **taken;	   /* per slot of each CPU, then the threads'; made at first use */
	struct idmap index;	   /* of lines, by key */
	struct line **v;
	uint32_t n, cap;
};

static void lines_close(struct level *l)
{
	struct lines *d = l->data;
	size_t i;

	if (!d)
		return;
	irqline_bpf__destroy(d->skel);
	for (i = 0; d->taken && i < (size_t)l->ncpus * LINE_SLOTS + LINE_THREADS; i++)
		free(d->taken[i]);
	for (i = 0; i < d->n; i++)
		free(d->v[i]);
	free(d->taken);
	free(d->v);
	idmap_free(&d->index);
	free(d);
}

static int lines_open(struct level *l)
{
	struct lines *d = calloc(1, sizeof(*d));
	struct level_object o;
	int err;

	l->data = d;
	if (!d)
		return -ENOMEM;
	d->taken = calloc((size_t)l->ncpus * LINE_SLOTS + LINE_THREADS, sizeof(*d->taken));
	if (!d->taken)
		return -ENOMEM;
	d->skel = irqline_bpf__open();
	if (!d->skel)
		return level_no_object();
	o = (struct level_object){
		.skeleton = d->skel->skeleton,
		.settings = &d->skel->rodata->settings,
		.cpus = d->skel->maps.bss_cpus,
		.cpu_size = sizeof(struct line_cpu),
	};
	err = level_load(l, &o);
	if (err)
		return err;
	d->cpus = d->skel->bss_cpus->cpus;
	d->threads = d->skel->bss_threads->threads;
	d->skel->bss_control->control.epoch = 1;
	return level_attach(l, &o);
}

/* The line that @s is a part of. Return: 1 + its index; 0 for lack of memory. */
static uint32_t line_of(struct lines *d, const struct line_slot *s)
{
	uint32_t i = idmap_get(&d->index, s->key, 0);
	struct line *line;

	if (i != IDMAP_NONE)
		return i + 1;
	if (array_room(&d->v, d->n, &d->cap))
		return 0;
	line = calloc(1, sizeof(*line));
	if (!line || idmap_put(&d->index, s->key, 0, d->n)) {
		free(line);
		return 0;
	}
	line->who = s;
	d->v[d->n] = line;
	return ++d->n;
}

static int take(struct lines *d, struct taken **slot, const struct line_slot *from, uint32_t epoch)
{
	uint64_t key = __atomic_load_n(&from->key, __ATOMIC_ACQUIRE);
	struct line_stat *to;
	struct taken *t = *slot;
	struct hist part;

	if (!key)
		return 0;
	if (!t) {
		t = *slot = calloc(1, sizeof(*t));
		if (!t)
			return -ENOMEM;
	}
	if (!t->line)
		t->line = line_of(d, from);
	if (!t->line)
		return -ENOMEM;
	to = &d->v[t->line - 1]->delta;
	cell_take(&t->sum.run, &part, &from->run, epoch);
	hist_add(&to->run, &part);
	cell_take(&t->sum.wait, &part, &from->wait, epoch);
	hist_add(&to->wait, &part);
	to->none += counter_take(&t->sum.none, (const uint64_t *)&from->none);
	to->woke += counter_take(&t->sum.woke, (const uint64_t *)&from->woke);
	return 0;
}

static int lines_tick(struct level *l, uint64_t now)
{
	struct lines *d = l->data;
	struct irq_control *control = &d->skel->bss_control->control;
	uint32_t epoch = control->epoch, i;
	struct taken **t = d->taken;
	int cpu, slot, err = 0;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (i = 0; i < d->n; i++)
		memset(&d->v[i]->delta, 0, sizeof(d->v[i]->delta));
	for (cpu = 0; cpu < l->ncpus; cpu++)
		for (slot = 0; !err && slot < LINE_SLOTS; slot++)
			err = take(d, t++, &d->cpus[cpu].slot[slot], epoch);
	for (slot = 0; !err && slot < LINE_THREADS; slot++)
		err = take(d, t++, &d->threads[slot], epoch);
	for (i = 0; i < d->n; i++) {
		struct line *line = d->v[i];

		hist_add(&line->sum.run, &line->delta.run);
		hist_add(&line->sum.wait, &line->delta.wait);
	}
	return err;
}

static int lines_fill(struct level *l, int table, const struct scope *scope, struct table *out)
{
	static const char *const kinds[] = {
		[LINE_VECTOR] = "hard",
		[LINE_HANDLER] = "hard",
		[LINE_THREAD] = "thread",
	};
	struct lines *d = l->data;
	char text[16];
	uint32_t i;

	for (i = 0; i < d->n; i++) {
		const struct line_slot *who = d->v[i]->who;
		const struct line_stat *s = &d->v[i]->delta;
		bool vector = who->kind == LINE_VECTOR && who->irq < IRQ_VECTORS;
		struct row *r;

		if (!s->run.count && !s->none && !s->wait.count)
			continue;
		r = table_add(out, (struct row_id){ who->key, i });
		if (!r)
			return -ENOMEM;
		snprintf(text, sizeof(text), "%u", who->irq);
		r->v[L_IRQ].s = vector ? irqname_vector(who->irq) : table_str(out, text);
		r->v[L_NAME].s = vector ? irqname_vector_text(who->irq) : who->name;
		r->v[L_HANDLER].s = vector ? "" : who->handler;
		r->v[L_KIND].s = kinds[who->kind <= LINE_THREAD ? who->kind : 0];
		softirqs_fill_times(r, L_TIMES, &s->run, &s->wait);
		r->v[L_NONE].u = s->none;
		r->v[L_WOKE].u = s->woke;
		if (who->kind != LINE_HANDLER)
			r->na |= 1ull << L_NONE | 1ull << L_WOKE;
		if (!r->v[L_IRQ].s)
			return -ENOMEM;
	}
	return 0;
}

static int lines_hist(struct level *l, const struct scope *scope, int which, bool total,
		      struct hist *out)
{
	const struct row_id *id = &scope->step[scope->depth - 1].id;
	struct lines *d = l->data;
	const struct line_stat *s;

	if (id->b >= d->n || d->v[id->b]->who->key != id->a)
		return -ENODATA;
	s = total ? &d->v[id->b]->sum : &d->v[id->b]->delta;
	if (which && d->v[id->b]->who->kind != LINE_THREAD)
		return -ENODATA;
	*out = which ? s->wait : s->run;
	return 0;
}

static uint64_t lines_events(struct level *l)
{
	struct lines *d = l->data;
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < d->n; i++)
		n += 2 * d->v[i]->sum.run.count;
	return n;
}

static uint64_t lines_full(struct level *l)
{
	struct lines *d = l->data;
	uint64_t n = *(volatile uint64_t *)&d->skel->bss->threads_full;
	int cpu;

	for (cpu = 0; cpu < l->ncpus; cpu++)
		n += *(volatile uint64_t *)&d->cpus[cpu].full;
	return n;
}

const struct level_ops softirqs_lines = {
	.open = lines_open,
	.close = lines_close,
	.tick = lines_tick,
	.fill = lines_fill,
	.hist = lines_hist,
	.events = lines_events,
	.full = lines_full,
	.note = "lines: threaded handlers are not timed, only their wake-ups are counted: this "
		"kernel lets no BPF program be attached to a function",
};
