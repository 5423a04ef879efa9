// SPDX-License-Identifier: GPL-2.0
/* The syscalls view: loads bpf/syscall.bpf.c, keeps its price and its losses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cgroups.h"
#include "clock.h"
#include "err.h"
#include "session.h"
#include "sysnames.h"
#include "view_syscalls.h"
#include "view_threads.h"
#include "syscall.skel.h" /* after the types it has from ostrace/syscall.h */

/* ---- loading ---- */

static void set_rodata(struct syscall_bpf *skel, const struct filter *f, int ncpus)
{
	int abi;

	threads_settings(&skel->rodata->settings, f, ncpus);
	skel->rodata->attach_boot_ns = clock_ns(CLOCK_BOOTTIME);
	skel->rodata->attach_ns = clock_ns(CLOCK_MONOTONIC);
	for (abi = 0; abi < SYS_ABIS; abi++)
		sysname_sigreturns((enum sys_abi)abi, (int *)skel->rodata->sigreturn_nr[abi]);
}

/* Give each table its size on this machine. */
static int set_sizes(struct syscall_bpf *skel)
{
	size_t ncpus = skel->rodata->settings.cpu.nr_cpus;
	size_t nthreads = skel->rodata->settings.thread_mask + 1;
	const struct map_size sizes[] = {
		{ skel->maps.bss_cpus, sizeof(struct sys_cpu), ncpus },
		{ skel->maps.bss_cells, sizeof(struct sys_cell), SYS_SLOTS * ncpus },
		{ skel->maps.bss_focus, sizeof(struct sys_cell), SYS_SLOTS * ncpus },
		{ skel->maps.bss_threads, sizeof(struct sys_thread), nthreads },
		{ skel->maps.bss_rows, sizeof(struct sys_row),
		  skel->rodata->settings.row_mask + 1 },
		{ skel->maps.bss_ring, sizeof(uint32_t), nthreads },
	};

	return session_sizes("syscalls", sizes, sizeof(sizes) / sizeof(sizes[0]));
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
		     which == 2 ? c[i].no_thread :
				  c[i].no_row;
	return n;
}

uint64_t syscalls_seen(const struct view_state *st)
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
	syscalls_where_stop(st);
	if (st->ready)
		sysdata_close(&st->d);
	syscall_bpf__destroy(st->skel);
	cgroups_close(st->cgroups);
	free(st);
}

static void find_maps(struct syscall_bpf *skel, struct sys_maps *m)
{
	const struct thread_settings *set = &skel->rodata->settings;

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
		.ncpus = (int)set->cpu.nr_cpus,
		.nthreads = set->thread_mask + 1,
		.nrows = set->row_mask + 1,
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
	err = threads_filters("syscalls", skel->maps.filter_tgids, skel->maps.filter_tids, f);
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
	const struct thread_progs progs = { skel->progs.ostrace_fork, skel->progs.ostrace_fork_2,
					    skel->progs.ostrace_cgroup_attach };
	bool preempted = programs_preempted();
	bool classic = preempted && !access(classic_tp, R_OK);

	bpf_program__set_autoload(skel->progs.ostrace_sys_enter, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_sys_exit, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_exit, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_exec, !classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_enter, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_leave, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_exit, classic);
	bpf_program__set_autoload(skel->progs.ostrace_tp_exec, classic);
	threads_choose(st->session, &progs, f);
	bpf_program__set_autoattach(skel->progs.ostrace_open_calls, false);
	if (preempted && !classic)
		st->notes[st->nnotes++] =
			"tracefs is not mounted on /sys/kernel/tracing: on this kernel calls are "
			"missed without it where tasks compete for a CPU";
}

static int syscalls_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	struct sys_maps maps;
	int err, i;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	err = cgroups_open(&st->cgroups);
	if (err)
		goto fail;
	st->skel = syscall_bpf__open();
	if (!st->skel) {
		err = err_set(-errno, "syscalls: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	set_rodata(st->skel, f, session_ncpus(s));
	choose_programs(st, f);
	err = set_sizes(st->skel);
	if (!err)
		err = session_load(s, st->skel->skeleton, "syscalls");
	if (err)
		goto fail;
	find_maps(st->skel, &maps);
	err = sysdata_open(&st->d, &maps);
	st->ready = true;
	if (!err)
		err = attach(st, f);
	if (err)
		goto fail;
	sysdata_baseline(&st->d);
	st->now = clock_ns(CLOCK_MONOTONIC);
	st->events_base = syscalls_seen(st);
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
	syscalls_where_tick(st);
	return sysdata_tick(&st->d);
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
	l[4] = (struct loss){ "where_missed",
			      "events not booked, so that a part of some call's time is called "
			      "another one",
			      syscalls_where_lost(st) };
	return 5;
}

static void syscalls_price(struct view_state *st, struct price *p)
{
	p->ns_per_event = st->ns_per_event;
	p->event = "syscall";
	p->events = syscalls_seen(st) - st->events_base;
	p->bpf_ns_per_event = -1;
	syscalls_where_price(st, p->events + st->events_base, p);
}

static const char *const *syscalls_notes(struct view_state *st)
{
	st->notes[st->nnotes] = syscalls_where_note(st);
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
	{ "tp_btf:sched_switch", false, "where the time of a call went is not known (--by where)" },
	{ "tp_btf:sched_wakeup", false, "a wait for a CPU after a sleep counts as the sleep's" },
	{ "fentry", false, "what memory.high makes a call wait counts as blocked" },
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
		"vDSO calls (clock_gettime, getcpu) never enter the kernel and cannot be seen.\n\n"
		"The table `where` tells where the time of each call went; the parts add up to its "
		"duration. What happens at the same time counts once, as the first of: under an "
		"interrupt or softirq; ready to run, but without a CPU; inside memory reclaim; "
		"inside the penalty for exceeding memory.high; running; blocked for any other "
		"reason. The penalty that the kernel makes a task wait on its way back to user "
		"space comes after the end of the call and is not part of it. To know all this, "
		"context switches and interrupts are watched too, but only while that table is "
		"asked for; it starts with calls that begin from then on.",
	.tables = syscalls_tables,
	.ntables = SYSCALLS_TABLES,
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
