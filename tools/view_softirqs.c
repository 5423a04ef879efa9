// SPDX-License-Identifier: GPL-2.0
/* The softirqs view: loads bpf/softirq.bpf.c and makes tables of its numbers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "cells.h"
#include "err.h"
#include "ostrace/softirq.h"
#include "session.h"
#include "view.h"
#include "softirq.skel.h" /* after the types it has from ostrace/softirq.h */

enum { T_SOFTIRQS, T_VECTORS, T_CPUS };

/* Shared by the three tables: what a row has besides its keys. */
enum {
	C_COUNT,
	C_TOTAL,
	C_AVG,
	C_P50,
	C_P99,
	C_MAX,
	C_WAIT_AVG,
	C_WAIT_P50,
	C_WAIT_P99,
	C_WAIT_MAX,
	C_THREAD,
	C_RAISED,
	C_THREAD_COUNT,
	C_HARD,
	C_NUMBERS,
};

/* A table reads as a table. */
/* clang-format off */
#define NUMBERS(at) \
	[(at) + C_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, "runs of the handler" }, \
	[(at) + C_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, \
		"time in the handler, less hard interrupts that arrived inside" }, \
	[(at) + C_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean run time" }, \
	[(at) + C_P50] = { "p50_ns", "P50", UNIT_NS, 7, COL_OPTIONAL, \
		"median run time, within 12.5 %" }, \
	[(at) + C_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0, \
		"99 % of runs were shorter, within 12.5 %" }, \
	[(at) + C_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest run, exact" }, \
	[(at) + C_WAIT_AVG] = { "latency_avg_ns", "LatAvg", UNIT_NS, 7, COL_OPTIONAL, \
		"mean time from the oldest raise to the entry" }, \
	[(at) + C_WAIT_P50] = { "latency_p50_ns", "LatP50", UNIT_NS, 7, COL_OPTIONAL, \
		"median of that, within 12.5 %" }, \
	[(at) + C_WAIT_P99] = { "latency_p99_ns", "LatP99", UNIT_NS, 7, 0, \
		"99 % waited less, within 12.5 %" }, \
	[(at) + C_WAIT_MAX] = { "latency_max_ns", "LatMax", UNIT_NS, 7, 0, \
		"longest wait, exact" }, \
	[(at) + C_THREAD] = { "ksoftirqd_percent", "kthr%", UNIT_PERCENT, 5, 0, \
		"share of the run time spent in ksoftirqd; the rest ran inline, on interrupt " \
		"exit or local_bh_enable" }, \
	[(at) + C_RAISED] = { "raised", "Raised", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"raises, those of a vector already pending included" }, \
	[(at) + C_THREAD_COUNT] = { "ksoftirqd_count", "kthr", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"runs in ksoftirqd" }, \
	[(at) + C_HARD] = { "interrupted_ns", "Hardirq", UNIT_NS, 7, COL_JSON_ONLY, \
		"hard interrupts that arrived while it ran, taken off its time" }

#define VECTOR_COL { "vector", "Vector", UNIT_TEXT, 10, COL_KEY | COL_ASCENDING, \
	"softirq vector, as in /proc/softirqs" }
#define CPU_COL { "cpu", "CPU", UNIT_ID, 4, COL_KEY | COL_ASCENDING, "CPU it ran on" }

static const struct column softirq_cols[] = { VECTOR_COL, CPU_COL, NUMBERS(2) };
static const struct column vector_cols[] = { VECTOR_COL, NUMBERS(1) };
static const struct column cpu_cols[] = { CPU_COL, NUMBERS(1) };

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_SOFTIRQS] = { "softirqs", "by vector and CPU", "one row per vector and CPU",
		COLS(softirq_cols), .sort = 2 + C_TOTAL, .child = -1, .hist = true,
		.top_level = true },
	[T_VECTORS] = { "vectors", "by vector", "one row per vector, all CPUs together",
		COLS(vector_cols), .sort = 1 + C_TOTAL, .child = T_SOFTIRQS, .hist = true,
		.top_level = true, .headline = { 1 + C_TOTAL, 1 + C_P99, 1 + C_WAIT_P99 } },
	[T_CPUS] = { "cpus", "by CPU", "one row per CPU, all vectors together",
		COLS(cpu_cols), .sort = 1 + C_TOTAL, .child = T_SOFTIRQS, .hist = true,
		.top_level = true },
};
/* clang-format on */

/* Names of the kernel's softirq_to_name[], kernel/softirq.c. */
static const char *const vector_names[SOFT_VECTORS] = {
	"HI",	   "TIMER", "NET_TX",	"NET_RX",   "BLOCK",	"IRQ_POLL", "TASKLET",	"SCHED",
	"HRTIMER", "RCU",   "vector10", "vector11", "vector12", "vector13", "vector14", "vector15",
};

/* One (vector, CPU), or the sum of several. */
struct soft_stat {
	struct hist run, wait;
	uint64_t raised, thread_count, thread_ns, hard_ns;
};

struct view_state {
	struct session *session;
	struct softirq_bpf *skel;
	struct soft_cpu *cpus; /* mapped */
	int ncpus;
	struct soft_stat *sum, *delta; /* [cpu * SOFT_VECTORS + vector] */
	uint64_t missed_base;
	int stats_fd; /* kernel statistics on, while we learn the price */
	int learned;  /* ticks so far */
	double ns_per_event;
	const char *notes[2];
};

static void softirqs_close(struct view_state *st)
{
	if (!st)
		return;
	if (st->stats_fd >= 0)
		close(st->stats_fd);
	softirq_bpf__destroy(st->skel);
	free(st->sum);
	free(st->delta);
	free(st);
}

/* Leave out the programs whose tracepoint this kernel does not have. */
static void choose_programs(struct view_state *st)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, st->skel->obj) {
		const char *tp = strchr(bpf_program__section_name(p), '/') + 1;

		if (!session_has_tracepoint(st->session, tp))
			bpf_program__set_autoload(p, false);
	}
	if (!bpf_program__autoload(st->skel->progs.ostrace_local_timer_entry))
		st->notes[0] = "the local timer interrupt has no tracepoint on this kernel: its "
			       "time is not taken off softirqs it interrupts";
}

static int softirqs_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	struct prog_stats ps;
	size_t cells;
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	st->stats_fd = -1;
	st->ns_per_event = -1;
	st->ncpus = session_ncpus(s);
	cells = (size_t)st->ncpus * SOFT_VECTORS;
	/* Large on large machines, but only what is used becomes memory. */
	st->sum = calloc(cells, sizeof(*st->sum));
	st->delta = calloc(cells, sizeof(*st->delta));
	err = -ENOMEM;
	if (!st->sum || !st->delta)
		goto fail;
	st->skel = softirq_bpf__open();
	if (!st->skel) {
		err = err_set(-errno, "softirqs: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	choose_programs(st);
	st->skel->rodata->nr_cpus = (uint32_t)st->ncpus;
	st->skel->rodata->filter_cpus = f->have_cpus;
	memcpy((void *)st->skel->rodata->filter_cpu_bits, f->cpus, sizeof(f->cpus));
	err = bpf_map__set_value_size(st->skel->maps.bss_cpus,
				      (uint32_t)(sizeof(struct soft_cpu) * (size_t)st->ncpus));
	if (err) {
		err_set(err, "softirqs: cannot size its tables for %d CPUs: %s", st->ncpus,
			strerror(-err));
		goto fail;
	}
	err = session_load(s, st->skel->skeleton, "softirqs");
	if (err)
		goto fail;
	st->cpus = st->skel->bss_cpus->cpus;
	st->skel->bss_control->control.epoch = 1;
	st->stats_fd = session_stats_on(); /* only a price is lost without it */
	err = session_attach(s, st->skel->skeleton, "softirqs");
	if (err)
		goto fail;
	session_prog_stats(st->skel->obj, &ps);
	st->missed_base = ps.missed;
	*out = st;
	return 0;
fail:
	softirqs_close(st);
	return err;
}

static int softirqs_tick(struct view_state *st, uint64_t now)
{
	struct soft_control *control = &st->skel->bss_control->control;
	uint32_t epoch = control->epoch;
	struct prog_stats ps;
	int cpu, v;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (cpu = 0; cpu < st->ncpus; cpu++)
		for (v = 0; v < SOFT_VECTORS; v++) {
			struct soft_cell *c = &st->cpus[cpu].vec[v];
			struct soft_stat *s = &st->sum[cpu * SOFT_VECTORS + v];
			struct soft_stat *d = &st->delta[cpu * SOFT_VECTORS + v];

			if (!*(volatile uint64_t *)&c->run.count && !c->raised)
				continue;
			cell_take(&s->run, &d->run, &c->run, epoch);
			cell_take(&s->wait, &d->wait, &c->wait, epoch);
			d->raised = counter_take(&s->raised, (uint64_t *)&c->raised);
			d->thread_count =
				counter_take(&s->thread_count, (uint64_t *)&c->thread_count);
			d->thread_ns = counter_take(&s->thread_ns, (uint64_t *)&c->thread_ns);
			d->hard_ns = counter_take(&s->hard_ns, (uint64_t *)&c->hard_ns);
		}
	/*
	 * The kernel's statistics cost two clock reads per program run: on only
	 * until some runs tell our price.
	 */
	if (st->stats_fd >= 0) {
		session_prog_stats(st->skel->obj, &ps);
		if (ps.run_cnt)
			st->ns_per_event = (double)ps.run_ns / (double)ps.run_cnt;
		if (ps.run_cnt > 1000 || ++st->learned >= 5) {
			close(st->stats_fd);
			st->stats_fd = -1;
		}
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

static int add_row(struct table *out, struct row_id id, int at, const struct soft_stat *s,
		   struct row **row)
{
	struct row *r = table_add(out, id);
	union value *v;

	if (!r)
		return -ENOMEM;
	*row = r;
	v = r->v + at;
	v[C_COUNT].u = s->run.count;
	v[C_TOTAL].u = s->run.sum;
	v[C_AVG].u = s->run.count ? s->run.sum / s->run.count : 0;
	v[C_P50].u = hist_percentile(&s->run, 500, NULL);
	v[C_P99].u = hist_percentile(&s->run, 990, NULL);
	v[C_MAX].u = s->run.max;
	v[C_WAIT_AVG].u = s->wait.count ? s->wait.sum / s->wait.count : 0;
	v[C_WAIT_P50].u = hist_percentile(&s->wait, 500, NULL);
	v[C_WAIT_P99].u = hist_percentile(&s->wait, 990, NULL);
	v[C_WAIT_MAX].u = s->wait.max;
	v[C_THREAD].d = s->run.sum ? 100.0 * (double)s->thread_ns / (double)s->run.sum : 0;
	v[C_RAISED].u = s->raised;
	v[C_THREAD_COUNT].u = s->thread_count;
	v[C_HARD].u = s->hard_ns;
	if (!s->run.count)
		r->na |= 1ull << (at + C_AVG) | 1ull << (at + C_P50) | 1ull << (at + C_P99) |
			 1ull << (at + C_MAX) | 1ull << (at + C_THREAD);
	if (!s->wait.count)
		r->na |= 1ull << (at + C_WAIT_AVG) | 1ull << (at + C_WAIT_P50) |
			 1ull << (at + C_WAIT_P99) | 1ull << (at + C_WAIT_MAX);
	return 0;
}

static int softirqs_fill(struct view_state *st, int table, const struct scope *scope,
			 struct table *out)
{
	int cpu, vec, in_cpu, in_vec, err;
	struct soft_stat s;
	struct row *r;

	table_reset(out, &tables[table]);
	selected(scope, &in_cpu, &in_vec);
	for (cpu = table == T_VECTORS ? -1 : 0; cpu < (table == T_VECTORS ? 0 : st->ncpus); cpu++)
		for (vec = table == T_CPUS ? -1 : 0; vec < (table == T_CPUS ? 0 : SOFT_VECTORS);
		     vec++) {
			if ((in_cpu >= 0 && cpu != in_cpu) || (in_vec >= 0 && vec != in_vec))
				continue;
			sum_up(st->delta, st->ncpus, cpu, vec, &s);
			if (!s.run.count && !s.raised)
				continue;
			err = add_row(out, (struct row_id){ (uint64_t)vec, (uint64_t)cpu },
				      table == T_SOFTIRQS ? 2 : 1, &s, &r);
			if (err)
				return err;
			if (vec >= 0)
				r->v[0].s = vector_names[vec];
			if (cpu >= 0)
				r->v[table == T_SOFTIRQS].u = (uint64_t)cpu;
		}
	return 0;
}

static int softirqs_hist(struct view_state *st, const struct scope *scope, int which, bool total,
			 struct hist *out)
{
	struct soft_stat s;
	int cpu, vec;

	if (which > 1)
		return -ENOENT;
	if (scope->depth < 1)
		return -ENODATA;
	selected(scope, &cpu, &vec);
	if (cpu >= st->ncpus || vec >= SOFT_VECTORS)
		return -ENODATA;
	sum_up(total ? st->sum : st->delta, st->ncpus, cpu, vec, &s);
	*out = which ? s.wait : s.run;
	return 0;
}

static int softirqs_losses(struct view_state *st, struct loss *l)
{
	struct prog_stats ps;

	session_prog_stats(st->skel->obj, &ps);
	l[0] = (struct loss){ "missed",
			      "events not counted: the kernel skipped our program "
			      "(recursion)",
			      ps.missed - st->missed_base };
	return 1;
}

static void softirqs_price(struct view_state *st, struct price *p)
{
	int cpu, v;

	p->event = "irq event";
	p->ns_per_event = p->bpf_ns_per_event = st->ns_per_event;
	p->events = 0;
	for (cpu = 0; cpu < st->ncpus; cpu++) {
		for (v = 0; v < SOFT_VECTORS; v++)
			p->events += st->sum[cpu * SOFT_VECTORS + v].raised +
				     2 * st->sum[cpu * SOFT_VECTORS + v].run.count;
		p->events += 2 * *(volatile uint64_t *)&st->cpus[cpu].hard_count;
	}
}

static const char *const *softirqs_notes(struct view_state *st)
{
	return st->notes;
}

static const struct view_need needs[] = {
	{ "tp_btf:softirq_entry", true, "no softirqs can be seen" },
	{ "tp_btf:softirq_exit", true, "no softirqs can be seen" },
	{ "tp_btf:softirq_raise", false, "no raise to entry latency" },
	{ "tp_btf:irq_handler_entry", false,
	  "device interrupts that arrive inside a softirq count as its time" },
	{ "tp_btf:local_timer_entry", false,
	  "timer interrupts that arrive inside a softirq count as its time" },
	{ NULL, false, NULL },
};

const struct view view_softirqs = {
	.name = "softirqs",
	.title = "Softirqs",
	.summary = "softirqs: run time, raise to entry latency, inline or ksoftirqd",
	.help = "Each run of a softirq vector, by vector and CPU. Run time is net of hard "
		"interrupts that arrived inside (handlers, and on x86 the local timer and IPIs; "
		"the entry code around a device handler is not seen). Latency is the time from "
		"the oldest raise that a run serves to its entry. A run that serves no stamped "
		"raise (raised before tracing, or again between the kernel's look at the pending "
		"bits and the entry) counts without a latency.\n\n"
		"Softirqs run inline on the exit of an interrupt or when bottom halves are enabled "
		"again, stealing time from whatever task was there; under load the kernel moves "
		"them to the thread ksoftirqd, where they compete as a task does.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.top_table = T_VECTORS,
	.overview = T_VECTORS,
	.needs = needs,
	.filters = FILTER_CPU,
	.open = softirqs_open,
	.close = softirqs_close,
	.tick = softirqs_tick,
	.fill = softirqs_fill,
	.hist = softirqs_hist,
	.hist_names = { "run time", "raise to entry" },
	.notes = softirqs_notes,
	.losses = softirqs_losses,
	.price = softirqs_price,
};
