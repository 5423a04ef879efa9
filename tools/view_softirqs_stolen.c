// SPDX-License-Identifier: GPL-2.0
/* Level of the softirqs view: the time that interrupts take from processes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "cells.h"
#include "cgroups.h"
#include "err.h"
#include "idmap.h"
#include "irqnames.h"
#include "ostrace/stolen.h"
#include "view_softirqs.h"
#include "stolen.skel.h" /* after the types it has from ostrace/stolen.h */

#define SILENT_TICKS 8 /* then a slot may be given back, if slots are wanted */

struct part {
	uint64_t count, ns, max;
};

/* A process, a cgroup, or a source. */
struct sums {
	struct part how[STOLEN_HOWS];
};

struct stolen {
	struct stolen_bpf *skel;
	struct stolen_cpu *cpus;  /* mapped */
	struct stolen_proc *proc; /* mapped */
	struct stolen_row *rows;  /* mapped */
	struct cgroups *cgroups;
	struct irqnames names;
	struct row_state {
		uint64_t count, ns; /* taken so far */
		struct part delta;
	} row[STOLEN_ROWS];
	struct proc_state {
		struct sums delta;
		bool active, leaving;
		uint32_t silent; /* ticks */
	} state[STOLEN_PROCS];
	uint64_t events;
	uint64_t interval_ns, last;
};

static void stolen_close(struct level *l)
{
	struct stolen *d = l->data;

	if (!d)
		return;
	stolen_bpf__destroy(d->skel);
	cgroups_close(d->cgroups);
	irqnames_free(&d->names);
	free(d);
}

static int stolen_open(struct level *l)
{
	struct stolen *d = calloc(1, sizeof(*d));
	struct level_object o;
	int cpu, err;

	l->data = d;
	if (!d)
		return -ENOMEM;
	err = cgroups_open(&d->cgroups);
	if (err)
		return err;
	d->skel = stolen_bpf__open();
	if (!d->skel)
		return level_no_object();
	d->skel->rodata->split = l->fentry;
	o = (struct level_object){
		.skeleton = d->skel->skeleton,
		.settings = &d->skel->rodata->settings,
		.cpus = d->skel->maps.bss_cpus,
		.cpu_size = sizeof(struct stolen_cpu),
	};
	err = level_load(l, &o);
	if (err)
		return err;
	d->cpus = d->skel->bss_cpus->cpus;
	d->proc = d->skel->bss_procs->procs;
	d->rows = d->skel->bss_rows->rows;
	for (cpu = 0; cpu < l->ncpus; cpu++)
		d->cpus[cpu].task = UINT64_MAX;
	d->skel->bss_control->control.epoch = 1;
	return level_attach(l, &o);
}

static void part_add(struct part *to, const struct part *p)
{
	to->count += p->count;
	to->ns += p->ns;
	if (p->max > to->max)
		to->max = p->max;
}

static void sums_add(struct sums *to, const struct sums *s)
{
	int i;

	for (i = 0; i < STOLEN_HOWS; i++)
		part_add(&to->how[i], &s->how[i]);
}

/* What one row grew by since the last tick. */
static void take_row(struct stolen *d, uint32_t i, uint32_t epoch)
{
	const struct stolen_row *from = &d->rows[i];
	struct row_state *r = &d->row[i];
	uint64_t key = __atomic_load_n(&from->key, __ATOMIC_ACQUIRE);
	uint32_t slot = (uint32_t)(key >> 32) - 1;
	uint64_t least;

	memset(&r->delta, 0, sizeof(r->delta));
	if (!key || slot >= STOLEN_PROCS)
		return;
	r->delta.count = counter_take(&r->count, (const uint64_t *)&from->count);
	r->delta.ns = counter_take(&r->ns, (const uint64_t *)&from->ns);
	if (!r->delta.count)
		return;
	least = (r->delta.ns + r->delta.count - 1) / r->delta.count;
	r->delta.max = max_settle(&from->max, epoch, least, r->delta.ns);
	part_add(&d->state[slot].delta.how[STOLEN_SOURCE_HOW(key)], &r->delta);
	d->state[slot].active = true;
}

/* Nobody finds a slot once its key is gone; who has found it is done a tick later. */
static bool make_room(struct stolen *d)
{
	uint32_t i, procs = 0, rows = 0;
	bool left = false;

	for (i = 0; i < STOLEN_PROCS; i++)
		procs += d->proc[i].key != 0;
	for (i = 0; i < STOLEN_ROWS; i++)
		rows += d->rows[i].key != 0;
	if (procs <= STOLEN_PROCS / 2 && rows <= STOLEN_ROWS / 2)
		return false;
	for (i = 0; i < STOLEN_PROCS; i++)
		if (d->proc[i].key && d->state[i].silent >= SILENT_TICKS) {
			__atomic_store_n(&d->proc[i].key, STOLEN_LEAVING, __ATOMIC_RELEASE);
			d->state[i].leaving = left = true;
		}
	return left;
}

/* Free what left at the tick before. */
static void free_left(struct stolen *d)
{
	uint32_t i, slot;

	for (i = 0; i < STOLEN_ROWS; i++) {
		slot = (uint32_t)(d->rows[i].key >> 32) - 1;
		if (!d->rows[i].key || slot >= STOLEN_PROCS || !d->state[slot].leaving)
			continue;
		memset(&d->row[i], 0, sizeof(d->row[i]));
		memset(&d->rows[i].count, 0, sizeof(d->rows[i]) - sizeof(d->rows[i].key));
		__atomic_store_n(&d->rows[i].key, 0, __ATOMIC_RELEASE);
	}
	for (i = 0; i < STOLEN_PROCS; i++) {
		if (!d->state[i].leaving)
			continue;
		memset(&d->state[i], 0, sizeof(d->state[i]));
		d->proc[i].ready = 0;
		__atomic_store_n(&d->proc[i].key, 0, __ATOMIC_RELEASE);
	}
}

static int stolen_tick(struct level *l, uint64_t now)
{
	struct stolen *d = l->data;
	struct stolen_control *control = &d->skel->bss_control->control;
	uint32_t epoch = control->epoch, i;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	d->interval_ns = d->last ? now - d->last : 0;
	d->last = now;
	for (i = 0; i < STOLEN_PROCS; i++) {
		memset(&d->state[i].delta, 0, sizeof(d->state[i].delta));
		d->state[i].active = false;
	}
	for (i = 0; i < STOLEN_ROWS; i++)
		take_row(d, i, epoch);
	for (i = 0; i < STOLEN_PROCS; i++)
		d->state[i].silent = d->state[i].active ? 0 : d->state[i].silent + 1;
	free_left(d);
	if (make_room(d))
		__atomic_fetch_add(&control->gen, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void fill_sums(struct level *l, struct row *r, int at, const struct sums *s)
{
	const struct part *how = s->how;
	struct stolen *d = l->data;
	struct part soft = { 0 }, all;
	union value *v = r->v + at;

	part_add(&soft, &how[STOLEN_EXIT]);
	part_add(&soft, &how[STOLEN_BH_ENABLE]);
	part_add(&soft, &how[STOLEN_INLINE]);
	all = soft;
	part_add(&all, &how[STOLEN_HARD]);
	v[Z_COUNT].u = all.count;
	v[Z_TOTAL].u = all.ns;
	v[Z_PERCENT].d = d->interval_ns ? 100.0 * (double)all.ns / (double)d->interval_ns : 0;
	v[Z_HARD].u = how[STOLEN_HARD].ns;
	v[Z_SOFT].u = soft.ns;
	v[Z_EXIT].u = how[STOLEN_EXIT].ns;
	v[Z_BH_ENABLE].u = how[STOLEN_BH_ENABLE].ns;
	v[Z_KSOFTIRQD].u = how[STOLEN_KSOFTIRQD].ns;
	v[Z_MAX].u = all.max;
	v[Z_HARD_COUNT].u = how[STOLEN_HARD].count;
	v[Z_SOFT_COUNT].u = soft.count;
	v[Z_KSOFTIRQD_COUNT].u = how[STOLEN_KSOFTIRQD].count;
	if (!l->fentry)
		r->na |= 1ull << (at + Z_EXIT) | 1ull << (at + Z_BH_ENABLE);
	if (!all.count)
		r->na |= 1ull << (at + Z_MAX);
}

static int fill_processes(struct level *l, struct table *out)
{
	struct stolen *d = l->data;
	struct idmap seen = { 0 };
	uint32_t i, j;
	int err = 0;

	/* A process that changed its cgroup has several slots. */
	for (i = 0; !err && i < STOLEN_PROCS; i++) {
		const struct stolen_proc *p = &d->proc[i];
		struct sums sum = { 0 };
		struct row *r;

		if (!d->state[i].active || !p->ready ||
		    idmap_get(&seen, p->pid, p->start) != IDMAP_NONE)
			continue;
		err = idmap_put(&seen, p->pid, p->start, 0);
		r = err ? NULL : table_add(out, (struct row_id){ p->pid, p->start });
		if (!r) {
			err = -ENOMEM;
			break;
		}
		for (j = i; j < STOLEN_PROCS; j++)
			if (d->state[j].active && d->proc[j].pid == p->pid &&
			    d->proc[j].start == p->start)
				sums_add(&sum, &d->state[j].delta);
		r->v[P_PID].u = p->pid;
		r->v[P_COMM].s = p->pid ? table_str(out, p->comm) : "(idle)";
		fill_sums(l, r, P_SUMS, &sum);
		r->v[P_CGROUP].s = cgroups_name(d->cgroups, p->cgroup, (pid_t)p->pid);
		if (!r->v[P_COMM].s)
			err = -ENOMEM;
	}
	idmap_free(&seen);
	return err;
}

static int fill_cgroups(struct level *l, struct table *out)
{
	struct stolen *d = l->data;
	struct idmap seen = { 0 };
	uint32_t i, j;
	int err = 0;

	for (i = 0; !err && i < STOLEN_PROCS; i++) {
		const struct stolen_proc *p = &d->proc[i];
		struct sums sum = { 0 };
		struct row *r;

		/* The idle tasks are in the root, but nothing is taken from them. */
		if (!d->state[i].active || !p->ready || !p->pid ||
		    idmap_get(&seen, p->cgroup, 0) != IDMAP_NONE)
			continue;
		err = idmap_put(&seen, p->cgroup, 0, 0);
		r = err ? NULL : table_add(out, (struct row_id){ p->cgroup, 0 });
		if (!r) {
			err = -ENOMEM;
			break;
		}
		for (j = i; j < STOLEN_PROCS; j++)
			if (d->state[j].active && d->proc[j].pid && d->proc[j].cgroup == p->cgroup)
				sums_add(&sum, &d->state[j].delta);
		r->v[0].s = cgroups_name(d->cgroups, p->cgroup, (pid_t)p->pid);
		fill_sums(l, r, 1, &sum);
	}
	idmap_free(&seen);
	return err;
}

/* Is the process in @slot what @scope asks for? */
static bool in_scope(const struct stolen *d, uint32_t slot, const struct scope *scope)
{
	const struct scope_step *step;

	if (!scope || !scope->depth)
		return true;
	step = &scope->step[0];
	if (step->table == T_PROCESSES)
		return d->proc[slot].pid == step->id.a && d->proc[slot].start == step->id.b;
	return d->proc[slot].pid && d->proc[slot].cgroup == step->id.a;
}

static int fill_sources(struct level *l, const struct scope *scope, struct table *out)
{
	static const char *const hows[STOLEN_HOWS] = {
		[STOLEN_HARD] = "hard",		  [STOLEN_EXIT] = "irq exit",
		[STOLEN_BH_ENABLE] = "bh enable", [STOLEN_INLINE] = "inline",
		[STOLEN_KSOFTIRQD] = "ksoftirqd",
	};
	struct stolen *d = l->data;
	struct idmap index = { 0 };
	uint32_t i, at;
	int err = 0;

	for (i = 0; !err && i < STOLEN_ROWS; i++) {
		const struct row_state *rs = &d->row[i];
		uint64_t key = d->rows[i].key;
		uint32_t source = (uint32_t)key, how = STOLEN_SOURCE_HOW(source);
		struct row *r;

		if (!rs->delta.count || how >= STOLEN_HOWS ||
		    !in_scope(d, (uint32_t)(key >> 32) - 1, scope))
			continue;
		at = idmap_get(&index, source, 0);
		if (at == IDMAP_NONE) {
			r = table_add(out, (struct row_id){ source, 0 });
			err = r ? idmap_put(&index, source, 0, (uint32_t)out->nrows - 1) : -ENOMEM;
			if (err)
				break;
			r->v[Q_SOURCE].s = irqnames_source(&d->names, source);
			r->v[Q_HOW].s = hows[how];
		} else {
			r = &out->rows[at];
		}
		r->v[Q_COUNT].u += rs->delta.count;
		r->v[Q_TOTAL].u += rs->delta.ns;
		r->v[Q_AVG].u = r->v[Q_TOTAL].u / r->v[Q_COUNT].u;
		if (rs->delta.max > r->v[Q_MAX].u)
			r->v[Q_MAX].u = rs->delta.max;
	}
	idmap_free(&index);
	return err;
}

static int stolen_fill(struct level *l, int table, const struct scope *scope, struct table *out)
{
	switch (table) {
	case T_PROCESSES:
		return fill_processes(l, out);
	case T_CGROUPS:
		return fill_cgroups(l, out);
	default:
		return fill_sources(l, scope, out);
	}
}

static uint64_t stolen_events(struct level *l)
{
	struct stolen *d = l->data;
	uint64_t n = 0;
	int cpu;

	for (cpu = 0; cpu < l->ncpus; cpu++)
		n += *(volatile uint64_t *)&d->cpus[cpu].events;
	return n;
}

static uint64_t stolen_full(struct level *l)
{
	struct stolen *d = l->data;
	uint64_t n = 0;
	int cpu;

	for (cpu = 0; cpu < l->ncpus; cpu++)
		n += *(volatile uint64_t *)&d->cpus[cpu].full;
	return n;
}

const struct level_ops softirqs_stolen = {
	.open = stolen_open,
	.close = stolen_close,
	.tick = stolen_tick,
	.fill = stolen_fill,
	.events = stolen_events,
	.full = stolen_full,
	.note = "softirqs on the exit of an interrupt are not told from those of local_bh_enable: "
		"this kernel lets no BPF program be attached to a function",
};
