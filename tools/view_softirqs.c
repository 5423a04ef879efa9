// SPDX-License-Identifier: GPL-2.0
/*
 * The softirqs view: which level of it is open, what was lost and what it costs.
 * See view_softirqs.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "clock.h"
#include "err.h"
#include "view_cpus.h"
#include "view_softirqs.h"

struct view_state {
	struct filter filter;
	struct level level;
	/* Of levels that were closed, and of this one before it was ready. */
	uint64_t events_before, missed_before, full_before;
	uint64_t missed_base;
	int no_fentry; /* this kernel has refused it, with this error */
	int stats_fd;  /* kernel statistics on, while we learn the price */
	int learned;   /* ticks so far */
	double ns_per_event;
	const char *notes[3];
	char note[256];
};

static const struct level_ops *const level_of[SOFTIRQS_TABLES] = {
	[T_SOFTIRQS] = &softirqs_vectors,    [T_VECTORS] = &softirqs_vectors,
	[T_CPUS] = &softirqs_vectors,	     [T_LINES] = &softirqs_lines,
	[T_FUNCTIONS] = &softirqs_functions, [T_PROCESSES] = &softirqs_stolen,
	[T_CGROUPS] = &softirqs_stolen,	     [T_SOURCES] = &softirqs_stolen,
};

/* Leave programs out that this kernel has no place for. */
static void choose_programs(struct level *l)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, l->obj) {
		const char *section = bpf_program__section_name(p);
		const char *target = strchr(section, '/') + 1;

		if (!strncmp(section, "tp_btf/", 7) && !session_has_tracepoint(l->session, target))
			bpf_program__set_autoload(p, false);
		if ((!strncmp(section, "fentry/", 7) || !strncmp(section, "fexit/", 6)) &&
		    !l->fentry)
			bpf_program__set_autoload(p, false);
	}
}

int level_no_object(void)
{
	return err_set(-errno, "softirqs: cannot open its BPF object: %s", strerror(errno));
}

int level_load(struct level *l, const struct level_object *o)
{
	const struct map_size size = { o->cpus, o->cpu_size, (size_t)l->ncpus };
	int err;

	l->obj = *o->skeleton->obj;
	choose_programs(l);
	cpus_settings(o->settings, l->filter, l->ncpus);
	err = session_sizes("softirqs", &size, 1);
	return err ? err : session_load(l->session, o->skeleton, "softirqs");
}

int level_attach(struct level *l, const struct level_object *o)
{
	return session_attach(l->session, o->skeleton, "softirqs");
}

static bool has_program(const struct level *l, const char *name)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(l->obj, name);

	return p && bpf_program__autoload(p);
}

static void stats_end(struct view_state *st)
{
	if (st->stats_fd >= 0)
		close(st->stats_fd);
	st->stats_fd = -1;
}

static uint64_t missed(const struct level *l)
{
	struct prog_stats ps;

	session_prog_stats(l->obj, &ps);
	return ps.missed;
}

static void level_close(struct level *l)
{
	if (l->ops)
		l->ops->close(l);
	l->ops = NULL;
	l->obj = NULL;
	l->data = NULL;
}

static int level_open(struct level *l, const struct level_ops *ops, bool fentry)
{
	int err;

	l->ops = ops;
	l->fentry = fentry;
	err = ops->open(l);
	if (err)
		level_close(l);
	return err;
}

static void set_notes(struct view_state *st)
{
	int n = 0;

	if (!has_program(&st->level, "ostrace_local_timer_entry"))
		st->notes[n++] = "the local timer interrupt has no tracepoint on this kernel: its "
				 "time counts as that of what it interrupts";
	if (st->level.ops->note && !st->level.fentry) {
		snprintf(st->note, sizeof(st->note), "%s (%s)", st->level.ops->note,
			 strerror(-st->no_fentry));
		st->notes[n++] = st->note;
	}
	st->notes[n] = NULL;
}

/* Open @ops instead of what is open; on failure that stays. */
static int change_level(struct view_state *st, const struct level_ops *ops)
{
	struct level next = {
		.session = st->level.session,
		.filter = &st->filter,
		.ncpus = st->level.ncpus,
	};
	bool had = st->level.ops;
	int err;

	stats_end(st);
	st->stats_fd = session_stats_on(); /* only a price is lost without it */
	err = level_open(&next, ops, !st->no_fentry);
	if (err && ops->note && !st->no_fentry) {
		/* Some kernels let no program be attached to their functions. */
		int refused = err;

		err_clear();
		err = level_open(&next, ops, false);
		st->no_fentry = err ? 0 : refused;
	}
	if (err) {
		stats_end(st);
		return err;
	}
	if (had) {
		const struct level_ops *was = st->level.ops;

		st->events_before += was->events(&st->level);
		st->missed_before += missed(&st->level) - st->missed_base;
		st->full_before += was->full ? was->full(&st->level) : 0;
		level_close(&st->level);
	}
	st->level = next;
	st->missed_base = missed(&next);
	st->learned = 0;
	st->ns_per_event = -1;
	set_notes(st);
	return next.ops->tick(&st->level, clock_ns(CLOCK_MONOTONIC));
}

static void softirqs_close(struct view_state *st)
{
	if (!st)
		return;
	stats_end(st);
	level_close(&st->level);
	free(st);
}

static int softirqs_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->stats_fd = -1;
	st->filter = *f;
	st->level.session = s;
	st->level.ncpus = session_ncpus(s);
	err = change_level(st, level_of[f->table]);
	if (err) {
		softirqs_close(st);
		return err;
	}
	*out = st;
	return 0;
}

static int softirqs_focus(struct view_state *st, int table, const struct scope *scope)
{
	return level_of[table] == st->level.ops ? 0 : change_level(st, level_of[table]);
}

static int softirqs_tick(struct view_state *st, uint64_t now)
{
	struct prog_stats ps;
	int err = st->level.ops->tick(&st->level, now);

	/*
	 * The kernel's statistics cost two clock reads per program run: on only
	 * until some runs tell our price.
	 */
	if (!err && st->stats_fd >= 0) {
		session_prog_stats(st->level.obj, &ps);
		if (ps.run_cnt)
			st->ns_per_event = (double)ps.run_ns / (double)ps.run_cnt;
		if (ps.run_cnt > 1000 || ++st->learned >= 5)
			stats_end(st);
	}
	return err;
}

static int softirqs_fill(struct view_state *st, int table, const struct scope *scope,
			 struct table *out)
{
	table_reset(out, &softirqs_tables[table]);
	/* Another level stayed open: this one could not be. */
	if (level_of[table] != st->level.ops)
		return 0;
	return st->level.ops->fill(&st->level, table, scope, out);
}

static int softirqs_hist(struct view_state *st, const struct scope *scope, int which, bool total,
			 struct hist *out)
{
	if (which > 1)
		return -ENOENT;
	if (scope->depth < 1 || level_of[scope->step[scope->depth - 1].table] != st->level.ops ||
	    !st->level.ops->hist)
		return -ENODATA;
	return st->level.ops->hist(&st->level, scope, which, total, out);
}

static int softirqs_losses(struct view_state *st, struct loss *l)
{
	uint64_t full = st->level.ops->full ? st->level.ops->full(&st->level) : 0;

	l[0] = (struct loss){ "missed",
			      "events not counted: the kernel skipped our program "
			      "(recursion)",
			      st->missed_before + missed(&st->level) - st->missed_base };
	l[1] = (struct loss){ "map_full",
			      "events not attributed: no slot was free for the "
			      "line, function or process",
			      st->full_before + full };
	return 2;
}

static void softirqs_price(struct view_state *st, struct price *p)
{
	p->event = "irq event";
	p->ns_per_event = p->bpf_ns_per_event = st->ns_per_event;
	p->events = st->events_before + st->level.ops->events(&st->level);
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
	{ "tp_btf:tasklet_entry", false, "no tasklets by function" },
	{ "tp_btf:workqueue_execute_start", false, "no work items by function" },
	{ "fentry", false,
	  "threaded interrupt handlers are counted, but not timed; the wait of tasklets is not "
	  "known; softirqs on the exit of an interrupt are not told "
	  "from those of local_bh_enable" },
	{ NULL, false, NULL },
};

const struct view view_softirqs = {
	.name = "softirqs",
	.title = "Softirqs",
	.summary = "softirqs, interrupts and bottom halves: time, latency, and from whom",
	.help = "Each run of a softirq vector, by vector and CPU. Run time is net of hard "
		"interrupts that arrived inside (handlers, and on x86 the local timer and IPIs; "
		"the entry code around a device handler is not seen). Latency is the time from "
		"the oldest raise that a run serves to its entry. A run that serves no stamped "
		"raise (raised before tracing, or again between the kernel's look at the pending "
		"bits and the entry) counts without a latency.\n\n"
		"Softirqs run inline on the exit of an interrupt or when bottom halves are enabled "
		"again, stealing time from whatever task was there; under load the kernel moves "
		"them to the thread ksoftirqd, where they compete as a task does.\n\n"
		"`lines` has the hard interrupts: each handler of each line, the local timer and "
		"the other vectors that x86 has tracepoints for, and threaded handlers, which are "
		"tasks.\n\n"
		"`functions` has tasklets and work items by function: the wait since it was queued "
		"and the run. Tasklets and BH work are net of interrupts that arrived inside; a work "
		"item of an ordinary workqueue runs in a task, and its time has sleep and preemption "
		"in it.\n\n"
		"`processes` and `cgroups` tell whom interrupts took time from, by what (Enter, or "
		"`sources`), and how softirqs came to run there. A softirq in ksoftirqd is taken "
		"from nobody and stands apart.\n\n"
		"Each level of detail has programs of its own, and only those that the table shown "
		"needs are attached.",
	.tables = softirqs_tables,
	.ntables = SOFTIRQS_TABLES,
	.top_table = T_VECTORS,
	.overview = T_VECTORS,
	.needs = needs,
	.filters = FILTER_CPU,
	.open = softirqs_open,
	.close = softirqs_close,
	.tick = softirqs_tick,
	.fill = softirqs_fill,
	.focus = softirqs_focus,
	.hist = softirqs_hist,
	.hist_names = { "run time", "raise to entry" },
	.notes = softirqs_notes,
	.losses = softirqs_losses,
	.price = softirqs_price,
};
