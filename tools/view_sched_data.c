// SPDX-License-Identifier: GPL-2.0
/*
 * What the sched view knows: loads bpf/runq.bpf.c, which watches whatever scheduler
 * runs, and asks sysfs for what it tells of sched_ext and of our own (scxinfo.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "cells.h"
#include "cgroups.h"
#include "err.h"
#include "session.h"
#include "view_cpus.h"
#include "view_sched.h"
#include "runq.skel.h" /* after the types it has from ostrace/runq.h */

void sched_close(struct view_state *st)
{
	int i;

	if (!st)
		return;
	if (st->stats_fd >= 0)
		close(st->stats_fd);
	runq_bpf__destroy(st->skel);
	cgroups_close(st->cgroups);
	for (i = 0; i < RUNQ_PROCS; i++) {
		free(st->proc[i].sum);
		free(st->proc[i].delta);
	}
	free(st->cpu_sum);
	free(st->cpu_delta);
	free(st->all_sum);
	free(st);
}

/* The program is held before its first instruction: what it does is born of it. */
static int mark_program(struct view_state *st, uint32_t pid)
{
	struct runq_task mine = { .mine = 1 };
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), err;

	if (fd < 0)
		return err_set(-errno, "sched: cannot follow process %u: %s", pid, strerror(errno));
	err = bpf_map_update_elem(bpf_map__fd(st->skel->maps.runq_tasks), &fd, &mine, BPF_ANY);
	close(fd);
	return err ? err_set(err, "sched: cannot follow process %u: %s", pid, strerror(-err)) : 0;
}

static int load(struct view_state *st, const struct filter *f)
{
	const struct map_size size = { st->skel->maps.bss_cpus, sizeof(struct runq_cpu),
				       (size_t)st->ncpus };
	uint32_t one = 1;
	size_t i;
	int err;

	cpus_settings(&st->skel->rodata->settings, f, st->ncpus);
	st->skel->rodata->filter_pids = f->npids > 0;
	st->skel->rodata->filter_program = f->program != 0;
	st->skel->rodata->filter_cgid = f->cgroup_id;
	st->skel->rodata->filter_cglevel = f->cgroup_level;
	err = session_sizes("sched", &size, 1);
	if (!err)
		err = session_load(st->session, st->skel->skeleton, "sched");
	if (err)
		return err;
	for (i = 0; i < f->npids; i++) {
		err = bpf_map_update_elem(bpf_map__fd(st->skel->maps.filter_tgids), &f->pids[i],
					  &one, BPF_ANY);
		if (err)
			return err_set(err, "sched: too many processes in the filter");
	}
	err = f->program ? mark_program(st, f->program) : 0;
	if (err)
		return err;
	st->cpus = st->skel->bss_cpus->cpus;
	for (i = 0; i < RUNQ_PROCS; i++)
		st->skel->bss_ring->free_ring[i] = (uint32_t)i;
	/* One fewer: a ring that is full must differ from one that is empty. */
	st->skel->bss_control->control.free_tail = RUNQ_PROCS - 1;
	st->skel->bss_control->control.epoch = 1;
	st->stats_fd = session_stats_on(); /* only a price is lost without it */
	return session_attach(st->session, st->skel->skeleton, "sched");
}

int sched_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	struct prog_stats ps;
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	st->stats_fd = -1;
	st->ns_per_event = -1;
	st->ncpus = session_ncpus(s);
	st->cpu_sum = calloc((size_t)st->ncpus, sizeof(*st->cpu_sum));
	st->cpu_delta = calloc((size_t)st->ncpus, sizeof(*st->cpu_delta));
	if (f->program)
		st->all_sum = calloc((size_t)st->ncpus, sizeof(*st->all_sum));
	err = -ENOMEM;
	if (!st->cpu_sum || !st->cpu_delta || (f->program && !st->all_sum))
		goto fail;
	err = cgroups_open(&st->cgroups);
	if (err)
		goto fail;
	st->skel = runq_bpf__open();
	if (!st->skel) {
		err = err_set(-errno, "sched: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	err = load(st, f);
	if (err)
		goto fail;
	session_prog_stats(st->skel->obj, &ps);
	st->missed_base = ps.missed;
	scxinfo_read(&st->now, "/sys/kernel");
	if (access("/sys/kernel/sched_ext", F_OK))
		st->notes[0] = "this kernel has no sched_ext: its own scheduler is all there is";
	*out = st;
	return 0;
fail:
	sched_close(st);
	return err;
}

void sched_sum_add(struct runq_sum *to, const struct runq_sum *s)
{
	hist_add(&to->wait, &s->wait);
	hist_add(&to->slice, &s->slice);
	to->preempted += s->preempted;
	to->migrated += s->migrated;
}

static void take_stat(struct runq_sum *sum, struct runq_sum *delta, const struct runq_stat *c,
		      uint32_t epoch)
{
	cell_take(&sum->wait, &delta->wait, &c->wait, epoch);
	cell_take(&sum->slice, &delta->slice, &c->slice, epoch);
	delta->preempted = counter_take(&sum->preempted, (const uint64_t *)&c->preempted);
	delta->migrated = counter_take(&sum->migrated, (const uint64_t *)&c->migrated);
}

/* Read a process's slot; that of a dead one goes back to the ring after this. */
static int take_proc(struct view_state *st, uint32_t slot, uint32_t epoch)
{
	struct runq_proc *from = &st->skel->bss_procs->procs[slot];
	struct runq_control *control = &st->skel->bss_control->control;
	uint32_t state = __atomic_load_n(&from->state, __ATOMIC_ACQUIRE);
	struct proc *p = &st->proc[slot];

	p->active = false;
	if (state == RUNQ_FREE)
		return 0;
	if (!p->sum) {
		p->sum = calloc(1, sizeof(*p->sum));
		p->delta = calloc(1, sizeof(*p->delta));
		if (!p->sum || !p->delta)
			return -ENOMEM;
	}
	take_stat(p->sum, p->delta, &from->stat, epoch);
	p->pid = from->pid;
	p->cgroup = from->cgroup;
	memcpy(p->comm, from->comm, sizeof(p->comm));
	p->active = p->delta->wait.count || p->delta->slice.count;
	if (state != RUNQ_DEAD || p->active)
		return 0;
	/* A tick without news: nobody writes there any more. */
	memset(&from->stat, 0, sizeof(from->stat));
	memset(p->sum, 0, sizeof(*p->sum));
	__atomic_store_n(&from->state, RUNQ_FREE, __ATOMIC_RELEASE);
	st->skel->bss_ring->free_ring[control->free_tail & (RUNQ_PROCS - 1)] = slot;
	__atomic_store_n(&control->free_tail, control->free_tail + 1, __ATOMIC_RELEASE);
	return 0;
}

/* The module's histograms only grow: subtract, unless it was started afresh. */
static void take_classes(struct view_state *st)
{
	const struct scxinfo *now = &st->now, *before = &st->before;
	bool same = now->ours && before->ours && now->started == before->started;
	int i, s;

	memset(st->class_delta, 0, sizeof(st->class_delta));
	for (i = 0; now->ours && i < OSTRACE_SCHED_CLASSES; i++) {
		struct hist *d = &st->class_delta[i];

		*d = now->wait[i];
		if (!same)
			continue;
		d->sum -= before->wait[i].sum;
		d->count = 0;
		for (s = 0; s < OSTRACE_HIST_SLOTS; s++) {
			d->slot[s] -= before->wait[i].slot[s];
			d->count += d->slot[s];
			if (d->slot[s])
				d->max = ostrace_hist_low((uint32_t)s + 1) - 1;
		}
		if (now->wait[i].max > before->wait[i].max || d->max > now->wait[i].max)
			d->max = now->wait[i].max;
	}
}

static void learn_price(struct view_state *st)
{
	struct prog_stats ps;

	if (st->stats_fd < 0)
		return;
	session_prog_stats(st->skel->obj, &ps);
	if (ps.run_cnt)
		st->ns_per_event = (double)ps.run_ns / (double)ps.run_cnt;
	if (ps.run_cnt <= 1000 && ++st->learned < 5)
		return;
	close(st->stats_fd);
	st->stats_fd = -1;
}

int sched_tick(struct view_state *st, uint64_t now)
{
	struct runq_control *control = &st->skel->bss_control->control;
	uint32_t epoch = control->epoch, slot;
	struct runq_sum unused;
	int cpu, err = 0;

	__atomic_store_n(&control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (cpu = 0; cpu < st->ncpus; cpu++)
		take_stat(&st->cpu_sum[cpu], &st->cpu_delta[cpu], &st->cpus[cpu].stat, epoch);
	for (cpu = 0; st->all_sum && cpu < st->ncpus; cpu++)
		take_stat(&st->all_sum[cpu], &unused, &st->cpus[cpu].all, epoch);
	for (slot = 0; !err && slot < RUNQ_PROCS; slot++)
		err = take_proc(st, slot, epoch);
	st->before = st->now;
	scxinfo_read(&st->now, "/sys/kernel");
	take_classes(st);
	learn_price(st);
	return err;
}

const char *const *sched_notes(struct view_state *st)
{
	return st->notes;
}

int sched_losses(struct view_state *st, struct loss *l)
{
	struct prog_stats ps;
	uint64_t full = 0;
	int cpu;

	session_prog_stats(st->skel->obj, &ps);
	for (cpu = 0; cpu < st->ncpus; cpu++)
		full += *(volatile uint64_t *)&st->cpus[cpu].lost;
	l[0] = (struct loss){ "missed",
			      "events not counted: the kernel skipped our program "
			      "(recursion)",
			      ps.missed - st->missed_base };
	l[1] = (struct loss){ "map_full",
			      "switches counted for no process: no memory for the task, "
			      "or no slot was free",
			      full };
	return 2;
}

void sched_price(struct view_state *st, struct price *p)
{
	int cpu;

	p->event = "switch";
	p->ns_per_event = p->bpf_ns_per_event = st->ns_per_event;
	p->events = 0;
	for (cpu = 0; cpu < st->ncpus; cpu++)
		p->events += *(volatile uint64_t *)&st->cpus[cpu].switches;
}

static void sum_cpus(const struct view_state *st, const struct runq_sum *from, struct runq_sum *to)
{
	int cpu;

	memset(to, 0, sizeof(*to));
	for (cpu = 0; cpu < st->ncpus; cpu++)
		sched_sum_add(to, &from[cpu]);
}

void sched_totals(struct view_state *st, struct runq_sum *program, struct runq_sum *all)
{
	sum_cpus(st, st->cpu_sum, program);
	sum_cpus(st, st->all_sum ? st->all_sum : st->cpu_sum, all);
}
