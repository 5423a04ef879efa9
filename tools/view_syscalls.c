// SPDX-License-Identifier: GPL-2.0
/* The syscalls view: loads bpf/syscall.bpf.c and makes tables of its numbers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "cgroups.h"
#include "err.h"
#include "session.h"
#include "sysdata.h"
#include "syscall.skel.h"	/* after the types it has from ostrace/syscall.h */
#include "sysnames.h"
#include "view.h"

/* Indexes in tables[]. */
enum { T_SYSCALLS, T_PROCESSES, T_CGROUPS, T_OPEN, T_RESULTS };

enum {
	S_NAME, S_CALLS, S_ERRORS, S_TOTAL, S_AVG, S_P50, S_P90, S_P99, S_MAX,
	S_OPEN, S_RESTARTS, S_UNTIMED, S_ABI, S_NUMBER,
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
	[S_NUMBER] = { "number", "Number", UNIT_ID, 6, COL_JSON_ONLY,
		"number in that space" },
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

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_SYSCALLS] = { "syscalls", "by syscall", "one row per system call", COLS(syscall_cols),
		.sort = S_TOTAL, .child = T_RESULTS, .hist = true, .top_level = true },
	[T_PROCESSES] = { "processes", "by process", "one row per process", COLS(process_cols),
		.sort = P_TOTAL, .child = T_SYSCALLS, .top_level = true },
	[T_CGROUPS] = { "cgroups", "by cgroup", "one row per cgroup v2", COLS(cgroup_cols),
		.sort = G_TOTAL, .child = T_SYSCALLS, .top_level = true },
	[T_OPEN] = { "inflight", "in flight", "one row per call that has not returned yet",
		COLS(open_cols), .sort = O_AGE, .child = -1, .top_level = true },
	[T_RESULTS] = { "results", "by result", "one row per system call and result",
		COLS(result_cols), .sort = R_CALLS, .child = -1, .top_level = true },
};

struct view_state {
	struct session *session;
	struct syscall_bpf *skel;
	struct sysdata d;
	struct cgroups *cgroups;
	uint64_t now;			/* of the last tick */
	uint64_t events_base;
	uint64_t lost_base[4];
	double ns_per_event;
	bool ready;			/* d is open */
	const char *notes[4];		/* the last one stays NULL */
	int nnotes;
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- loading ---- */

static uint32_t pow2_at_least(uint64_t n)
{
	uint32_t p = 1;

	while (p < n && p < 1u << 30)
		p *= 2;
	return p;
}

/* Threads on the machine now, from the fourth field of /proc/loadavg. */
static uint64_t count_tasks(void)
{
	FILE *f = fopen("/proc/loadavg", "re");
	unsigned long n = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*s %*s %*s %*u/%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void set_rodata(struct syscall_bpf *skel, const struct filter *f, int ncpus,
		       uint32_t nthreads, uint32_t nrows)
{
	struct stat st;
	int abi;

	skel->rodata->nr_cpus = (uint32_t)ncpus;
	skel->rodata->thread_mask = nthreads - 1;
	skel->rodata->row_mask = nrows - 1;
	skel->rodata->attach_boot_ns = clock_ns(CLOCK_BOOTTIME);
	skel->rodata->attach_ns = clock_ns(CLOCK_MONOTONIC);
	skel->rodata->self_tgid = (uint32_t)getpid();
	if (!stat("/proc/self/ns/pid", &st))
		skel->rodata->pidns_ino = (uint32_t)st.st_ino;
	skel->rodata->filter_tasks = f->npids || f->ntids || f->program;
	skel->rodata->filter_cgid = f->cgroup_id;
	skel->rodata->filter_cglevel = f->cgroup_level;
	skel->rodata->filter_cpus = f->have_cpus;
	memcpy((void *)skel->rodata->filter_cpu_bits, f->cpus, sizeof(f->cpus));
	skel->rodata->errors_only = f->errors_only;
	for (abi = 0; abi < SYS_ABIS; abi++)
		sysname_sigreturns((enum sys_abi)abi, (int *)skel->rodata->sigreturn_nr[abi]);
}

/* Give each table its size on this machine. */
static int set_sizes(struct syscall_bpf *skel, int ncpus, uint32_t nthreads, uint32_t nrows)
{
	const struct {
		struct bpf_map *map;
		size_t size;
	} sizes[] = {
		{ skel->maps.bss_cpus, sizeof(struct sys_cpu) * (size_t)ncpus },
		{ skel->maps.bss_cells, sizeof(struct sys_cell) * SYS_SLOTS * (size_t)ncpus },
		{ skel->maps.bss_focus, sizeof(struct sys_cell) * SYS_SLOTS * (size_t)ncpus },
		{ skel->maps.bss_threads, sizeof(struct sys_thread) * nthreads },
		{ skel->maps.bss_rows, sizeof(struct sys_row) * nrows },
		{ skel->maps.bss_ring, sizeof(uint32_t) * nthreads },
	};
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		err = bpf_map__set_value_size(sizes[i].map, (uint32_t)sizes[i].size);
		if (err)
			return err_set(err, "syscalls: cannot size its tables for %d CPUs: %s",
				       ncpus, strerror(-err));
	}
	return 0;
}

static int put_filters(struct view_state *st, const struct filter *f)
{
	int tgids = bpf_map__fd(st->skel->maps.filter_tgids);
	int tids = bpf_map__fd(st->skel->maps.filter_tids);
	uint32_t active = FILTER_ACTIVE, at_exec = FILTER_AT_EXEC;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < f->npids; i++)
		err = bpf_map_update_elem(tgids, &f->pids[i], &active, BPF_ANY);
	for (i = 0; !err && i < f->ntids; i++)
		err = bpf_map_update_elem(tids, &f->tids[i], &active, BPF_ANY);
	if (!err && f->program)
		err = bpf_map_update_elem(tgids, &f->program, &at_exec, BPF_ANY);
	return err ? err_set(err, "syscalls: too many processes or threads in the filter") : 0;
}

/* The fastest of some rounds: interrupts and neighbours only ever add. */
static double getppid_ns(void)
{
	double best = 1e9;
	int round, i;

	for (round = 0; round < 24; round++) {
		uint64_t start = clock_ns(CLOCK_MONOTONIC), span;

		for (i = 0; i < 400; i++)
			syscall(SYS_getppid);
		span = clock_ns(CLOCK_MONOTONIC) - start;
		if ((double)span / 400 < best)
			best = (double)span / 400;
	}
	return best;
}

/*
 * Our price: what a cheap system call of our own costs more now that it is
 * traced. The filter, if any, is overridden for ourselves meanwhile.
 */
static void calibrate(struct view_state *st, double untraced)
{
	struct sys_control *c = st->d.m.control;

	c->calibrating = 1;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
	st->ns_per_event = getppid_ns() - untraced;
	if (st->ns_per_event < 0)
		st->ns_per_event = 0;
	c->calibrating = 0;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
}

static uint64_t lost(const struct view_state *st, int which)
{
	const struct sys_cpu *c = st->d.m.cpus;
	struct prog_stats ps;
	uint64_t n = 0;
	int i;

	if (which == 0) {
		session_prog_stats(st->skel->obj, &ps);
		return ps.missed;
	}
	for (i = 0; i < st->d.m.ncpus; i++)
		n += which == 1 ? c[i].unmatched + c[i].no_state :
		     which == 2 ? c[i].no_thread : c[i].no_row;
	return n;
}

/* Calls that ran through our programs: counted or passed over by the filter. */
static uint64_t seen(const struct view_state *st)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < SYS_SLOTS; i++)
		n += st->d.stat[PLANE_ALL][i].sum.count + st->d.stat[PLANE_ALL][i].untimed;
	for (i = 0; i < st->d.m.ncpus; i++)
		n += st->d.m.cpus[i].skipped;
	return n;
}

static void syscalls_close(struct view_state *st)
{
	if (!st)
		return;
	if (st->ready)
		sysdata_close(&st->d);
	syscall_bpf__destroy(st->skel);
	cgroups_close(st->cgroups);
	free(st);
}

static void find_maps(struct syscall_bpf *skel, struct sys_maps *m, int ncpus,
		      uint32_t nthreads, uint32_t nrows)
{
	*m = (struct sys_maps){
		.control = &skel->bss_control->control,
		.cpus = skel->bss_cpus->cpus,
		.cells = skel->bss_cells->cells,
		.focus_cells = skel->bss_focus->focus_cells,
		.threads = skel->bss_threads->threads,
		.rows = skel->bss_rows->rows,
		.free_ring = skel->bss_ring->free_ring,
		.free_head = &skel->bss->free_head,
		.sys_what = skel->bss->sys_what,
		.ncpus = ncpus,
		.nthreads = nthreads,
		.nrows = nrows,
	};
}

static int attach(struct view_state *st, const struct filter *f)
{
	struct syscall_bpf *skel = st->skel;
	struct sys_control *c = st->d.m.control;
	double untraced = getppid_ns();
	uint32_t i;
	int err;

	for (i = 0; i < st->d.m.nthreads; i++)
		st->d.m.free_ring[i] = i;
	c->free_tail = st->d.m.nthreads;
	c->epoch = 1;
	c->gen = 1;
	err = put_filters(st, f);
	if (err)
		return err;
	err = session_attach(st->session, skel->skeleton, "syscalls");
	if (err)
		return err;
	calibrate(st, untraced);
	if (session_run_iterator(skel->progs.ostrace_open_calls))
		st->notes[st->nnotes++] = "calls already in flight at the start are not shown: "
					  "this kernel has no task iterator";
	return 0;
}

/*
 * Programs of BTF-typed tracepoints, or where those can be preempted, of
 * classic ones: see bpf/syscall.bpf.c.
 */
static void choose_programs(struct view_state *st, const struct filter *f)
{
	static const char classic_tp[] = "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id";
	struct syscall_bpf *skel = st->skel;
	bool preemptible = false, classic;
	struct utsname u;

	if (!uname(&u))
		preemptible = atoi(u.release) >= 7;
	classic = preemptible && !access(classic_tp, R_OK);
	bpf_program__set_autoload(skel->progs.ostrace_sys_enter, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_sys_exit, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_exit, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_exec, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_enter, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_leave, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_exit, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_exec, classic);
	bpf_program__set_autoload(skel->progs.ostrace_fork, f->program != 0);
	bpf_program__set_autoload(skel->progs.ostrace_fork_2, f->program != 0 && preemptible);
	bpf_program__set_autoload(skel->progs.ostrace_cgroup_attach,
				  session_has_tracepoint(st->session, "cgroup_attach_task"));
	bpf_program__set_autoattach(skel->progs.ostrace_open_calls, false);
	if (preemptible && !classic)
		st->notes[st->nnotes++] =
			"tracefs is not mounted on /sys/kernel/tracing: on this kernel calls are "
			"missed without it where tasks compete for a CPU";
}

static int syscalls_open(struct session *s, const struct filter *f, struct view_state **out)
{
	int ncpus = session_ncpus(s), err, i;
	uint32_t nthreads = pow2_at_least(2 * count_tasks());
	struct view_state *st = calloc(1, sizeof(*st));
	struct sys_maps maps;
	uint32_t nrows;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	if (nthreads < SYS_THREADS_MIN)
		nthreads = SYS_THREADS_MIN;
	nrows = nthreads * (SYS_ROWS_MIN / SYS_THREADS_MIN);
	st->session = s;
	err = cgroups_open(&st->cgroups);
	if (err)
		goto fail;
	st->skel = syscall_bpf__open();
	if (!st->skel) {
		err = err_set(-errno, "syscalls: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	set_rodata(st->skel, f, ncpus, nthreads, nrows);
	choose_programs(st, f);
	err = set_sizes(st->skel, ncpus, nthreads, nrows);
	if (!err)
		err = session_load(s, st->skel->skeleton, "syscalls");
	if (err)
		goto fail;
	find_maps(st->skel, &maps, ncpus, nthreads, nrows);
	err = sysdata_open(&st->d, &maps);
	st->ready = true;
	if (!err)
		err = attach(st, f);
	if (err)
		goto fail;
	sysdata_baseline(&st->d);
	st->now = clock_ns(CLOCK_MONOTONIC);
	st->events_base = seen(st);
	for (i = 0; i < 4; i++)
		st->lost_base[i] = lost(st, i);
	*out = st;
	return 0;
fail:
	syscalls_close(st);
	return err;
}

/* ---- the interval ---- */

static void syscalls_harvest(struct view_state *st)
{
	sysdata_harvest(&st->d);
}

static int syscalls_tick(struct view_state *st, uint64_t now)
{
	st->now = now;
	return sysdata_tick(&st->d);
}

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

static bool owned(const struct scope *scope)
{
	return scope && scope->depth && scope->step[0].table != T_SYSCALLS;
}

static int syscalls_focus(struct view_state *st, int table, const struct scope *scope)
{
	struct sys_scope to, *now = &st->d.scope;

	scope_owner(scope, &to);
	to.rows = table == T_RESULTS || owned(scope);
	if (to.rows == now->rows && to.tgid == now->tgid && to.start == now->start &&
	    to.cgid == now->cgid)
		return 0;
	sysdata_focus(&st->d, &to);
	return 0;
}

/* ---- tables ---- */

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

static void totals(struct row *r, const struct sys_totals *t, int calls, int errors,
		   int total, int avg, int max)
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
	const struct scope_step *in = scope && scope->depth ?
				      &scope->step[scope->depth - 1] : NULL;
	char name[64], code[32];
	uint32_t i;

	for (i = 0; i < st->d.results.n; i++) {
		const struct sys_result *s = &st->d.results.v[i];
		struct row *r;

		if (!s->last.calls || (in && in->table == T_SYSCALLS && in->id.a != s->sys))
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

static int syscalls_fill(struct view_state *st, int table, const struct scope *scope,
			 struct table *out)
{
	table_reset(out, &tables[table]);
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
	}
	return -EINVAL;
}

static int syscalls_hist(struct view_state *st, const struct scope *scope, int which,
			 bool total, struct hist *out)
{
	const struct scope_step *in = &scope->step[scope->depth - 1];
	const struct sys_stat *s;
	int i;

	if (which)
		return -ENOENT;
	if (scope->depth < 1 || in->table != T_SYSCALLS || in->id.a >= SYS_SLOTS)
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

/* ---- honesty ---- */

static int syscalls_losses(struct view_state *st, struct loss *l)
{
	static const struct loss kinds[] = {
		{ "missed", "calls not counted: the kernel skipped our program (recursion)", 0 },
		{ "unmatched", "calls not counted: returned without a number, or no memory", 0 },
		{ "threads_full", "calls counted, but not attributed: thread table full", 0 },
		{ "map_full", "calls counted, but not by result: row table full", 0 },
	};
	int i;

	for (i = 0; i < 4; i++) {
		l[i] = kinds[i];
		l[i].n = lost(st, i) - st->lost_base[i];
	}
	return 4;
}

static void syscalls_price(struct view_state *st, struct price *p)
{
	p->ns_per_event = st->ns_per_event;
	p->event = "syscall";
	p->events = seen(st) - st->events_base;
	p->bpf_ns_per_event = -1;
}

static const char *const *syscalls_notes(struct view_state *st)
{
	return st->notes;
}

static const struct view_need needs[] = {
	{ "tp_btf:sys_enter", true, "no system calls can be seen" },
	{ "tp_btf:sys_exit", true, "no system calls can be seen" },
	{ "tp_btf:sched_process_exit", true, "slots of dead threads could not be recycled" },
	{ "tp_btf:cgroup_attach_task", false,
	  "a process that moves to another cgroup stays accounted to the first one" },
	{ "iter:task", false, "calls in flight at the start are not shown" },
	{ "cgroup2", false, "all processes appear in the root cgroup" },
	{ NULL, false, NULL },
};

const struct view view_syscalls = {
	.name = "syscalls",
	.title = "Syscalls",
	.summary = "cost of system calls: by call, process, cgroup and result",
	.help = "Every system call of every thread, from its entry to its return, sleeping "
		"included. Calls in flight are shown apart (--by inflight), each with the time it "
		"has taken so far; a call counts in the interval in which it ends. Calls that do "
		"not return, that seccomp answered, or that began before tracing are counted, but "
		"have no duration (\"untimed\").\n\n"
		"Attaching slows every system call of the machine a little, those of filtered out "
		"processes included; the price shown is measured at the start on this machine. "
		"vDSO calls (clock_gettime, getcpu) never enter the kernel and cannot be seen.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.needs = needs,
	.filters = FILTER_PID | FILTER_TID | FILTER_CGROUP | FILTER_CPU | FILTER_ERRORS |
		   FILTER_PROGRAM,
	.open = syscalls_open,
	.close = syscalls_close,
	.harvest = syscalls_harvest,
	.tick = syscalls_tick,
	.fill = syscalls_fill,
	.focus = syscalls_focus,
	.hist = syscalls_hist,
	.hist_names = { "latency", NULL },
	.notes = syscalls_notes,
	.losses = syscalls_losses,
	.price = syscalls_price,
};
