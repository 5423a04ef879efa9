// SPDX-License-Identifier: GPL-2.0
/* See fake_view.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "fake_view.h"

struct fake_seen fake_seen;

static const struct column call_cols[] = {
	{ "name", "NAME", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING, "name of the call" },
	{ "calls", "CALLS", UNIT_COUNT, 7, 0, "calls that returned" },
	{ "errors", "ERRORS", UNIT_COUNT, 7, COL_ERROR, "calls that returned an error" },
	{ "total_ns", "TOTAL", UNIT_NS, 8, 0, "time inside the call" },
	{ "avg_ns", "AVG", UNIT_NS, 8, COL_OPTIONAL, "mean time of a call" },
	{ "p99_ns", "P99", UNIT_NS, 8, 0, "99 % of the calls took less" },
	{ "max_ns", "MAX", UNIT_NS, 8, 0, "longest call" },
	{ "abi", "ABI", UNIT_TEXT, 6, COL_JSON_ONLY, "calling convention" },
};

static const struct column process_cols[] = {
	{ "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "process id" },
	{ "comm", "COMMAND", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING, "name of the process" },
	{ "calls", "CALLS", UNIT_COUNT, 7, 0, "calls that returned" },
	{ "total_ns", "TOTAL", UNIT_NS, 8, 0, "time inside calls" },
	{ "share", "SHARE", UNIT_PERCENT, 7, COL_OPTIONAL, "of the machine's calls" },
	{ "rss_bytes", "RSS", UNIT_BYTES, 8, COL_OPTIONAL, "resident memory" },
	{ "age_ns", "OPEN", UNIT_NS, 9, 0, "age of the oldest call still open" },
};

static const struct column error_cols[] = {
	{ "errno", "ERRNO", UNIT_TEXT, 12, COL_KEY | COL_ASCENDING, "error returned" },
	{ "calls", "CALLS", UNIT_COUNT, 7, 0, "calls that returned it" },
};

static const struct column tick_cols[] = {
	{ "cpu", "CPU", UNIT_ID, 4, COL_KEY | COL_ASCENDING, "CPU number" },
	{ "count", "COUNT", UNIT_COUNT, 7, 0, "ticks" },
};

#define NCOLS(c) ((int)(sizeof(c) / sizeof((c)[0])))

static const struct table_def calls_tables[] = {
	[FAKE_CALLS] = {
		.name = "calls", .title = "Calls", .help = "by name of the call",
		.cols = call_cols, .ncols = NCOLS(call_cols), .sort = 3,
		.child = FAKE_ERRORS, .hist = true, .top_level = true,
	},
	[FAKE_PROCESSES] = {
		.name = "processes", .title = "Processes", .help = "by process",
		.cols = process_cols, .ncols = NCOLS(process_cols), .sort = 2,
		.child = FAKE_CALLS, .top_level = true,
	},
	[FAKE_ERRORS] = {
		.name = "errors", .title = "Errors", .help = "by error number",
		.cols = error_cols, .ncols = NCOLS(error_cols), .sort = 1,
		.child = -1,
	},
};

static const struct table_def ticks_tables[] = {
	{
		.name = "cpus",
		.title = "CPUs",
		.help = "by CPU",
		.cols = tick_cols,
		.ncols = NCOLS(tick_cols),
		.sort = 1,
		.child = -1,
		.top_level = true,
	},
};

static const struct call {
	const char *name;
	uint64_t calls, errors, total, p99, max;
} recorded_calls[FAKE_INTERVALS][8] = {
	{
		{ "read", 125000, 37, 2500000000, 40960, 81234567 },
		{ "futex", 820, 12, 31000000000, 917504000, 1000123456 },
		{ "getpid", 1000000, 0, 92000000, 112, 30211 },
		{ "openat", 4400, 4100, 88000000, 57344, 912345 },
		{ "i386:write", 3, 0, 640, 224, 250 },
	},
	{
		{ "read", 90000, 2, 1800000000, 36864, 41234567 },
		{ "futex", 640, 0, 29000000000, 1924145348608, 2000000000000 },
		{ "other", 18446744073709551615ULL, 1, 1, 1, 1 },
	},
};

static const struct process {
	uint64_t pid;
	const char *comm;
	uint64_t calls, total;
	double share;
	uint64_t rss, age; /* age 0: nothing open */
} recorded_processes[FAKE_INTERVALS][8] = {
	{
		{ 1, "systemd", 12, 400000, 0.1, 12 << 20, 4000000000 },
		{ 4242, "nginx: worker", 91000, 2400000000, 80.5, 300 << 20, 0 },
		{ 4243, "bad\x1b[31mname\xff", 7, 9000, 0.01, 4096, 123456 },
		{ 31337, "\xe6\xbc\xa2\xe5\xad\x97\xe3\x83\x97\xe3\x83\xad", 7, 9001, 0.01, 1 << 20,
		  0 },
	},
	{
		{ 4242, "nginx: worker", 90000, 1800000000, 100, 301 << 20, 0 },
	},
};

static int add_call(struct table *t, const struct call *c, uint64_t id)
{
	struct row *r = table_add(t, (struct row_id){ id, 0 });

	if (!r)
		return -ENOMEM;
	r->v[0].s = c->name;
	r->v[1].u = c->calls;
	r->v[2].u = c->errors;
	r->v[3].u = c->total;
	r->v[4].u = c->total / c->calls;
	r->v[5].u = c->p99;
	r->v[6].u = c->max;
	r->v[7].s = strncmp(c->name, "i386:", 5) ? "x86_64" : "i386";
	if (c->p99 >= ostrace_hist_low(OSTRACE_HIST_SLOTS - 1))
		r->ge |= 1 << 5;
	if (c->calls < 10) /* too few for a percentile */
		r->na |= 1 << 5;
	return 0;
}

static int add_process(struct table *t, const struct process *p)
{
	struct row *r = table_add(t, (struct row_id){ p->pid, 1 });

	if (!r)
		return -ENOMEM;
	r->v[0].u = p->pid;
	r->v[1].s = table_str(t, p->comm);
	r->v[2].u = p->calls;
	r->v[3].u = p->total;
	r->v[4].d = p->share;
	r->v[5].u = p->rss;
	r->v[6].u = p->age;
	if (p->age)
		r->ge |= 1 << 6;
	else
		r->na |= 1 << 6;
	return 0;
}

static int fill_errors(struct table *t, const struct scope *scope)
{
	static const char *const names[] = { "EAGAIN", "ENOENT", "EINTR" };
	uint64_t i;

	if (!scope || !scope->depth)
		return -EINVAL;
	for (i = 0; i < 3; i++) {
		struct row *r = table_add(t, (struct row_id){ i, 2 });

		if (!r)
			return -ENOMEM;
		r->v[0].s = names[i];
		r->v[1].u = 10 * i + scope->step[scope->depth - 1].id.a;
	}
	return 0;
}

int fake_interval(int n, int table, const struct scope *scope, struct table *out)
{
	const struct call *c = recorded_calls[n % FAKE_INTERVALS];
	const struct process *p = recorded_processes[n % FAKE_INTERVALS];
	uint64_t id = 0;
	int err = 0;

	table_reset(out, &calls_tables[table]);
	if (table == FAKE_ERRORS)
		return fill_errors(out, scope);
	if (table == FAKE_PROCESSES) {
		for (; p->pid && !err; p++)
			err = add_process(out, p);
		return err;
	}
	for (; c->name && !err; c++)
		err = add_call(out, c, id++);
	return err;
}

struct view_state {
	int interval; /* -1: no tick yet */
};

static int fake_open(struct session *s, const struct filter *f, struct view_state **st)
{
	(void)s;
	if (fake_seen.fail_open)
		return err_set(fake_seen.fail_open, "this view was told to fail");
	*st = calloc(1, sizeof(**st));
	if (!*st)
		return -ENOMEM;
	(*st)->interval = -1;
	fake_seen.filter = *f;
	fake_seen.opened++;
	return 0;
}

static void fake_close(struct view_state *st)
{
	if (st)
		fake_seen.closed++;
	free(st);
}

static void fake_harvest(struct view_state *st)
{
	(void)st;
	fake_seen.harvests++;
}

static int fake_tick(struct view_state *st, uint64_t now)
{
	(void)now;
	st->interval++;
	fake_seen.ticks++;
	return 0;
}

static int calls_fill(struct view_state *st, int table, const struct scope *scope,
		      struct table *out)
{
	return fake_interval(st->interval, table, scope, out);
}

static int ticks_fill(struct view_state *st, int table, const struct scope *scope,
		      struct table *out)
{
	uint64_t cpu;

	(void)scope;
	table_reset(out, &ticks_tables[table]);
	for (cpu = 0; cpu < 4; cpu++) {
		struct row *r = table_add(out, (struct row_id){ cpu, 0 });

		if (!r)
			return -ENOMEM;
		r->v[0].u = cpu;
		r->v[1].u = 250 + (st->interval + cpu) % 3;
	}
	return 0;
}

static int calls_focus(struct view_state *st, int table, const struct scope *scope)
{
	(void)st;
	fake_seen.focus_table = table;
	fake_seen.have_focus = scope;
	if (scope)
		fake_seen.focus = *scope;
	return 0;
}

static int calls_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		      struct hist *out)
{
	const struct scope_step *step;
	uint64_t v, n;

	(void)st;
	if (which)
		return -ENOENT;
	if (!scope->depth)
		return -ENODATA;
	step = &scope->step[scope->depth - 1];
	if (step->table != FAKE_CALLS)
		return -ENODATA;
	memset(out, 0, sizeof(*out));
	/* A two-humped shape: most near 1 µs, some near 1 ms. */
	for (v = 400, n = 8; v < 4000000; v += v / 3, n++) {
		uint64_t k = (v < 3000	 ? 900 / n :
			      v > 600000 ? 70 / n :
					   1) *
			     (total ? 10 : 1) * (step->id.a + 1);

		out->slot[ostrace_hist_slot(v)] += k;
		out->count += k;
		out->sum += k * v;
		out->max = v;
	}
	return 0;
}

static const char *const *calls_notes(struct view_state *st)
{
	static const char *const notes[] = {
		"calls open since before the start are shown by age only", NULL
	};

	(void)st;
	return notes;
}

static int calls_losses(struct view_state *st, struct loss *l)
{
	uint64_t n = st->interval < 0 ? 0 : st->interval;

	l[0] = (struct loss){ "missed", "probes skipped by recursion", 3 * n };
	l[1] = (struct loss){ "map_full", "keys that found no room", 0 };
	return 2;
}

static void calls_price(struct view_state *st, struct price *p)
{
	(void)st;
	*p = (struct price){
		.ns_per_event = 212.4,
		.event = "call",
		.events = 1130223,
		.bpf_ns_per_event = 150,
	};
}

static int no_losses(struct view_state *st, struct loss *l)
{
	(void)st;
	(void)l;
	return 0;
}

static void unknown_price(struct view_state *st, struct price *p)
{
	(void)st;
	*p = (struct price){
		.ns_per_event = -1,
		.event = "tick",
		.bpf_ns_per_event = -1,
	};
}

static const struct view_need calls_needs[] = {
	{ "btf", true, "nothing can be loaded" },
	{ "psi", false, "no pressure line" },
	{ NULL, false, NULL },
};

static const struct view_need no_needs[] = {
	{ NULL, false, NULL },
};

const struct view fake_view_calls = {
	.name = "calls",
	.title = "Calls",
	.summary = "calls by name and by process",
	.help = "Recorded values.\n\nThey never change.",
	.tables = calls_tables,
	.ntables = NCOLS(calls_tables),
	.needs = calls_needs,
	.filters = FILTER_PID | FILTER_CPU | FILTER_CGROUP | FILTER_ERRORS | FILTER_PROGRAM,
	.open = fake_open,
	.close = fake_close,
	.harvest = fake_harvest,
	.tick = fake_tick,
	.fill = calls_fill,
	.focus = calls_focus,
	.hist = calls_hist,
	.hist_names = { "latency" },
	.notes = calls_notes,
	.losses = calls_losses,
	.price = calls_price,
};

const struct view fake_view_ticks = {
	.name = "ticks",
	.title = "Ticks",
	.summary = "timer ticks by CPU",
	.help = "Recorded values.",
	.tables = ticks_tables,
	.ntables = NCOLS(ticks_tables),
	.needs = no_needs,
	.filters = FILTER_CPU,
	.open = fake_open,
	.close = fake_close,
	.tick = fake_tick,
	.fill = ticks_fill,
	.losses = no_losses,
	.price = unknown_price,
};

const struct view *const views[] = { &fake_view_calls, &fake_view_ticks, NULL };

const struct view *view_find(const char *name)
{
	int i;

	for (i = 0; views[i]; i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
