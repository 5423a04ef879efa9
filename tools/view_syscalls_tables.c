// SPDX-License-Identifier: GPL-2.0
/* The syscalls view: its columns, and tables from the numbers of sysdata.c. */
#include <errno.h>
#include <string.h>
#include "cgroups.h"
#include "err.h"
#include "sysnames.h"
#include "view_syscalls.h"
#include "where.h"

/* Indexes in tables[]. */
enum { T_SYSCALLS, T_PROCESSES, T_CGROUPS, T_OPEN, T_RESULTS, T_WHERE };

/* A table reads as a table. */
/* clang-format off */
enum {
	S_NAME,
	S_CALLS,
	S_ERRORS,
	S_TOTAL,
	S_AVG,
	S_P50,
	S_P90,
	S_P99,
	S_MAX,
	S_OPEN,
	S_RESTARTS,
	S_UNTIMED,
	S_ABI,
	S_NUMBER,
};
static const struct column syscall_cols[] = {
	[S_NAME] = { "name", "Syscall", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING,
		     "name of the system call; those of another ABI carry it: read[i386]" },
	[S_CALLS] = { "calls", "Calls", UNIT_COUNT, 7, 0, "calls that ended in the interval" },
	[S_ERRORS] = { "errors", "Errors", UNIT_COUNT, 7, COL_ERROR,
		       "calls that returned an error; restarts are not errors" },
	[S_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0,
		      "time in calls that ended in the interval, whenever they began, sleeping included" },
	[S_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" },
	[S_P50] = { "p50_ns", "P50", UNIT_NS, 7, 0, "median duration, within 12.5 %" },
	[S_P90] = { "p90_ns", "P90", UNIT_NS, 7, COL_OPTIONAL,
		    "90 % of calls were faster, within 12.5 %" },
	[S_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0, "99 % of calls were faster, within 12.5 %" },
	[S_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest call, exact" },
	[S_OPEN] = { "open", "Open", UNIT_COUNT, 5, COL_OPTIONAL,
		     "calls in flight at the end of the interval" },
	[S_RESTARTS] = { "restarts", "Restart", UNIT_COUNT, 7, COL_OPTIONAL,
			 "calls interrupted by a signal, to be restarted (ERESTART*)" },
	[S_UNTIMED] = { "untimed", "Untimed", UNIT_COUNT, 7, COL_JSON_ONLY,
			"calls without a duration: never returned (exit), answered by seccomp, or begun "
			"before tracing; part of calls, not of times" },
	[S_ABI] = { "abi", "ABI", UNIT_TEXT, 7, COL_JSON_ONLY, "number space of the call" },
	[S_NUMBER] = { "number", "Number", UNIT_ID, 6, COL_JSON_ONLY, "number in that space" },
};

enum { P_PID, P_COMM, P_CALLS, P_ERRORS, P_TOTAL, P_AVG, P_MAX, P_THREADS, P_CGROUP };
static const struct column process_cols[] = {
	[P_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		    "process id, in ostrace's pid namespace where it has one there" },
	[P_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		     "name of the process" },
	[P_CALLS] = { "calls", "Calls", UNIT_COUNT, 7, 0, "system calls that ended" },
	[P_ERRORS] = { "errors", "Errors", UNIT_COUNT, 7, COL_ERROR, "of them with an error" },
	[P_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0,
		      "time in those calls, summed over threads, sleeping included" },
	[P_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" },
	[P_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest call" },
	[P_THREADS] = { "threads", "Thr", UNIT_COUNT, 4, COL_OPTIONAL,
			"threads that ended a call in the interval" },
	[P_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		       "cgroup v2 path" },
};

enum { G_CGROUP, G_CALLS, G_ERRORS, G_TOTAL, G_AVG, G_MAX, G_THREADS, G_ID };
static const struct column cgroup_cols[] = {
	[G_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		       "cgroup v2 path; its own threads only, not those of its children" },
	[G_CALLS] = { "calls", "Calls", UNIT_COUNT, 7, 0, "system calls that ended" },
	[G_ERRORS] = { "errors", "Errors", UNIT_COUNT, 7, COL_ERROR, "of them with an error" },
	[G_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0,
		      "time in those calls, summed over threads, sleeping included" },
	[G_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" },
	[G_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest call" },
	[G_THREADS] = { "threads", "Thr", UNIT_COUNT, 4, COL_OPTIONAL,
			"threads that ended a call in the interval" },
	[G_ID] = { "cgroup_id", "Id", UNIT_ID, 8, COL_JSON_ONLY, "the kernel's id of the cgroup" },
};

enum { O_PID, O_TID, O_COMM, O_NAME, O_AGE, O_SINCE, O_CGROUP };
static const struct column open_cols[] = {
	[O_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "process id" },
	[O_TID] = { "tid", "TID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "thread id" },
	[O_COMM] = { "comm", "Thread", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING, "thread name" },
	[O_NAME] = { "name", "Syscall", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING,
		     "the call it is in" },
	[O_AGE] = { "age_ns", "For", UNIT_NS, 8, 0,
		    "how long so far: the call will have taken at least this" },
	[O_SINCE] = { "since", "Since", UNIT_TEXT, 7, COL_OPTIONAL,
		      "entry: seen to begin; before: begun before tracing, counted from its start" },
	[O_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		       "cgroup v2 path" },
};

enum { R_NAME, R_RESULT, R_CALLS, R_TOTAL, R_AVG, R_CODE };
static const struct column result_cols[] = {
	[R_NAME] = { "name", "Syscall", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING, "system call" },
	[R_RESULT] = { "result", "Result", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING,
		       "ok, the name of the error, or of the restart code" },
	[R_CALLS] = { "calls", "Calls", UNIT_COUNT, 7, 0, "calls that ended so" },
	[R_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, "time in them" },
	[R_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" },
	[R_CODE] = { "errno", "Errno", UNIT_ID, 5, COL_JSON_ONLY, "the number, 0 for ok" },
};

enum {
	W_NAME,
	W_CALLS,
	W_TOTAL,
	W_P99,
	W_PERCENT,
	W_NS = W_PERCENT + WHERE_PARTS,
	W_SLOW_CALLS = W_NS + WHERE_PARTS,
	W_SLOW_LEAST,
	W_SLOW_TOTAL,
	W_SLOW_NS,
};
#define WHERE_COLS(part, name, title, help) \
	[W_PERCENT + (part)] = { name "_percent", title, UNIT_PERCENT, 6, 0, help }, \
	[W_NS + (part)] = { name "_ns", title, UNIT_NS, 7, COL_JSON_ONLY, "that part of the total" }, \
	[W_SLOW_NS + (part)] = { "slow_" name "_ns", title, UNIT_NS, 7, COL_JSON_ONLY, \
		"that part of the slow calls' time" }
static const struct column where_cols[] = {
	[W_NAME] = { "name", "Syscall", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING, "system call" },
	[W_CALLS] = { "calls", "Calls", UNIT_COUNT, 7, COL_OPTIONAL,
		      "calls that ended, and whose time was followed from their beginning" },
	[W_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, "their time: exactly the sum of the parts" },
	[W_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0,
		    "99 % of calls were faster, within 12.5 % (all calls that ended)" },
	WHERE_COLS(WHERE_RUNNING, "running", "Run%", "share of the time spent running"),
	WHERE_COLS(WHERE_BLOCKED, "blocked", "Sleep%",
		   "asleep, waiting for whatever the call is about: data, a lock, a timer, a disk"),
	WHERE_COLS(WHERE_READY, "ready", "NoCPU%", "could run, but another task had the CPU"),
	WHERE_COLS(WHERE_RECLAIM, "reclaim", "Recl%",
		   "in direct reclaim, or in that of a cgroup at memory.max or memory.high"),
	WHERE_COLS(WHERE_THROTTLE, "throttle", "Throt%",
		   "in the penalty for exceeding memory.high"),
	WHERE_COLS(WHERE_INTERRUPTED, "interrupted", "Irq%",
		   "under interrupts and softirqs that came while it ran"),
	[W_SLOW_CALLS] = { "slow_calls", "Slow", UNIT_COUNT, 7, COL_JSON_ONLY,
		"the slowest 1 % of those calls, and others that took about as long" },
	[W_SLOW_LEAST] = { "slow_least_ns", "SlowMin", UNIT_NS, 7, COL_JSON_ONLY,
		"each of them took at least so long" },
	[W_SLOW_TOTAL] = { "slow_ns", "SlowTotal", UNIT_NS, 7, COL_JSON_ONLY, "their time" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

const struct table_def syscalls_tables[SYSCALLS_TABLES] = {
	[T_SYSCALLS] = { "syscalls", "by syscall", "one row per system call", COLS(syscall_cols),
			 .sort = S_TOTAL, .child = T_RESULTS, .hist = true, .top_level = true,
			 .headline = { S_TOTAL, S_P99, S_ERRORS }, .sibling = T_WHERE + 1 },
	[T_PROCESSES] = { "processes", "by process", "one row per process", COLS(process_cols),
			  .sort = P_TOTAL, .child = T_SYSCALLS, .top_level = true,
			  .subject = SUBJECT_PROCESS, .headline = { P_TOTAL, P_CALLS, P_MAX } },
	[T_CGROUPS] = { "cgroups", "by cgroup", "one row per cgroup v2", COLS(cgroup_cols),
			.sort = G_TOTAL, .child = T_SYSCALLS, .top_level = true,
			.subject = SUBJECT_CGROUP, .headline = { G_TOTAL, G_CALLS, G_MAX } },
	[T_OPEN] = { "inflight", "in flight", "one row per call that has not returned yet",
		     COLS(open_cols), .sort = O_AGE, .child = -1, .top_level = true },
	[T_RESULTS] = { "results", "by result", "one row per system call and result",
			COLS(result_cols), .sort = R_CALLS, .child = -1, .top_level = true },
	[T_WHERE] = { "where", "where time went", "one row per system call: where its time went",
		      COLS(where_cols), .sort = W_TOTAL, .child = T_RESULTS, .hist = true,
		      .top_level = true, .sibling = T_SYSCALLS + 1 },
};
/* clang-format on */

/* The scope's process or cgroup, or the whole machine. */
static void scope_owner(const struct scope *scope, struct sys_scope *to)
{
	memset(to, 0, sizeof(*to));
	if (!scope || !scope->depth)
		return;
	if (scope->step[0].table == T_PROCESSES) {
		to->tgid = scope->step[0].id.a;
		to->start = scope->step[0].id.b;
	} else if (scope->step[0].table == T_CGROUPS) {
		to->cgid = scope->step[0].id.a;
	}
}

static bool of_syscalls(int table)
{
	return table == T_SYSCALLS || table == T_WHERE;
}

static bool owned(const struct scope *scope)
{
	return scope && scope->depth && !of_syscalls(scope->step[0].table);
}

/* Whether where time goes is asked for by the table or on the way to it. */
static bool asks_where(int table, const struct scope *scope)
{
	int i;

	for (i = 0; scope && i < scope->depth; i++)
		if (scope->step[i].table == T_WHERE)
			return true;
	return table == T_WHERE;
}

static int focus_where(struct view_state *st, bool on)
{
	struct sys_control *c = st->d.m.control;
	int err = on ? syscalls_where_start(st, syscalls_seen(st)) : 0;

	if (err)
		return err;
	c->where = on;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
	if (!on)
		syscalls_where_stop(st);
	return 0;
}

int syscalls_focus(struct view_state *st, int table, const struct scope *scope)
{
	struct sys_scope to, *now = &st->d.scope;
	bool where = asks_where(table, scope);
	int err = 0;

	scope_owner(scope, &to);
	to.rows = table == T_RESULTS || owned(scope);
	if (to.rows != now->rows || to.tgid != now->tgid || to.start != now->start ||
	    to.cgid != now->cgid) {
		sysdata_focus(&st->d, &to);
		syscalls_where_forget(st);
	}
	if (where != !!st->where)
		err = focus_where(st, where);
	return err;
}

static uint64_t ratio(uint64_t total, uint64_t n)
{
	return n ? total / n : 0;
}

static int fill_syscalls(struct view_state *st, const struct scope *scope, struct table *out)
{
	int plane = owned(scope) ? PLANE_FOCUS : PLANE_ALL;
	char name[64];
	uint32_t sys;

	for (sys = 0; sys < SYS_SLOTS; sys++) {
		const struct sys_stat *s = &st->d.stat[plane][sys];
		uint64_t calls = s->delta.count + s->d_untimed;
		uint32_t what = st->d.m.sys_what[sys];
		struct row *r;

		if (!calls && !s->open)
			continue;
		r = table_add(out, (struct row_id){ sys, 0 });
		if (!r)
			return -ENOMEM;
		sysname(what, name, sizeof(name));
		r->v[S_NAME].s = table_str(out, name);
		r->v[S_ABI].s = sysname_abi(what);
		r->v[S_NUMBER].u = what ? (what - 1) & 0xffff : 0;
		r->v[S_CALLS].u = calls;
		r->v[S_ERRORS].u = s->d_errors;
		r->v[S_RESTARTS].u = s->d_restarts;
		r->v[S_TOTAL].u = s->delta.sum;
		r->v[S_AVG].u = ratio(s->delta.sum, s->delta.count);
		r->v[S_P50].u = hist_percentile(&s->delta, 500, NULL);
		r->v[S_P90].u = hist_percentile(&s->delta, 900, NULL);
		r->v[S_P99].u = hist_percentile(&s->delta, 990, NULL);
		r->v[S_MAX].u = s->delta.max;
		r->v[S_OPEN].u = s->open;
		r->v[S_UNTIMED].u = s->d_untimed;
		if (!s->delta.count)
			r->na = 1u << S_AVG | 1u << S_P50 | 1u << S_P90 | 1u << S_P99 |
				1u << S_MAX | 1u << S_TOTAL;
		if (!what)
			r->na |= 1u << S_NUMBER;
	}
	return 0;
}

static void fill_parts(struct row *r, const struct where_cell *cell)
{
	struct where_sum all, slow;
	double total;
	int i;

	where_all(cell, &all);
	r->v[W_CALLS].u = all.calls;
	r->v[W_TOTAL].u = where_ns(&all);
	r->v[W_SLOW_LEAST].u = where_slowest(cell, 10, &slow);
	r->v[W_SLOW_CALLS].u = slow.calls;
	r->v[W_SLOW_TOTAL].u = where_ns(&slow);
	total = (double)where_ns(&all);
	for (i = 0; i < WHERE_PARTS; i++) {
		r->v[W_PERCENT + i].d = total > 0 ? 100.0 * (double)all.part[i] / total : 0;
		r->v[W_NS + i].u = all.part[i];
		r->v[W_SLOW_NS + i].u = slow.part[i];
	}
}

static int fill_where(struct view_state *st, const struct scope *scope, struct table *out)
{
	int plane = owned(scope) ? PLANE_FOCUS : PLANE_ALL;
	char name[64];
	uint32_t sys;

	if (!st->where)
		return err_set(-ENODATA, "where time goes cannot be seen: see ostrace features");
	for (sys = 0; sys < SYS_SLOTS; sys++) {
		const struct where_cell *cell = syscalls_where_of(st, sys);
		const struct hist *h = &st->d.stat[plane][sys].delta;
		struct where_sum all;
		struct row *r;

		where_all(cell, &all);
		if (!all.calls)
			continue;
		r = table_add(out, (struct row_id){ sys, 0 });
		if (!r)
			return -ENOMEM;
		sysname(st->d.m.sys_what[sys], name, sizeof(name));
		r->v[W_NAME].s = table_str(out, name);
		r->v[W_P99].u = hist_percentile(h, 990, NULL);
		if (!h->count)
			r->na = 1ull << W_P99;
		fill_parts(r, cell);
	}
	return 0;
}

static void totals(struct row *r, const struct sys_totals *t, int calls, int errors, int total,
		   int avg, int max)
{
	r->v[calls].u = t->calls;
	r->v[errors].u = t->errors;
	r->v[total].u = t->total;
	r->v[avg].u = ratio(t->total, t->calls - t->untimed);
	r->v[max].u = t->max;
	if (t->calls == t->untimed)
		r->na = 1u << total | 1u << avg | 1u << max;
}

static int fill_processes(struct view_state *st, struct table *out)
{
	uint32_t i;

	for (i = 0; i < st->d.procs.n; i++) {
		const struct sys_owner *w = &st->d.procs.v[i];
		struct row *r;

		if (!w->last.calls)
			continue;
		r = table_add(out, (struct row_id){ w->id, w->start });
		if (!r)
			return -ENOMEM;
		r->v[P_PID].u = w->ns_tgid ? w->ns_tgid : w->tgid;
		r->v[P_COMM].s = table_str(out, w->comm);
		totals(r, &w->last, P_CALLS, P_ERRORS, P_TOTAL, P_AVG, P_MAX);
		r->v[P_THREADS].u = w->threads;
		r->v[P_CGROUP].s = cgroups_name(st->cgroups, w->cgid, (pid_t)w->ns_tgid);
	}
	return 0;
}

static int fill_cgroups(struct view_state *st, struct table *out)
{
	uint32_t i, p;

	for (i = 0; i < st->d.cgroups.n; i++) {
		const struct sys_owner *w = &st->d.cgroups.v[i];
		pid_t member = 0;
		struct row *r;

		if (!w->last.calls)
			continue;
		r = table_add(out, (struct row_id){ w->id, 0 });
		if (!r)
			return -ENOMEM;
		for (p = 0; p < st->d.procs.n && !member; p++)
			if (st->d.procs.v[p].cgid == w->id)
				member = (pid_t)st->d.procs.v[p].ns_tgid;
		r->v[G_CGROUP].s = cgroups_name(st->cgroups, w->id, member);
		totals(r, &w->last, G_CALLS, G_ERRORS, G_TOTAL, G_AVG, G_MAX);
		r->v[G_THREADS].u = w->threads;
		r->v[G_ID].u = w->id;
	}
	return 0;
}

static int fill_open(struct view_state *st, struct table *out)
{
	uint32_t i;
	char name[64];

	for (i = 0; i < st->d.high; i++) {
		const volatile struct sys_thread *th = &st->d.m.threads[i];
		uint64_t enter = th->enter_ns;
		uint32_t sys = th->sys;
		struct row *r;

		if (th->state != THREAD_LIVE || !enter || sys >= SYS_SLOTS || enter > st->now)
			continue;
		r = table_add(out, (struct row_id){ th->tid, th->task_start });
		if (!r)
			return -ENOMEM;
		sysname(st->d.m.sys_what[sys], name, sizeof(name));
		r->v[O_PID].u = th->ns_tgid ? th->ns_tgid : th->tgid;
		r->v[O_TID].u = th->ns_tid ? th->ns_tid : th->tid;
		r->v[O_COMM].s = table_str(out, (const char *)th->comm);
		r->v[O_NAME].s = table_str(out, name);
		r->v[O_AGE].u = st->now - enter;
		r->v[O_SINCE].s = th->flags & THREAD_OPENED ? "before" : "entry";
		r->v[O_CGROUP].s = cgroups_name(st->cgroups, th->cgid, (pid_t)th->ns_tgid);
		r->ge = 1u << O_AGE;
	}
	return 0;
}

static int fill_results(struct view_state *st, const struct scope *scope, struct table *out)
{
	const struct scope_step *in = scope && scope->depth ? &scope->step[scope->depth - 1] : NULL;
	char name[64], code[32];
	uint32_t i;

	for (i = 0; i < st->d.results.n; i++) {
		const struct sys_result *s = &st->d.results.v[i];
		struct row *r;

		if (!s->last.calls || (in && of_syscalls(in->table) && in->id.a != s->sys))
			continue;
		r = table_add(out, (struct row_id){ s->sys, s->result });
		if (!r)
			return -ENOMEM;
		sysname(st->d.m.sys_what[s->sys], name, sizeof(name));
		r->v[R_NAME].s = table_str(out, name);
		r->v[R_RESULT].s = table_str(out, sysname_result(s->result, code, sizeof(code)));
		r->v[R_CALLS].u = s->last.calls;
		r->v[R_TOTAL].u = s->last.total;
		r->v[R_AVG].u = ratio(s->last.total, s->last.calls - s->last.untimed);
		r->v[R_CODE].u = s->result;
		if (s->last.calls == s->last.untimed)
			r->na = 1u << R_TOTAL | 1u << R_AVG;
	}
	return 0;
}

int syscalls_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	table_reset(out, &syscalls_tables[table]);
	switch (table) {
	case T_SYSCALLS:
		return fill_syscalls(st, scope, out);
	case T_PROCESSES:
		return fill_processes(st, out);
	case T_CGROUPS:
		return fill_cgroups(st, out);
	case T_OPEN:
		return fill_open(st, out);
	case T_RESULTS:
		return fill_results(st, scope, out);
	case T_WHERE:
		return fill_where(st, scope, out);
	}
	return -EINVAL;
}

int syscalls_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		  struct hist *out)
{
	const struct scope_step *in = &scope->step[scope->depth - 1];
	const struct sys_stat *s;
	int i;

	if (which)
		return -ENOENT;
	if (scope->depth < 1 || !of_syscalls(in->table) || in->id.a >= SYS_SLOTS)
		return -ENODATA;
	s = &st->d.stat[owned(scope) ? PLANE_FOCUS : PLANE_ALL][in->id.a];
	if (!total) {
		*out = s->delta;
		return 0;
	}
	*out = s->sum;
	out->count -= s->base.count;
	out->sum -= s->base.sum;
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++)
		out->slot[i] -= s->base.slot[i];
	return 0;
}
