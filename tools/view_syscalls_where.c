// SPDX-License-Identifier: GPL-2.0
/*
 * The syscalls view: where the time of calls went. Watching that costs every
 * context switch and every interrupt, so bpf/where.bpf.c is only loaded while
 * a table about it is looked at.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "err.h"
#include "session.h"
#include "view_syscalls.h"
#include "where.h"
#include "syscall.skel.h" /* after the types it has from ostrace/syscall.h */
#include "where.skel.h"

struct where_view {
	struct where_bpf *skel;
	struct where_cell *sum, *delta; /* SYS_SLOTS each */
	struct where_cell *percpu;	/* ncpus: what one lookup returns */
	uint64_t missed_base, lost_base;
	int stats_fd;		 /* the kernel's statistics, on for the price */
	uint64_t run_ns, events; /* of the programs and of calls at the last tick */
	double ns_per_event;	 /* < 0: not known yet */
	bool throttle;		 /* memory.high is watched */
};

/* The penalty for exceeding memory.high has no tracepoint, but a function. */
static const char *const throttle_functions[] = {
	"__mem_cgroup_handle_over_high", /* 7.x */
	"mem_cgroup_handle_over_high",	 /* 6.12 */
};

static bool watch_throttle(struct where_bpf *skel)
{
	struct bpf_program *in = skel->progs.ostrace_where_throttle;
	struct bpf_program *out = skel->progs.ostrace_where_throttled;
	size_t i;

	for (i = 0; i < sizeof(throttle_functions) / sizeof(*throttle_functions); i++)
		if (!bpf_program__set_attach_target(in, 0, throttle_functions[i]) &&
		    !bpf_program__set_attach_target(out, 0, throttle_functions[i]))
			return true;
	return false;
}

/* Leave out what this kernel does not have. */
static void choose_programs(struct session *s, struct where_bpf *skel, bool throttle)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, skel->obj) {
		const char *tp = strchr(bpf_program__section_name(p), '/');

		bpf_program__set_autoload(p, tp ? session_has_tracepoint(s, tp + 1) : throttle);
	}
}

/* One try, with the throttle or without. */
static int start_programs(struct view_state *st, struct where_view *w, bool throttle)
{
	int err;

	w->skel = where_bpf__open();
	if (!w->skel)
		return err_set(-errno, "syscalls: cannot open the BPF object of --by where: %s",
			       strerror(errno));
	w->throttle = throttle && watch_throttle(w->skel);
	choose_programs(st->session, w->skel, w->throttle);
	err = bpf_map__reuse_fd(w->skel->maps.where_tasks, bpf_map__fd(st->skel->maps.where_tasks));
	if (!err)
		err = bpf_map__reuse_fd(w->skel->maps.where_cpus,
					bpf_map__fd(st->skel->maps.where_cpus));
	if (err)
		err = err_set(err, "syscalls: cannot share memory with --by where: %s",
			      strerror(-err));
	if (!err)
		err = session_load(st->session, w->skel->skeleton, "syscalls");
	if (!err)
		err = session_attach(st->session, w->skel->skeleton, "syscalls");
	if (err) {
		where_bpf__destroy(w->skel);
		w->skel = NULL;
	}
	return err;
}

static uint64_t lost_accounts(const struct view_state *st)
{
	struct where_cpu cpus[st->d.m.ncpus];
	uint64_t n = 0;
	uint32_t zero = 0;
	int i;

	memset(cpus, 0, sizeof(cpus));
	if (bpf_map_lookup_elem(bpf_map__fd(st->skel->maps.where_cpus), &zero, cpus))
		return 0;
	for (i = 0; i < st->d.m.ncpus; i++)
		n += cpus[i].lost;
	return n;
}

/* Sum what the CPUs counted for one system call. */
static bool read_cell(const struct view_state *st, uint32_t sys, struct where_cell *now)
{
	struct where_view *w = st->where;
	int cpu, i, k;

	if (bpf_map_lookup_elem(bpf_map__fd(st->skel->maps.where_cells), &sys, w->percpu))
		return false;
	memset(now, 0, sizeof(*now));
	for (cpu = 0; cpu < st->d.m.ncpus; cpu++)
		for (i = 0; i < WHERE_CLASSES; i++) {
			now->class[i].calls += w->percpu[cpu].class[i].calls;
			for (k = 0; k < WHERE_PARTS; k++)
				now->class[i].part[k] += w->percpu[cpu].class[i].part[k];
		}
	return true;
}

void syscalls_where_tick(struct view_state *st)
{
	struct where_view *w = st->where;
	struct where_cell now;
	uint32_t sys;

	for (sys = 0; w && sys < SYS_SLOTS; sys++) {
		if (sys != SYS_OTHER && !st->d.m.sys_what[sys])
			continue;
		if (read_cell(st, sys, &now))
			where_advance(&w->sum[sys], &w->delta[sys], &now);
	}
}

void syscalls_where_forget(struct view_state *st)
{
	syscalls_where_tick(st);
	if (st->where)
		memset(st->where->delta, 0, SYS_SLOTS * sizeof(*st->where->delta));
}

/*
 * While its statistics are on, the kernel tells how long our programs ran: those
 * that watch between entry and exit are paid for by all calls together. Not in
 * it: how the kernel gets to them, and opening and closing accounts.
 */
void syscalls_where_price(struct view_state *st, uint64_t events, struct price *p)
{
	struct where_view *w = st->where;
	struct prog_stats ps;

	if (!w)
		return;
	if (w->stats_fd >= 0 && events > w->events) {
		session_prog_stats(w->skel->obj, &ps);
		w->ns_per_event = (double)(ps.run_ns - w->run_ns) / (double)(events - w->events);
		w->run_ns = ps.run_ns;
		w->events = events;
	}
	if (w->ns_per_event >= 0)
		p->ns_per_event += w->ns_per_event;
}

uint64_t syscalls_where_lost(const struct view_state *st)
{
	struct prog_stats ps;

	if (!st->where)
		return 0;
	session_prog_stats(st->where->skel->obj, &ps);
	return ps.missed - st->where->missed_base + lost_accounts(st) - st->where->lost_base;
}

const struct where_cell *syscalls_where_of(const struct view_state *st, uint32_t sys)
{
	return st->where ? &st->where->delta[sys] : NULL;
}

const char *syscalls_where_note(const struct view_state *st)
{
	return !st->where || st->where->throttle ?
		       NULL :
		       "what memory.high makes a call wait counts as blocked: the function that "
		       "does it cannot be watched on this kernel";
}

static void where_free(struct where_view *w)
{
	if (!w)
		return;
	if (w->stats_fd >= 0)
		close(w->stats_fd);
	where_bpf__destroy(w->skel);
	free(w->sum);
	free(w->delta);
	free(w->percpu);
	free(w);
}

int syscalls_where_start(struct view_state *st, uint64_t events)
{
	struct where_view *w;
	struct prog_stats ps;
	int err = -ENOMEM;

	if (st->where)
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->stats_fd = -1;
	w->ns_per_event = -1;
	w->sum = calloc(SYS_SLOTS, sizeof(*w->sum));
	w->delta = calloc(SYS_SLOTS, sizeof(*w->delta));
	w->percpu = calloc((size_t)st->d.m.ncpus, sizeof(*w->percpu));
	if (w->sum && w->delta && w->percpu) {
		err = start_programs(st, w, true);
		if (err && err != -ENOMEM) { /* perhaps for want of trampolines */
			err_clear();
			err = start_programs(st, w, false);
		}
	}
	if (err) {
		where_free(w);
		return err;
	}
	w->stats_fd = session_stats_on(); /* only a price is lost without it */
	session_prog_stats(w->skel->obj, &ps);
	w->run_ns = ps.run_ns;
	w->events = events;
	w->missed_base = ps.missed;
	w->lost_base = lost_accounts(st);
	st->where = w;
	return 0;
}

void syscalls_where_stop(struct view_state *st)
{
	where_free(st->where);
	st->where = NULL;
}
