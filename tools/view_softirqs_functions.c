// SPDX-License-Identifier: GPL-2.0
/* Level of the softirqs view: tasklets and work items, by function. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "cells.h"
#include "err.h"
#include "ostrace/functions.h"
#include "view_softirqs.h"
#include "function.skel.h" /* after the types it has from ostrace/functions.h */

struct func_stat {
	struct hist run, wait;
	uint64_t untimed;
};

struct functions {
	struct function_bpf *skel;
	struct func_cpu *cpus;	 /* mapped */
	struct func_slot *slots; /* mapped */
	struct func {
		struct func_stat sum, delta;
	} *v[FUNC_SLOTS]; /* made at first use */
};

static void functions_close(struct level *l)
{
	struct functions *d = l->data;
	int i;

	if (!d)
		return;
	function_bpf__destroy(d->skel);
	for (i = 0; i < FUNC_SLOTS; i++)
		free(d->v[i]);
	free(d);
}

static int functions_open(struct level *l)
{
	struct functions *d = calloc(1, sizeof(*d));
	struct level_object o;
	int err;

	l->data = d;
	if (!d)
		return -ENOMEM;
	d->skel = function_bpf__open();
	if (!d->skel)
		return level_no_object();
	o = (struct level_object){
		.skeleton = d->skel->skeleton,
		.settings = &d->skel->rodata->settings,
		.cpus = d->skel->maps.bss_cpus,
		.cpu_size = sizeof(struct func_cpu),
	};
	err = level_load(l, &o);
	if (err)
		return err;
	d->cpus = d->skel->bss_cpus->cpus;
	d->slots = d->skel->bss_funcs->funcs;
	d->skel->bss_control->control.epoch = 1;
	return level_attach(l, &o);
}

static int functions_tick(struct level *l, uint64_t now)
{
	struct functions *d = l->data;
	struct irq_control *control = &d->skel->bss_control->control;
	uint32_t epoch = control->epoch;
	int i;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (i = 0; i < FUNC_SLOTS; i++) {
		const struct func_slot *from = &d->slots[i];
		struct func *f = d->v[i];

		if (!f && !__atomic_load_n(&from->state, __ATOMIC_ACQUIRE))
			continue;
		if (!f) {
			f = d->v[i] = calloc(1, sizeof(*f));
			if (!f)
				return -ENOMEM;
		}
		cell_take(&f->sum.run, &f->delta.run, &from->run, epoch);
		cell_take(&f->sum.wait, &f->delta.wait, &from->wait, epoch);
		f->delta.untimed = counter_take(&f->sum.untimed, (const uint64_t *)&from->untimed);
	}
	return 0;
}

static int functions_fill(struct level *l, int table, const struct scope *scope, struct table *out)
{
	static const char *const kinds[] = {
		[FUNC_TASKLET] = "tasklet",
		[FUNC_BH_WORK] = "bh work",
		[FUNC_WORK] = "work",
	};
	struct functions *d = l->data;
	int i;

	for (i = 0; i < FUNC_SLOTS; i++) {
		const struct func_slot *who = &d->slots[i];
		const struct func_stat *s;
		struct row *r;

		if (!d->v[i])
			continue;
		s = &d->v[i]->delta;
		if (!s->run.count && !s->untimed && !s->wait.count)
			continue;
		r = table_add(out, (struct row_id){ who->key, (uint64_t)i });
		if (!r)
			return -ENOMEM;
		r->v[F_NAME].s = who->state == FUNC_READY ? who->name : "?";
		r->v[F_KIND].s = kinds[who->kind <= FUNC_WORK ? who->kind : FUNC_WORK];
		r->v[F_WQ].s = table_str(out, who->wq);
		if (!r->v[F_WQ].s)
			return -ENOMEM;
		softirqs_fill_times(r, F_TIMES, &s->run, &s->wait);
		r->v[F_TIMES + C_COUNT].u += s->untimed;
		r->v[F_UNTIMED].u = s->untimed;
	}
	return 0;
}

static int functions_hist(struct level *l, const struct scope *scope, int which, bool total,
			  struct hist *out)
{
	const struct row_id *id = &scope->step[scope->depth - 1].id;
	struct functions *d = l->data;
	const struct func_stat *s;

	if (id->b >= FUNC_SLOTS || !d->v[id->b] || d->slots[id->b].key != id->a)
		return -ENODATA;
	s = total ? &d->v[id->b]->sum : &d->v[id->b]->delta;
	*out = which ? s->wait : s->run;
	return 0;
}

static uint64_t functions_events(struct level *l)
{
	struct functions *d = l->data;
	uint64_t n = 0;
	int cpu;

	for (cpu = 0; cpu < l->ncpus; cpu++)
		n += *(volatile uint64_t *)&d->cpus[cpu].events;
	return n;
}

static uint64_t functions_full(struct level *l)
{
	struct functions *d = l->data;
	uint64_t n = 0;
	int cpu;

	for (cpu = 0; cpu < l->ncpus; cpu++)
		n += *(volatile uint64_t *)&d->cpus[cpu].full;
	return n;
}

const struct level_ops softirqs_functions = {
	.open = functions_open,
	.close = functions_close,
	.tick = functions_tick,
	.fill = functions_fill,
	.hist = functions_hist,
	.events = functions_events,
	.full = functions_full,
	.note = "functions: the wait of tasklets is not known: this kernel lets no BPF program "
		"be attached to a function",
};
