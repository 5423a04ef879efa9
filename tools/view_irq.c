// SPDX-License-Identifier: GPL-2.0
/*
 * The irq view: one interrupt as each bottom half served it. No BPF: the demo
 * driver ostrace_irq.ko keeps the numbers, view_irq_data.c asks it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "options.h"
#include "view_irq.h"

/* Shared by the first two tables: what a row has besides its keys. */
enum {
	C_CONTEXT,
	C_HANDLED,
	C_CALLS,
	C_DROPPED,
	C_WAIT_P50,
	C_WAIT_P99,
	C_WAIT_MAX,
	C_RUN_AVG,
	C_RUN_P99,
	C_RUN_MAX,
	C_WAIT_AVG,
	C_RAISED,
	C_MERGED,
	C_EMPTY,
	C_HARD,
	C_SOFT,
	C_KSOFTIRQD,
	C_THREAD,
	C_NUMBERS,
};

/* A table reads as a table. */
/* clang-format off */
#define NUMBERS(at) \
	[(at) + C_CONTEXT] = { "context", "Context", UNIT_TEXT, 10, COL_ASCENDING, \
		"where it was seen to run: hard interrupt, softirq, ksoftirqd, thread" }, \
	[(at) + C_HANDLED] = { "handled", "Handled", UNIT_COUNT, 7, 0, "interrupts served" }, \
	[(at) + C_CALLS] = { "calls", "Calls", UNIT_COUNT, 6, 0, \
		"calls of its function: fewer than interrupts, where one call served several" }, \
	[(at) + C_DROPPED] = { "dropped", "Drop", UNIT_COUNT, 5, COL_ERROR, \
		"interrupts lost because too many were waiting" }, \
	[(at) + C_WAIT_P50] = { "latency_p50_ns", "LatP50", UNIT_NS, 7, 0, \
		"median time from the raise in the top half to the entry, within 12.5 %; for the " \
		"top half from when the interrupt was fired" }, \
	[(at) + C_WAIT_P99] = { "latency_p99_ns", "LatP99", UNIT_NS, 7, 0, \
		"99 % waited less, within 12.5 %" }, \
	[(at) + C_WAIT_MAX] = { "latency_max_ns", "LatMax", UNIT_NS, 7, 0, \
		"longest wait; exact if it is the longest since the module was loaded, else at " \
		"least this and less than 25 % more" }, \
	[(at) + C_RUN_AVG] = { "run_avg_ns", "RunAvg", UNIT_NS, 7, 0, \
		"mean time from entry to exit for one interrupt, sleep included" }, \
	[(at) + C_RUN_P99] = { "run_p99_ns", "RunP99", UNIT_NS, 7, COL_OPTIONAL, \
		"99 % took less, within 12.5 %" }, \
	[(at) + C_RUN_MAX] = { "run_max_ns", "RunMax", UNIT_NS, 7, COL_OPTIONAL, \
		"longest; exact or at least this, as the longest wait" }, \
	[(at) + C_WAIT_AVG] = { "latency_avg_ns", "LatAvg", UNIT_NS, 7, COL_OPTIONAL, \
		"mean time from raise to entry" }, \
	[(at) + C_RAISED] = { "raised", "Raised", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts queued for it; by CPU, counted where the top half ran, all else where " \
		"it was served" }, \
	[(at) + C_MERGED] = { "merged", "Merged", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts that found one before them still waiting" }, \
	[(at) + C_EMPTY] = { "empty", "Empty", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"calls that found nothing left to do" }, \
	[(at) + C_HARD] = { "in_hard", "Hard", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts served in a hard interrupt" }, \
	[(at) + C_SOFT] = { "in_softirq", "Softirq", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts served in a softirq, on the back of whatever task was there" }, \
	[(at) + C_KSOFTIRQD] = { "in_ksoftirqd", "Ksoftirqd", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts served in a softirq by the thread ksoftirqd" }, \
	[(at) + C_THREAD] = { "in_thread", "Thread", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"interrupts served in a thread" }

#define MECH_COL { "mechanism", "Mechanism", UNIT_TEXT, 10, COL_KEY | COL_ASCENDING, \
	"hardirq is the top half, the others are bottom halves; docs/interrupts.md has them all" }
#define ORDER_COL { "order", "Order", UNIT_ID, 5, COL_JSON_ONLY | COL_ASCENDING, \
	"the order in which the kernel gets around to them on an idle machine" }

enum { M_NAME, M_NUMBERS, M_SLEEP = M_NUMBERS + C_NUMBERS, M_ORDER };
static const struct column mech_cols[] = {
	[M_NAME] = MECH_COL,
	NUMBERS(M_NUMBERS),
	[M_SLEEP] = { "may_sleep", "Sleep", UNIT_TEXT, 5, COL_OPTIONAL | COL_ASCENDING,
		"whether it may sleep: yes or no" },
	[M_ORDER] = ORDER_COL,
};

enum { H_NAME, H_WAIT_P50, H_WAIT, H_RUN_P50, H_RUN, H_ORDER };
static const struct column hist_cols[] = {
	[H_NAME] = MECH_COL,
	[H_WAIT_P50] = { "latency_p50_ns", "LatP50", UNIT_NS, 7, 0,
		"median time from the raise in the top half to the entry, within 12.5 %" },
	[H_WAIT] = { "latency_hist", "Latency", UNIT_HIST, HIST_AXIS_CELLS, 0,
		"how these times are spread: a bar an octave, on the same axis in all rows, the "
		"highest one full" },
	[H_RUN_P50] = { "run_p50_ns", "RunP50", UNIT_NS, 7, 0,
		"median time from entry to exit, within 12.5 %" },
	[H_RUN] = { "run_hist", "Run time", UNIT_HIST, HIST_AXIS_CELLS, 0,
		"how these times are spread" },
	[H_ORDER] = ORDER_COL,
};

enum { U_NAME, U_CPU, U_NUMBERS, U_ORDER = U_NUMBERS + C_NUMBERS };
static const struct column cpu_cols[] = {
	[U_NAME] = MECH_COL,
	[U_CPU] = { "cpu", "CPU", UNIT_ID, 4, COL_KEY | COL_ASCENDING, "CPU that served" },
	NUMBERS(U_NUMBERS),
	[U_ORDER] = ORDER_COL,
};

enum { D_NAME, D_COUNT, D_TOTAL, D_VALUE, D_HELP, D_ORDER };
static const struct column driver_cols[] = {
	[D_NAME] = { "name", "Name", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING,
		"a file in /sys/class/misc/ostrace_irq" },
	[D_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, "of a counter, what the interval added" },
	[D_TOTAL] = { "total", "Total", UNIT_COUNT, 7, 0,
		"of a counter, since the module was loaded" },
	[D_VALUE] = { "value", "Value", UNIT_TEXT, 24, COL_ASCENDING, "what is set, or found" },
	[D_HELP] = { "meaning", "Meaning", UNIT_TEXT, 20, COL_OPTIONAL | COL_ASCENDING,
		"what it is" },
	[D_ORDER] = { "order", "Order", UNIT_ID, 5, COL_JSON_ONLY | COL_ASCENDING,
		"settings before counters" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_MECHANISMS] = { "mechanisms", "by mechanism", "one row per mechanism that did something",
		COLS(mech_cols), .sort = M_ORDER, .child = T_CPUS, .hist = true,
		.top_level = true, .headline = { M_NUMBERS + C_WAIT_P99, M_NUMBERS + C_WAIT_MAX,
			M_NUMBERS + C_HANDLED }, .sibling = T_HISTOGRAMS + 1 },
	[T_HISTOGRAMS] = { "histograms", "side by side",
		"one row per mechanism: how long interrupts waited for it, how long it took",
		COLS(hist_cols), .sort = H_ORDER, .child = T_CPUS, .hist = true,
		.top_level = true, .headline = { H_WAIT_P50, H_RUN_P50 },
		.sibling = T_MECHANISMS + 1 },
	[T_CPUS] = { "cpus", "by mechanism and CPU", "one row per mechanism and CPU",
		COLS(cpu_cols), .sort = U_ORDER, .child = -1, .hist = true, .top_level = true,
		.headline = { U_NUMBERS + C_WAIT_P99, U_NUMBERS + C_WAIT_MAX,
			U_NUMBERS + C_HANDLED } },
	[T_DRIVER] = { "driver", "driver", "the driver's settings, and what became of interrupts due",
		COLS(driver_cols), .sort = D_ORDER, .child = -1, .top_level = true },
};
/* clang-format on */

static void fill_dist(struct row *r, const struct irq_dist *d, int avg, int p50, int p99, int max)
{
	if (!d->h.count) {
		r->na |= 1ull << avg | 1ull << p99 | 1ull << max | (p50 >= 0 ? 1ull << p50 : 0);
		return;
	}
	r->v[avg].u = d->h.sum / d->h.count;
	if (p50 >= 0)
		r->v[p50].u = hist_percentile(&d->h, 500, NULL);
	r->v[p99].u = hist_percentile(&d->h, 990, NULL);
	r->v[max].u = d->max_low;
	if (d->max_low != d->max_high)
		r->ge |= 1ull << max;
}

/* The numbers of a row; NULL when there is nothing to tell. */
static struct row *add_row(struct view_state *st, struct table *out, struct row_id id, int at,
			   const struct irq_stat *s)
{
	char contexts[IRQSTAT_CONTEXTS];
	struct row *r = table_add(out, id);
	union value *v;

	if (!r)
		return NULL;
	v = r->v + at;
	r->v[0].s = table_str(out, st->what[id.a].name);
	v[C_CONTEXT].s = table_str(out, irqstat_contexts(s, contexts));
	if (!r->v[0].s || !v[C_CONTEXT].s)
		return NULL;
	v[C_HANDLED].u = s->handled;
	v[C_CALLS].u = s->entries;
	v[C_DROPPED].u = s->dropped;
	v[C_RAISED].u = s->raised;
	v[C_MERGED].u = s->merged;
	v[C_EMPTY].u = s->empty;
	v[C_HARD].u = s->ctx[OSTRACE_IRQ_CTX_HARD];
	v[C_SOFT].u = s->ctx[OSTRACE_IRQ_CTX_SOFT];
	v[C_KSOFTIRQD].u = s->ctx[OSTRACE_IRQ_CTX_KSOFTIRQD];
	v[C_THREAD].u = s->ctx[OSTRACE_IRQ_CTX_THREAD];
	fill_dist(r, &s->latency, at + C_WAIT_AVG, at + C_WAIT_P50, at + C_WAIT_P99,
		  at + C_WAIT_MAX);
	fill_dist(r, &s->run, at + C_RUN_AVG, -1, at + C_RUN_P99, at + C_RUN_MAX);
	if (!v[C_CONTEXT].s[0])
		r->na |= 1ull << (at + C_CONTEXT);
	return r;
}

static bool did_something(const struct irq_stat *s)
{
	return s->raised || s->handled || s->entries;
}

static int fill_mechanisms(struct view_state *st, struct table *out)
{
	int m;

	for (m = 0; m < st->nmech; m++) {
		const struct irq_stat *s = &st->mech[m].delta;
		struct row *r;

		if (!did_something(s))
			continue;
		r = add_row(st, out, (struct row_id){ (uint64_t)m, 0 }, M_NUMBERS, s);
		if (!r)
			return -ENOMEM;
		r->v[M_SLEEP].s = st->what[m].may_sleep ? "yes" : "no";
		r->v[M_ORDER].u = (uint64_t)m;
	}
	return 0;
}

static int fill_histograms(struct view_state *st, struct table *out)
{
	int m;

	for (m = 0; m < st->nmech; m++) {
		const struct hist *wait = &st->mech[m].delta.latency.h;
		const struct hist *run = &st->mech[m].delta.run.h;
		struct row *r;

		if (!wait->count && !run->count)
			continue;
		r = table_add(out, (struct row_id){ (uint64_t)m, 0 });
		if (!r)
			return -ENOMEM;
		r->v[H_NAME].s = table_str(out, st->what[m].name);
		r->v[H_WAIT_P50].u = hist_percentile(wait, 500, NULL);
		r->v[H_WAIT].h = table_hist(out, wait);
		r->v[H_RUN_P50].u = hist_percentile(run, 500, NULL);
		r->v[H_RUN].h = table_hist(out, run);
		r->v[H_ORDER].u = (uint64_t)m;
		if (!r->v[H_NAME].s || !r->v[H_WAIT].h || !r->v[H_RUN].h)
			return -ENOMEM;
	}
	return 0;
}

/* @mech: only this one; -1: all */
static int fill_cpus(struct view_state *st, int mech, struct table *out)
{
	int cpu, m;

	for (m = 0; m < st->nmech; m++)
		for (cpu = 0; cpu < st->cpu_room; cpu++) {
			const struct irq_stat *s = &st->cpu[cpu * OSTRACE_IRQ_MAX_MECH + m].delta;
			struct row *r;

			if ((mech >= 0 && m != mech) || !did_something(s))
				continue;
			r = add_row(st, out, (struct row_id){ (uint64_t)m, (uint64_t)cpu },
				    U_NUMBERS, s);
			if (!r)
				return -ENOMEM;
			r->v[U_CPU].u = (uint64_t)cpu;
			r->v[U_ORDER].u = (uint64_t)m;
		}
	return 0;
}

static struct row *add_fact(struct table *out, const char *name, const char *help)
{
	struct row *r = table_add(out, (struct row_id){ out->nrows, 0 });

	if (!r)
		return NULL;
	r->v[D_NAME].s = name;
	r->v[D_HELP].s = help;
	r->v[D_ORDER].u = out->nrows;
	return r;
}

static int __attribute__((format(printf, 4, 5))) add_setting(struct table *out, const char *name,
							     const char *help, const char *fmt, ...)
{
	struct row *r = add_fact(out, name, help);
	char value[256];
	va_list ap;

	if (!r)
		return -ENOMEM;
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	r->v[D_VALUE].s = table_str(out, value);
	r->na = 1ull << D_COUNT | 1ull << D_TOTAL;
	return r->v[D_VALUE].s ? 0 : -ENOMEM;
}

static void name_mechanisms(const struct view_state *st, char *buf, size_t n)
{
	size_t len = 0;
	int m;

	for (m = 0; m < st->nmech && len < n; m++)
		if (st->knobs.mechs >> m & 1)
			len += (size_t)snprintf(buf + len, n - len, "%s%s", len ? " " : "",
						st->what[m].name);
}

/* "tasklet=5000 wq=2000000", those that are not 0 */
static void name_times(const struct view_state *st, const __u32 *ns, char *buf, size_t n)
{
	size_t len = 0;
	int m;

	snprintf(buf, n, "none");
	for (m = 0; m < st->nmech && len < n; m++)
		if (ns[m])
			len += (size_t)snprintf(buf + len, n - len, "%s%s=%u", len ? " " : "",
						st->what[m].name, ns[m]);
}

static int fill_settings(struct view_state *st, struct table *out)
{
	const struct ostrace_irq_info *in = &st->info;
	const struct ostrace_irq_knobs *k = &st->knobs;
	char mechs[200], work[200], sleep[200];
	int err;

	name_mechanisms(st, mechs, sizeof(mechs));
	name_times(st, k->work_ns, work, sizeof(work));
	name_times(st, k->sleep_ns, sleep, sizeof(sleep));
	err = add_setting(out, "source", "where the interrupts come from", "%s irq %u%s", in->source_name[0] ? in->source_name : "none", in->irq, in->msi ? " msi" : "") ?:
		      add_setting(out, "mechanisms", "those that are served", "%s", mechs)  ?:
		      add_setting(out, "rate", "events a second, asked for", "%u", k->rate) ?:
		      add_setting(out, "rate_effective", "events a second, what the limits left of it", "%u", in->rate_effective) ?:
		      add_setting(out, "burst", "interrupts an event", "%u", k->burst) ?:
		      add_setting(out, "cpu", "where they are fired and taken; -1: any", "%d",
				  k->cpu);
	return err ?:
	       add_setting(out, "work_ns", "busy loop per interrupt", "%s", work) ?:
	       add_setting(out, "sleep_ns", "sleep per interrupt", "%s", sleep) ?:
	       add_setting(out, "storm_ms", "what is left of the storm", "%llu",
			   ((unsigned long long)in->storm_left_ns + 999999) / 1000000) ?:
	       add_setting(out, "fire", "interrupts still to be fired", "%llu",
			   (unsigned long long)in->owed);
}

static int fill_driver(struct view_state *st, struct table *out)
{
	const struct ostrace_irq_info *now = &st->info, *old = &st->before;
	const struct {
		const char *name, *help;
		uint64_t now, before;
	} counters[] = {
#define COUNTER(field, help) { #field, help, now->field, old->field }
		COUNTER(interrupts, "interrupts handed to the mechanisms"),
		COUNTER(spurious, "interrupts that nobody had fired"),
		COUNTER(missed, "due but not fired: the machine is too slow for the rate"),
		COUNTER(throttled, "ticks on which the CPU time budget was used up"),
		COUNTER(lost, "fired but never seen, and fired again"),
		COUNTER(storms, "storms started"),
	};
	size_t i;
	int err;

	if (st->gone)
		return 0;
	err = fill_settings(st, out);
	for (i = 0; !err && i < sizeof(counters) / sizeof(counters[0]); i++) {
		struct row *r = add_fact(out, counters[i].name, counters[i].help);

		if (!r)
			return -ENOMEM;
		r->v[D_TOTAL].u = counters[i].now;
		r->v[D_COUNT].u = counters[i].now - counters[i].before;
		r->na = 1ull << D_VALUE;
	}
	return err;
}

static int irq_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	table_reset(out, &tables[table]);
	switch (table) {
	case T_MECHANISMS:
		return fill_mechanisms(st, out);
	case T_HISTOGRAMS:
		return fill_histograms(st, out);
	case T_CPUS:
		return fill_cpus(st, scope->depth ? (int)scope->step[0].id.a : -1, out);
	default:
		return fill_driver(st, out);
	}
}

static int irq_focus(struct view_state *st, int table, const struct scope *scope)
{
	int i;
	bool cpus = table == T_CPUS;

	for (i = 0; i < scope->depth; i++)
		cpus |= scope->step[i].table == T_CPUS;
	return irq_watch_cpus(st, cpus);
}

static int irq_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		    struct hist *out)
{
	const struct scope_step *step;
	const struct irq_cell *c;
	const struct irq_stat *s;

	if (which > 1)
		return -ENOENT;
	if (scope->depth < 1)
		return -ENODATA;
	step = &scope->step[scope->depth - 1];
	if (step->id.a >= (uint64_t)st->nmech || step->id.b >= (uint64_t)st->ncpus)
		return -ENODATA;
	if (step->table == T_MECHANISMS || step->table == T_HISTOGRAMS)
		c = &st->mech[step->id.a];
	else if (step->table == T_CPUS && step->id.b < (uint64_t)st->cpu_room)
		c = &st->cpu[step->id.b * OSTRACE_IRQ_MAX_MECH + step->id.a];
	else
		return -ENODATA;
	s = total ? &c->total : &c->delta;
	*out = which ? s->run.h : s->latency.h;
	return 0;
}

static const char *irq_state(struct view_state *st)
{
	return st->state;
}

static int irq_losses(struct view_state *st, struct loss *l)
{
	l[0] = (struct loss){ "reloads",
			      "the module was loaded anew: what the one before did since the last "
			      "report is not known",
			      st->reloads };
	return 1;
}

static void irq_price(struct view_state *st, struct price *p)
{
	*p = (struct price){
		.ns_per_event = -1,
		.event = "interrupt",
		.events = st->interrupts,
		.bpf_ns_per_event = -1,
	};
}

static const struct view_need needs[] = {
	{ "module:ostrace_irq", true, "there is no such interrupt to look at" },
	{ NULL, false, NULL },
};

static const struct view_knobs knobs = {
	.prepare = irq_turn_prepare,
	.turn = irq_turn,
	.back = irq_turn_back,
};

const struct view view_irq = {
	.name = "irq",
	.title = "Interrupt demo",
	.summary = "top and bottom halves compared, with the demo driver ostrace_irq",
	.help = "The module ostrace_irq hands one and the same interrupt to every bottom half that "
		"the kernel has: irq_work, tasklets, BH workqueues, a threaded handler, "
		"workqueues. Each row is one of them: how many interrupts it served in how many "
		"calls, how long they waited for it, how long it took, and where it ran. Softirq "
		"mechanisms also run in ksoftirqd, when a task is waiting for the CPU or there is "
		"no end of them.\n\n"
		"The driver counts, ostrace reads; nothing is traced. The device is open only "
		"while it is read, so that the module can be unloaded at any time; the view then "
		"says so, and goes on when the module is loaded again.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.top_table = T_MECHANISMS,
	.overview = T_MECHANISMS,
	.needs = needs,
	.filters = FILTER_CPU,
	.without_bpf = true,
	.present = irqdev_present,
	.options = OPT_IRQ,
	.knobs = &knobs,
	.open = irq_open,
	.close = irq_close,
	.tick = irq_tick,
	.fill = irq_fill,
	.focus = irq_focus,
	.hist = irq_hist,
	.hist_names = { "raise to entry", "run time" },
	.state = irq_state,
	.losses = irq_losses,
	.price = irq_price,
};
