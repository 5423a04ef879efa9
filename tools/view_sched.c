// SPDX-License-Identifier: GPL-2.0
/* The sched view: tables of what view_sched_data.c reads. */
#include <errno.h>
#include <string.h>
#include "cgroups.h"
#include "idmap.h"
#include "options.h"
#include "view_sched.h"

enum { T_PROCESSES, T_CPUS, T_CGROUPS, T_CLASSES, T_STATE };

/* Shared by the first three: what a row has besides its keys. */
enum {
	C_SWITCHES,
	C_WAIT_AVG,
	C_WAIT_P50,
	C_WAIT_P99,
	C_WAIT_MAX,
	C_RAN,
	C_SLICE_AVG,
	C_SLICE_P99,
	C_PREEMPTED,
	C_MIGRATED,
	C_WAIT_TOTAL,
	C_NUMBERS,
};

/* clang-format off */
#define NUMBERS(at) \
	[(at) + C_SWITCHES] = { "switches", "Runs", UNIT_COUNT, 7, 0, \
		"times a task was switched to" }, \
	[(at) + C_WAIT_AVG] = { "wait_avg_ns", "WaitAvg", UNIT_NS, 7, COL_OPTIONAL, \
		"mean time from runnable to running" }, \
	[(at) + C_WAIT_P50] = { "wait_p50_ns", "WaitP50", UNIT_NS, 7, 0, \
		"median of that, within 12.5 %" }, \
	[(at) + C_WAIT_P99] = { "wait_p99_ns", "WaitP99", UNIT_NS, 7, 0, \
		"99 % waited less, within 12.5 %" }, \
	[(at) + C_WAIT_MAX] = { "wait_max_ns", "WaitMax", UNIT_NS, 7, 0, "longest wait" }, \
	[(at) + C_RAN] = { "run_ns", "Ran", UNIT_NS, 7, 0, "time on a CPU, of runs that ended" }, \
	[(at) + C_SLICE_AVG] = { "slice_avg_ns", "RunAvg", UNIT_NS, 7, 0, \
		"mean time on a CPU between two switches" }, \
	[(at) + C_SLICE_P99] = { "slice_p99_ns", "RunP99", UNIT_NS, 7, COL_OPTIONAL, \
		"99 % of runs were shorter, within 12.5 %" }, \
	[(at) + C_PREEMPTED] = { "preempted", "Preempt", UNIT_COUNT, 7, 0, \
		"runs that ended while the task could have gone on" }, \
	[(at) + C_MIGRATED] = { "migrated", "Moved", UNIT_COUNT, 6, 0, \
		"runs on another CPU than the one before" }, \
	[(at) + C_WAIT_TOTAL] = { "wait_ns", "Waited", UNIT_NS, 7, COL_JSON_ONLY, \
		"time from runnable to running, summed" }

enum { P_PID, P_COMM, P_NUMBERS, P_CGROUP = P_NUMBERS + C_NUMBERS };
static const struct column process_cols[] = {
	[P_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "process id" },
	[P_COMM] = { "comm", "Command", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING, "its name" },
	NUMBERS(P_NUMBERS),
	[P_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"cgroup v2 path" },
};

static const struct column cpu_cols[] = {
	{ "cpu", "CPU", UNIT_ID, 4, COL_KEY | COL_ASCENDING, "the CPU that ran them" },
	NUMBERS(1),
};

static const struct column cgroup_cols[] = {
	{ "cgroup", "Cgroup", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		"cgroup v2 path; its own processes only, not those of its children" },
	NUMBERS(1),
};

enum { L_CLASS, L_COUNT, L_AVG, L_P50, L_P99, L_MAX };
static const struct column class_cols[] = {
	[L_CLASS] = { "class", "Class", UNIT_TEXT, 12, COL_KEY | COL_ASCENDING,
		"latency class that ostrace_sched found the task to be of" },
	[L_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, "waits that ended" },
	[L_AVG] = { "wait_avg_ns", "WaitAvg", UNIT_NS, 7, 0, "mean time from runnable to running" },
	[L_P50] = { "wait_p50_ns", "WaitP50", UNIT_NS, 7, 0, "median of that, within 12.5 %" },
	[L_P99] = { "wait_p99_ns", "WaitP99", UNIT_NS, 7, 0, "99 % waited less, within 12.5 %" },
	[L_MAX] = { "wait_max_ns", "WaitMax", UNIT_NS, 7, 0,
		"longest wait: the interval's when it is the longest so far, else within 12.5 %" },
};

enum { S_NAME, S_VALUE, S_DELTA, S_TEXT };
static const struct column state_cols[] = {
	[S_NAME] = { "name", "Name", UNIT_TEXT, 34, COL_KEY | COL_ASCENDING,
		"what is told: of sched_ext, its events (SCX_EV_*), ostrace_sched and its counters" },
	[S_VALUE] = { "total", "Total", UNIT_COUNT, 9, 0, "counted since the scheduler started" },
	[S_DELTA] = { "count", "Count", UNIT_COUNT, 9, 0, "counted in the interval" },
	[S_TEXT] = { "value", "Value", UNIT_TEXT, 30, COL_ASCENDING, "what is not a number" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_PROCESSES] = { "processes", "by process", "one row per process", COLS(process_cols),
		.sort = P_NUMBERS + C_WAIT_P99, .child = -1, .hist = true, .top_level = true,
		.subject = SUBJECT_PROCESS,
		.headline = { P_NUMBERS + C_WAIT_P99, P_NUMBERS + C_WAIT_MAX, P_NUMBERS + C_RAN } },
	[T_CPUS] = { "cpus", "by CPU", "one row per CPU", COLS(cpu_cols),
		.sort = 1 + C_WAIT_P99, .child = -1, .hist = true, .top_level = true },
	[T_CGROUPS] = { "cgroups", "by cgroup", "one row per cgroup v2", COLS(cgroup_cols),
		.sort = 1 + C_WAIT_P99, .child = -1, .hist = true, .top_level = true,
		.subject = SUBJECT_CGROUP,
		.headline = { 1 + C_WAIT_P99, 1 + C_WAIT_MAX, 1 + C_RAN } },
	[T_CLASSES] = { "classes", "by class", "one row per latency class, with ostrace_sched",
		COLS(class_cols), .sort = L_P99, .child = -1, .hist = true, .top_level = true },
	[T_STATE] = { "state", "scheduler", "which scheduler runs, what it counts, why it ended",
		COLS(state_cols), .sort = S_TEXT, .child = -1, .top_level = true },
};
/* clang-format on */

static void fill_numbers(struct row *r, int at, const struct runq_sum *s)
{
	union value *v = r->v + at;

	v[C_SWITCHES].u = s->slice.count;
	v[C_WAIT_AVG].u = s->wait.count ? s->wait.sum / s->wait.count : 0;
	v[C_WAIT_P50].u = hist_percentile(&s->wait, 500, NULL);
	v[C_WAIT_P99].u = hist_percentile(&s->wait, 990, NULL);
	v[C_WAIT_MAX].u = s->wait.max;
	v[C_RAN].u = s->slice.sum;
	v[C_SLICE_AVG].u = s->slice.count ? s->slice.sum / s->slice.count : 0;
	v[C_SLICE_P99].u = hist_percentile(&s->slice, 990, NULL);
	v[C_PREEMPTED].u = s->preempted;
	v[C_MIGRATED].u = s->migrated;
	v[C_WAIT_TOTAL].u = s->wait.sum;
	if (!s->wait.count)
		r->na |= 1ull << (at + C_WAIT_AVG) | 1ull << (at + C_WAIT_P50) |
			 1ull << (at + C_WAIT_P99) | 1ull << (at + C_WAIT_MAX);
	if (!s->slice.count)
		r->na |= 1ull << (at + C_SLICE_AVG) | 1ull << (at + C_SLICE_P99);
}

static int fill_processes(struct view_state *st, struct table *out)
{
	int i;

	for (i = 0; i < RUNQ_PROCS; i++) {
		struct proc *p = &st->proc[i];
		struct row *r;

		if (!p->active)
			continue;
		r = table_add(out, (struct row_id){ p->pid, (uint64_t)i });
		if (!r)
			return -ENOMEM;
		r->v[P_PID].u = p->pid;
		r->v[P_COMM].s = table_str(out, p->comm);
		r->v[P_CGROUP].s = cgroups_name(st->cgroups, p->cgroup, (pid_t)p->pid);
		fill_numbers(r, P_NUMBERS, p->delta);
		if (!r->v[P_COMM].s)
			return -ENOMEM;
	}
	return 0;
}

static int fill_cpus(struct view_state *st, struct table *out)
{
	int cpu;

	for (cpu = 0; cpu < st->ncpus; cpu++) {
		struct runq_sum *d = &st->cpu_delta[cpu];
		struct row *r;

		if (!d->wait.count && !d->slice.count)
			continue;
		r = table_add(out, (struct row_id){ (uint64_t)cpu, 0 });
		if (!r)
			return -ENOMEM;
		r->v[0].u = (uint64_t)cpu;
		fill_numbers(r, 1, d);
	}
	return 0;
}

/* The sum of the processes in @cgroup. */
static void sum_cgroup(struct view_state *st, uint64_t cgroup, bool total, struct runq_sum *to)
{
	int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < RUNQ_PROCS; i++)
		if (st->proc[i].sum && st->proc[i].cgroup == cgroup &&
		    (total || st->proc[i].active))
			sched_sum_add(to, total ? st->proc[i].sum : st->proc[i].delta);
}

static int fill_cgroups(struct view_state *st, struct table *out)
{
	struct idmap seen = { 0 };
	struct runq_sum sum;
	int i, err = 0;

	for (i = 0; !err && i < RUNQ_PROCS; i++) {
		struct proc *p = &st->proc[i];
		struct row *r;

		if (!p->active || idmap_get(&seen, p->cgroup, 0) != IDMAP_NONE)
			continue;
		err = idmap_put(&seen, p->cgroup, 0, 0);
		r = err ? NULL : table_add(out, (struct row_id){ p->cgroup, 0 });
		if (!r) {
			err = -ENOMEM;
			break;
		}
		sum_cgroup(st, p->cgroup, false, &sum);
		r->v[0].s = cgroups_name(st->cgroups, p->cgroup, (pid_t)p->pid);
		fill_numbers(r, 1, &sum);
	}
	idmap_free(&seen);
	return err;
}

static int fill_classes(struct view_state *st, struct table *out)
{
	int i;

	for (i = 0; i < OSTRACE_SCHED_CLASSES; i++) {
		const struct hist *d = &st->class_delta[i];
		struct row *r;

		if (!d->count)
			continue;
		r = table_add(out, (struct row_id){ (uint64_t)i, 0 });
		if (!r)
			return -ENOMEM;
		r->v[L_CLASS].s = scx_class_names[i];
		r->v[L_COUNT].u = d->count;
		r->v[L_AVG].u = d->sum / d->count;
		r->v[L_P50].u = hist_percentile(d, 500, NULL);
		r->v[L_P99].u = hist_percentile(d, 990, NULL);
		r->v[L_MAX].u = d->max;
	}
	return 0;
}

/* What a counter had at the last tick; one that is less now began afresh. */
static uint64_t fact_before(const struct view_state *st, const struct scx_fact *f)
{
	int i;

	for (i = 0; i < st->before.nfacts; i++)
		if (!strcmp(st->before.fact[i].name, f->name))
			return st->before.fact[i].number <= f->number ? st->before.fact[i].number :
									0;
	return 0;
}

static int fill_state(struct view_state *st, struct table *out)
{
	int i;

	for (i = 0; i < st->now.nfacts; i++) {
		const struct scx_fact *f = &st->now.fact[i];
		struct row *r = table_add(out, (struct row_id){ (uint64_t)i, 0 });

		if (!r)
			return -ENOMEM;
		r->v[S_NAME].s = table_str(out, f->name);
		r->v[S_TEXT].s = table_str(out, f->text);
		if (!r->v[S_NAME].s || !r->v[S_TEXT].s)
			return -ENOMEM;
		r->v[S_VALUE].u = f->number;
		r->v[S_DELTA].u = f->number - fact_before(st, f);
		r->na = f->counts ? 1ull << S_TEXT : 1ull << S_VALUE | 1ull << S_DELTA;
	}
	return 0;
}

static int sched_fill(struct view_state *st, int table, const struct scope *scope,
		      struct table *out)
{
	table_reset(out, &tables[table]);
	switch (table) {
	case T_PROCESSES:
		return fill_processes(st, out);
	case T_CPUS:
		return fill_cpus(st, out);
	case T_CGROUPS:
		return fill_cgroups(st, out);
	case T_CLASSES:
		return fill_classes(st, out);
	default:
		return fill_state(st, out);
	}
}

static int sched_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		      struct hist *out)
{
	const struct scope_step *step;
	const struct runq_sum *from;
	struct runq_sum sum;
	uint64_t a, b;

	if (which > 1)
		return -ENOENT;
	if (scope->depth < 1)
		return -ENODATA;
	step = &scope->step[scope->depth - 1];
	a = step->id.a;
	b = step->id.b;
	if (step->table == T_CPUS && a < (uint64_t)st->ncpus) {
		from = total ? &st->cpu_sum[a] : &st->cpu_delta[a];
	} else if (step->table == T_PROCESSES && b < RUNQ_PROCS && st->proc[b].sum) {
		if (st->proc[b].pid != a || (!total && !st->proc[b].active))
			return -ENODATA;
		from = total ? st->proc[b].sum : st->proc[b].delta;
	} else if (step->table == T_CGROUPS) {
		sum_cgroup(st, a, total, &sum);
		from = &sum;
	} else if (step->table == T_CLASSES && a < OSTRACE_SCHED_CLASSES && st->now.ours &&
		   !which) {
		*out = total ? st->now.wait[a] : st->class_delta[a];
		return 0;
	} else {
		return -ENODATA;
	}
	*out = which ? from->slice : from->wait;
	return 0;
}

static const struct view_need needs[] = {
	{ "tp_btf:sched_switch", true, "no run of a task can be seen" },
	{ "tp_btf:sched_wakeup", true, "no wait of a task can be seen" },
	{ "task_storage", true, "there is no place for the time when a wait began" },
	{ NULL, false, NULL },
};

const struct view view_sched = {
	.name = "sched",
	.title = "Scheduler",
	.summary = "scheduling: waits for a CPU, time slices, migrations, sched_ext",
	.help = "How long tasks wait for a CPU and how long they then run, whichever scheduler the "
		"kernel uses. A wait begins with a wake-up, or when the CPU is taken from a task "
		"that could still run, and ends when it runs; it counts for the CPU where that is. "
		"A wait or run that began before tracing is not counted. "
		"Time stolen by a hypervisor counts as the running task's.\n\n"
		"The table `state` tells which sched_ext scheduler runs, if any, its events, and, "
		"with ostrace_sched.ko loaded, that module's counters and why it was last ejected. "
		"The table `classes` has the waits by the latency class that module found tasks to "
		"be of.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.top_table = T_PROCESSES,
	.overview = T_PROCESSES,
	.on_demand = true,
	.needs = needs,
	.filters = FILTER_PID | FILTER_CGROUP | FILTER_CPU | FILTER_PROGRAM,
	.options = OPT_COMPARE,
	.open = sched_open,
	.close = sched_close,
	.tick = sched_tick,
	.fill = sched_fill,
	.hist = sched_hist,
	.hist_names = { "wait", "run" },
	.notes = sched_notes,
	.losses = sched_losses,
	.price = sched_price,
};
