// SPDX-License-Identifier: GPL-2.0
/* The irq view's numbers: snapshots of the demo driver's counters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "view_irq.h"

bool irq_cpu_wanted(const struct view_state *st, int cpu)
{
	return !st->have_cpus || (cpu < 64 * 64 && st->cpus[cpu / 64] >> cpu % 64 & 1);
}

static int lost_touch(int err)
{
	return err_set(err, "%s: %s", IRQDEV_NODE, strerror(-err));
}

static struct irq_cell *cpu_cell(struct view_state *st, int cpu, int mech)
{
	return &st->cpu[(size_t)cpu * OSTRACE_IRQ_MAX_MECH + (size_t)mech];
}

/* Another driver counts from 0, and what it counted it did since the last tick. */
static void start_afresh(struct view_state *st)
{
	int cpu, m;

	for (m = 0; m < OSTRACE_IRQ_MAX_MECH; m++)
		memset(&st->mech[m].last, 0, sizeof(st->mech[m].last));
	for (cpu = 0; cpu < st->cpu_room; cpu++)
		for (m = 0; m < OSTRACE_IRQ_MAX_MECH; m++)
			memset(&cpu_cell(st, cpu, m)->last, 0, sizeof(struct ostrace_irq_stats));
	memset(&st->info, 0, sizeof(st->info));
	memset(st->what, 0, sizeof(st->what));
}

static int take(const struct irqdev *d, int mech, int cpu, struct irq_cell *c)
{
	struct ostrace_irq_stats now;
	int err = irqdev_stats(d, (unsigned int)mech, cpu, &now);

	if (err)
		return lost_touch(err);
	irqstat_delta(&c->delta, &c->last, &now);
	irqstat_add(&c->total, &c->delta);
	c->last = now;
	return 0;
}

static int take_cpus(struct view_state *st, const struct irqdev *d)
{
	int cpu, m, err = 0;

	for (cpu = 0; !err && cpu < st->ncpus && cpu < st->cpu_room; cpu++)
		for (m = 0; !err && m < st->nmech; m++)
			if (irq_cpu_wanted(st, cpu))
				err = take(d, m, cpu, cpu_cell(st, cpu, m));
	return err;
}

/* With some CPUs left out, a mechanism is the sum of the others. */
static void sum_cpus(struct view_state *st)
{
	int cpu, m;

	for (m = 0; m < st->nmech; m++) {
		memset(&st->mech[m].delta, 0, sizeof(st->mech[m].delta));
		for (cpu = 0; cpu < st->ncpus && cpu < st->cpu_room; cpu++)
			if (irq_cpu_wanted(st, cpu))
				irqstat_add(&st->mech[m].delta, &cpu_cell(st, cpu, m)->delta);
		irqstat_add(&st->mech[m].total, &st->mech[m].delta);
	}
}

static int take_all(struct view_state *st, const struct irqdev *d)
{
	int m, err = 0;

	if (st->by_cpu)
		err = take_cpus(st, d);
	if (!err && st->have_cpus)
		sum_cpus(st);
	for (m = 0; !err && !st->have_cpus && m < st->nmech; m++)
		err = take(d, m, -1, &st->mech[m]);
	return err;
}

static void describe_state(struct view_state *st)
{
	const struct ostrace_irq_info *i = &st->info;
	const struct ostrace_irq_knobs *k = &st->knobs;
	char *s = st->state;
	size_t n = sizeof(st->state), len = 0;

	s[0] = '\0';
	if (k->rate)
		len += (size_t)snprintf(s + len, n - len, "%u/s", k->rate);
	if (k->rate && i->rate_effective != k->rate)
		len += (size_t)snprintf(s + len, n - len, ", held back to %u/s", i->rate_effective);
	if (i->owed)
		len += (size_t)snprintf(s + len, n - len, "%s%llu to fire", len ? ", " : "",
					(unsigned long long)i->owed);
	if (len && k->burst > 1)
		len += (size_t)snprintf(s + len, n - len, " in bursts of %u", k->burst);
	if (i->storm_left_ns)
		len += (size_t)snprintf(s + len, n - len, "%sstorm", len ? ", " : "");
	if (i->state & OSTRACE_IRQ_PAUSED)
		snprintf(s + len, n - len, "%spaused", len ? ", " : "");
	else if (!len)
		snprintf(s, n, "idle");
}

/* The driver cannot be asked: nothing is known to happen until it can. */
static void vanish(struct view_state *st, const char *why)
{
	int cpu, m;

	st->gone = true;
	for (m = 0; m < OSTRACE_IRQ_MAX_MECH; m++)
		memset(&st->mech[m].delta, 0, sizeof(st->mech[m].delta));
	for (cpu = 0; cpu < st->cpu_room; cpu++)
		for (m = 0; m < OSTRACE_IRQ_MAX_MECH; m++)
			memset(&cpu_cell(st, cpu, m)->delta, 0, sizeof(struct irq_stat));
	st->before = st->info;
	snprintf(st->state, sizeof(st->state), "%s", why);
}

static int look(struct view_state *st, const struct irqdev *d)
{
	int m, err;

	if (d->instance != st->instance) {
		st->reloads++;
		st->instance = d->instance;
		start_afresh(st);
	}
	st->gone = false;
	st->before = st->info;
	err = irqdev_info(d, &st->info);
	if (!err)
		err = irqdev_knobs(d, &st->knobs);
	st->ncpus = (int)st->info.nr_cpus;
	st->nmech = st->info.nr_mech < OSTRACE_IRQ_MAX_MECH ? (int)st->info.nr_mech :
							      OSTRACE_IRQ_MAX_MECH;
	for (m = 0; !err && m < st->nmech; m++)
		if (!st->what[m].name[0])
			err = irqdev_describe(d, (unsigned int)m, &st->what[m]);
	if (err)
		return lost_touch(err);
	st->interrupts += st->info.interrupts - st->before.interrupts;
	describe_state(st);
	return take_all(st, d);
}

/* Never fails: what goes wrong here is no reason for all of `top` to end. */
int irq_tick(struct view_state *st, uint64_t now)
{
	struct irqdev d;
	int err = irqdev_open(&d);

	if (!err) {
		err = look(st, &d);
		irqdev_close(&d);
	}
	if (err)
		vanish(st, err == -ENODEV ? "the module was unloaded" : err_text(err));
	err_clear();
	return 0;
}

int irq_watch_cpus(struct view_state *st, bool on)
{
	struct irqdev d;
	int err;

	on |= st->have_cpus;
	if (on == st->by_cpu)
		return 0;
	st->by_cpu = on;
	if (!on)
		return 0;
	if (st->cpu_room < st->ncpus) {
		free(st->cpu);
		st->cpu_room = 0;
		st->cpu = calloc((size_t)st->ncpus * OSTRACE_IRQ_MAX_MECH, sizeof(*st->cpu));
		if (!st->cpu)
			return -ENOMEM;
		st->cpu_room = st->ncpus;
	}
	/* What they did so far belongs to no interval. */
	memset(st->cpu, 0, (size_t)st->cpu_room * OSTRACE_IRQ_MAX_MECH * sizeof(*st->cpu));
	err = irqdev_open(&d);
	if (err == -ENODEV) {
		err_clear();
		return 0;
	}
	if (err)
		return err;
	err = d.instance == st->instance ? take_cpus(st, &d) : 0;
	irqdev_close(&d);
	if (err)
		return err;
	for (size_t i = 0; i < (size_t)st->cpu_room * OSTRACE_IRQ_MAX_MECH; i++) {
		memset(&st->cpu[i].delta, 0, sizeof(st->cpu[i].delta));
		memset(&st->cpu[i].total, 0, sizeof(st->cpu[i].total));
	}
	return 0;
}

int irq_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	struct irqdev d;
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	err = irqdev_open(&d);
	if (err) {
		free(st);
		/* What is missing can be had, but not here and now. */
		return err == -ENODEV ? -EOPNOTSUPP : err;
	}
	st->instance = d.instance;
	err = look(st, &d);
	irqdev_close(&d);
	st->have_cpus = f->have_cpus;
	memcpy(st->cpus, f->cpus, sizeof(st->cpus));
	if (!err && (st->have_cpus || f->table == T_CPUS))
		err = irq_watch_cpus(st, true);
	if (err) {
		irq_close(st);
		return err;
	}
	/* Since the module was loaded is not since we began. */
	for (int m = 0; m < OSTRACE_IRQ_MAX_MECH; m++)
		memset(&st->mech[m].total, 0, sizeof(st->mech[m].total));
	st->interrupts = 0;
	*out = st;
	return 0;
}

void irq_close(struct view_state *st)
{
	if (!st)
		return;
	free(st->cpu);
	free(st);
}
